//! Which kinds are shared with whom: what was switched off here, and what a peer says not to share.

use crate::Store;
use crate::error::StoreError;
use crate::peers::{Standing, number};
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use sync_core::identity::DeviceId;

impl Store {
    /// Shares a kind or stops sharing it: with one peer, or with `None` for all of them. A kind is shared
    /// with a peer when it is off in neither way. What was sent already stays where it is.
    ///
    /// # Errors
    /// When the peer is not paired, or the database fails.
    pub fn share_kind(&mut self, kind: &str, peer: Option<DeviceId>, on: bool) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        let peer = peer.map(|device| number(&tx, device)).transpose()?;
        if on {
            tx.execute("DELETE FROM kind_off WHERE kind = ?1 AND peer IS ?2", params![kind, peer])?;
        } else {
            tx.execute("INSERT OR IGNORE INTO kind_off (kind, peer) VALUES (?1, ?2)", params![kind, peer])?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Whether everything shared with a peer has been compared with it. A kind that was switched on again since has not; one that
    /// is off there is not shared.
    ///
    /// # Errors
    /// When the peer is not paired, or the database fails.
    pub fn is_compared(&mut self, device: DeviceId) -> Result<bool, StoreError> {
        let tx = self.conn.transaction()?;
        let standing = Standing::load(&tx, device)?;
        let apart: BTreeSet<Box<str>> =
            standing.off(&tx)?.union(&off_there(&tx, standing.number)?).cloned().collect();
        Ok(standing.applied.behind.keys().all(|kind| apart.contains(kind)))
    }

    /// Remembers which kinds a peer does not share, as it said itself last: nothing of them is waited for until it says otherwise.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn set_peer_off(&mut self, device: DeviceId, off: &BTreeSet<Box<str>>) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        let peer = number(&tx, device)?;
        store_off_there(&tx, peer, off)?;
        tx.commit()?;
        Ok(())
    }

    /// The kinds that were switched off for one peer, or with `None` for all of them.
    ///
    /// # Errors
    /// When the peer is not paired, or the database fails.
    pub fn kinds_off(&mut self, peer: Option<DeviceId>) -> Result<BTreeSet<Box<str>>, StoreError> {
        let peer = peer.map(|device| number(&self.conn, device)).transpose()?;
        off(&self.conn, "SELECT kind FROM kind_off WHERE peer IS ?1", peer)
    }
}

impl Standing {
    /// The kinds that are not shared with the peer.
    pub(crate) fn off(&self, conn: &Connection) -> Result<BTreeSet<Box<str>>, StoreError> {
        off(conn, "SELECT DISTINCT kind FROM kind_off WHERE peer IS NULL OR peer = ?1", Some(self.number))
    }
}

/// The kinds that the peer said last not to share.
pub(crate) fn off_there(conn: &Connection, peer: i64) -> Result<BTreeSet<Box<str>>, StoreError> {
    off(conn, "SELECT kind FROM kind_off_there WHERE peer = ?1", Some(peer))
}

pub(crate) fn store_off_there(
    conn: &Connection,
    peer: i64,
    kinds: &BTreeSet<Box<str>>,
) -> Result<(), StoreError> {
    let before = off_there(conn, peer)?;
    if before == *kinds {
        return Ok(());
    }
    for kind in before.difference(kinds) {
        conn.execute("DELETE FROM kind_off_there WHERE peer = ?1 AND kind = ?2", params![peer, kind])?;
    }
    for kind in kinds.difference(&before) {
        conn.execute("INSERT INTO kind_off_there (peer, kind) VALUES (?1, ?2)", params![peer, kind])?;
    }
    Ok(())
}

fn off(conn: &Connection, sql: &str, peer: Option<i64>) -> Result<BTreeSet<Box<str>>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let kinds = statement.query_map([peer], |row| row.get::<_, String>(0).map(String::into_boxed_str))?;
    Ok(kinds.collect::<Result<_, _>>()?)
}
