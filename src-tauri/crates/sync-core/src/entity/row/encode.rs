//! Writing a row.

use super::Row;
use crate::entity::{Entity, Member, Sibling, view};
use crate::json::Json;
use crate::stamp::{Stamp, VersionVector, WriterId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Encodes an entity. `number` gives each writer's number in this replica's table.
pub fn encode(entity: &Entity, mut number: impl FnMut(WriterId) -> u32) -> Row {
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
        .filter(|(_, siblings)| {
            siblings.len() != 1 || siblings.iter().any(|s| Some(s.stamp) != default || s.base.is_some())
        })
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
    Row { fields: encode_fields(entity), meta }
}

/// The stamp that most values bear: written once instead of with each of them.
fn usual_stamp(entity: &Entity) -> Option<Stamp> {
    let mut counts: BTreeMap<Stamp, usize> = BTreeMap::new();
    let fields = entity.fields.values().filter(|s| s.len() == 1).flatten().map(|s| s.stamp);
    for stamp in fields.chain(entity.sets.values().flatten().map(|m| m.stamp)) {
        *counts.entry(stamp).or_default() += 1;
    }
    counts.into_iter().max_by_key(|&(stamp, count)| (count, stamp)).map(|(stamp, _)| stamp)
}

fn encode_fields(entity: &Entity) -> String {
    let sets: BTreeMap<&str, BTreeSet<&Json>> = entity
        .sets
        .iter()
        .filter(|(_, members)| !members.is_empty())
        .map(|(name, members)| (&**name, members.iter().map(|member| &member.item).collect()))
        .collect();
    let names: BTreeSet<&str> =
        entity.fields.keys().map(|name| &**name).chain(sets.keys().copied()).collect();
    let mut out = String::with_capacity(512);
    out.push('{');
    for (i, name) in names.into_iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        // Names are checked to need no escapes, and writing to a string cannot fail.
        let _ = write!(out, "{comma}\"{name}\":");
        if let Some(items) = sets.get(name) {
            write_list(&mut out, items, |out, item| out.push_str(item.text()));
        } else {
            let siblings = &entity.fields[name];
            match siblings.first() {
                Some(only) if siblings.len() == 1 => out.push_str(only.value.text()),
                Some(_) | None => out.push_str(view::shown(siblings).as_ref().map_or("null", Json::text)),
            }
        }
    }
    out.push('}');
    out
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

fn write_siblings(out: &mut String, siblings: &BTreeSet<Sibling>, number: &mut impl FnMut(WriterId) -> u32) {
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
    members: &BTreeSet<Member>,
    default: Option<Stamp>,
    number: &mut impl FnMut(WriterId) -> u32,
) {
    // An item is named only where one plain usual stamp does not say it all.
    let items: BTreeSet<&Json> = members.iter().map(|member| &member.item).collect();
    let unusual = items.iter().enumerate().flat_map(|(at, item)| {
        let stamps: Vec<Stamp> = members.iter().filter(|m| m.item == **item).map(|m| m.stamp).collect();
        let usual = stamps.len() == 1 && stamps.first() == default.as_ref();
        stamps.into_iter().filter(move |_| !usual).map(move |stamp| (at, stamp))
    });
    write_list(out, unusual, |out, (at, stamp)| {
        let _ = write!(out, "[{at},{},{}]", number(stamp.writer), stamp.hlc.bits());
    });
}
