//! What this device sends: changes in their order, and the entities of buckets that differ. The two texts of
//! a row are copied as they are stored; nothing is parsed.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, i64_of, source, u64_of};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use sync_core::digest::bucket;
use sync_core::identity::DeviceId;
use sync_core::node::storage::{Answer, Cursors};
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::wire::batch::{Batch, Builder, Writer};
use uuid::Uuid;

/// What bounds a batch of changes beside its size.
#[derive(Clone, Copy)]
pub(crate) struct Given {
    /// Writers with a number below this were introduced already.
    pub(crate) introduced: u32,
    /// The most entities.
    pub(crate) most: usize,
}

impl Store {
    /// Answers [`sync_core::node::storage::Ask::Changes`]; without a replica nothing is left out.
    pub(crate) fn changes(
        &mut self,
        peer: DeviceId,
        replica: Option<ReplicaId>,
        after: &Cursors,
        off: &BTreeSet<Box<str>>,
        Given { introduced: already, most }: Given,
    ) -> Result<Answer, StoreError> {
        let lowest = after.lowest(off);
        let head = self.hand_out(lowest)?;
        let tx = self.conn.transaction()?;
        let mut batch = Builder::new(most);
        let introduced = introduce(&tx, &mut batch, already)?;
        let mut kinds: HashMap<i64, (Box<str>, i64)> = HashMap::new();
        for (name, number) in Kinds::load(&tx)?.by_name() {
            if !off.contains(&name) {
                let cursor = i64_of(after.of(&name));
                kinds.insert(number, (name, cursor));
            }
        }
        let mut statement = tx.prepare_cached(
            "SELECT seq, kind, id, fields, meta FROM entity
             WHERE seq > ?1 AND seq <= ?2 AND source IS NOT ?3 AND here = 0
             ORDER BY seq",
        )?;
        // `source IS NOT NULL` holds for every row: without a replica nothing is left out.
        let source = replica.map(|replica| source(&tx, peer, replica)).transpose()?.flatten();
        let mut rows = statement.query(params![i64_of(lowest), head, source])?;
        let (mut upto, mut more) = (u64_of(head).max(lowest), false);
        let mut last = lowest;
        while let Some(row) = rows.next()? {
            if batch.is_full() {
                (upto, more) = (last, true);
                break;
            }
            let seq: i64 = row.get(0)?;
            last = u64_of(seq);
            if let Some((name, cursor)) = kinds.get(&row.get(1)?)
                && seq > *cursor
            {
                push(&mut batch, name, row)?;
            }
        }
        let (batch, introduced) = finish(batch, introduced, already);
        Ok(Answer::Changes { batch, upto, more, introduced })
    }

    /// Answers [`sync_core::node::storage::Ask::Repair`].
    pub(crate) fn repair(
        &mut self,
        buckets: &BTreeMap<Box<str>, BTreeSet<u16>>,
        after: Option<(Box<str>, Uuid)>,
        already: u32,
    ) -> Result<Answer, StoreError> {
        self.hand_out(0)?;
        let tx = self.conn.transaction()?;
        let mut batch = Builder::default();
        let introduced = introduce(&tx, &mut batch, already)?;
        let kinds = Kinds::load(&tx)?;
        // The first runs over the index alone, in the order of ids; the second fetches what is in a wanted
        // bucket.
        let mut ids =
            tx.prepare_cached("SELECT seq, id FROM entity WHERE kind = ?1 AND id > ?2 ORDER BY id")?;
        let mut fetch =
            tx.prepare_cached("SELECT seq, kind, id, fields, meta FROM entity WHERE seq = ?1 AND here = 0")?;
        let mut last = None;
        for (name, wanted) in buckets {
            let start = match &after {
                Some((kind, _)) if name < kind => continue,
                Some((kind, id)) if name == kind => id.as_bytes().to_vec(),
                Some(_) | None => Vec::new(),
            };
            let Some(kind) = kinds.number(name) else { continue };
            let mut rows = ids.query(params![kind, start])?;
            while let Some(row) = rows.next()? {
                let id = Uuid::from_bytes(row.get(1)?);
                if !wanted.contains(&bucket(id)) {
                    continue;
                }
                if batch.is_full() {
                    return Ok(Answer::Repair { batch: batch.finish(), next: last, introduced });
                }
                let pushed = fetch
                    .query_row([row.get::<_, i64>(0)?], |row| Ok(push(&mut batch, name, row)))
                    .optional()?;
                pushed.transpose()?;
                last = Some((name.clone(), id));
            }
        }
        let (batch, introduced) = finish(batch, introduced, already);
        Ok(Answer::Repair { batch, next: None, introduced })
    }

    /// Remembers, before anything after `from` is sent, that other devices may know the entities as they
    /// stand: a text's next edit must then start from what they know. Returns the highest seq that may be
    /// sent.
    ///
    /// Does not wait for the disk: if a power cut undoes it, two edits of a text may be put up for review
    /// that could have been merged, and nothing is lost.
    fn hand_out(&mut self, from: u64) -> Result<i64, StoreError> {
        let head = crate::head(&self.conn)?;
        let known: i64 = self.conn.query_row("SELECT handed_out FROM replica", [], |row| row.get(0))?;
        if head > known && head > i64_of(from) {
            self.relaxed(|store| {
                let sql = "UPDATE replica SET handed_out = max(handed_out, ?1)";
                Ok(store.conn.prepare_cached(sql)?.execute([head])?)
            })?;
        }
        Ok(head)
    }
}

/// Introduces our writers with a number of at least `from`. Returns where to go on.
fn introduce(tx: &Transaction<'_>, batch: &mut Builder, from: u32) -> Result<u32, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT num, id, device FROM writer WHERE num >= ?1 ORDER BY num")?;
    let mut rows = statement.query([from])?;
    let mut next = from;
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        batch.introduce(Writer {
            number,
            id: WriterId(row.get(1)?),
            device: DeviceId::from_bytes(row.get(2)?),
        });
        next = number + 1;
    }
    Ok(next)
}

/// Without an entity nobody needs the writers, and a sync with nothing to do stays small.
fn finish(batch: Builder, introduced: u32, already: u32) -> (Batch, u32) {
    if batch.is_empty() { (Batch::default(), already) } else { (batch.finish(), introduced) }
}

fn push(batch: &mut Builder, kind: &str, row: &Row<'_>) -> Result<(), StoreError> {
    let text = |at: usize| -> Result<_, StoreError> {
        Ok(row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?)
    };
    batch.push(kind, Uuid::from_bytes(row.get(2)?), text(3)?, text(4)?);
    Ok(())
}

/// The highest seq given out so far. Rows are never deleted, so the highest is always there.
pub(crate) fn head(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM entity")?.query_row([], |row| row.get(0))?)
}

#[cfg(test)]
mod tests;
