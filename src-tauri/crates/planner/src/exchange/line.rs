//! One line of NDJSON, read and written.

use super::Draft;
use super::strict::Fields;
use crate::json;
use crate::kinds::SCHEMA;
use crate::values::{canonical_fields, check_fields};
use serde::Deserialize;
use serde_json::{Map, Value};
use sync_core::limits;
use sync_core::schema::Violation;
use uuid::Uuid;

/// Longest line, in bytes.
pub const LINE_MAX: usize = limits::ENTITY_MAX;

/// Why a line is not an entity. The others in the file may be.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Longer than any entity.
    #[error("the line is {bytes} bytes long, and an entity takes at most {LINE_MAX}; split or shorten it")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Not JSON, or not of the form of a line.
    #[error("not a line such as {{\"kind\":\"task\",\"fields\":{{\"title\":\"…\"}}}}: {0}")]
    Form(#[from] serde_json::Error),
    /// A kind or field with a name that no version will ever use.
    #[error("{name:?} is no name of a kind or field: a name has 1 to {max} of a-z, 0-9 and _", max = limits::NAME_MAX)]
    Name {
        /// The name.
        name: String,
    },
    /// More fields than an entity holds.
    #[error("there are {count} fields, and an entity holds at most {max}", max = limits::FIELDS_MAX)]
    TooManyFields {
        /// How many there are.
        count: usize,
    },
    /// A field's value breaks its rule.
    #[error(transparent)]
    Field(#[from] Violation),
}

/// The form of a line. Nothing else may stand beside these three: it could not be kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    kind: String,
    id: Option<Uuid>,
    fields: Fields,
}

/// Reads one line, `{"kind":…,"id":…,"fields":{…}}`, of which the id may be missing. A field that is null
/// counts as absent. Blank lines are for the caller to skip.
///
/// # Errors
/// The first thing wrong with it.
pub fn parse_line(line: &str) -> Result<Draft, LineError> {
    if line.len() > LINE_MAX {
        return Err(LineError::TooLong { bytes: line.len() });
    }
    let Line { kind, id, fields: Fields(fields) } = serde_json::from_str(line)?;
    if fields.len() > limits::FIELDS_MAX {
        return Err(LineError::TooManyFields { count: fields.len() });
    }
    if let Some(name) = std::iter::once(&kind).chain(fields.keys()).find(|name| !is_name(name)) {
        return Err(LineError::Name { name: name.chars().take(limits::NAME_MAX).collect() });
    }
    Ok(draft(kind, id, fields)?)
}

/// A draft of fields that somebody wrote: in their one spelling, checked as far as they are known.
pub(super) fn draft(kind: String, id: Option<Uuid>, fields: Map<String, Value>) -> Result<Draft, Violation> {
    let known = SCHEMA.kind(&kind);
    let fields = canonical_fields(known, fields);
    for (name, value) in &fields {
        check_size(name, value)?;
    }
    if let Some(known) = known {
        check_fields(known, &fields)?;
    }
    Ok(Draft { kind, id, fields })
}

/// Writes one line: the same entity gives the same bytes on every device. Keys are sorted, fields that are
/// null are left out, the items of known sets are sorted. Without the line break.
#[must_use]
pub fn line(kind: &str, id: Uuid, fields: &Map<String, Value>) -> String {
    let fields = canonical_fields(SCHEMA.kind(kind), fields.clone());
    json::canonical(&serde_json::json!({ "kind": kind, "id": id, "fields": fields }))
}

/// Whether a value's JSON is as short as the rest of the system takes.
pub(crate) fn check_size(name: &str, value: &Value) -> Result<(), Violation> {
    let bytes = json::canonical(value).len();
    if bytes <= limits::VALUE_MAX {
        return Ok(());
    }
    let rule = format!("must be at most {} bytes of JSON, and this is {bytes}", limits::VALUE_MAX);
    Err(Violation::new(name, rule))
}

fn is_name(name: &str) -> bool {
    (1..=limits::NAME_MAX).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}
