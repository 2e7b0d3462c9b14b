//! An entity as two JSON texts: `fields`, what is shown (and what SQL can query), and `meta`, what merging needs
//! beside it. The same two texts are stored and sent, so that sending is copying. Layout: `PROTOCOL.md`, "Rows".
//!
//! Writers are numbers of one replica's writer table; whoever reads a row brings the table that it was written with.

use super::{Entity, Member, Removal, Sibling, view};
use crate::hlc::Hlc;
use crate::json::{Json, JsonError, is_name};
use crate::limits::{ENTITY_MAX, FIELDS_MAX, SET_MAX, SIBLINGS_MAX, WRITERS_MAX};
use crate::stamp::{Stamp, VersionVector, WriterId};
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// An encoded entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A JSON object: what is shown.
    pub fields: String,
    /// A JSON object: what merging needs.
    pub meta: String,
}

/// Why a row was refused. The entity is quarantined; everything else goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// Not of the form that `PROTOCOL.md` gives.
    #[error("it is not a well-formed entity: {0}")]
    Malformed(String),
    /// A value that breaks a bound.
    #[error("{field}: {error}")]
    Value {
        /// The field.
        field: String,
        /// What is wrong with it.
        error: JsonError,
    },
    /// More of something than the limits allow.
    #[error("it holds more {0} than the limits allow")]
    TooMany(&'static str),
    /// A writer that was never announced.
    #[error("it names the unknown writer {0}")]
    UnknownWriter(u32),
    /// A write that its own version vector does not cover.
    #[error("it holds a write that it says it has not seen")]
    Uncovered,
}

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

/// Decodes a row. `writer` looks a number up in the table that the row was written with.
///
/// # Errors
/// The form or bound that the row breaks. Never panics, whatever the texts are.
pub fn decode(
    fields: &str,
    meta: &str,
    writer: impl Fn(u32) -> Option<WriterId>,
) -> Result<Entity, RowError> {
    if fields.len() + meta.len() > ENTITY_MAX {
        return Err(RowError::TooMany("bytes"));
    }
    let malformed = |e: serde_json::Error| RowError::Malformed(e.to_string());
    let Ascending(fields) = serde_json::from_str::<Ascending<&RawValue>>(fields).map_err(malformed)?;
    let mut meta: Meta<'_> = serde_json::from_str(meta).map_err(malformed)?;
    let stamp = |wire: WireStamp| {
        let writer = writer(wire.0).ok_or(RowError::UnknownWriter(wire.0))?;
        let hlc = Hlc::from_bits(wire.1).ok_or_else(|| RowError::Malformed("a time out of range".into()))?;
        Ok(Stamp { hlc, writer })
    };
    let vector = |wire: &[WireStamp]| {
        if wire.len() > WRITERS_MAX {
            return Err(RowError::TooMany("writers"));
        }
        wire.iter().map(|&s| stamp(s)).collect::<Result<VersionVector, _>>()
    };
    let default = meta.d.or_else(|| meta.v.first().copied().filter(|_| meta.v.len() == 1));
    let default = default.map(stamp).transpose()?;
    let or_default = || default.ok_or_else(|| RowError::Malformed("a value without a stamp".into()));

    let mut entity = Entity { vv: vector(&meta.v)?, ..Entity::default() };
    for (name, raw) in fields {
        if let Some(members) = meta.t.0.remove(name) {
            entity.sets.insert(name.into(), decode_members(name, raw, &members, stamp, or_default)?);
        } else {
            let siblings = decode_siblings(name, raw, meta.s.0.remove(name), stamp, or_default)?;
            entity.fields.insert(name.into(), siblings);
        }
    }
    // An empty set shows nothing; every other entry of the meta must have met its field.
    for (name, members) in meta.t.0 {
        if !members.is_empty() {
            return Err(RowError::Malformed(format!("the set {name} has stamps but no items")));
        }
        entity.sets.insert(name.into(), BTreeSet::new());
    }
    if let Some(name) = meta.s.0.keys().next() {
        return Err(RowError::Malformed(format!("the field {name} has stamps but no value")));
    }
    for WireRemoval(writer, hlc, seen) in &meta.x {
        let seen = seen.as_deref().map(vector).transpose()?;
        entity.removals.insert(Removal { stamp: stamp(WireStamp(*writer, *hlc))?, seen });
    }
    check(&entity)?;
    Ok(entity)
}

fn check(entity: &Entity) -> Result<(), RowError> {
    if entity.fields.len() + entity.sets.len() > FIELDS_MAX {
        return Err(RowError::TooMany("fields"));
    }
    if entity.fields.values().any(|s| s.len() > SIBLINGS_MAX) || entity.removals.len() > SIBLINGS_MAX {
        return Err(RowError::TooMany("concurrent values"));
    }
    if entity.sets.values().any(|members| members.len() > SET_MAX) {
        return Err(RowError::TooMany("items"));
    }
    if !entity.fields.keys().chain(entity.sets.keys()).all(|name| is_name(name)) {
        return Err(RowError::Malformed(
            "a field's name is made of a-z, 0-9 and _, at most 64 of them".into(),
        ));
    }
    if entity.vv.is_empty() || !entity.stamps().all(|stamp| entity.vv.covers(stamp)) {
        return Err(RowError::Uncovered);
    }
    Ok(())
}

/// The stamp that most values bear: written once instead of with each of them.
fn usual_stamp(entity: &Entity) -> Option<Stamp> {
    let mut counts: Vec<(Stamp, usize)> = Vec::new();
    let fields = entity.fields.values().filter(|s| s.len() == 1).flatten().map(|s| s.stamp);
    for stamp in fields.chain(entity.sets.values().flatten().map(|m| m.stamp)) {
        match counts.iter_mut().find(|(other, _)| *other == stamp) {
            Some((_, count)) => *count += 1,
            None => counts.push((stamp, 1)),
        }
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

fn decode_siblings(
    name: &str,
    raw: &RawValue,
    siblings: Option<Vec<WireSibling<'_>>>,
    stamp: impl Fn(WireStamp) -> Result<Stamp, RowError>,
    or_default: impl Fn() -> Result<Stamp, RowError>,
) -> Result<BTreeSet<Sibling>, RowError> {
    let json = |raw: &RawValue| {
        Json::from_raw(raw).map_err(|error| RowError::Value { field: name.to_owned(), error })
    };
    let Some(siblings) = siblings else {
        return Ok(BTreeSet::from([Sibling { stamp: or_default()?, value: json(raw)?, base: None }]));
    };
    if siblings.len() > SIBLINGS_MAX {
        return Err(RowError::TooMany("concurrent values"));
    }
    let several = siblings.len() > 1;
    let mut decoded = BTreeSet::new();
    for wire in siblings {
        // With several siblings each brings its value; the shown one is never taken on trust.
        let value = match wire.value {
            Some(value) if several => value,
            None if several => return Err(RowError::Malformed(format!("{name}: a sibling without a value"))),
            Some(_) | None => raw,
        };
        let base = wire.base.map(json).transpose()?;
        decoded.insert(Sibling { stamp: stamp(wire.stamp)?, value: json(value)?, base });
    }
    if decoded.is_empty() {
        return Err(RowError::Malformed(format!("{name}: no value")));
    }
    Ok(decoded)
}

fn decode_members(
    name: &str,
    raw: &RawValue,
    unusual: &[(u32, u32, u64)],
    stamp: impl Fn(WireStamp) -> Result<Stamp, RowError>,
    or_default: impl Fn() -> Result<Stamp, RowError>,
) -> Result<BTreeSet<Member>, RowError> {
    let items: Vec<&RawValue> =
        serde_json::from_str(raw.get()).map_err(|e| RowError::Malformed(format!("{name}: {e}")))?;
    if items.len() > SET_MAX || unusual.len() > SET_MAX {
        return Err(RowError::TooMany("items"));
    }
    let mut stamps: Vec<Vec<Stamp>> = vec![Vec::new(); items.len()];
    for &(at, writer, hlc) in unusual {
        let slot = stamps.get_mut(at as usize);
        slot.ok_or_else(|| RowError::Malformed(format!("{name}: no item {at}")))?
            .push(stamp(WireStamp(writer, hlc))?);
    }
    let mut members = BTreeSet::new();
    for (raw, mut stamps) in items.into_iter().zip(stamps) {
        let item = Json::from_raw(raw).map_err(|error| RowError::Value { field: name.to_owned(), error })?;
        if stamps.is_empty() {
            stamps.push(or_default()?);
        }
        members.extend(stamps.into_iter().map(|stamp| Member { item: item.clone(), stamp }));
    }
    Ok(members)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta<'a> {
    v: Vec<WireStamp>,
    #[serde(default)]
    d: Option<WireStamp>,
    #[serde(default, borrow)]
    s: Ascending<'a, Vec<WireSibling<'a>>>,
    #[serde(default, borrow)]
    t: Ascending<'a, Vec<(u32, u32, u64)>>,
    #[serde(default)]
    x: Vec<WireRemoval>,
}

#[derive(Clone, Copy, Deserialize)]
struct WireStamp(u32, u64);

#[derive(Deserialize)]
struct WireRemoval(u32, u64, Option<Vec<WireStamp>>);

/// `[writer, hlc]`, then the value, then the base.
struct WireSibling<'a> {
    stamp: WireStamp,
    value: Option<&'a RawValue>,
    base: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for WireSibling<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = WireSibling<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[writer, hlc, value?, base?]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let missing = || A::Error::custom("a sibling without a stamp");
                let writer = seq.next_element()?.ok_or_else(missing)?;
                let hlc = seq.next_element()?.ok_or_else(missing)?;
                let (value, base) = (seq.next_element()?, seq.next_element()?);
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom("a sibling with too many parts"));
                }
                Ok(WireSibling { stamp: WireStamp(writer, hlc), value, base })
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}

/// An object whose keys stand in ascending order, so that none stands twice.
struct Ascending<'a, T>(BTreeMap<&'a str, T>);

impl<T> Default for Ascending<'_, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Ascending<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = BTreeMap<&'de str, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with its keys in ascending order")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<&'de str, T>()? {
                    if entries.last_key_value().is_some_and(|(last, _)| *last >= key) {
                        return Err(A::Error::custom("keys must stand in ascending order, each once"));
                    }
                    if entries.len() >= FIELDS_MAX {
                        return Err(A::Error::custom("too many fields"));
                    }
                    entries.insert(key, value);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData)).map(Ascending)
    }
}
