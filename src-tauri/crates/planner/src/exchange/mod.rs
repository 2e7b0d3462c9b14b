//! Data in and out as NDJSON: one entity a line, `{"fields":{…},"id":"…","kind":"…"}`.
//!
//! What comes in may be from a newer version: kinds and fields that this one does not know travel as they
//! are. What it does know is checked, with the field and the rule named. Importing a file twice changes
//! nothing, even where its lines have no ids (see [`Importer`]).

mod importer;
mod line;
mod strict;
mod tags;
pub mod whph;

pub use importer::{Admitted, Importer};
pub use line::{LINE_MAX, LineError, line, parse_line};
pub use tags::Tags;

pub(crate) use line::check_size;

use serde_json::{Map, Value};
use uuid::Uuid;

/// An entity on its way in: its id may be missing, and its `tags` may be names. [`Importer`] settles both.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The kind, perhaps one that this version does not know.
    pub kind: String,
    /// The id, where the source gives one.
    pub id: Option<Uuid>,
    /// The fields, checked as far as they are known; without nulls.
    pub fields: Map<String, Value>,
}

#[cfg(test)]
mod tests;
