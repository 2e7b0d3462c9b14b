//! The schema: a value handed to the engine, never compiled into it. It names the kinds of entity, their
//! fields, how each field merges and which values it takes. The planner supplies one; tests supply others.
//!
//! Merging itself does not need the schema (see [`crate::entity`]): a device that has never heard of a kind
//! or a field still merges, stores, relays and digests it. The schema decides what a person *sees* and what
//! this device may *write*.

mod shape;

pub use shape::{YEARS, parse_day};

use crate::json::Class;
use serde_json::{Map, Value};

/// How concurrent writes of one field come together. See `MERGE.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Siblings; the newest is shown, the others wait in the review list.
    Register,
    /// Siblings; the newest is shown and nobody is asked (order, timestamps).
    Quiet,
    /// As `Register`, but the application writes it too: nobody is asked to choose between values that it derived from the same.
    Derived {
        /// A field that it writes whenever it derives, and that nobody else changes.
        with: &'static str,
        /// A field that tells what the values were derived from.
        from: &'static str,
    },
    /// Observed-remove set: a union that does not resurrect what was removed.
    Set,
    /// Three-way merge from the shared base when the edits do not overlap, else as `Register`.
    Text,
    /// Never leaves this device.
    Local,
}

/// The values a field takes. For a [`Rule::Set`] field this is the shape of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A string of at most `max` bytes of UTF-8. `line`: without line breaks or other control characters.
    Text {
        /// Longest length, in bytes.
        max: usize,
        /// Whether it is a single line.
        line: bool,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number between both bounds, included.
    Integer {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// A finite number.
    Real,
    /// A calendar day, `YYYY-MM-DD`.
    Day,
    /// A time of day, `HH:MM`.
    Clock,
    /// A moment in RFC 3339 with an offset, such as `2026-03-01T09:00:00Z`.
    Moment,
    /// A calendar day, or a moment of one.
    DayOrMoment,
    /// The id (a UUID) of another entity.
    Id,
}

/// One field of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name, at most [`crate::limits::NAME_MAX`] bytes of `a-z0-9_`.
    pub name: &'static str,
    /// How it merges.
    pub rule: Rule,
    /// What it takes.
    pub shape: Shape,
    /// Whether an entity must have it when it is created.
    pub required: bool,
}

/// Which entities of a kind belong to this device alone: those whose `field` is one of `values` or begins
/// with one of `prefixes`. They are kept beside the synced data and never sent, listed or digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalWhen {
    /// The field looked at; it must be part of the kind's natural key, so that it never changes.
    pub field: &'static str,
    /// Exact values.
    pub values: &'static [&'static str],
    /// Beginnings of values.
    pub prefixes: &'static [&'static str],
}

/// A rule over several fields of an entity, given the shown ones.
pub type EntityRule = fn(&Map<String, Value>) -> Result<(), Violation>;

/// One kind of entity.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name, at most [`crate::limits::NAME_MAX`] bytes of `a-z0-9_`.
    pub name: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The field a person recognises an entity by.
    pub title: &'static str,
    /// Fields from which the id is derived (UUIDv5), so that two devices that make "the same" thing make one.
    /// Empty: ids are random.
    pub natural_key: &'static [&'static str],
    /// Entities of this kind that stay on this device.
    pub local_when: Option<LocalWhen>,
    /// Rules over several fields of a new or changed entity; receives the shown fields.
    pub check: Option<EntityRule>,
}

/// Everything this version of the application knows about its data.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Counts up with every change of the schema; told to peers.
    pub version: u32,
    /// The kinds.
    pub kinds: Vec<Kind>,
}

impl Schema {
    /// The kind of that name, if this version knows it.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}

impl LocalWhen {
    /// Whether an entity with these fields stays on this device.
    #[must_use]
    pub fn matches(&self, fields: &Map<String, Value>) -> bool {
        let Some(Value::String(value)) = fields.get(self.field) else { return false };
        self.values.contains(&value.as_str()) || self.prefixes.iter().any(|p| value.starts_with(p))
    }
}

impl Kind {
    /// Checks the shown fields of a whole entity that this device is about to write: every known field's
    /// value, required fields (a text of white space only is none), and the rules over several fields. Unknown fields are left alone.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn check_entity(&self, fields: &Map<String, Value>) -> Result<(), Violation> {
        for field in &self.fields {
            match fields.get(field.name) {
                None | Some(Value::Null) if field.required => {
                    return Err(Violation::new(field.name, "is required"));
                }
                Some(Value::String(text)) if field.required && text.trim().is_empty() => {
                    return Err(Violation::new(field.name, "must not be blank"));
                }
                None | Some(Value::Null) => {}
                Some(Value::Array(items)) if field.rule == Rule::Set => {
                    for item in items {
                        field.check(item)?;
                    }
                }
                Some(_) if field.rule == Rule::Set => {
                    return Err(Violation::new(field.name, "must be a list"));
                }
                Some(value) => field.check(value)?,
            }
        }
        self.check.map_or(Ok(()), |check| check(fields))
    }

    /// The field of that name, if this version knows it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    /// Whether this device may write `value` (for a set: this one item).
    ///
    /// # Errors
    /// The rule broken.
    pub fn check(&self, value: &Value) -> Result<(), Violation> {
        self.shape.check(value).map_err(|rule| Violation::new(self.name, rule))
    }

    /// Whether a value of this JSON type, from another device, can be this field at all. Looser than [`Field::check`]: a newer
    /// version may have widened a choice or a range, and its data must pass through an older one unharmed.
    ///
    /// # Errors
    /// The rule broken.
    pub fn check_remote(&self, class: Class) -> Result<(), Violation> {
        self.shape.check_remote(class).map_err(|rule| Violation::new(self.name, rule))
    }
}

/// A value that breaks a rule: names the field and the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct Violation {
    /// The field.
    pub field: String,
    /// The rule it broke, in words that say what would be right.
    pub rule: String,
}

impl Violation {
    /// `field` broke `rule`.
    #[must_use]
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: field.into(), rule: rule.into() }
    }
}
