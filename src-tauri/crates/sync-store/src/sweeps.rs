//! Many deletions at once. What a device deletes is deleted, as everything that it writes; but when that is much, a person is told
//! of it, and can put all of it back at once.
//!
//! A sweep is what one device deletes here without ten minutes of rest in between. It is counted in the transaction that
//! applies the batch. Which entities it took the history knows: the lines between its first and its last.

use crate::Store;
use crate::error::StoreError;
use crate::history;
use crate::names::{i64_of, u64_of};
use crate::refusal::{Refusal, WriteError};
use crate::txn::Txn;
use crate::write::{Edit, Outcome, make};
use rusqlite::{OptionalExtension, params};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::identity::DeviceId;
use sync_core::node::storage::Report;
use sync_core::time::{MINUTE, Wall};
use uuid::Uuid;

/// After so long without a deletion a sweep is over, in milliseconds.
const REST: u64 = 10 * MINUTE;
/// A sweep of more entities than this is told of …
const MANY: u64 = 20;
/// … if it took more than one in so many.
const SHARE: u64 = 5;

/// Many deletions at once that a person has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Its number.
    pub number: u64,
    /// The device that they came from.
    pub device: DeviceId,
    /// What it is called here.
    pub name: String,
    /// When the last of them came, by our clock.
    pub at: Wall,
    /// How many entities they deleted …
    pub deleted: u64,
    /// … of so many that lived before.
    pub living: u64,
}

/// Counts what a batch deleted; `first`: the number of the first line that it could leave in the history.
pub(crate) fn count(txn: &Txn<'_>, peer: DeviceId, first: i64, report: &Report) -> Result<(), StoreError> {
    let (now, last) = (i64_of(txn.wall.0), history::next(&txn.sql)? - 1);
    let grew = txn
        .sql
        .prepare_cached(
            "UPDATE sweep SET latest = ?2, deleted = deleted + ?3, last = ?4
             WHERE num = (SELECT max(num) FROM sweep WHERE device = ?1 AND settled = 0) AND abs(latest - ?2) <= ?5",
        )?
        .execute(params![peer.as_bytes(), now, i64_of(report.deleted), last, i64_of(REST)])?;
    if grew > 0 {
        return Ok(());
    }
    let living: i64 = txn
        .sql
        .prepare_cached(
            "SELECT (SELECT count(*) FROM entity) - (SELECT count(*) FROM entity WHERE died IS NOT NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    let before = (u64_of(living) + report.deleted).saturating_sub(report.new);
    txn.sql
        .prepare_cached(
            "INSERT INTO sweep (device, began, latest, living, deleted, first, last)
             VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![peer.as_bytes(), now, i64_of(before), i64_of(report.deleted), first, last])?;
    Ok(())
}

impl Store {
    /// The deletions of many at once that were neither undone nor dismissed, newest first: of more than 20 entities, and of more
    /// than a fifth of those that lived before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sweeps(&mut self) -> Result<Vec<Sweep>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT w.num, w.device, coalesce(p.label, p.name, 'a device that was removed'), w.latest, w.deleted, w.living
             FROM sweep w
             LEFT JOIN pairing p ON p.device = w.device
             WHERE w.settled = 0 AND w.deleted > ?1 AND w.deleted * ?2 > w.living
             ORDER BY w.num DESC",
        )?;
        let sweeps = statement.query_map(params![i64_of(MANY), i64_of(SHARE)], |row| {
            Ok(Sweep {
                number: u64_of(row.get(0)?),
                device: DeviceId::from_bytes(row.get(1)?),
                name: row.get(2)?,
                at: Wall(u64_of(row.get(3)?)),
                deleted: u64_of(row.get(4)?),
                living: u64_of(row.get(5)?),
            })
        })?;
        Ok(sweeps.collect::<Result<_, _>>()?)
    }

    /// Puts back what a sweep deleted and what is still deleted, by ordinary writes in one transaction. Returns how many entities
    /// live again.
    ///
    /// # Errors
    /// When no such sweep waits, or the database fails.
    pub fn undo_sweep(&mut self, number: u64, wall: Wall) -> Result<u64, WriteError> {
        let mut txn = self.begin(wall)?;
        settle(&txn, number)?;
        let mut restored = 0;
        for key in swept(&txn, number)? {
            match make(&mut txn, &Edit { key, change: Change::Keep }) {
                Ok(Outcome::Created) => restored += 1,
                // It lives already, or its content is gone meanwhile.
                Ok(Outcome::Changed | Outcome::Unchanged) | Err(WriteError::Refused(_)) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        txn.commit()?;
        Ok(restored)
    }

    /// Lets the deletions of a sweep be: it is not told of any more.
    ///
    /// # Errors
    /// When no such sweep waits, or the database fails.
    pub fn dismiss_sweep(&mut self, number: u64, wall: Wall) -> Result<(), WriteError> {
        let txn = self.begin(wall)?;
        settle(&txn, number)?;
        Ok(txn.commit()?)
    }
}

fn settle(txn: &Txn<'_>, number: u64) -> Result<(), WriteError> {
    let settled = txn
        .sql
        .prepare_cached(
            "UPDATE sweep SET settled = 1 WHERE num = ?1 AND settled = 0 AND deleted > ?2 AND deleted * ?3 > living",
        )
        .and_then(|mut update| update.execute(params![i64_of(number), i64_of(MANY), i64_of(SHARE)]))
        .map_err(StoreError::from)?;
    if settled == 0 { Err(Refusal::NoSweep { number }.into()) } else { Ok(()) }
}

/// The entities that a sweep deleted, each once.
fn swept(txn: &Txn<'_>, number: u64) -> Result<Vec<EntityKey>, StoreError> {
    let range: Option<(i64, i64, [u8; 16])> = txn
        .sql
        .prepare_cached("SELECT first, last, device FROM sweep WHERE num = ?1")?
        .query_row([i64_of(number)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((first, last, device)) = range else { return Ok(Vec::new()) };
    let mut statement = txn.sql.prepare_cached(
        "SELECT DISTINCT kind, id FROM history
         WHERE num BETWEEN ?1 AND ?2 AND event = 'deleted' AND source IN (SELECT num FROM source WHERE device = ?3)",
    )?;
    let mut rows = statement.query(params![first, last, device])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(EntityKey::new(txn.kinds.name(row.get(0)?)?, Uuid::from_bytes(row.get(1)?)));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Person, created, entity, key, pair, reopened, set, sync, title};
    use serde_json::json;
    use std::ops::Range;

    fn each(person: &mut Person, ids: Range<u128>, change: &Change) {
        person.wall += 1;
        let edit = |id| Edit { key: entity("note", id), change: change.clone() };
        let edits: Vec<Edit> = ids.map(edit).collect();
        person.store.write(&edits, Wall(person.wall)).unwrap();
    }

    /// Two who hold so many notes.
    fn two_with(notes: u128) -> (Person, Person) {
        let (mut alice, mut bob) = pair();
        each(&mut alice, 0..notes, &set(json!({"title": "x", "tags": ["t"]})));
        sync(&mut alice, &mut bob);
        (alice, bob)
    }

    fn living(person: &mut Person) -> u64 {
        person.store.status().unwrap().kinds["note"].living
    }

    fn told(person: &mut Person) -> Vec<(u64, u64)> {
        person.store.sweeps().unwrap().into_iter().map(|sweep| (sweep.deleted, sweep.living)).collect()
    }

    #[test]
    fn more_than_20_and_more_than_a_fifth_are_told_of() {
        for (notes, deleted, is_told) in
            [(50, 21, true), (50, 20, false), (105, 21, false), (104, 21, true), (1_000, 21, false)]
        {
            let (mut alice, mut bob) = two_with(notes);
            each(&mut alice, 0..deleted, &Change::Delete);
            sync(&mut alice, &mut bob);
            let expected = if is_told { vec![(deleted as u64, notes as u64)] } else { vec![] };
            assert_eq!(told(&mut bob), expected, "{deleted} of {notes}");
            // Who deleted them knows.
            assert_eq!(told(&mut alice), []);
            assert_eq!(living(&mut bob), (notes - deleted) as u64);
        }
    }

    #[test]
    fn what_comes_in_pieces_is_counted_together_until_ten_minutes_pass() {
        let (mut alice, mut bob) = two_with(60);
        for n in 0..3 {
            each(&mut alice, n * 10..n * 10 + 10, &Change::Delete);
            each(&mut alice, 100 + n..101 + n, &set(title("new meanwhile")));
            sync(&mut alice, &mut bob);
            bob.wall += 9 * MINUTE;
        }
        assert_eq!(told(&mut bob), [(30, 60)]);
        let (mut alice, mut bob) = two_with(60);
        for n in 0..3 {
            each(&mut alice, n * 10..n * 10 + 10, &Change::Delete);
            sync(&mut alice, &mut bob);
            bob.wall += 11 * MINUTE;
        }
        assert_eq!(told(&mut bob), []);
    }

    #[test]
    fn undoing_puts_back_what_is_still_deleted_here_and_there() {
        let (mut alice, mut bob) = two_with(50);
        each(&mut bob, 40..41, &Change::Delete);
        each(&mut alice, 0..30, &Change::Delete);
        sync(&mut alice, &mut bob);
        bob.change("note", 3, Change::Keep);
        let [sweep] = &bob.store.sweeps().unwrap()[..] else { panic!() };
        assert_eq!((sweep.device, sweep.name.as_str()), (alice.device, "1"));
        let number = sweep.number;
        bob.wall += 1;
        assert_eq!(bob.store.undo_sweep(number, Wall(bob.wall)).unwrap(), 29);
        assert_eq!((living(&mut bob), told(&mut bob)), (49, vec![]));
        assert_eq!(bob.shows("note", 0), json!({"title": "x", "tags": ["t"]}));
        sync(&mut alice, &mut bob);
        assert_eq!(living(&mut alice), 49);
        assert_eq!(alice.shows("note", 0), json!({"title": "x", "tags": ["t"]}));
        let again = bob.store.undo_sweep(number, Wall(bob.wall)).unwrap_err();
        assert!(matches!(again, WriteError::Refused(Refusal::NoSweep { .. })));
        bob.assert_sound();
    }

    #[test]
    fn one_that_is_dismissed_is_told_of_no_more_and_the_next_is() {
        let (mut alice, mut bob) = two_with(100);
        each(&mut alice, 0..30, &Change::Delete);
        sync(&mut alice, &mut bob);
        let number = bob.store.sweeps().unwrap()[0].number;
        bob.store.dismiss_sweep(number, Wall(bob.wall)).unwrap();
        assert_eq!((told(&mut bob), living(&mut bob)), (vec![], 70));
        each(&mut alice, 30..60, &Change::Delete);
        sync(&mut alice, &mut bob);
        assert_eq!(told(&mut bob), [(30, 70)]);
    }

    #[test]
    fn it_survives_a_restart_and_the_removal_of_the_device() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.db");
        let mut bob = created(&path, 2);
        let mut alice = Person::new(1);
        crate::testing::befriend(&mut alice, &mut bob);
        each(&mut alice, 0..50, &set(title("x")));
        sync(&mut alice, &mut bob);
        each(&mut alice, 0..50, &Change::Delete);
        sync(&mut alice, &mut bob);
        let wall = Wall(bob.wall + 1);
        drop(bob);
        let mut bob = reopened(&path);
        bob.store.remove_peer(key(1).device_id()).unwrap();
        let [sweep] = &bob.store.sweeps().unwrap()[..] else { panic!() };
        assert_eq!((sweep.deleted, sweep.living), (50, 50));
        assert_eq!(sweep.name, "a device that was removed");
        let number = sweep.number;
        assert_eq!(bob.store.undo_sweep(number, wall).unwrap(), 50);
        assert_eq!(living(&mut bob), 50);
    }
}
