//! Numbers for the status screen.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, u64_of};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use sync_core::hlc::SKEW_NOTED;
use sync_core::identity::DeviceId;
use sync_core::time::{MINUTE, Wall};

/// What the database has to say about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The highest seq.
    pub head: u64,
    /// Entities by kind, those that are local as a whole left out.
    pub kinds: BTreeMap<Box<str>, Count>,
    /// The paired devices.
    pub peers: Vec<PeerStatus>,
    /// Entities that wait for a person: as many as [`Store::reviews`] lists.
    pub reviews: u64,
    /// Lines set aside: as many as [`Store::quarantined`] lists.
    pub quarantined: u64,
    /// Devices whose clock was more than a day ahead of ours when they last sent something.
    pub skewed: Vec<Skew>,
}

/// How many entities of a kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// That live.
    pub living: u64,
    /// That are deleted.
    pub deleted: u64,
}

/// Where a paired device stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    /// The device.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Changes that it has not acknowledged yet.
    pub pending: u64,
    /// When it was last connected.
    pub last_seen: Option<Wall>,
    /// When it was last proved to hold the same as we.
    pub last_sync: Option<Wall>,
    /// Whether a first merge with it waits for a person.
    pub asks: bool,
    /// Why the last attempt did not end in a proof; `None` since one did.
    pub failure: Option<Failure>,
    /// Its clock minus ours when it said hello last, in milliseconds; `None`: no more than [`SKEW_TOLD`] apart.
    pub skew: Option<i64>,
}

/// An attempt to sync that did not end in a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When, by our clock.
    pub at: Wall,
    /// Why, and what to do.
    pub reason: String,
}

/// Clocks that are further apart than this are told of, in milliseconds.
pub const SKEW_TOLD: u64 = 2 * MINUTE;

/// A clock that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Whose.
    pub device: DeviceId,
    /// How far it was ahead of ours, in milliseconds.
    pub ahead: u64,
}

impl Store {
    /// The present numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub fn status(&mut self) -> Result<Status, StoreError> {
        let tx = self.conn.transaction()?;
        let count = |sql: &str| -> Result<u64, StoreError> {
            Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0).map(u64_of))?)
        };
        Ok(Status {
            head: u64_of(crate::head(&tx)?),
            kinds: kinds(&tx)?,
            peers: peers(&tx)?,
            reviews: count("SELECT count(*) FROM entity WHERE review > 0")?,
            quarantined: count("SELECT count(*) FROM quarantine")?,
            skewed: skewed(&tx)?,
        })
    }
}

fn kinds(conn: &Connection) -> Result<BTreeMap<Box<str>, Count>, StoreError> {
    let mut all = conn.prepare_cached("SELECT count(*) FROM entity WHERE kind = ?1")?;
    let mut dead = conn.prepare_cached("SELECT count(*) FROM entity WHERE kind = ?1 AND died IS NOT NULL")?;
    let mut counts = BTreeMap::new();
    for (name, number) in Kinds::load(conn)?.by_name() {
        let all = all.query_row([number], |row| row.get(0).map(u64_of))?;
        let deleted = dead.query_row([number], |row| row.get(0).map(u64_of))?;
        if all > 0 {
            counts.insert(name, Count { living: all - deleted, deleted });
        }
    }
    Ok(counts)
}

fn peers(conn: &Connection) -> Result<Vec<PeerStatus>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT p.device, coalesce(p.label, p.name), p.last_seen, p.last_sync, p.failed, p.failure, p.skew,
                (SELECT count(*) FROM sync_queue q WHERE q.device_id = lower(hex(p.device))),
                p.agreed IS 0
         FROM pairing p ORDER BY p.num",
    )?;
    let peers = statement.query_map([], |row| {
        let wall = |at: usize| row.get::<_, Option<i64>>(at).map(|at| at.map(|at| Wall(u64_of(at))));
        Ok(PeerStatus {
            device: DeviceId::from_bytes(row.get(0)?),
            name: row.get(1)?,
            last_seen: wall(2)?,
            last_sync: wall(3)?,
            failure: wall(4)?.zip(row.get(5)?).map(|(at, reason)| Failure { at, reason }),
            skew: row.get(6)?,
            pending: u64_of(row.get(7)?),
            asks: row.get(8)?,
        })
    })?;
    Ok(peers.collect::<Result<_, _>>()?)
}

/// A device whose clock was set right writes as a new writer, so the one heard of last is the one that
/// counts.
fn skewed(conn: &Connection) -> Result<Vec<Skew>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT device, ahead FROM writer w
         WHERE device <> (SELECT device FROM replica)
           AND NOT EXISTS (
               SELECT 1 FROM writer o
               WHERE o.device = w.device AND (o.noted, -o.ahead, -o.num) > (w.noted, -w.ahead, -w.num))
           AND ahead > ?1",
    )?;
    let skewed = statement.query_map(params![SKEW_NOTED as i64], |row| {
        Ok(Skew { device: DeviceId::from_bytes(row.get(0)?), ahead: u64_of(row.get(1)?) })
    })?;
    Ok(skewed.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
