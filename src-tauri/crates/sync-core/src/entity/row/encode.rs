//! Writing a row.

use super::Row;
use crate::entity::{Entity, Member, Ordered, Sibling, view};
use crate::json::Json;
use crate::stamp::{Stamp, VersionVector, WriterId};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Encodes an entity. `number` gives each writer's number in this replica's table.
pub fn encode(entity: &Entity, number: impl FnMut(WriterId) -> u32) -> Row {
    Row { fields: encode_fields(entity), meta: encode_meta(entity, number) }
}

/// Encodes what merging needs.
pub fn encode_meta(entity: &Entity, mut number: impl FnMut(WriterId) -> u32) -> String {
    let default = usual_stamp(entity);
    let mut meta = String::from("{\"v\":");
    write_vector(&mut meta, &entity.vv, &mut number);
    let implied = entity.vv.iter().next().map(|(writer, hlc)| Stamp { hlc, writer });
    if let Some(stamp) = default.filter(|_| default != implied || entity.vv.len() != 1) {
        meta.push_str(",\"d\":");
        write_stamp(&mut meta, stamp, &mut number, true);
    }
    let mut unusual = entity
        .fields
        .iter()
        .filter(|(_, siblings)| siblings.only().is_none_or(|s| Some(s.stamp) != default || s.base.is_some()))
        .peekable();
    if unusual.peek().is_some() {
        write_map(&mut meta, "s", unusual, |meta, siblings| write_siblings(meta, siblings, &mut number));
    }
    if !entity.sets.is_empty() {
        write_map(&mut meta, "t", entity.sets.iter(), |meta, members| {
            write_members(meta, members, default, &mut number);
        });
    }
    if !entity.removals.is_empty() {
        meta.push_str(",\"x\":");
        write_list(&mut meta, &entity.removals, |meta, removal| {
            write_stamp(meta, removal.stamp, &mut number, false);
            meta.push(',');
            match &removal.seen {
                Some(seen) => write_vector(meta, seen, &mut number),
                None => meta.push_str("null"),
            }
            meta.push(']');
        });
    }
    meta.push('}');
    meta
}

/// The stamp that most values bear: written once instead of with each of them.
fn usual_stamp(entity: &Entity) -> Option<Stamp> {
    // Few different ones in what people write, but a peer may send a hundred thousand.
    let mut counts: BTreeMap<Stamp, usize> = BTreeMap::new();
    let fields = entity.fields.values().filter_map(|s| s.only()).map(|s| s.stamp);
    for stamp in fields.chain(entity.sets.values().flatten().map(|m| m.stamp)) {
        *counts.entry(stamp).or_default() += 1;
    }
    counts.into_iter().map(|(stamp, count)| (count, stamp)).max().map(|(_, stamp)| stamp)
}

/// Encodes what is shown, keys ascending: fields, and sets that are not empty. The same in every replica.
#[must_use]
pub fn encode_fields(entity: &Entity) -> String {
    let mut out = String::with_capacity(512);
    let mut fields = entity.fields.iter().peekable();
    let mut sets = entity.sets.iter().filter(|(_, members)| !members.is_empty()).peekable();
    loop {
        let is_field = match (fields.peek(), sets.peek()) {
            (Some((field, _)), Some((set, _))) => field < set,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        out.push(if out.is_empty() { '{' } else { ',' });
        // Names are checked to need no escapes.
        let mut key = |name: &str| {
            out.push('"');
            out.push_str(name);
            out.push_str("\":");
        };
        if is_field {
            let Some((name, siblings)) = fields.next() else { break };
            key(name);
            match siblings.only() {
                Some(only) => out.push_str(only.value.text()),
                None => out.push_str(view::shown(siblings).as_ref().map_or("null", Json::text)),
            }
        } else {
            let Some((name, members)) = sets.next() else { break };
            key(name);
            write_list(&mut out, items(members), |out, item| out.push_str(item.text()));
        }
    }
    if out.is_empty() {
        out.push('{');
    }
    out.push('}');
    out
}

/// The items of a set, each once, in order: members are ordered by item first.
fn items(members: &Ordered<Member>) -> Vec<&Json> {
    let mut items: Vec<&Json> = members.iter().map(|member| &member.item).collect();
    items.dedup();
    items
}

fn write_map<'a, T: 'a>(
    out: &mut String,
    key: &str,
    entries: impl Iterator<Item = (&'a Box<str>, &'a T)>,
    mut value: impl FnMut(&mut String, &T),
) {
    let _ = write!(out, ",\"{key}\":{{");
    for (i, (name, entry)) in entries.enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\"{name}\":");
        value(out, entry);
    }
    out.push('}');
}

fn write_list<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut String, T)) {
    out.push('[');
    for (i, entry) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        item(out, entry);
    }
    out.push(']');
}

fn write_stamp(out: &mut String, stamp: Stamp, number: &mut impl FnMut(WriterId) -> u32, close: bool) {
    let _ = write!(out, "[{},{}", number(stamp.writer), stamp.hlc.bits());
    if close {
        out.push(']');
    }
}

fn write_vector(out: &mut String, vv: &VersionVector, number: &mut impl FnMut(WriterId) -> u32) {
    write_list(out, vv.iter(), |out, (writer, hlc)| write_stamp(out, Stamp { hlc, writer }, number, true));
}

fn write_siblings(out: &mut String, siblings: &Ordered<Sibling>, number: &mut impl FnMut(WriterId) -> u32) {
    let several = siblings.len() > 1;
    write_list(out, siblings, |out, sibling| {
        write_stamp(out, sibling.stamp, number, false);
        if several || sibling.base.is_some() {
            out.push(',');
            out.push_str(if several { sibling.value.text() } else { "null" });
        }
        if let Some(base) = &sibling.base {
            out.push(',');
            out.push_str(base.text());
        }
        out.push(']');
    });
}

fn write_members(
    out: &mut String,
    members: &Ordered<Member>,
    default: Option<Stamp>,
    number: &mut impl FnMut(WriterId) -> u32,
) {
    // An item is named only where one plain usual stamp does not say it all. Members are ordered by item first.
    let items = members.iter().as_slice().chunk_by(|one, next| one.item == next.item);
    let unusual = items.enumerate().flat_map(|(at, members)| {
        let usual = matches!(members, [only] if Some(only.stamp) == default);
        members.iter().filter(move |_| !usual).map(move |member| (at, member.stamp))
    });
    write_list(out, unusual, |out, (at, stamp)| {
        let _ = write!(out, "[{at},{},{}]", number(stamp.writer), stamp.hlc.bits());
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::row::decode;
    use crate::hlc::Hlc;
    use proptest::prelude::*;

    /// An entity of sets whose members bear these stamps.
    fn bearing(sets: &[Vec<u64>]) -> Entity {
        let mut entity = Entity::default();
        for (set, stamps) in sets.iter().enumerate() {
            let member = |(item, &hlc): (usize, &u64)| {
                let stamp = Stamp { hlc: Hlc::from_bits(hlc).unwrap(), writer: WriterId([7; 8]) };
                Member { item: Json::parse(&item.to_string()).unwrap(), stamp }
            };
            entity.sets.insert(format!("s{set}").into(), stamps.iter().enumerate().map(member).collect());
        }
        entity.sets.values().flatten().for_each(|member| entity.vv.observe(member.stamp));
        entity
    }

    proptest! {
        #[test]
        fn the_usual_stamp_is_the_most_frequent_and_of_several_the_latest(stamps in prop::collection::vec(1..6u64, 1..12)) {
            let count = |one: &u64| stamps.iter().filter(|stamp| *stamp == one).count();
            let usual = stamps.iter().max_by_key(|one| (count(one), **one)).copied();
            let found = usual_stamp(&bearing(std::slice::from_ref(&stamps))).map(|stamp| stamp.hlc.bits());
            prop_assert_eq!(found, usual);
        }
    }

    #[test]
    fn an_entity_of_a_hundred_thousand_stamps_is_written_without_comparing_each_with_each() {
        let sets: Vec<Vec<u64>> =
            (0..107).map(|set| (1..=1_024).map(|at| set * 1_024 + at).collect()).collect();
        let entity = bearing(&sets);
        let row = encode(&entity, |_| 0);
        assert!(row.fields.len() + row.meta.len() < crate::limits::ENTITY_MAX, "a peer may send it");
        assert_eq!(decode(&row.fields, &row.meta, |_| Some(WriterId([7; 8]))), Ok(entity));
    }
}
