//! What a person sees of an entity: one value a field, and what waits for review. A pure function of the state and
//! the schema, so every device shows the same.

use super::{Entity, Ordered, Sibling};
use crate::json::Json;
use crate::limits::MERGED_SIBLINGS_MAX;
use crate::schema::{Kind, Rule};
use crate::stamp::Stamp;
use crate::text::merge3;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Something that a person has to decide.
#[derive(Clone, Debug, PartialEq)]
pub enum Review {
    /// Two or more different values were written to one field, none knowing of the others.
    Field {
        /// The field.
        field: Box<str>,
        /// What was written, newest first; the first is shown meanwhile.
        candidates: Vec<Candidate>,
    },
    /// It was deleted on one device and edited on another, neither knowing of the other. It is shown meanwhile.
    Deleted {
        /// The deletes.
        deletes: Vec<Stamp>,
        /// The writes they had not seen.
        edits: Vec<Stamp>,
    },
}

/// One of several concurrent values.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The value.
    pub value: Json,
    /// The newest write that put it there.
    pub stamp: Stamp,
}

/// The value that one field shows, if it has any siblings: for a text the clean merge of them, else the newest.
#[must_use]
pub fn shown(siblings: &Ordered<Sibling>) -> Option<Json> {
    merged_text(siblings).or_else(|| siblings.last().map(|newest| newest.value.clone()))
}

/// Every shown field of a live entity; sets as arrays, cleared fields left out.
#[must_use]
pub fn shown_fields(entity: &Entity) -> Map<String, Value> {
    let mut fields: Map<String, Value> = entity
        .fields
        .iter()
        .filter_map(|(name, siblings)| Some((name.to_string(), shown(siblings)?.value())))
        .filter(|(_, value)| !value.is_null())
        .collect();
    for (name, members) in &entity.sets {
        let items: BTreeSet<&Json> = members.iter().map(|member| &member.item).collect();
        if !items.is_empty() {
            fields.insert(name.to_string(), Value::Array(items.into_iter().map(Json::value).collect()));
        }
    }
    fields
}

/// What waits for review. `kind` is `None` for a kind this version does not know: nobody is asked about it.
#[must_use]
pub fn reviews(entity: &Entity, kind: Option<&Kind>) -> Vec<Review> {
    let Some(kind) = kind else { return Vec::new() };
    if entity.removals.is_empty() && entity.fields.values().all(|siblings| siblings.len() < 2) {
        return Vec::new();
    }
    if entity.is_dead() {
        return Vec::new();
    }
    let mut reviews: Vec<Review> = deleted(entity).into_iter().collect();
    for (name, siblings) in &entity.fields {
        let asked = match kind.field(name).map(|field| field.rule) {
            Some(Rule::Register) => true,
            Some(Rule::Text) => merged_text(siblings).is_none(),
            Some(Rule::Derived { with, from }) => !is_derived(entity, siblings, with, from),
            Some(Rule::Quiet | Rule::Set | Rule::Local) | None => false,
        };
        let candidates = candidates(siblings);
        if asked && candidates.len() > 1 {
            reviews.push(Review::Field { field: name.clone(), candidates });
        }
    }
    reviews
}

/// Whether each sibling came in one write with one of `with`, and all were derived from the same.
fn is_derived(entity: &Entity, siblings: &Ordered<Sibling>, with: &str, from: &str) -> bool {
    let (Some(with), Some(from)) = (entity.fields.get(with), entity.fields.get(from)) else { return false };
    candidates(from).len() == 1 && siblings.iter().all(|one| with.iter().any(|mark| mark.stamp == one.stamp))
}

/// The different values among siblings, newest first. Equal values under different stamps are no conflict.
fn candidates(siblings: &Ordered<Sibling>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for sibling in siblings.iter().rev() {
        if !candidates.iter().any(|c| c.value == sibling.value) {
            candidates.push(Candidate { value: sibling.value.clone(), stamp: sibling.stamp });
        }
    }
    candidates
}

fn deleted(entity: &Entity) -> Option<Review> {
    let seen: Vec<_> = entity.removals.iter().filter_map(|r| Some((r.stamp, r.seen.as_ref()?))).collect();
    if seen.is_empty() {
        return None;
    }
    let edits: BTreeSet<Stamp> =
        entity.writes().filter(|&stamp| !seen.iter().any(|(_, vv)| vv.covers(stamp))).collect();
    Some(Review::Deleted {
        deletes: seen.into_iter().map(|(stamp, _)| stamp).collect(),
        edits: edits.into_iter().collect(),
    })
}

/// The three-way merge of a text's siblings in stamp order, where all started from the same base and no two overlap. So many that
/// merging them would take long are no accident of a few devices, and a person looks at them.
fn merged_text(siblings: &Ordered<Sibling>) -> Option<Json> {
    let first = siblings.first()?;
    let base = first.base.as_ref()?;
    if !(2..=MERGED_SIBLINGS_MAX).contains(&siblings.len())
        || siblings.iter().any(|s| s.base.as_ref() != Some(base))
    {
        return None;
    }
    let base = base.as_string()?;
    let mut merged = first.value.as_string()?;
    for sibling in siblings.iter().skip(1) {
        merged = merge3(&base, &merged, &sibling.value.as_string()?)?;
    }
    Some(Json::of(&Value::String(merged)))
}
