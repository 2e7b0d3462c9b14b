//! Merging two copies. Pure, commutative, associative, idempotent: `entity/tests.rs` tries to refute each.

use super::view::shown;
use super::{Entity, Member, Ordered, Removal, Sibling};
use crate::json::Json;
use crate::stamp::{Stamp, VersionVector};
use std::collections::{BTreeMap, BTreeSet};

/// Merges two copies: a write survives if both have it, or if one has it and the other has not seen it.
#[must_use]
pub fn merge(a: &Entity, b: &Entity) -> Entity {
    let mut vv = a.vv.clone();
    vv.join(&b.vv);
    Entity {
        fields: merge_maps(&a.fields, &b.fields, &a.vv, &b.vv, false),
        sets: merge_maps(&a.sets, &b.sets, &a.vv, &b.vv, true),
        removals: survivors(&a.removals, &b.removals, &a.vv, &b.vv),
        vv,
    }
}

/// What a received copy did to ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The merged entity.
    pub entity: Entity,
    /// How it compares.
    pub verdict: Verdict,
    /// Values we held that the other device had seen and replaced: they go into the history.
    pub replaced: Vec<Replaced>,
    /// Whether the entity lives on although the other side had already dropped its content (a shrunk tombstone
    /// met an edit it had not seen): [`super::write::reassert`] writes anew what only we still hold.
    pub reassert: bool,
}

/// How a merged entity compares with the two it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Equals ours: nothing to store.
    Unchanged,
    /// Equals theirs: need not be sent back to them.
    Theirs,
    /// Differs from both: everybody needs it, them too.
    Both,
}

/// A value that another write took the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The field.
    pub field: Box<str>,
    /// The value it had (for a set: the item that was removed).
    pub value: Json,
    /// The write that had put it there.
    pub stamp: Stamp,
}

/// Merges a received copy into ours.
#[must_use]
pub fn apply(ours: Option<&Entity>, theirs: Entity) -> Applied {
    let Some(ours) = ours else {
        return Applied { entity: theirs, verdict: Verdict::Theirs, replaced: Vec::new(), reassert: false };
    };
    let entity = merge(ours, &theirs);
    if entity == *ours {
        return Applied { entity, verdict: Verdict::Unchanged, replaced: Vec::new(), reassert: false };
    }
    let verdict = if entity == theirs { Verdict::Theirs } else { Verdict::Both };
    // A write always leaves a sibling behind, so a field without any was dropped with a tombstone's content.
    let dropped = ours.fields.keys().any(|name| !entity.fields.contains_key(name));
    let reassert = dropped && !entity.is_dead();
    let mut replaced = replaced(ours, &entity);
    if reassert {
        // Of a field that only the tombstone dropped, what was shown is written anew, and of a set everything.
        let is_anew = |gone: &Replaced| {
            let siblings = ours.fields.get(&gone.field);
            siblings.is_none_or(|siblings| shown(siblings).as_ref() == Some(&gone.value))
        };
        replaced.retain(|gone| entity.fields.contains_key(&gone.field) || !is_anew(gone));
    }
    Applied { reassert, replaced, verdict, entity }
}

/// The values in `before` that `after` no longer holds under any stamp.
pub(super) fn replaced(before: &Entity, after: &Entity) -> Vec<Replaced> {
    let mut gone = Vec::new();
    for (field, siblings) in &before.fields {
        let now = after.fields.get(field);
        for sibling in siblings {
            if !now.is_some_and(|now| now.iter().any(|s| s.value == sibling.value)) {
                let value = sibling.value.clone();
                gone.push(Replaced { field: field.clone(), value, stamp: sibling.stamp });
            }
        }
    }
    for (field, members) in &before.sets {
        let now = after.sets.get(field);
        for member in members {
            if !now.is_some_and(|now| now.iter().any(|m| m.item == member.item)) {
                let value = member.item.clone();
                gone.push(Replaced { field: field.clone(), value, stamp: member.stamp });
            }
        }
    }
    gone
}

/// Anything with the identity of a write.
trait Stamped: Ord + Clone {
    fn stamp(&self) -> Stamp;

    /// Whether both are the same write. The stamp decides; should two contents ever bear one stamp (a clone that
    /// went unnoticed), both are kept, and a person is asked.
    fn same_write(&self, other: &Self) -> bool {
        self.stamp() == other.stamp()
    }
}

impl Stamped for Sibling {
    fn stamp(&self) -> Stamp {
        self.stamp
    }
}

impl Stamped for Member {
    fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// One write may add several items, and each can be removed alone.
    fn same_write(&self, other: &Self) -> bool {
        self == other
    }
}

impl Stamped for Removal {
    fn stamp(&self) -> Stamp {
        self.stamp
    }
}

type Named<T> = BTreeMap<Box<str>, Ordered<T>>;

fn merge_maps<T: Stamped>(
    a: &Named<T>,
    b: &Named<T>,
    a_vv: &VersionVector,
    b_vv: &VersionVector,
    keep_empty: bool,
) -> Named<T> {
    let none = Ordered::default();
    let names: BTreeSet<&Box<str>> = a.keys().chain(b.keys()).collect();
    names
        .into_iter()
        .map(|name| {
            let (ours, theirs) = (a.get(name).unwrap_or(&none), b.get(name).unwrap_or(&none));
            (name.clone(), survivors(ours, theirs, a_vv, b_vv))
        })
        .filter(|(_, survivors)| keep_empty || !survivors.is_empty())
        .collect()
}

fn survivors<T: Stamped>(
    a: &Ordered<T>,
    b: &Ordered<T>,
    a_vv: &VersionVector,
    b_vv: &VersionVector,
) -> Ordered<T> {
    let kept = |mine: &Ordered<T>, other: &Ordered<T>, other_vv: &VersionVector| {
        let survives = |w: &&T| !other_vv.covers(w.stamp()) || other.iter().any(|o| o.same_write(w));
        mine.iter().filter(survives).cloned().collect::<Vec<T>>()
    };
    kept(a, b, b_vv).into_iter().chain(kept(b, a, a_vv)).collect()
}
