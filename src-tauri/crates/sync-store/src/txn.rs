//! A write transaction: everything one needs to change entities, and what must change with them. It begins as
//! `IMMEDIATE` and reads the clock, the writer and the highest seq inside, so that two processes never give
//! out one stamp or seq twice.

use crate::error::StoreError;
use crate::names::{Kinds, Writers, hlc, i64_of};
use crate::reviews::questions;
use crate::sums::Sums;
use crate::{FreshId, Store, head};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use sync_core::entity::row::{Row, RowError, decode, encode_fields, encode_meta};
use sync_core::entity::{Checksum, Entity, EntityKey};
use sync_core::hlc::{Clock, Hlc};
use sync_core::identity::DeviceId;
use sync_core::limits::ENTITY_MAX;
use sync_core::schema::Schema;
use sync_core::stamp::{Stamp, WriterId};
use sync_core::time::Wall;

/// Largest row that is stored, in bytes of its two texts. What is left to [`ENTITY_MAX`] is for the rest of
/// the line on the wire, and for longer writer numbers on other devices.
pub(crate) const ROW_MAX: usize = ENTITY_MAX - 64 * 1024;

/// An open write transaction. Dropped without [`commit`](Txn::commit), it changes nothing.
pub(crate) struct Txn<'a> {
    pub(crate) sql: Transaction<'a>,
    pub(crate) schema: &'a Schema,
    pub(crate) kinds: Kinds,
    pub(crate) writers: Writers,
    pub(crate) device: DeviceId,
    pub(crate) wall: Wall,
    pub(crate) clock: Clock,
    /// Other devices may hold everything up to this seq.
    pub(crate) handed_out: i64,
    writer: WriterId,
    fresh_id: &'a mut FreshId,
    head: i64,
    sums: Sums,
}

/// What an entity becomes.
pub(crate) struct Next<'a> {
    pub(crate) entity: &'a Entity,
    pub(crate) row: &'a Row,
    pub(crate) checksum: Checksum,
    /// The number of the source it is an exact copy of, or 0.
    pub(crate) source: i64,
}

/// An entity as it is stored.
pub(crate) struct Stored {
    pub(crate) seq: i64,
    /// Its first seq, or that with which it was shared.
    pub(crate) born: i64,
    pub(crate) checksum: Checksum,
    pub(crate) source: i64,
    pub(crate) review: i64,
    pub(crate) died: Option<i64>,
    /// It stays on this device: see [`crate::here`].
    pub(crate) here: bool,
    pub(crate) row: Row,
}

impl Store {
    pub(crate) fn begin(&mut self, wall: Wall) -> Result<Txn<'_>, StoreError> {
        let sql = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (device, writer, clock, handed_out) = sql
            .prepare_cached(
                "SELECT r.device, w.id, r.clock, r.handed_out FROM replica r JOIN writer w ON w.num = r.writer",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(Txn {
            kinds: Kinds::load(&sql)?,
            writers: Writers::load(&sql)?,
            head: head(&sql)?,
            sql,
            schema: &self.schema,
            device: DeviceId::from_bytes(device),
            wall,
            clock: Clock::after(hlc(clock)),
            handed_out,
            writer: WriterId(writer),
            fresh_id: &mut self.fresh_id,
            sums: Sums::default(),
        })
    }
}

impl Txn<'_> {
    /// The entity as it is stored, dead ones too.
    pub(crate) fn find(&self, key: &EntityKey) -> Result<Option<Stored>, StoreError> {
        let Some(kind) = self.kinds.number(&key.kind) else { return Ok(None) };
        let mut statement = self.sql.prepare_cached(
            "SELECT seq, checksum, source, review, died, here, born, fields, meta FROM entity WHERE kind = ?1 AND id = ?2",
        )?;
        let stored = statement.query_row(params![kind, key.id.as_bytes()], |row| {
            Ok(Stored {
                seq: row.get(0)?,
                checksum: Checksum(row.get(1)?),
                source: row.get(2)?,
                review: row.get(3)?,
                died: row.get(4)?,
                here: row.get(5)?,
                born: row.get(6)?,
                row: Row { fields: row.get(7)?, meta: row.get(8)? },
            })
        });
        Ok(stored.optional()?)
    }

    /// Our copy, to be built upon. One that is not what was written is refused: whatever is built upon it would be given a
    /// checksum of its own, and pass for right from then on, here and everywhere.
    pub(crate) fn decode(&self, key: &EntityKey, stored: &Stored) -> Result<Entity, StoreError> {
        let entity = decode(&stored.row.fields, &stored.row.meta, |number| self.writers.id(number))
            .map_err(|error| StoreError::unreadable(key, &error))?;
        if entity.checksum(key) == stored.checksum { Ok(entity) } else { Err(StoreError::altered(key)) }
    }

    /// Stores an entity as the newest change, in place of `old`. Returns how many questions about it wait for
    /// a person.
    pub(crate) fn put(
        &mut self,
        key: &EntityKey,
        old: Option<&Stored>,
        next: &Next<'_>,
    ) -> Result<i64, StoreError> {
        let Some(old) = old else {
            return self
                .put_new(key, next)?
                .ok_or_else(|| StoreError::Damaged(format!("{key} is there twice")));
        };
        let Next { entity, row, checksum, source } = *next;
        let kind = self.kinds.number_or_new(&self.sql, &key.kind)?;
        let died = entity.is_dead().then(|| old.died.unwrap_or(i64_of(self.wall.0)));
        let review = questions(entity, self.schema.kind(&key.kind));
        let seq = self.head + 1;
        let mut update = self.sql.prepare_cached(
            "UPDATE entity SET seq = ?1, version = ?2, checksum = ?3, source = ?4, died = ?5, review = ?6,
                    fields = ?7, meta = ?8
             WHERE seq = ?9",
        )?;
        let version = version(entity);
        update.execute(params![
            seq, version, checksum.0, source, died, review, row.fields, row.meta, old.seq
        ])?;
        self.head = seq;
        if !old.here {
            self.sums.minus(kind, key.id, old.checksum);
            self.sums.plus(kind, key.id, checksum);
        }
        Ok(review)
    }

    /// Stores an entity as the newest change, unless there is one under its key: then nothing is done, and `None`
    /// returned. Returns how many questions about it wait for a person.
    pub(crate) fn put_new(&mut self, key: &EntityKey, new: &Next<'_>) -> Result<Option<i64>, StoreError> {
        let Next { entity, row, checksum, source } = *new;
        let kind = self.kinds.number_or_new(&self.sql, &key.kind)?;
        let died = entity.is_dead().then_some(i64_of(self.wall.0));
        let review = questions(entity, self.schema.kind(&key.kind));
        let seq = self.head + 1;
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO entity (seq, kind, id, born, version, checksum, source, died, review, fields, meta)
             VALUES (?1, ?2, ?3, ?1, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (kind, id) DO NOTHING",
        )?;
        let id = key.id.as_bytes();
        let version = version(entity);
        let inserted = insert.execute(params![
            seq, kind, id, version, checksum.0, source, died, review, row.fields, row.meta
        ])?;
        if inserted == 0 {
            return Ok(None);
        }
        self.head = seq;
        self.sums.plus(kind, key.id, checksum);
        Ok(Some(review))
    }

    /// Makes an entity, as the newest change, one that stays here, or one that does not any more.
    pub(crate) fn put_here(&mut self, key: &EntityKey, old: &Stored, here: bool) -> Result<(), StoreError> {
        let kind = self.kinds.number_or_new(&self.sql, &key.kind)?;
        let seq = self.head + 1;
        // For whoever gets it later it is new.
        self.sql
            .prepare_cached("UPDATE entity SET seq = ?1, born = ?1, here = ?2 WHERE seq = ?3")?
            .execute(params![seq, here, old.seq])?;
        self.head = seq;
        match (old.here, here) {
            (false, true) => self.sums.minus(kind, key.id, old.checksum),
            (true, false) => self.sums.plus(kind, key.id, old.checksum),
            (true, true) | (false, false) => {}
        }
        Ok(())
    }

    /// Encodes an entity with this replica's writer numbers; `fields`: what it shows, if that was encoded already.
    pub(crate) fn encode(&mut self, entity: &Entity, fields: Option<String>) -> Result<Row, RowError> {
        self.writers.note(entity, self.device);
        let row = Row {
            fields: fields.unwrap_or_else(|| encode_fields(entity)),
            meta: encode_meta(entity, |writer| self.writers.number(writer)),
        };
        if row.fields.len() + row.meta.len() > ROW_MAX { Err(RowError::TooMany("bytes")) } else { Ok(row) }
    }

    /// As [`Self::encode`], and reads the result back, because what merging or a person put together may break a bound
    /// that no single copy broke.
    pub(crate) fn encode_proved(&mut self, entity: &Entity) -> Result<Row, RowError> {
        let row = self.encode(entity, None)?;
        if decode(&row.fields, &row.meta, |number| self.writers.id(number))? != *entity {
            return Err(RowError::Malformed("a field is a list in one copy and none in the other".into()));
        }
        Ok(row)
    }

    /// The identity of a new write of ours.
    pub(crate) fn stamp(&mut self) -> Result<Stamp, StoreError> {
        if self.clock.was_set_back(self.wall) {
            self.take_new_writer();
            self.clock = Clock::default();
        }
        let hlc = self.clock.tick(self.wall).ok_or(StoreError::ClockUsedUp)?;
        Ok(Stamp { hlc, writer: self.writer })
    }

    /// Takes back a stamp that marks nothing; `before` is the clock as it was. A new writer's first stamp stays given out: else
    /// each of many such writes after the clock was set back would take a writer of its own.
    pub(crate) fn take_back(&mut self, before: Clock) {
        if before.last() < self.clock.last() {
            self.clock = before;
        }
    }

    /// Whether an entity names a moment of ours that we never gave out.
    pub(crate) fn is_ahead_of_us(&self, entity: &Entity) -> bool {
        entity.vv.get(self.writer).is_some_and(|seen| seen > self.clock.last())
    }

    /// Takes note of moments in a peer's entity. One of ours that we never gave out means that this database
    /// is older than what others hold of it: then our next stamps must not be this writer's.
    pub(crate) fn observe(&mut self, entity: &Entity) {
        if self.is_ahead_of_us(entity) {
            self.take_new_writer();
        }
        if let Some(newest) = entity.vv.newest() {
            self.clock.observe(newest.hlc, self.wall);
        }
    }

    pub(crate) fn take_new_writer(&mut self) {
        self.writer = WriterId((self.fresh_id)());
        self.writers.add_own(self.writer, self.device);
    }

    pub(crate) fn fresh_id(&mut self) -> [u8; 8] {
        (self.fresh_id)()
    }

    /// The highest seq given out so far.
    pub(crate) fn head(&self) -> i64 {
        self.head
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.sums.flush(&self.sql)?;
        self.writers.flush(&self.sql, self.wall)?;
        self.sql
            .prepare_cached(
                "UPDATE replica SET clock = ?1, writer = ?2, handed_out = ?3
                 WHERE (clock, writer, handed_out) IS NOT (?1, ?2, ?3)",
            )?
            .execute(params![
                i64_of(self.clock.last().bits()),
                self.writers.number(self.writer),
                self.handed_out
            ])?;
        self.sql.commit()?;
        Ok(())
    }
}

/// The newest moment in an entity.
fn version(entity: &Entity) -> i64 {
    i64_of(entity.vv.newest().map_or(Hlc::default(), |stamp| stamp.hlc).bits())
}

#[cfg(test)]
mod tests;
