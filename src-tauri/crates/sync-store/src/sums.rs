//! The bucket digests on disk: kept up to date in the transaction that changes the entities, sixteen slices a
//! kind, so that one edit rewrites 1 KiB and not all 16.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, u64_of};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::digest::{BUCKETS, Digest, bucket};
use sync_core::entity::Checksum;
use sync_core::node::storage::Answer;
use uuid::Uuid;

/// Buckets a slice.
const SLICE: usize = 64;
/// Bytes a bucket.
const WIDTH: usize = 16;

/// What a transaction adds to the digests. Sums wrap around, so taking out is adding too.
#[derive(Debug, Default)]
pub(crate) struct Sums(BTreeMap<(i64, usize), [Digest; SLICE]>);

impl Sums {
    pub(crate) fn plus(&mut self, kind: i64, id: Uuid, checksum: Checksum) {
        let sum = self.sum(kind, id);
        *sum = sum.plus(checksum);
    }

    pub(crate) fn minus(&mut self, kind: i64, id: Uuid, checksum: Checksum) {
        let sum = self.sum(kind, id);
        *sum = sum.minus(checksum);
    }

    /// Stores what was added.
    pub(crate) fn flush(&self, conn: &Connection) -> Result<(), StoreError> {
        let mut read = conn.prepare_cached("SELECT sums FROM digest WHERE kind = ?1 AND slice = ?2")?;
        let mut write = conn.prepare_cached(
            "INSERT INTO digest (kind, slice, sums) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, slice) DO UPDATE SET sums = excluded.sums",
        )?;
        for ((kind, slice), added) in &self.0 {
            let stored: Option<Vec<u8>> =
                read.query_row(params![kind, slice], |row| row.get(0)).optional()?;
            let before = decode(&stored.unwrap_or_else(|| vec![0; SLICE * WIDTH]))?;
            let sums: Vec<u8> =
                before.iter().zip(added).flat_map(|(old, new)| old.join(*new).0.to_be_bytes()).collect();
            write.execute(params![kind, slice, sums])?;
        }
        Ok(())
    }

    fn sum(&mut self, kind: i64, id: Uuid) -> &mut Digest {
        let bucket = usize::from(bucket(id));
        &mut self.0.entry((kind, bucket / SLICE)).or_insert([Digest::default(); SLICE])[bucket % SLICE]
    }
}

/// All bucket digests of a kind.
pub(crate) fn buckets(conn: &Connection, kind: i64) -> Result<Vec<Digest>, StoreError> {
    let mut all = vec![Digest::default(); BUCKETS];
    let mut statement = conn.prepare_cached("SELECT slice, sums FROM digest WHERE kind = ?1")?;
    let mut rows = statement.query([kind])?;
    while let Some(row) = rows.next()? {
        let start = row.get::<_, usize>(0)? * SLICE;
        let sums = decode(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if let Some(slice) = all.get_mut(start..start + SLICE) {
            slice.copy_from_slice(&sums);
        }
    }
    Ok(all)
}

impl Store {
    /// Answers [`sync_core::node::storage::Ask::Digests`].
    pub(crate) fn digests(&mut self, off: &BTreeSet<Box<str>>) -> Result<Answer, StoreError> {
        let tx = self.conn.transaction()?;
        let mut digests = BTreeMap::new();
        for (name, kind) in Kinds::load(&tx)?.by_name() {
            let has_any: bool = tx
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM entity WHERE kind = ?1 AND here = 0)")?
                .query_row([kind], |row| row.get(0))?;
            if has_any && !off.contains(&name) {
                digests.insert(name, buckets(&tx, kind)?.into_iter().fold(Digest::default(), Digest::join));
            }
        }
        let head = u64_of(crate::head(&tx)?);
        Ok(Answer::Digests { digests, head })
    }

    /// Answers [`sync_core::node::storage::Ask::Buckets`]. A kind without entities has empty buckets.
    pub(crate) fn buckets(&mut self, kinds: BTreeSet<Box<str>>) -> Result<Answer, StoreError> {
        let tx = self.conn.transaction()?;
        let known = Kinds::load(&tx)?;
        let mut all = BTreeMap::new();
        for name in kinds {
            let digests = match known.number(&name) {
                Some(kind) => buckets(&tx, kind)?,
                None => vec![Digest::default(); BUCKETS],
            };
            all.insert(name, digests);
        }
        Ok(Answer::Buckets(all))
    }
}

fn decode(blob: &[u8]) -> Result<[Digest; SLICE], StoreError> {
    let (sums, rest) = blob.as_chunks::<WIDTH>();
    let digests: Option<[Digest; SLICE]> =
        sums.iter().map(|sum| Digest(u128::from_be_bytes(*sum))).collect::<Vec<_>>().try_into().ok();
    match digests {
        Some(digests) if rest.is_empty() => Ok(digests),
        Some(_) | None => Err(StoreError::Damaged("a digest has the wrong length".into())),
    }
}

#[cfg(test)]
mod tests;
