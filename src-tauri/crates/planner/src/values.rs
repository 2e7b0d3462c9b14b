//! From what people and files write to what is stored: one spelling for each value, and a check that names
//! the field and the rule.
//!
//! Replicas compare values as they are written, so an id in capitals or a set in another order would be a
//! difference that nobody can see.

use crate::json;
use crate::kinds::{SCHEMA, TAGS, tag};
use chrono::{NaiveDate, NaiveTime};
use serde_json::{Map, Number, Value};
use sync_core::limits;
use sync_core::schema::{Field, Kind, Rule, Shape, Violation};
use uuid::Uuid;

/// Turns the text of a `FIELD=VALUE` argument into the field's value. Empty text is null: no value. A set
/// takes its items with commas between them; among tags, what is no id is a tag's name, to be resolved by
/// [`Tags`](crate::exchange::Tags).
///
/// # Errors
/// The kind or the field is not known, or the value breaks the field's rule.
pub fn parse_field(kind: &str, field: &str, text: &str) -> Result<Value, Violation> {
    let Some(known) = SCHEMA.kind(kind) else {
        return Err(Violation::new("kind", format!("must be one of {}, not {kind:?}", kinds())));
    };
    let Some(known) = known.field(field) else {
        return Err(Violation::new(field, format!("is no field of a {kind}, which has {}", names(known))));
    };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let value = match known.rule {
        Rule::Set => {
            text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(|s| read(known, s)).collect()
        }
        Rule::Register | Rule::Quiet | Rule::Derived { .. } | Rule::Text | Rule::Local => read(known, text),
    };
    let value = canonical(known, value);
    check_value(known, &value)?;
    Ok(value)
}

/// The JSON that `text` stands for; where it stands for none, the text itself, which the check then names.
fn read(field: &Field, text: &str) -> Value {
    let number = |number: Option<Number>| number.map_or_else(|| Value::from(text), Value::Number);
    match field.shape {
        Shape::Bool => text.parse().map_or_else(|_| Value::from(text), Value::Bool),
        Shape::Integer { .. } => number(text.parse::<i64>().ok().map(Number::from)),
        Shape::Real => number(text.parse().ok().and_then(Number::from_f64)),
        Shape::Text { .. }
        | Shape::Choice(_)
        | Shape::Day
        | Shape::Clock
        | Shape::Moment
        | Shape::DayOrMoment
        | Shape::Id => Value::from(text),
    }
}

/// The one spelling of a field's value; a value that cannot be the field's is left for the check to refuse.
pub(crate) fn canonical(field: &Field, value: Value) -> Value {
    match (field.rule, value) {
        (Rule::Set, Value::Array(items)) => {
            let mut items: Vec<_> = items.into_iter().map(|item| canonical_one(field.shape, item)).collect();
            sort(&mut items);
            Value::Array(items)
        }
        (Rule::Set | Rule::Register | Rule::Quiet | Rule::Derived { .. } | Rule::Text | Rule::Local, one) => {
            canonical_one(field.shape, one)
        }
    }
}

/// Orders the items of a set, each once.
pub(crate) fn sort(items: &mut Vec<Value>) {
    items.sort_by_cached_key(json::canonical);
    items.dedup();
}

fn canonical_one(shape: Shape, value: Value) -> Value {
    let spelt = match (shape, &value) {
        (Shape::Id, Value::String(text)) => Uuid::try_parse(text).ok().map(|id| id.to_string()),
        (Shape::Day | Shape::DayOrMoment, Value::String(text)) => {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.to_string())
        }
        (Shape::Clock, Value::String(text)) => {
            NaiveTime::parse_from_str(text, "%H:%M").ok().map(|time| time.format("%H:%M").to_string())
        }
        (Shape::Real, Value::Number(number)) => {
            return number.as_f64().and_then(Number::from_f64).map_or(value, Value::Number);
        }
        (
            Shape::Text { .. }
            | Shape::Choice(_)
            | Shape::Bool
            | Shape::Integer { .. }
            | Shape::Real
            | Shape::Day
            | Shape::Clock
            | Shape::Moment
            | Shape::DayOrMoment
            | Shape::Id,
            _,
        ) => None,
    };
    spelt.map_or(value, Value::String)
}

/// Brings the known fields of a kind into their one spelling and drops those that are null.
pub(crate) fn canonical_fields(kind: Option<&Kind>, fields: Map<String, Value>) -> Map<String, Value> {
    let spell = |(name, value): (String, Value)| {
        let value = match kind.and_then(|kind| kind.field(&name)) {
            Some(field) => canonical(field, value),
            None => value,
        };
        (name, value)
    };
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(spell).collect()
}

/// Checks the fields of a whole entity, in which tags may still be names. Unknown fields are only bounded.
pub(crate) fn check_fields(kind: &Kind, fields: &Map<String, Value>) -> Result<(), Violation> {
    let mut plain = fields.clone();
    for field in &kind.fields {
        let Some(value) = fields.get(field.name) else { continue };
        check_value(field, value)?;
        if is_tags(field) {
            plain.remove(field.name);
        }
    }
    kind.check_entity(&plain)
}

/// Checks one value of one field, in which tags may still be names.
pub(crate) fn check_value(field: &Field, value: &Value) -> Result<(), Violation> {
    match (field.rule, value) {
        (Rule::Set, Value::Array(items)) => {
            if items.len() > limits::SET_MAX {
                let rule =
                    format!("must have at most {} items, and this has {}", limits::SET_MAX, items.len());
                return Err(Violation::new(field.name, rule));
            }
            items.iter().try_for_each(|item| match item.as_str() {
                Some(name) if is_tags(field) && Uuid::try_parse(name).is_err() => check_tag(field, name),
                Some(_) | None => field.check(item),
            })
        }
        (Rule::Set, _) => Err(Violation::new(field.name, "must be a list")),
        (Rule::Register | Rule::Quiet | Rule::Derived { .. } | Rule::Text | Rule::Local, value) => {
            field.check(value)
        }
    }
}

/// Whether the items of a field are tags, which people also write by name.
pub(crate) fn is_tags(field: &Field) -> bool {
    field.name == TAGS && field.rule == Rule::Set && field.shape == Shape::Id
}

fn check_tag(field: &Field, name: &str) -> Result<(), Violation> {
    let tag = Map::from_iter([("name".to_owned(), Value::from(tag::tidy(name)))]);
    let kind = tag::kind();
    kind.check_entity(&tag).map_err(|e| Violation::new(field.name, format!("{} (the name of a tag)", e.rule)))
}

fn names(kind: &Kind) -> String {
    kind.fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")
}

fn kinds() -> String {
    SCHEMA.kinds.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
