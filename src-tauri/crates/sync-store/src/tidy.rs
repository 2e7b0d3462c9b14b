//! What becomes of old things: a deleted entity drops its content after 90 days and remains as a tombstone
//! for good; the history, the sessions, what was set aside and what was swept end after as long.

use crate::Store;
use crate::error::StoreError;
use crate::names::i64_of;
use rusqlite::params;
use sync_core::entity::EntityKey;
use sync_core::entity::row::{Row, decode, encode};
use sync_core::time::{DAY, MINUTE, Wall};
use uuid::Uuid;

/// How long things are kept, in milliseconds.
const KEPT: u64 = 90 * DAY;
/// A clock that says this much later, or earlier, than when things were tidied last, in milliseconds, is not believed at
/// once: one day in the year 2050 must not end every history.
const JUMP: u64 = 30 * DAY;
/// Nor is it believed because it says the same a moment later, when the app is started again: things are tidied this long after
/// they were last, in milliseconds, or later.
const REST: u64 = 20 * 60 * MINUTE;
/// The setting that holds when things were tidied last.
const TIDIED: &str = "tidied";
/// Tombstones a transaction.
const CHUNK: usize = 500;

/// What was tidied up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Deleted entities that dropped their content.
    pub shrunk: u64,
    /// Entries of the history, sessions, lines set aside and sweeps that were removed.
    pub pruned: u64,
}

impl Store {
    /// Drops what is older than 90 days. Call it about once a day. The first time, and after the clock has jumped, it only
    /// takes note of the time.
    ///
    /// # Errors
    /// When the database fails; what was done before that stays.
    pub fn tidy(&mut self, now: Wall) -> Result<Tidied, StoreError> {
        let last: Option<u64> = self.setting(TIDIED)?.and_then(|at| at.parse().ok());
        let since = last.map(|last| last.abs_diff(now.0));
        if since.is_some_and(|since| since < REST) {
            return Ok(Tidied::default());
        }
        self.set_setting(TIDIED, Some(&now.0.to_string()))?;
        if since.is_none_or(|since| since > JUMP) {
            return Ok(Tidied::default());
        }
        let before = Wall(now.0.saturating_sub(KEPT));
        let mut tidied = Tidied::default();
        loop {
            let shrunk = self.shrink(before, now)?;
            tidied.shrunk += shrunk as u64;
            if shrunk < CHUNK {
                break;
            }
        }
        let tx = self.conn.transaction()?;
        // Our clock may have been years behind for a while: what was replaced by a later write, or after something that is kept,
        // is not as old as it says.
        tidied.pruned += tx.execute(
            "DELETE FROM history
             WHERE at < ?1 AND by_hlc >> 16 < ?1
               AND num < coalesce((SELECT min(num) FROM history WHERE at BETWEEN ?1 AND ?2), 9223372036854775807)",
            [i64_of(before.0), i64_of(now.0)],
        )? as u64;
        for sql in [
            // What came without a proof since is all that keeps two devices from being called up to date.
            "DELETE FROM session WHERE ended < ?1 AND num NOT IN
                (SELECT num FROM (SELECT num, row_number() OVER (PARTITION BY device ORDER BY num DESC) AS nth
                                  FROM session
                                  WHERE over = 0 AND proved = 0 AND device IN (SELECT device FROM pairing))
                 WHERE nth <= 50)",
            "DELETE FROM quarantine WHERE at < ?1",
            "DELETE FROM sweep WHERE latest < ?1",
        ] {
            tidied.pruned += tx.execute(sql, [i64_of(before.0)])? as u64;
        }
        tx.commit()?;
        Ok(tidied)
    }

    /// Shrinks some tombstones. Neither their seq nor their checksum changes: in digests they count without
    /// content already, so each device does this in its own time.
    pub(crate) fn shrink(&mut self, before: Wall, now: Wall) -> Result<usize, StoreError> {
        let txn = self.begin(now)?;
        let mut dead: Vec<(i64, EntityKey, Row)> = Vec::new();
        {
            let mut statement = txn.sql.prepare_cached(
                "SELECT seq, kind, id, fields, meta FROM entity
                 WHERE died < ?1 AND died IS NOT NULL AND version >> 16 < ?1 AND fields <> '{}'
                 LIMIT ?2",
            )?;
            let mut rows = statement.query(params![i64_of(before.0), CHUNK])?;
            while let Some(row) = rows.next()? {
                let key = EntityKey::new(txn.kinds.name(row.get(1)?)?, Uuid::from_bytes(row.get(2)?));
                dead.push((row.get(0)?, key, Row { fields: row.get(3)?, meta: row.get(4)? }));
            }
        }
        for (seq, key, row) in &dead {
            let mut entity = decode(&row.fields, &row.meta, |number| txn.writers.id(number))
                .map_err(|error| StoreError::unreadable(key, &error))?;
            entity.shrink();
            let row = encode(&entity, |writer| txn.writers.number(writer));
            txn.sql
                .prepare_cached("UPDATE entity SET fields = ?2, meta = ?3 WHERE seq = ?1")?
                .execute(params![seq, row.fields, row.meta])?;
            txn.sql
                .prepare_cached("DELETE FROM local_field WHERE kind = ?1 AND id = ?2")?
                .execute(params![txn.kinds.number(&key.kind), key.id.as_bytes()])?;
        }
        txn.commit()?;
        Ok(dead.len())
    }
}

#[cfg(test)]
mod tests;
