//! What a person keeps on this device only. Its row is an ordinary one, with a history, in the change order, so that it can be
//! edited, deleted and put back as everything else; a mark on it keeps it out of every batch, digest, repair and queue.
//!
//! Only what no other device can have gets the mark: it was never handed out, nobody else wrote in it, and its id does not
//! follow from what it says. So nobody ever takes it for deleted, and what two devices compare is equal with and without it.
//! Shared again it is the newest change, and new to everybody.
//!
//! The mark is on one entity alone: the tags that a private note names are shared as they were. Should another device send
//! something under its id all the same (the same file imported on both, say), that is set aside until a person shares ours.

use crate::Store;
use crate::refusal::{Refusal, WriteError};
use crate::txn::{Stored, Txn};
use crate::write::{Edit, Outcome, make};
use sync_core::entity::EntityKey;
use sync_core::time::Wall;

impl Store {
    /// Keeps an entity on this device only, or shares it again.
    ///
    /// # Errors
    /// When there is none, it is to stay here and others may have it or would make the same, or the database fails.
    pub fn keep_here(&mut self, key: &EntityKey, here: bool, wall: Wall) -> Result<Outcome, WriteError> {
        let mut txn = self.begin(wall)?;
        let outcome = keep(&mut txn, key, here)?;
        txn.commit()?;
        Ok(outcome)
    }

    /// Makes these edits, all or none, as [`Self::write`] does, and then keeps the entity on this device only: in one
    /// transaction, so that no session comes in between.
    ///
    /// # Errors
    /// The first edit that is refused, and why; or why the entity cannot stay here.
    pub fn write_here(
        &mut self,
        edits: &[Edit],
        key: &EntityKey,
        wall: Wall,
    ) -> Result<Vec<Outcome>, WriteError> {
        let mut txn = self.begin(wall)?;
        let outcomes = edits.iter().map(|edit| make(&mut txn, edit)).collect::<Result<_, WriteError>>()?;
        keep(&mut txn, key, true)?;
        txn.commit()?;
        Ok(outcomes)
    }
}

pub(crate) fn keep(txn: &mut Txn<'_>, key: &EntityKey, here: bool) -> Result<Outcome, WriteError> {
    let schema = txn.schema;
    let Some(stored) = txn.find(key)? else { return Err(Refusal::Missing { key: key.clone() }.into()) };
    if stored.here == here {
        return Ok(Outcome::Unchanged);
    }
    if here && schema.kind(&key.kind).is_some_and(|kind| !kind.natural_key.is_empty()) {
        return Err(Refusal::Common { key: key.clone() }.into());
    }
    if here && !is_ours_alone(txn, key, &stored)? {
        return Err(Refusal::Elsewhere { key: key.clone() }.into());
    }
    txn.put_here(key, &stored, here)?;
    Ok(Outcome::Changed)
}

/// Whether no other device can have it: it was never handed out, and nobody else wrote in it.
fn is_ours_alone(txn: &Txn<'_>, key: &EntityKey, stored: &Stored) -> Result<bool, WriteError> {
    let entity = txn.decode(key, stored)?;
    let is_ours = |writer| txn.writers.device(writer) == Some(txn.device);
    Ok(stored.born > txn.handed_out && entity.vv.iter().all(|(writer, _)| is_ours(writer)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Person, created, entity, pair, reopened, set, sync, title};
    use crate::{HistoryFilter, StoreError};
    use serde_json::{Value, json};
    use sync_core::entity::write::Change;

    fn keep_here(person: &mut Person, id: u128, here: bool) -> Result<Outcome, WriteError> {
        person.wall += 1;
        person.store.keep_here(&entity("note", id), here, Wall(person.wall))
    }

    fn refused(result: Result<Outcome, WriteError>) -> Refusal {
        match result {
            Err(WriteError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_stays_here_reaches_nobody_and_both_are_equal_all_the_same() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, title("shared"));
        alice.set("note", 2, title("private"));
        assert_eq!(keep_here(&mut alice, 2, true).unwrap(), Outcome::Changed);
        assert_eq!(keep_here(&mut alice, 2, true).unwrap(), Outcome::Unchanged);
        assert!(alice.view("note", 2).unwrap().local && !alice.view("note", 1).unwrap().local);
        // `sync` compares the digests.
        sync(&mut alice, &mut bob);
        assert_eq!((bob.shows("note", 1), bob.view("note", 2)), (title("shared"), None));
        // Later changes stay here too, and have a history.
        alice.set("note", 2, title("more private"));
        alice.change("note", 2, Change::Delete);
        assert_eq!(alice.store.status().unwrap().peers[0].pending, 0);
        assert_eq!(alice.store.pending(bob.device, 9).unwrap(), []);
        sync(&mut alice, &mut bob);
        alice.change("note", 2, Change::Keep);
        alice.set("note", 3, title("shared too"));
        sync(&mut alice, &mut bob);
        sync(&mut bob, &mut alice);
        assert!(!bob.holds("private") && bob.shows("note", 3) == title("shared too"));
        assert_eq!(alice.shows("note", 2), title("more private"));
        assert_eq!(alice.store.history(&HistoryFilter::default(), 9).unwrap().len(), 3);
        alice.assert_sound();
    }

    #[test]
    fn what_is_shared_again_arrives_and_is_edited_by_both() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, json!({"title": "private", "content": "one\ntwo\n", "tags": ["a"]}));
        keep_here(&mut alice, 1, true).unwrap();
        alice.set("note", 2, title("shared"));
        sync(&mut alice, &mut bob);
        keep_here(&mut alice, 1, false).unwrap();
        alice.assert_sound();
        assert_eq!(alice.store.pending(bob.device, 9).unwrap().len(), 1);
        sync(&mut alice, &mut bob);
        assert_eq!(bob.shows("note", 1), alice.shows("note", 1));
        alice.set("note", 1, json!({"content": "zero\none\ntwo\n"}));
        bob.set("note", 1, json!({"content": "one\ntwo\nthree\n"}));
        sync(&mut alice, &mut bob);
        assert_eq!(bob.shows("note", 1)["content"], "zero\none\ntwo\nthree\n");
        // Now they have it.
        assert!(matches!(refused(keep_here(&mut alice, 1, true)), Refusal::Elsewhere { .. }));
    }

    #[test]
    fn only_what_no_other_device_can_have_may_stay_here() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, title("sent"));
        bob.set("note", 2, title("theirs"));
        sync(&mut alice, &mut bob);
        alice.set("note", 2, title("edited here"));
        for id in [1, 2] {
            assert!(matches!(refused(keep_here(&mut alice, id, true)), Refusal::Elsewhere { .. }));
        }
        assert!(matches!(refused(keep_here(&mut alice, 3, true)), Refusal::Missing { .. }));
        alice.set("setting", 1, json!({"key": "theme"}));
        let common = alice.store.keep_here(&entity("setting", 1), true, Wall(alice.wall));
        assert!(matches!(refused(common), Refusal::Common { .. }));
        alice.set("note", 4, title("never sent"));
        keep_here(&mut alice, 4, true).unwrap();
        keep_here(&mut alice, 4, false).unwrap();
        keep_here(&mut alice, 4, true).unwrap();
        sync(&mut alice, &mut bob);
        assert!(!bob.holds("never sent"));
    }

    #[test]
    fn it_can_be_made_here_at_once_also_while_a_session_lives() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, title("first"));
        sync(&mut alice, &mut bob);
        let key = entity("note", 2);
        let edits = [Edit { key: key.clone(), change: set(title("secret")) }];
        assert_eq!(alice.store.write_here(&edits, &key, Wall(alice.wall)).unwrap(), [Outcome::Created]);
        sync(&mut alice, &mut bob);
        assert!(alice.view("note", 2).unwrap().local && !bob.holds("secret"));
        // What cannot stay here is not written at all.
        let key = entity("setting", 7);
        let edits = [Edit { key: key.clone(), change: set(json!({"key": "theme"})) }];
        assert!(alice.store.write_here(&edits, &key, Wall(alice.wall)).is_err());
        assert_eq!(alice.view("setting", 7), None);
    }

    #[test]
    fn what_comes_under_its_id_is_set_aside_until_it_is_shared() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, title("hers"));
        keep_here(&mut alice, 1, true).unwrap();
        bob.set("note", 1, json!({"title": "his", "tags": ["b"]}));
        assert_eq!(crate::testing::pull(&mut bob, &mut alice).report.quarantined, 1);
        assert_eq!(alice.shows("note", 1), title("hers"));
        let aside = alice.store.quarantined().unwrap();
        assert!(aside[0].reason.contains("--shared"), "{}", aside[0].reason);
        keep_here(&mut alice, 1, false).unwrap();
        crate::testing::pull(&mut alice, &mut bob);
        bob.set("note", 1, json!({"order": 1.5}));
        sync(&mut alice, &mut bob);
        for person in [&mut alice, &mut bob] {
            assert!(person.holds("hers") && person.holds("his"));
            assert_eq!(person.shows("note", 1)["tags"], json!(["b"]));
        }
        assert_eq!(alice.store.quarantined().unwrap(), []);
    }

    #[test]
    fn it_stays_here_after_a_restart_a_repair_and_a_new_life() -> Result<(), StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut alice = created(&path, 1);
        let mut bob = Person::new(2);
        crate::testing::befriend(&mut alice, &mut bob);
        alice.set("note", 1, title("private"));
        keep_here(&mut alice, 1, true).unwrap();
        drop(alice);
        let mut alice = reopened(&path);
        alice.store.renew()?;
        let buckets = [("note".into(), (0..1_024).collect())].into();
        let repair = sync_core::node::storage::Ask::Repair { buckets, after: None, introduced: 0 };
        let sync_core::node::storage::Answer::Repair { batch, .. } = alice.ask(repair) else { panic!() };
        assert_eq!(batch.entities, 0);
        sync(&mut alice, &mut bob);
        assert_eq!((alice.shows("note", 1), bob.shows("note", 1)), (title("private"), Value::Null));
        alice.assert_sound();
        Ok(())
    }
}
