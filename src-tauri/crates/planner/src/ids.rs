//! Ids that need no agreement: two devices, or two runs of one import, derive the same.
//!
//! Each is the UUIDv5 (RFC 9562: SHA-1) of [`NAMESPACE`] and a name. The name is UTF-8: a word for the
//! purpose, then its parts, with one zero byte between each two.
//!
//! | purpose | parts | id of |
//! |---|---|---|
//! | `key` | kind, each key field's text in the order of the kind's natural key | an entity with a natural key |
//! | `key` | `tag`, folded name, n (1, 2, …) | a tag whose first choice is taken |
//! | `line` | kind, the fields as canonical JSON, n (0, 1, …) | an imported line without an id |
//! | `file` | kind, the path in NFC, `/` between its parts | an imported file |
//! | `todo` | the line of todo.txt without white space around it, n (0, 1, …) | an imported line of todo.txt |
//! | `occurrence` | series, n (0, 1, …) | one occurrence of a recurring task |
//! | `subtask` | task, subtask of the occurrence before | a subtask that the next occurrence takes over |
//! | `derived` | the mark of the task above or nothing, the fields that count as canonical JSON | a mark of what was derived from what |
//! | `whph` | kind, the id that WHPH gave it | what was imported from WHPH's own database |
//!
//! Ids are written in lower case with hyphens, days as `YYYY-MM-DD`, numbers in decimal, names of tags as
//! [`fold`](crate::kinds::tag::fold) gives them. None of this may ever change: it would double what people have.

use crate::json::canonical_object;
use crate::kinds::{SCHEMA, tag};
use crate::values::canonical;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// Where all our derived ids live. Random, and fixed for good.
const NAMESPACE: Uuid = Uuid::from_u128(0xb36d2725_c0c5_41a4_b593_9fc149040a56);

/// The id that an entity's natural key gives; `None` if the kind has none or a key field has no text.
#[must_use]
pub fn natural_id(kind: &str, fields: &Map<String, Value>) -> Option<Uuid> {
    let known = SCHEMA.kind(kind)?;
    if known.natural_key.is_empty() {
        return None;
    }
    let mut parts = vec!["key".to_owned(), kind.to_owned()];
    for key in known.natural_key {
        let Value::String(text) = canonical(known.field(key)?, fields.get(*key)?.clone()) else {
            return None;
        };
        let text = if kind == tag::NAME { tag::fold(&text) } else { text };
        if text.is_empty() || text.contains('\0') {
            return None;
        }
        parts.push(text);
    }
    Some(derive(&parts))
}

/// The id for a new tag called `name`: the first of its ids that is not `taken`. One is taken if a tag made
/// under this name has since been renamed. `None` for a name without letters.
#[must_use]
pub fn tag_id(name: &str, taken: impl Fn(Uuid) -> bool) -> Option<Uuid> {
    let name = tag::fold(name);
    let first = natural_id(tag::NAME, &Map::from_iter([("name".to_owned(), Value::from(name.as_str()))]))?;
    let others = (1_u64..).map(|n| derive(&["key".into(), tag::NAME.into(), name.clone(), n.to_string()]));
    std::iter::once(first).chain(others).find(|id| !taken(*id))
}

/// The id of occurrence number `occurrence` of the recurring task `series`. The number, not the date, tells
/// occurrences apart: one that is moved to another day stays the same one.
#[must_use]
pub fn occurrence_id(series: Uuid, occurrence: u32) -> Uuid {
    derive(&["occurrence".into(), series.to_string(), occurrence.to_string()])
}

/// The id of what becomes of `subtask` below the next occurrence, or below what became of its parent there.
pub(crate) fn subtask_id(parent: Uuid, subtask: Uuid) -> Uuid {
    derive(&["subtask".into(), parent.to_string(), subtask.to_string()])
}

/// A mark of what dates were derived from: `fields`, and what those above them were.
pub(crate) fn derived_mark(above: Option<Uuid>, fields: &Map<String, Value>) -> Uuid {
    let above = above.map(|mark| mark.to_string()).unwrap_or_default();
    derive(&["derived".into(), above, canonical_object(fields)])
}

/// The id of an imported line without one; `twin` counts the equal lines before it in its file.
pub(crate) fn line_id(kind: &str, fields: &Map<String, Value>, twin: u32) -> Uuid {
    derive(&["line".into(), kind.into(), canonical_object(fields), twin.to_string()])
}

/// The id of an imported line of todo.txt; `twin` counts the equal lines before it in its file.
pub(crate) fn todo_id(line: &str, twin: u32) -> Uuid {
    derive(&["todo".into(), line.into(), twin.to_string()])
}

/// The id of an imported file. NFC, because macOS hands out decomposed names for the same file.
pub(crate) fn file_id(kind: &str, path: &str) -> Uuid {
    derive(&["file".into(), kind.into(), path.nfc().collect()])
}

/// The id of what WHPH made, from the id that it has there: a nanoid, or a fixed word.
pub(crate) fn whph_id(kind: &str, id: &str) -> Uuid {
    derive(&["whph".into(), kind.into(), id.into()])
}

fn derive(parts: &[String]) -> Uuid {
    Uuid::new_v5(&NAMESPACE, parts.join("\0").as_bytes())
}

#[cfg(test)]
mod tests;
