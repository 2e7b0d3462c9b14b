//! The paired devices: who they are, which kinds they share with us, and how far each side has applied the
//! other's changes.

use crate::Store;
use crate::error::StoreError;
use crate::names::{i64_of, u64_of};
use crate::status::{Failure, SKEW_TOLD};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::identity::{DeviceId, PublicKey};
use sync_core::node::storage::Cursors;
use sync_core::stamp::ReplicaId;
use sync_core::time::Wall;

/// Most addresses that are remembered of a peer.
pub const ADDRESSES_MAX: usize = 4;

/// A paired device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its id, which derives from its channel key.
    pub device: DeviceId,
    /// What it is called here: by its label, else by the name that it gives itself.
    pub name: String,
    /// What it calls itself.
    pub own_name: String,
    /// Its public key on live channels.
    pub channel_key: PublicKey,
    /// Its public key for bundles carried by hand, if it has told it.
    pub bundle_key: Option<PublicKey>,
    /// When it was paired.
    pub added: Wall,
    /// When it was last connected.
    pub last_seen: Option<Wall>,
    /// When it was last proved to hold the same as we.
    pub last_sync: Option<Wall>,
    /// Where it can be reached, `host:port`, newest first; at most [`ADDRESSES_MAX`].
    pub addresses: Vec<String>,
    /// Whether a person let what both hold be put together; `Some(false)`: that is being asked.
    pub agreed: Option<bool>,
}

/// A device to pair with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPeer {
    /// What people call it.
    pub name: String,
    /// Its public key on live channels; its id derives from it.
    pub channel_key: PublicKey,
    /// Its public key for bundles, if known.
    pub bundle_key: Option<PublicKey>,
    /// Where it can be reached.
    pub addresses: Vec<String>,
}

const PEER: &str =
    "SELECT device, coalesce(label, name), name, channel_key, bundle_key, added, last_seen, last_sync,
                           addresses, agreed
                    FROM pairing";

impl Store {
    /// All paired devices, by the time of their pairing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn peers(&mut self) -> Result<Vec<Peer>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{PEER} ORDER BY num"))?;
        let mut rows = statement.query([])?;
        let mut peers = Vec::new();
        while let Some(row) = rows.next()? {
            peers.push(peer(row)?);
        }
        Ok(peers)
    }

    /// One paired device.
    ///
    /// # Errors
    /// When the database fails.
    pub fn peer(&mut self, device: DeviceId) -> Result<Option<Peer>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{PEER} WHERE device = ?1"))?;
        let mut rows = statement.query([device.as_bytes()])?;
        rows.next()?.map(peer).transpose()
    }

    /// Remembers a device as paired. One that is paired already keeps its cursors and takes the new name and
    /// addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_peer(&mut self, new: &NewPeer, now: Wall) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO pairing (device, name, channel_key, bundle_key, added, addresses)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (device) DO UPDATE
             SET name = excluded.name, bundle_key = coalesce(excluded.bundle_key, bundle_key),
                 addresses = excluded.addresses",
            params![
                new.channel_key.device_id().as_bytes(),
                new.name,
                new.channel_key.as_bytes(),
                new.bundle_key.as_ref().map(PublicKey::as_bytes),
                i64_of(now.0),
                address_text(&new.addresses)
            ],
        )?;
        Ok(())
    }

    /// Forgets a device: its keys, cursors, toggles and what was set aside of it. What it wrote stays.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn remove_peer(&mut self, device: DeviceId) -> Result<(), StoreError> {
        self.change_peer("DELETE FROM pairing WHERE device = ?1", params![device.as_bytes()])
    }

    /// Calls a device by this name here, whatever it calls itself; `None`: by its own name again.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn label_peer(&mut self, device: DeviceId, label: Option<&str>) -> Result<(), StoreError> {
        self.change_peer("UPDATE pairing SET label = ?2 WHERE device = ?1", params![device.as_bytes(), label])
    }

    /// A device calls itself otherwise now.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn rename_peer(&mut self, device: DeviceId, name: &str) -> Result<(), StoreError> {
        self.change_peer("UPDATE pairing SET name = ?2 WHERE device = ?1", params![device.as_bytes(), name])
    }

    /// Remembers where a device can be reached: the first [`ADDRESSES_MAX`] of them.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn set_peer_addresses(&mut self, device: DeviceId, addresses: &[String]) -> Result<(), StoreError> {
        let text = address_text(addresses);
        self.change_peer(
            "UPDATE pairing SET addresses = ?2 WHERE device = ?1",
            params![device.as_bytes(), text],
        )
    }

    /// Remembers that a device is connected now.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn peer_seen(&mut self, device: DeviceId, now: Wall) -> Result<(), StoreError> {
        let sql = "UPDATE pairing SET last_seen = ?2 WHERE device = ?1";
        self.change_peer(sql, params![device.as_bytes(), i64_of(now.0)])
    }

    /// Remembers that an attempt to sync with a device did not end in a proof; the next proof forgets it.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn peer_failed(&mut self, device: DeviceId, reason: &str, now: Wall) -> Result<(), StoreError> {
        let sql = "UPDATE pairing SET failed = ?2, failure = ?3 WHERE device = ?1";
        self.change_peer(sql, params![device.as_bytes(), i64_of(now.0), reason])
    }

    /// The last attempt to sync with a device that did not end in a proof; `None` since one did.
    ///
    /// # Errors
    /// When the database fails.
    pub fn peer_failure(&mut self, device: DeviceId) -> Result<Option<Failure>, StoreError> {
        self.noted(
            device,
            "SELECT failed, failure FROM pairing WHERE device = ?1 AND failed IS NOT NULL AND failure IS NOT NULL",
        )
    }

    /// Remembers that a device refused this one; the next proof forgets it.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn peer_refused(&mut self, device: DeviceId, reason: &str, now: Wall) -> Result<(), StoreError> {
        let sql = "UPDATE pairing SET refused = ?2, refusal = ?3 WHERE device = ?1";
        self.change_peer(sql, params![device.as_bytes(), i64_of(now.0), reason])
    }

    /// That a device refused this one; `None` since the two were proved equal.
    ///
    /// # Errors
    /// When the database fails.
    pub fn peer_refusal(&mut self, device: DeviceId) -> Result<Option<Failure>, StoreError> {
        self.noted(device, "SELECT refused, refusal FROM pairing WHERE device = ?1 AND refused IS NOT NULL")
    }

    fn noted(&self, device: DeviceId, sql: &str) -> Result<Option<Failure>, StoreError> {
        let failure = self.conn.prepare_cached(sql)?.query_row([device.as_bytes()], |row| {
            Ok(Failure { at: Wall(u64_of(row.get(0)?)), reason: row.get(1)? })
        });
        Ok(failure.optional()?)
    }

    /// Remembers how far a device's clock is from ours, in milliseconds, if that is too far.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn set_peer_skew(&mut self, device: DeviceId, skew: i64) -> Result<(), StoreError> {
        let told = (skew.unsigned_abs() > SKEW_TOLD).then_some(skew);
        self.change_peer("UPDATE pairing SET skew = ?2 WHERE device = ?1", params![device.as_bytes(), told])
    }

    fn change_peer(&mut self, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
        if self.conn.execute(sql, params)? == 0 { Err(StoreError::NotPaired) } else { Ok(()) }
    }
}

/// What the sync itself needs to know of a peer.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) number: i64,
    /// The peer's replica that the cursors refer to.
    pub(crate) replica: Option<ReplicaId>,
    /// How far we have applied its changes.
    pub(crate) applied: Cursors,
    /// How far it has applied ours.
    pub(crate) acked: Cursors,
    /// How often the two were proved equal.
    pub(crate) proofs: u64,
    /// Whether somebody agreed to merge with it.
    pub(crate) agreed: bool,
}

impl Standing {
    pub(crate) fn load(conn: &Connection, device: DeviceId) -> Result<Self, StoreError> {
        let mut statement = conn.prepare_cached(
            "SELECT num, replica, applied, acked, proofs, agreed IS 1 FROM pairing WHERE device = ?1",
        )?;
        let standing = statement.query_row([device.as_bytes()], |row| {
            Ok(Self {
                number: row.get(0)?,
                replica: row.get::<_, Option<[u8; 8]>>(1)?.map(ReplicaId),
                applied: Cursors { base: u64_of(row.get(2)?), behind: BTreeMap::new() },
                acked: Cursors { base: u64_of(row.get(3)?), behind: BTreeMap::new() },
                proofs: u64_of(row.get(4)?),
                agreed: row.get(5)?,
            })
        });
        let mut standing = standing.optional()?.ok_or(StoreError::NotPaired)?;
        let mut statement =
            conn.prepare_cached("SELECT kind, applied, acked FROM peer_cursor WHERE peer = ?1")?;
        let mut rows = statement.query([standing.number])?;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(0)?;
            for (cursors, seq) in [(&mut standing.applied, row.get(1)?), (&mut standing.acked, row.get(2)?)] {
                if let Some(seq) = seq {
                    cursors.behind.insert(kind.as_str().into(), u64_of(seq));
                }
            }
        }
        Ok(standing)
    }

    /// The peer shows this replica: cursors and proofs of another one mean nothing in it.
    pub(crate) fn meet(&mut self, replica: ReplicaId) {
        if self.replica != Some(replica) {
            self.replica = Some(replica);
            self.applied = Cursors::default();
            self.acked = Cursors::default();
            self.proofs = 0;
        }
    }

    pub(crate) fn store(&self, conn: &Connection) -> Result<(), StoreError> {
        conn.prepare_cached(
            "UPDATE pairing SET replica = ?2, applied = ?3, acked = ?4, proofs = ?5 WHERE num = ?1",
        )?
        .execute(params![
            self.number,
            self.replica.map(|replica| replica.0),
            i64_of(self.applied.base),
            i64_of(self.acked.base),
            i64_of(self.proofs)
        ])?;
        conn.prepare_cached("DELETE FROM peer_cursor WHERE peer = ?1")?.execute([self.number])?;
        let mut insert = conn
            .prepare_cached("INSERT INTO peer_cursor (peer, kind, applied, acked) VALUES (?1, ?2, ?3, ?4)")?;
        let kinds: BTreeSet<&Box<str>> = self.applied.behind.keys().chain(self.acked.behind.keys()).collect();
        for kind in kinds {
            let seq = |cursors: &Cursors| cursors.behind.get(kind).map(|seq| i64_of(*seq));
            insert.execute(params![self.number, kind, seq(&self.applied), seq(&self.acked)])?;
        }
        Ok(())
    }
}

/// The number of a paired device.
pub(crate) fn number(conn: &Connection, device: DeviceId) -> Result<i64, StoreError> {
    let mut statement = conn.prepare_cached("SELECT num FROM pairing WHERE device = ?1")?;
    let number = statement.query_row([device.as_bytes()], |row| row.get(0)).optional()?;
    number.ok_or(StoreError::NotPaired)
}

fn peer(row: &Row<'_>) -> Result<Peer, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("a paired device's {what} cannot be read"));
    let key = |bytes: &[u8]| PublicKey::try_from(bytes).map_err(|_| damaged("key"));
    let wall = |at: i64| Wall(u64_of(at));
    Ok(Peer {
        device: DeviceId::from_bytes(row.get(0)?),
        name: row.get(1)?,
        own_name: row.get(2)?,
        channel_key: key(&row.get::<_, Vec<u8>>(3)?)?,
        bundle_key: row.get::<_, Option<Vec<u8>>>(4)?.map(|bytes| key(&bytes)).transpose()?,
        added: wall(row.get(5)?),
        last_seen: row.get::<_, Option<i64>>(6)?.map(wall),
        last_sync: row.get::<_, Option<i64>>(7)?.map(wall),
        addresses: serde_json::from_str(&row.get::<_, String>(8)?).map_err(|_| damaged("addresses"))?,
        agreed: row.get(9)?,
    })
}

fn address_text(addresses: &[String]) -> String {
    serde_json::Value::from(addresses[..addresses.len().min(ADDRESSES_MAX)].to_vec()).to_string()
}
