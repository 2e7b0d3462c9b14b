//! Numbers for kinds and writers, which rows name by number. Loaded anew in each transaction, because another
//! process may have added some.

use crate::error::StoreError;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, HashSet};
use sync_core::entity::Entity;
use sync_core::hlc::Hlc;
use sync_core::identity::DeviceId;
use sync_core::limits::INTRODUCED_MAX;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::Wall;
use sync_core::wire::batch;

/// Of the table's room, what is left for writers of this device.
const OWN_ROOM: usize = 1_024;
/// Writers that one peer may be the first to tell of, whosever they are: one that makes writers up, also in the names of others, uses
/// up what is its own, and not the room for what others bring.
const TOLD_BY_ONE_MAX: usize = 4_096;
/// Writers of this device, which takes another when a peer knows more of it than it does itself.
const OWN_MAX: usize = 512;

/// The kinds by name and by number.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    numbers: HashMap<Box<str>, i64>,
    names: HashMap<i64, Box<str>>,
}

impl Kinds {
    pub(crate) fn load(conn: &Connection) -> Result<Self, StoreError> {
        let mut kinds = Self::default();
        let mut statement = conn.prepare_cached("SELECT num, name FROM kind")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            kinds.add(row.get(0)?, row.get::<_, String>(1)?.into());
        }
        Ok(kinds)
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.numbers.get(name).copied()
    }

    pub(crate) fn number_or_new(&mut self, conn: &Connection, name: &str) -> Result<i64, StoreError> {
        if let Some(number) = self.number(name) {
            return Ok(number);
        }
        conn.execute("INSERT INTO kind (name) VALUES (?1)", [name])?;
        let number = conn.last_insert_rowid();
        self.add(number, name.into());
        Ok(number)
    }

    pub(crate) fn name(&self, number: i64) -> Result<&str, StoreError> {
        let name = self.names.get(&number).map(|name| &**name);
        name.ok_or_else(|| {
            StoreError::Damaged(format!("a row is of the kind number {number}, which does not exist"))
        })
    }

    /// Names with their numbers, by name.
    pub(crate) fn by_name(&self) -> Vec<(Box<str>, i64)> {
        let mut kinds: Vec<_> = self.numbers.iter().map(|(name, number)| (name.clone(), *number)).collect();
        kinds.sort();
        kinds
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    fn add(&mut self, number: i64, name: Box<str>) {
        self.numbers.insert(name.clone(), number);
        self.names.insert(number, name);
    }
}

/// One writer.
#[derive(Clone, Debug)]
struct Writer {
    id: WriterId,
    device: DeviceId,
    /// The peer that told of it first; `None`: it is our own.
    teller: Option<DeviceId>,
    /// The latest of its moments that we hold.
    latest: Hlc,
    /// In the table already.
    stored: bool,
    /// `latest` grew in this transaction.
    grew: bool,
}

/// The writers by number and by id. New ones get their number at once and their row when the transaction
/// ends.
#[derive(Debug, Default)]
pub(crate) struct Writers {
    by_number: HashMap<u32, Writer>,
    numbers: HashMap<WriterId, u32>,
    highest: u32,
    announced: HashMap<WriterId, DeviceId>,
    /// Whose batch is taken.
    teller: Option<DeviceId>,
}

impl Writers {
    pub(crate) fn load(conn: &Connection) -> Result<Self, StoreError> {
        let mut writers = Self::default();
        let mut statement = conn.prepare_cached("SELECT num, id, device, latest, teller FROM writer")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let device = DeviceId::from_bytes(row.get(2)?);
            let writer = Writer {
                id: WriterId(row.get(1)?),
                device,
                teller: row.get::<_, Option<[u8; 16]>>(4)?.map(DeviceId::from_bytes),
                latest: hlc(row.get(3)?),
                stored: true,
                grew: false,
            };
            writers.add(row.get(0)?, writer);
        }
        Ok(writers)
    }

    pub(crate) fn id(&self, number: u32) -> Option<WriterId> {
        self.by_number.get(&number).map(|writer| writer.id)
    }

    pub(crate) fn device(&self, id: WriterId) -> Option<DeviceId> {
        self.numbers.get(&id).and_then(|number| self.by_number.get(number)).map(|writer| writer.device)
    }

    /// Whose incarnations the writers are that the rows of a peer's batch may name.
    pub(crate) fn announce(&mut self, peer: DeviceId, writers: &batch::Writers) {
        self.teller = Some(peer);
        self.announced = writers.values().map(|writer| (writer.id, writer.device)).collect();
    }

    /// The number of a writer; a new one when it has none. `unannounced` is whose it is if nobody said.
    pub(crate) fn number_or_new(&mut self, id: WriterId, unannounced: DeviceId) -> u32 {
        if let Some(number) = self.numbers.get(&id) {
            return *number;
        }
        let device = self.announced.get(&id).copied().unwrap_or(unannounced);
        self.add_new(id, device, self.teller)
    }

    /// This device takes another writer.
    pub(crate) fn add_own(&mut self, id: WriterId, own: DeviceId) {
        self.add_new(id, own, None);
    }

    fn add_new(&mut self, id: WriterId, device: DeviceId, teller: Option<DeviceId>) -> u32 {
        let number = self.highest + 1;
        self.add(number, Writer { id, device, teller, latest: Hlc::default(), stored: false, grew: false });
        number
    }

    /// Whether there is room for every writer that an entity of this peer's names. A table that no peer would take must not
    /// come about through one peer.
    pub(crate) fn has_room(&self, entity: &Entity, peer: DeviceId) -> bool {
        let deletes = entity.removals.iter().filter_map(|removal| removal.seen.as_ref());
        let named = std::iter::once(&entity.vv).chain(deletes).flat_map(|vv| vv.iter());
        let new: HashSet<WriterId> =
            named.map(|(id, _)| id).filter(|id| !self.numbers.contains_key(id)).collect();
        if new.is_empty() {
            return true;
        }
        let told = self.by_number.values().filter(|writer| writer.teller == Some(peer)).count();
        self.numbers.len() + new.len() <= INTRODUCED_MAX - OWN_ROOM && told + new.len() <= TOLD_BY_ONE_MAX
    }

    /// Whether this device may take another writer because of what a peer says.
    pub(crate) fn has_room_for_own(&self, own: DeviceId) -> bool {
        let is_own = |writer: &&Writer| writer.device == own && writer.teller.is_none();
        self.by_number.values().filter(is_own).count() < OWN_MAX
    }

    /// Takes note of every writer that the entity names and of its moments.
    pub(crate) fn note(&mut self, entity: &Entity, unannounced: DeviceId) {
        for (id, hlc) in entity.vv.iter() {
            let number = self.number_or_new(id, unannounced);
            if let Some(writer) = self.by_number.get_mut(&number)
                && writer.latest < hlc
            {
                writer.latest = hlc;
                writer.grew = true;
            }
        }
        for removal in &entity.removals {
            for (id, _) in removal.seen.iter().flat_map(|seen| seen.iter()) {
                self.number_or_new(id, unannounced);
            }
        }
    }

    /// The number of a writer that was [noted](Self::note).
    pub(crate) fn number(&self, id: WriterId) -> u32 {
        self.numbers.get(&id).copied().unwrap_or_default()
    }

    /// Stores what is new.
    pub(crate) fn flush(&self, conn: &Connection, wall: Wall) -> Result<(), StoreError> {
        let changed = self.by_number.iter().filter(|(_, writer)| writer.grew || !writer.stored);
        let mut statement = conn.prepare_cached(
            "INSERT INTO writer (num, id, device, latest, ahead, noted, teller) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (num) DO UPDATE SET latest = excluded.latest, ahead = excluded.ahead, noted = excluded.noted",
        )?;
        for (number, writer) in changed {
            let ahead = i64_of(writer.latest.wall().0) - i64_of(wall.0);
            let latest = i64_of(writer.latest.bits());
            statement.execute(params![
                number,
                writer.id.0,
                writer.device.as_bytes(),
                latest,
                ahead,
                i64_of(wall.0),
                writer.teller.as_ref().map(DeviceId::as_bytes)
            ])?;
        }
        Ok(())
    }

    fn add(&mut self, number: u32, writer: Writer) {
        self.numbers.insert(writer.id, number);
        self.by_number.insert(number, writer);
        self.highest = self.highest.max(number);
    }
}

/// The number of the source (device, replica) if there is one.
pub(crate) fn source(
    conn: &Connection,
    device: DeviceId,
    replica: ReplicaId,
) -> Result<Option<i64>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT num FROM source WHERE device = ?1 AND replica = ?2")?;
    Ok(statement.query_row(params![device.as_bytes(), replica.0], |row| row.get(0)).optional()?)
}

/// A number as SQLite keeps it: what a peer made up beyond its range counts as its end.
pub(crate) fn i64_of(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that SQLite kept.
pub(crate) fn u64_of(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A moment that SQLite kept.
pub(crate) fn hlc(bits: i64) -> Hlc {
    Hlc::from_bits(u64_of(bits)).unwrap_or_default()
}
