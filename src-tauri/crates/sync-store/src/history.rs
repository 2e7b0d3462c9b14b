//! The history: each value that a write took away, ours or a peer's, so that it can be put back. Making an
//! entity costs nothing here.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, Writers, hlc, i64_of, u64_of};
use crate::txn::Txn;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;
use sync_core::entity::row::decode;
use sync_core::entity::view::{Review, reviews};
use sync_core::entity::{Entity, EntityKey, Replaced};
use sync_core::identity::DeviceId;
use sync_core::json::Json;
use sync_core::stamp::Stamp;
use sync_core::time::Wall;
use uuid::Uuid;

/// Which part of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only this entity's.
    pub entity: Option<EntityKey>,
    /// Only entries whose old value contains this, whatever the case of its ASCII letters.
    pub text: Option<String>,
    /// Only entries that this device brought, directly; our own for this device.
    pub from: Option<DeviceId>,
    /// Only entries made here within these moments, both included.
    pub between: Option<(Wall, Wall)>,
    /// Only entries before the one of this number: the page after it.
    pub before: Option<u64>,
}

/// One change, as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its number: higher is later.
    pub number: u64,
    /// When it happened here, by our clock.
    pub at: Wall,
    /// The entity.
    pub key: EntityKey,
    /// What happened.
    pub event: Event,
    /// Who made the change; `None` for a writer that nobody introduced.
    pub author: Option<DeviceId>,
    /// When they made it, by their clock.
    pub made: Wall,
    /// Through which device it reached us; `None`: it was made here.
    pub through: Option<DeviceId>,
}

/// What happened to an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A value was replaced; of a set, an item was removed.
    Replaced {
        /// The field.
        field: Box<str>,
        /// The value it had.
        from: Json,
        /// The value it got. `None` for items, for values dropped with a deleted entity, and when nothing
        /// remembers it.
        to: Option<Json>,
    },
    /// It was deleted.
    Deleted,
    /// A delete was taken back.
    PutBack,
}

/// Writes down what a change took away. `source`: the number of the source it came from, or 0.
pub(crate) fn record(
    txn: &Txn<'_>,
    key: &EntityKey,
    before: &Entity,
    after: &Entity,
    replaced: &[Replaced],
    source: i64,
) -> Result<(), StoreError> {
    let event = match (before.is_dead(), after.is_dead()) {
        (false, true) => Some("deleted"),
        (true, false) => Some("put back"),
        (false, false) | (true, true) => None,
    };
    if event.is_none() && replaced.is_empty() {
        return Ok(());
    }
    // What a shrunk tombstone takes along vanishes without a write that did it.
    let Some(newest) = newest_unseen(before, after).or_else(|| after.vv.newest()) else { return Ok(()) };
    let Some(kind) = txn.kinds.number(&key.kind) else { return Ok(()) };
    let mut insert = txn.sql.prepare_cached(
        "INSERT INTO history (at, kind, id, event, field, value, hlc, writer, by_hlc, by_writer, source, settled)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let asked = asked(txn, key, before);
    let at = i64_of(txn.wall.0);
    let bits = |stamp: Stamp| i64_of(stamp.hlc.bits());
    for Replaced { field, value, stamp } in replaced {
        let by = after.fields.get(field).and_then(|siblings| siblings.last()).map_or(newest, |s| s.stamp);
        insert.execute(params![
            at,
            kind,
            key.id.as_bytes(),
            "replaced",
            field,
            value.text(),
            bits(*stamp),
            txn.writers.number(stamp.writer),
            bits(by),
            txn.writers.number(by.writer),
            source,
            asked.contains(field) && after.fields.get(field).is_some_and(|siblings| siblings.len() == 1)
        ])?;
    }
    if let Some(event) = event {
        let none = rusqlite::types::Null;
        let by = txn.writers.number(newest.writer);
        insert.execute(params![
            at,
            kind,
            key.id.as_bytes(),
            event,
            none,
            none,
            none,
            none,
            bits(newest),
            by,
            source,
            false
        ])?;
    }
    Ok(())
}

/// The number that the next line gets.
pub(crate) fn next(conn: &Connection) -> Result<i64, StoreError> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(num), 0) + 1 FROM history")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// The fields that a person was asked about.
fn asked(txn: &Txn<'_>, key: &EntityKey, entity: &Entity) -> BTreeSet<Box<str>> {
    let waiting = reviews(entity, txn.schema.kind(&key.kind)).into_iter();
    let fields = waiting.filter_map(|review| match review {
        Review::Field { field, .. } => Some(field),
        Review::Deleted { .. } => None,
    });
    fields.collect()
}

/// The newest write that `after` has seen and `before` had not.
fn newest_unseen(before: &Entity, after: &Entity) -> Option<Stamp> {
    let all = after.vv.iter().map(|(writer, hlc)| Stamp { hlc, writer });
    all.filter(|stamp| !before.vv.covers(*stamp)).max()
}

impl Store {
    /// A page of the history, newest first, at most `limit` entries.
    ///
    /// # Errors
    /// When the database fails.
    pub fn history(&mut self, filter: &HistoryFilter, limit: usize) -> Result<Vec<HistoryEntry>, StoreError> {
        let tx = self.conn.transaction()?;
        let (kinds, writers) = (Kinds::load(&tx)?, Writers::load(&tx)?);
        let own = DeviceId::from_bytes(tx.query_row("SELECT device FROM replica", [], |row| row.get(0))?);
        let kind = filter.entity.as_ref().map(|key| kinds.number(&key.kind).unwrap_or(0));
        let (from, until) = filter.between.unzip();
        // Spelt out, so that SQLite sees when it can use the index.
        let scope = if kind.is_some() { "h.kind = ?2 AND h.id = ?3" } else { "?2 IS NULL AND ?3 IS NULL" };
        let mut statement = tx.prepare_cached(&format!(
            "SELECT h.num, h.at, h.kind, h.id, h.event, h.field, h.value, h.by_hlc, h.by_writer, s.device
             FROM history h
             LEFT JOIN source s ON s.num = h.source
             WHERE h.num < coalesce(?1, 9223372036854775807)
               AND {scope}
               AND (?4 IS NULL OR instr(lower(h.value), lower(?4)))
               AND (?5 IS NULL OR coalesce(s.device, ?6) = ?5)
               AND (?7 IS NULL OR h.at BETWEEN ?7 AND ?8)
             ORDER BY h.num DESC
             LIMIT ?9"
        ))?;
        let mut rows = statement.query(params![
            filter.before.map(i64_of),
            kind,
            filter.entity.as_ref().map(|key| *key.id.as_bytes()),
            filter.text,
            filter.from.as_ref().map(DeviceId::as_bytes),
            own.as_bytes(),
            from.map(|wall| i64_of(wall.0)),
            until.map(|wall| i64_of(wall.0)),
            limit
        ])?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(entry(&tx, row, &kinds, &writers)?);
        }
        Ok(page)
    }
}

fn entry(
    conn: &Connection,
    row: &Row<'_>,
    kinds: &Kinds,
    writers: &Writers,
) -> Result<HistoryEntry, StoreError> {
    let kind: i64 = row.get(2)?;
    let id = Uuid::from_bytes(row.get(3)?);
    let (by_hlc, by_writer): (i64, u32) = (row.get(7)?, row.get(8)?);
    let event = match row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)? {
        "deleted" => Event::Deleted,
        "put back" => Event::PutBack,
        _ => {
            let field: String = row.get(5)?;
            let from = json(&row.get::<_, String>(6)?)?;
            let to = written(conn, kind, id, &field, (by_hlc, by_writer), writers)?;
            Event::Replaced { field: field.into(), from, to }
        }
    };
    Ok(HistoryEntry {
        number: u64_of(row.get(0)?),
        at: Wall(u64_of(row.get(1)?)),
        key: EntityKey::new(kinds.name(kind)?, id),
        event,
        author: writers.id(by_writer).and_then(|writer| writers.device(writer)),
        made: hlc(by_hlc).wall(),
        through: row.get::<_, Option<[u8; 16]>>(9)?.map(DeviceId::from_bytes),
    })
}

/// The value that a write put into a field: it is still there, or a later entry says what replaced it.
pub(crate) fn written(
    conn: &Connection,
    kind: i64,
    id: Uuid,
    field: &str,
    (by_hlc, by_writer): (i64, u32),
    writers: &Writers,
) -> Result<Option<Json>, StoreError> {
    let later: Option<String> = conn
        .prepare_cached(
            "SELECT value FROM history
             WHERE kind = ?1 AND id = ?2 AND field = ?3 AND hlc = ?4 AND writer = ?5
             LIMIT 1",
        )?
        .query_row(params![kind, id.as_bytes(), field, by_hlc, by_writer], |row| row.get(0))
        .optional()?;
    if let Some(later) = later {
        return json(&later).map(Some);
    }
    let texts: Option<(String, String)> = conn
        .prepare_cached("SELECT fields, meta FROM entity WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let entity = texts.and_then(|(fields, meta)| decode(&fields, &meta, |number| writers.id(number)).ok());
    let stamp = writers.id(by_writer).map(|writer| Stamp { hlc: hlc(by_hlc), writer });
    let sibling =
        entity.as_ref().and_then(|entity| entity.fields.get(field)?.iter().find(|s| Some(s.stamp) == stamp));
    Ok(sibling.map(|sibling| sibling.value.clone()))
}

pub(crate) fn json(text: &str) -> Result<Json, StoreError> {
    Json::parse(text)
        .map_err(|error| StoreError::Damaged(format!("a value in the history cannot be read ({error})")))
}

#[cfg(test)]
mod tests;
