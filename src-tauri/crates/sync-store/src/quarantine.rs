//! What a peer sent and this device could not take. It is kept as it came and shown in the status; nothing
//! else waits for it. The peer still has it, so a bound on what is kept loses nothing.

use crate::Store;
use crate::error::StoreError;
use crate::names::{i64_of, u64_of};
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use sync_core::entity::EntityKey;
use sync_core::identity::DeviceId;
use sync_core::time::Wall;
use uuid::Uuid;

/// Most entries that are kept of one peer; the oldest go first.
const ENTRIES_MAX: usize = 200;
/// Most bytes that are kept of one line.
const RAW_MAX: usize = 64 * 1024;
/// Most characters that are kept of a reason, which may quote the line.
const REASON_MAX: usize = 500;

/// Something that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Who sent it.
    pub peer: DeviceId,
    /// Which entity it was meant to be, where that could be read.
    pub key: Option<EntityKey>,
    /// The line as it came, or its first 64 KiB.
    pub raw: String,
    /// What is wrong with it.
    pub reason: String,
    /// When it first came, by our clock.
    pub at: Wall,
}

/// The entities of which something is set aside.
pub(crate) fn keys(conn: &Connection) -> Result<BTreeSet<EntityKey>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT kind, id FROM quarantine WHERE kind IS NOT NULL AND id IS NOT NULL",
    )?;
    let keys = statement
        .query_map([], |row| Ok(EntityKey::new(&row.get::<_, String>(0)?, Uuid::from_bytes(row.get(1)?))))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Sets a line aside, in place of what was set aside of the same entity from the same peer.
pub(crate) fn add(
    conn: &Connection,
    peer: i64,
    key: Option<&EntityKey>,
    raw: &str,
    reason: &str,
    wall: Wall,
) -> Result<(), StoreError> {
    let hash = Uuid::new_v5(&Uuid::nil(), raw.as_bytes());
    let end = (0..=raw.len().min(RAW_MAX)).rev().find(|at| raw.is_char_boundary(*at)).unwrap_or_default();
    let raw = &raw[..end];
    let reason: String = reason.chars().take(REASON_MAX).collect();
    let (kind, id) = (key.map(|key| &*key.kind), key.map(|key| key.id.as_bytes()));
    conn.prepare_cached("DELETE FROM quarantine WHERE peer = ?1 AND kind = ?2 AND id = ?3 AND hash <> ?4")?
        .execute(params![peer, kind, id, hash.as_bytes()])?;
    conn.prepare_cached(
        "INSERT INTO quarantine (peer, kind, id, hash, raw, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (peer, hash) DO UPDATE SET reason = excluded.reason",
    )?
    .execute(params![peer, kind, id, hash.as_bytes(), raw, reason, i64_of(wall.0)])?;
    conn.prepare_cached(
        "DELETE FROM quarantine
         WHERE peer = ?1 AND num <= (SELECT num FROM quarantine WHERE peer = ?1 ORDER BY num DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![peer, ENTRIES_MAX])?;
    Ok(())
}

/// The entity arrived in a form that can be read.
pub(crate) fn clear(conn: &Connection, key: &EntityKey) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM quarantine WHERE kind = ?1 AND id = ?2")?
        .execute(params![key.kind, key.id.as_bytes()])?;
    Ok(())
}

/// The peer was proved to hold the same as we, but for the kinds in `off`: nothing of the rest is missing.
pub(crate) fn clear_proved(conn: &Connection, peer: i64, off: &BTreeSet<Box<str>>) -> Result<(), StoreError> {
    let off = serde_json::to_string(off).unwrap_or_default();
    conn.prepare_cached(
        "DELETE FROM quarantine
         WHERE peer = ?1 AND coalesce(kind, '') NOT IN (SELECT value FROM json_each(?2))",
    )?
    .execute(params![peer, off])?;
    Ok(())
}

impl Store {
    /// Everything that is set aside, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quarantined(&mut self) -> Result<Vec<Quarantined>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT p.device, q.kind, q.id, q.raw, q.reason, q.at
             FROM quarantine q
             JOIN pairing p ON p.num = q.peer
             ORDER BY q.num DESC",
        )?;
        let all = statement.query_map([], |row| {
            let (kind, id): (Option<String>, Option<[u8; 16]>) = (row.get(1)?, row.get(2)?);
            Ok(Quarantined {
                peer: DeviceId::from_bytes(row.get(0)?),
                key: kind.zip(id).map(|(kind, id)| EntityKey::new(&kind, Uuid::from_bytes(id))),
                raw: row.get(3)?,
                reason: row.get(4)?,
                at: Wall(u64_of(row.get(5)?)),
            })
        })?;
        Ok(all.collect::<Result<_, _>>()?)
    }
}
