//! From drafts to entities: every one gets its id, and names of tags become tags.

use super::{Draft, Tags};
use crate::ids::{line_id, natural_id};
use crate::kinds::{SCHEMA, TAGS, tag};
use crate::values::is_tags;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An entity ready to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Admitted {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its fields; tags are ids.
    pub fields: Map<String, Value>,
}

/// Reads one file's drafts in order. One importer a file: it counts the file's equal lines, so that
/// importing the file again gives the same ids, and two tasks that are word for word the same stay two.
///
/// A draft's id is the one it has; else what its natural key gives (for a tag, the id of the existing tag of
/// that name); else it comes from the kind, the fields as the file has them and the number of equal lines
/// before it. Names of tags count as names here, so renaming a tag in between does not change the id.
#[derive(Clone, Debug)]
pub struct Importer {
    tags: Tags,
    /// How often each line without an id has come, by the id of the first.
    seen: BTreeMap<Uuid, u32>,
}

impl Importer {
    /// An importer into data that has the tags `existing` (name, id).
    #[must_use]
    pub fn new(existing: impl IntoIterator<Item = (String, Uuid)>) -> Self {
        Self { tags: Tags::new(existing), seen: BTreeMap::new() }
    }

    /// The entities that a draft stands for: first the tags that it is the first to name, then itself.
    pub fn admit(&mut self, draft: Draft) -> Vec<Admitted> {
        let Draft { kind, id, mut fields } = draft;
        let id = match id.or_else(|| self.natural_id(&kind, &fields)) {
            Some(id) => id,
            None => self.line_id(&kind, &fields),
        };
        if let Some(name) = tag_name(&kind, &fields) {
            self.tags.learn(name, id);
        }
        let has_tags = SCHEMA.kind(&kind).and_then(|known| known.field(TAGS)).is_some_and(is_tags);
        let mut admitted = match fields.get_mut(TAGS) {
            Some(Value::Array(items)) if has_tags => self.tags.resolve(items),
            Some(_) | None => Vec::new(),
        };
        admitted.push(Admitted { kind, id, fields });
        admitted
    }

    fn natural_id(&self, kind: &str, fields: &Map<String, Value>) -> Option<Uuid> {
        match tag_name(kind, fields) {
            Some(name) => self.tags.id(name),
            None => natural_id(kind, fields),
        }
    }

    fn line_id(&mut self, kind: &str, fields: &Map<String, Value>) -> Uuid {
        let first = line_id(kind, fields, 0);
        let twins = self.seen.entry(first).or_insert(0);
        let id = if *twins == 0 { first } else { line_id(kind, fields, *twins) };
        *twins += 1;
        id
    }
}

fn tag_name<'a>(kind: &str, fields: &'a Map<String, Value>) -> Option<&'a str> {
    if kind == tag::NAME { fields.get("name").and_then(Value::as_str) } else { None }
}
