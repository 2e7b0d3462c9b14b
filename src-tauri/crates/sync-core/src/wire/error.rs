//! What is wrong with a message.

use super::batch::BatchError;

/// Most characters that are told of what is wrong with a message.
const ERROR_MAX: usize = 200;

/// A message that is none. The session ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A kind byte of no message.
    #[error("a message of the unknown kind {0}")]
    UnknownKind(u8),
    /// A body that is not what its kind says.
    #[error("a {kind} message that is not one: {error}")]
    Malformed {
        /// Which message it claims to be.
        kind: &'static str,
        /// What is wrong.
        error: String,
    },
    /// More of something than the limits allow.
    #[error("a {kind} message beyond its limits")]
    TooMuch {
        /// Which message.
        kind: &'static str,
    },
    /// A batch that is none.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// What is told of a message may quote it, and goes into the history: not at any length.
pub(super) fn malformed(kind: &'static str, error: &str) -> WireError {
    WireError::Malformed { kind, error: error.chars().take(ERROR_MAX).collect() }
}
