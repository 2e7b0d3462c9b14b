//! Writing a row.

use super::Row;
use crate::entity::{Entity, Member, Ordered, Sibling, view};
use crate::json::Json;
use crate::stamp::{Stamp, VersionVector, WriterId};
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
    // Few different ones, whatever the number of values.
    let mut counts: Vec<(usize, Stamp)> = Vec::new();
    let fields = entity.fields.values().filter_map(|s| s.only()).map(|s| s.stamp);
    for stamp in fields.chain(entity.sets.values().flatten().map(|m| m.stamp)) {
        match counts.iter_mut().find(|(_, known)| *known == stamp) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, stamp)),
        }
    }
    counts.into_iter().max().map(|(_, stamp)| stamp)
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
    // An item is named only where one plain usual stamp does not say it all.
    let items = items(members);
    let unusual = items.iter().enumerate().flat_map(|(at, item)| {
        let stamps: Vec<Stamp> = members.iter().filter(|m| m.item == **item).map(|m| m.stamp).collect();
        let usual = stamps.len() == 1 && stamps.first() == default.as_ref();
        stamps.into_iter().filter(move |_| !usual).map(move |stamp| (at, stamp))
    });
    write_list(out, unusual, |out, (at, stamp)| {
        let _ = write!(out, "[{at},{},{}]", number(stamp.writer), stamp.hlc.bits());
    });
}
