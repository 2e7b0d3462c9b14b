//! A row's columns, read one by one into the fields of an entity.

use super::text::short;
use super::{Row, RowError, Tagged};
use crate::exchange::Draft;
use crate::exchange::line::draft;
use crate::ids::whph_id;
use crate::kinds::TAGS;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Reads a row, gathers the fields that come of it, and notes what does not.
pub(super) struct Reader<'a> {
    row: &'a Row,
    fields: Map<String, Value>,
    pub(super) notes: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(row: &'a Row) -> Self {
        Self { row, fields: Map::new(), notes: Vec::new() }
    }

    /// A value that the row means nothing without.
    pub(super) fn required(&self, column: &'static str) -> Result<&'a str, RowError> {
        self.row.get(column).and_then(Value::as_str).ok_or(RowError::Unreadable { column })
    }

    /// A text; empty as WHPH leaves what nobody filled in.
    pub(super) fn text(&mut self, column: &str) -> Option<String> {
        let text = self.read(column, Value::as_str)?;
        // Lines end in LF here, so that the first edit of a word does not change them all.
        let text = text.replace("\r\n", "\n").replace('\0', "");
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn integer(&mut self, column: &str) -> Option<i64> {
        self.read(column, Value::as_i64)
    }

    /// A number that our field takes; any other is left out.
    pub(super) fn within(&mut self, column: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.integer(column)?;
        if range.contains(&value) {
            return Some(value);
        }
        let (min, max) = range.into_inner();
        self.note(format!("its {column} is {value}, which is not from {min} to {max}, and was left out"));
        None
    }

    pub(super) fn flag(&mut self, column: &str) -> bool {
        self.integer(column).is_some_and(|value| value != 0)
    }

    /// Seconds since 1970, as the version that is read stores moments; or RFC 3339, which older ones left behind.
    pub(super) fn moment(&mut self, column: &str) -> Option<DateTime<Utc>> {
        self.read(column, |value| match value {
            Value::Number(number) => number.as_i64().and_then(four_digit_year),
            Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        })
    }

    /// The word that stands where the column's number points to; WHPH stores a choice as its place in a list.
    pub(super) fn choice(&mut self, column: &str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.integer(column)?;
        let word = usize::try_from(value).ok().and_then(|at| words.get(at)).copied();
        if word.is_none() {
            self.note(format!("its {column} is {value}, which this version does not know, and was left out"));
        }
        word
    }

    pub(super) fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    pub(super) fn put(&mut self, field: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.fields.insert(field.to_owned(), value.into());
        }
    }

    /// Puts a moment, and returns it.
    pub(super) fn put_moment(&mut self, field: &str, column: &str) -> Option<DateTime<Utc>> {
        let moment = self.moment(column);
        self.put(field, moment.map(written));
        moment
    }

    /// What every kind has: when it was made, and where it stands in its list.
    pub(super) fn put_created(&mut self) {
        self.put_moment("created", "created_date");
    }

    pub(super) fn put_order(&mut self) {
        let order = self.read("order", Value::as_f64);
        self.put("order", order);
    }

    pub(super) fn put_tags(&mut self, tagged: &Tagged) {
        let names = self.row.get("id").and_then(Value::as_str).and_then(|id| tagged.get(id));
        self.put(TAGS, names.map(|names| names.iter().map(String::as_str).collect::<Vec<_>>()));
    }

    /// What the fields make, under the id that comes from the row's own.
    pub(super) fn finish(&mut self, kind: &str) -> Result<Draft, RowError> {
        let id = whph_id(kind, self.required("id")?);
        self.finish_as(kind, Some(id))
    }

    pub(super) fn finish_as(&mut self, kind: &str, id: Option<Uuid>) -> Result<Draft, RowError> {
        Ok(draft(kind.to_owned(), id, std::mem::take(&mut self.fields))?)
    }

    /// What `as_type` sees in a column; what it cannot see is noted.
    fn read<T>(&mut self, column: &str, as_type: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.row.get(column).filter(|value| !value.is_null())?;
        let read = as_type(value);
        if read.is_none() {
            let value = short(&value.to_string());
            self.note(format!("its {column} is {value}, which cannot be read, and was left out"));
        }
        read
    }
}

/// How a moment is written in a field.
pub(super) fn written(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Beyond them lies what no person has planned, and no other program reads.
fn four_digit_year(seconds: i64) -> Option<DateTime<Utc>> {
    let years = -62_135_596_800..=253_402_300_799;
    if years.contains(&seconds) { DateTime::from_timestamp(seconds, 0) } else { None }
}
