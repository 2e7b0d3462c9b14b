//! An entity as two JSON texts: `fields`, what is shown (and what SQL can query), and `meta`, what merging needs
//! beside it. The same two texts are stored and sent, so that sending is copying. Layout: `PROTOCOL.md`, "Rows".
//!
//! Writers are numbers of one replica's writer table; whoever reads a row brings the table that it was written with.

mod decode;
mod encode;
mod wire;

pub use decode::decode;
pub use encode::{encode, encode_fields, encode_meta};

use crate::json::JsonError;

/// An encoded entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A JSON object: what is shown.
    pub fields: String,
    /// A JSON object: what merging needs.
    pub meta: String,
}

/// Why a row was refused. The entity is quarantined; everything else goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// Not of the form that `PROTOCOL.md` gives.
    #[error("it is not a well-formed entity: {0}")]
    Malformed(String),
    /// A value that breaks a bound.
    #[error("{field}: {error}")]
    Value {
        /// The field.
        field: String,
        /// What is wrong with it.
        error: JsonError,
    },
    /// More of something than the limits allow.
    #[error("it holds more {0} than the limits allow")]
    TooMany(&'static str),
    /// A writer that was never announced.
    #[error("it names the unknown writer {0}")]
    UnknownWriter(u32),
    /// A write that its own version vector does not cover.
    #[error("it holds a write that it says it has not seen")]
    Uncovered,
}
