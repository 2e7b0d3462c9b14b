//! Whatever goes wrong ends the measurement: a figure of something that failed is worth nothing.

/// Why a measurement ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A file, a socket or a process.
    #[error("the system refused: {0}")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error("the database failed: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The engine under test, in its words.
    #[error("the engine failed: {0}")]
    Engine(String),
    /// What the processes say to each other.
    #[error("two processes did not understand each other: {0}")]
    Json(#[from] serde_json::Error),
    /// A frame of the floor that does not open.
    #[error("a frame is damaged")]
    Frame,
    /// Something is not as it must be.
    #[error("{0}")]
    Wrong(String),
}

impl BenchError {
    pub(crate) fn engine(error: impl std::fmt::Display) -> Self {
        Self::Engine(error.to_string())
    }
}
