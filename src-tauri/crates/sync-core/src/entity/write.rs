//! What this device writes. Every change, whether typed, imported, put back or chosen in a review, is an ordinary write:
//! it takes a new stamp and supersedes every sibling it saw.

use super::merge::replaced;
use super::view::shown;
use super::{Entity, Member, Ordered, Removal, Replaced, Sibling};
use crate::json::Json;
use crate::schema::{Field, Kind, Rule, Violation};
use crate::stamp::Stamp;
use crate::text::merge3;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A change of one entity.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Sets these fields; `null` clears one. A set field takes an array, which replaces its items.
    Set(Map<String, Value>),
    /// Sets a text that somebody typed who began from `base`: what it holds by now is merged with it where that can be, so that what
    /// arrived meanwhile is not replaced unseen. Empty clears it.
    Text {
        /// The field.
        field: Box<str>,
        /// What the person began from.
        base: String,
        /// What they made of it.
        text: String,
    },
    /// Adds an item to a set field.
    Add(Box<str>, Value),
    /// Removes an item from a set field.
    Remove(Box<str>, Value),
    /// Deletes the entity.
    Delete,
    /// Takes a delete back, or answers "keep it" where one met an edit.
    Keep,
}

/// Applies a change as one write. Returns the values it replaced, or `None` when it changed nothing.
///
/// `shared`: whether another device may already know this entity as it stands here; a text's next edit then starts
/// from what is shown now.
///
/// # Errors
/// The field and the rule that a value breaks. The entity is then as it was.
pub fn write(
    entity: &mut Entity,
    kind: Option<&Kind>,
    change: &Change,
    stamp: Stamp,
    shared: bool,
) -> Result<Option<Vec<Replaced>>, Violation> {
    let mut after = entity.clone();
    match change {
        Change::Set(fields) => {
            for (name, value) in fields {
                set_field(&mut after, kind.and_then(|k| k.field(name)), name, value, stamp, shared)?;
            }
        }
        Change::Text { field, base, text } => {
            let now = after.fields.get(field).and_then(shown).and_then(|now| now.as_string());
            let value = merged(base, text, now.as_deref().unwrap_or_default());
            set_field(&mut after, kind.and_then(|k| k.field(field)), field, &value, stamp, shared)?;
        }
        Change::Add(name, item) => {
            let field = kind.and_then(|k| k.field(name));
            if after.fields.contains_key(name) || field.is_some_and(|field| field.rule != Rule::Set) {
                return Err(Violation::new(&**name, "is not a list"));
            }
            check(field, name, item)?;
            add(&mut after, name, Json::of(item), stamp);
        }
        Change::Remove(name, item) => {
            if let Some(members) = after.sets.get_mut(name) {
                let item = Json::of(item);
                members.retain(|member| member.item != item);
            }
        }
        Change::Delete => {
            // Also where a delete already met an edit: this one has seen them both.
            if !after.is_dead() {
                after.removals = Ordered::from([Removal { stamp, seen: Some(after.vv.clone()) }]);
            }
        }
        Change::Keep => {}
    }
    let revives = !matches!(change, Change::Delete)
        && (entity.is_dead() || (matches!(change, Change::Keep) && !entity.removals.is_empty()));
    if revives && after.removals.iter().any(|removal| removal.seen.is_some()) {
        after.removals = Ordered::from([Removal { stamp, seen: None }]);
        // A set shows no trace of what another device's shrunk tombstone will drop from it, so its items are written anew.
        for members in after.sets.values_mut() {
            *members = members.iter().map(|member| Member { item: member.item.clone(), stamp }).collect();
        }
    }
    if after == *entity {
        return Ok(None);
    }
    after.vv.observe(stamp);
    let gone = replaced(entity, &after);
    *entity = after;
    Ok(Some(gone))
}

/// Writes anew what a merge dropped with another device's shrunk tombstone although the entity lives on (see
/// [`super::Applied::reassert`]): the fields and items that only `ours` still holds.
pub fn reassert(merged: &mut Entity, ours: &Entity, stamp: Stamp) {
    for (name, siblings) in &ours.fields {
        if let (false, Some(value)) = (merged.fields.contains_key(name), shown(siblings)) {
            merged.fields.insert(name.clone(), Ordered::from([Sibling { stamp, value, base: None }]));
        }
    }
    for (name, members) in &ours.sets {
        for member in members {
            add(merged, name, member.item.clone(), stamp);
        }
    }
    merged.vv.observe(stamp);
}

/// The value of a text that was typed from `base`, over what is there `now`.
#[must_use]
pub fn merged(base: &str, text: &str, now: &str) -> Value {
    let both = merge3(base, text, now).unwrap_or_else(|| text.to_owned());
    if both.is_empty() { Value::Null } else { Value::from(both) }
}

fn set_field(
    entity: &mut Entity,
    field: Option<&Field>,
    name: &str,
    value: &Value,
    stamp: Stamp,
    shared: bool,
) -> Result<(), Violation> {
    let rule = field.map_or(Rule::Register, |field| field.rule);
    if rule == Rule::Set || entity.sets.contains_key(name) {
        return set_items(entity, field, name, value, stamp);
    }
    if !value.is_null() {
        check(field, name, value)?;
    }
    let value = Json::of(value);
    let old = entity.fields.get(name);
    let current = old.and_then(shown);
    let settled = old.is_none_or(|siblings| siblings.len() == 1);
    if settled && current.as_ref().map_or("null", Json::text) == value.text() {
        return Ok(());
    }
    let base = match (rule, old) {
        (Rule::Text, Some(siblings)) => match siblings.first() {
            // Nobody else has seen our last edit yet: both edits together started where it did.
            Some(own) if !shared && siblings.len() == 1 => own.base.clone(),
            // A merge can be longer than any one text may be.
            Some(_) | None => current.filter(|text| text.text().len() <= crate::limits::VALUE_MAX),
        },
        (Rule::Register | Rule::Quiet | Rule::Derived { .. } | Rule::Set | Rule::Local | Rule::Text, _) => {
            None
        }
    };
    entity.fields.insert(name.into(), Ordered::from([Sibling { stamp, value, base }]));
    Ok(())
}

fn set_items(
    entity: &mut Entity,
    field: Option<&Field>,
    name: &str,
    value: &Value,
    stamp: Stamp,
) -> Result<(), Violation> {
    let items: &[Value] = match value {
        Value::Array(items) => items,
        Value::Null => &[],
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            return Err(Violation::new(name, "must be a list"));
        }
    };
    for item in items {
        check(field, name, item)?;
    }
    let items: BTreeSet<Json> = items.iter().map(Json::of).collect();
    if let Some(members) = entity.sets.get_mut(name) {
        members.retain(|member| items.contains(&member.item));
    }
    for item in items {
        add(entity, name, item, stamp);
    }
    Ok(())
}

fn add(entity: &mut Entity, name: &str, item: Json, stamp: Stamp) {
    let members = entity.sets.entry(name.into()).or_default();
    if !members.iter().any(|member| member.item == item) {
        members.insert(Member { item, stamp });
    }
}

fn check(field: Option<&Field>, name: &str, value: &Value) -> Result<(), Violation> {
    if !crate::json::is_name(name) {
        return Err(Violation::new(name, "a field's name is made of a-z, 0-9 and _, at most 64 of them"));
    }
    let length = value.to_string().len();
    if length > crate::limits::VALUE_MAX {
        return Err(Violation::new(
            name,
            format!("is {length} bytes long; {} is the most", crate::limits::VALUE_MAX),
        ));
    }
    field.map_or(Ok(()), |field| field.check(value))
}
