//! Reading a row: of our own database or of a peer, both with the same distrust.

use super::RowError;
use super::wire::{Ascending, Meta, WireRemoval, WireSibling, WireStamp};
use crate::entity::{Entity, Member, Ordered, Removal, Sibling};
use crate::hlc::Hlc;
use crate::json::{Json, is_name};
use crate::limits::{ENTITY_MAX, FIELDS_MAX, SET_MAX, SIBLINGS_MAX, WRITERS_MAX};
use crate::stamp::{Stamp, VersionVector, WriterId};
use serde_json::value::RawValue;

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
        if let Some(members) = meta.t.take(name) {
            entity.sets.insert(name.into(), decode_members(name, raw, &members, stamp, or_default)?);
        } else {
            let siblings = decode_siblings(name, raw, meta.s.take(name), stamp, or_default)?;
            entity.fields.insert(name.into(), siblings);
        }
    }
    // An empty set shows nothing; every other entry of the meta must have met its field.
    for (name, members) in meta.t.0 {
        if !members.is_empty() {
            return Err(RowError::Malformed(format!("the set {name} has stamps but no items")));
        }
        entity.sets.insert(name.into(), Ordered::default());
    }
    if let Some((name, _)) = meta.s.0.first() {
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

fn decode_siblings(
    name: &str,
    raw: &RawValue,
    siblings: Option<Vec<WireSibling<'_>>>,
    stamp: impl Fn(WireStamp) -> Result<Stamp, RowError>,
    or_default: impl Fn() -> Result<Stamp, RowError>,
) -> Result<Ordered<Sibling>, RowError> {
    let json = |raw: &RawValue| {
        Json::from_raw(raw).map_err(|error| RowError::Value { field: name.to_owned(), error })
    };
    let Some(siblings) = siblings else {
        return Ok(Ordered::from([Sibling { stamp: or_default()?, value: json(raw)?, base: None }]));
    };
    if siblings.len() > SIBLINGS_MAX {
        return Err(RowError::TooMany("concurrent values"));
    }
    let several = siblings.len() > 1;
    let mut decoded = Ordered::default();
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
) -> Result<Ordered<Member>, RowError> {
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
    let mut members = Vec::with_capacity(items.len());
    for (raw, mut stamps) in items.into_iter().zip(stamps) {
        let item = Json::from_raw(raw).map_err(|error| RowError::Value { field: name.to_owned(), error })?;
        if stamps.is_empty() {
            stamps.push(or_default()?);
        }
        members.extend(stamps.into_iter().map(|stamp| Member { item: item.clone(), stamp }));
    }
    Ok(members.into_iter().collect())
}
