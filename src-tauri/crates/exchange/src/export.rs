//! Entities out as JSON lines.

use std::io;
use std::path::PathBuf;

use planner::exchange::line;
use sync_engine::{Engine, EngineError};

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What came out could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// No folder can be made there.
    #[error("no folder can be made in {}: {source}. Choose a folder that is there and that you may write to", parent.display())]
    Folder {
        /// Where.
        parent: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Gives everything that this device shares, or all of one kind of it, line by line (without its end) and in the order of
/// kinds and ids: two devices that hold the same give the same. Returns how many lines that were.
///
/// # Errors
/// When the engine fails, or `give` does.
pub async fn export(
    engine: &Engine,
    kind: Option<String>,
    mut give: impl FnMut(String) -> io::Result<()>,
) -> Result<u64, ExportError> {
    let mut export = engine.export(kind);
    let mut lines = 0;
    while let Some(view) = export.next().await? {
        give(line(&view.key.kind, view.key.id, &view.fields))?;
        lines += 1;
    }
    Ok(lines)
}
