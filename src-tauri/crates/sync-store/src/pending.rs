//! The offline queue of one device: what it has not acknowledged yet, in the order of change. Reads `sync_queue`, which is a
//! view over the change order, so that little to send costs little however much is stored.

use crate::Store;
use crate::error::StoreError;
use crate::names::u64_of;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_core::identity::DeviceId;
use sync_core::time::Wall;
use uuid::Uuid;

/// A change that waits for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it will see happen.
    pub operation: Operation,
    /// The entity.
    pub key: EntityKey,
    /// What a person recognises it by: its kind's title field.
    pub title: Option<String>,
    /// When the entity changed last, by the clock of whoever changed it.
    pub since: Wall,
}

/// What a device will see happen to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It is new there.
    Create,
    /// It changes.
    Update,
    /// It is deleted.
    Delete,
}

const QUEUE: &str = "SELECT operation, entity_type, entity_id, entity, since FROM sync_queue
                     WHERE device_id = lower(hex(?1))
                     ORDER BY seq
                     LIMIT ?2";

impl Store {
    /// What a device has not acknowledged yet, the oldest change first, at most `limit` entities;
    /// [`crate::PeerStatus::pending`] is how many there are in all.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn pending(&mut self, device: DeviceId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        let tx = self.conn.transaction()?;
        let is_paired = tx
            .prepare_cached("SELECT 1 FROM pairing WHERE device = ?1")?
            .query_row([device.as_bytes()], |_| Ok(()))
            .optional()?;
        is_paired.ok_or(StoreError::NotPaired)?;
        let mut statement = tx.prepare_cached(QUEUE)?;
        let mut rows = statement.query(params![device.as_bytes(), limit])?;
        let mut pending = Vec::new();
        while let Some(row) = rows.next()? {
            let operation: String = row.get(0)?;
            let (kind, id): (String, String) = (row.get(1)?, row.get(2)?);
            let id = Uuid::try_parse(&id)
                .map_err(|_| StoreError::Damaged(format!("the id {id} in the queue cannot be read")))?;
            let key = EntityKey::new(&kind, id);
            let fields: Map<String, Value> = serde_json::from_str(
                row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?,
            )
            .map_err(|error| StoreError::Damaged(format!("its copy of {key} cannot be read ({error})")))?;
            let title = self.schema.kind(&kind).and_then(|kind| fields.get(kind.title)?.as_str());
            pending.push(Pending {
                operation: match operation.as_str() {
                    "C" => Operation::Create,
                    "D" => Operation::Delete,
                    _ => Operation::Update,
                },
                title: title.map(str::to_owned),
                since: Wall(u64_of(row.get(4)?)),
                key,
            });
        }
        Ok(pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Edit;
    use crate::testing::{Person, entity, pair, set, sync, title};
    use rusqlite::StatementStatus;
    use sync_core::entity::write::Change;

    fn told(person: &mut Person, device: DeviceId) -> Vec<String> {
        let pending = person.store.pending(device, 9).unwrap();
        pending.iter().map(|p| format!("{:?} {}", p.operation, p.title.as_deref().unwrap_or("?"))).collect()
    }

    #[test]
    fn it_lists_what_waits_for_a_device_and_nothing_once_that_was_proved() {
        let (mut alice, mut bob) = pair();
        for (id, text) in [(1, "old"), (2, "gone")] {
            alice.set("note", id, title(text));
        }
        assert_eq!(told(&mut alice, bob.device), ["Create old", "Create gone"]);
        sync(&mut alice, &mut bob);
        assert_eq!(told(&mut alice, bob.device), [""; 0]);
        alice.change("note", 2, Change::Delete);
        alice.set("note", 1, title("edited"));
        alice.set("note", 3, title("new"));
        assert_eq!(told(&mut alice, bob.device), ["Delete gone", "Update edited", "Create new"]);
        assert_eq!(alice.store.pending(bob.device, 2).unwrap().len(), 2);
        assert_eq!(alice.store.status().unwrap().peers[0].pending, 3);
        assert_eq!(alice.store.pending(bob.device, 9).unwrap()[2].since, Wall(alice.wall));
        // What came from there does not wait for it.
        assert_eq!(told(&mut bob, alice.device), [""; 0]);
        assert!(matches!(alice.store.pending(alice.device, 9), Err(StoreError::NotPaired)));
    }

    #[test]
    fn little_to_send_costs_little_however_much_is_stored() {
        let (mut alice, mut bob) = pair();
        let edits: Vec<Edit> =
            (0..20_000).map(|id| Edit { key: entity("note", id), change: set(title("x")) }).collect();
        alice.store.write_each(&edits, Wall(alice.wall)).unwrap();
        sync(&mut alice, &mut bob);
        alice.set("note", 1, title("one"));
        assert_eq!(told(&mut alice, bob.device), ["Update one"]);
        let mut statement = alice.store.conn.prepare(QUEUE).unwrap();
        let found = statement.query_map(params![bob.device.as_bytes(), 9], |_| Ok(())).unwrap().count();
        let steps = statement.get_status(StatementStatus::VmStep);
        assert!(found == 1 && steps < 1_000, "{steps} steps");
    }
}
