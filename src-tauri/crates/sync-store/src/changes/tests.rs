use crate::testing::{NOW, Person, befriend, entity, kinds, pair, prove, pull, set, sync, title};
use crate::{Edit, NewPeer, Store};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use sync_core::digest::{BUCKETS, Digest, bucket};
use sync_core::entity::write::Change;
use sync_core::limits::BATCH_ENTITIES;
use sync_core::node::storage::{Answer, Ask, Report, SessionRecord};
use sync_core::stamp::ReplicaId;
use sync_core::time::Wall;
use uuid::Uuid;

fn queue(person: &mut Person) -> Vec<(String, String)> {
    let mut statement =
        person.store.conn.prepare("SELECT operation, entity FROM sync_queue ORDER BY since").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_sync_that_finds_nothing_sends_nothing() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("x"));
    sync(&mut alice, &mut bob);
    let nothing = pull(&mut alice, &mut bob);
    assert_eq!(nothing.batches, [Default::default()]);
}

#[test]
fn the_queue_shows_what_each_peer_still_lacks() {
    let (mut alice, mut bob) = pair();
    let mut carol = Person::new(3);
    befriend(&mut alice, &mut carol);
    alice.set("note", 1, title("one"));
    alice.set("note", 2, title("two"));
    alice.set("note", 9, title("gone before anyone knew"));
    alice.change("note", 9, Change::Delete);
    sync(&mut alice, &mut bob);
    alice.store.remove_peer(carol.device).unwrap();
    assert_eq!(queue(&mut alice), []);
    alice.set("note", 1, title("uno"));
    alice.set("task", 3, title("three"));
    alice.change("note", 2, Change::Delete);
    let told: Vec<_> = queue(&mut alice);
    let operations: Vec<&str> = told.iter().map(|(operation, _)| operation.as_str()).collect();
    assert_eq!(operations, ["U", "C", "D"]);
    assert_eq!(told[0].1, r#"{"title":"uno"}"#);
    assert_eq!(alice.store.status().unwrap().peers[0].pending, 3);
    alice.store.share_kind("task", None, false).unwrap();
    assert_eq!(alice.store.status().unwrap().peers[0].pending, 2);
    // What came from bob and is as it came is not waiting for bob.
    bob.set("note", 7, title("bob's"));
    pull(&mut bob, &mut alice);
    assert_eq!(alice.store.status().unwrap().peers[0].pending, 2);
    sync(&mut alice, &mut bob);
    assert_eq!(alice.store.status().unwrap().peers[0].pending, 0);
}

#[test]
fn the_metadata_view_holds_version_and_checksum() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("one"));
    let view = alice.view("note", 1).unwrap();
    let row: (String, String, i64, i64, String) = alice
        .store
        .conn
        .query_row("SELECT * FROM sync_metadata", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .unwrap();
    let id = Uuid::from_u128(1).to_string();
    assert_eq!((row.0, row.1), ("note".to_owned(), id));
    assert_eq!((row.2 as u64, row.3 as u64, row.4.len()), (view.version.bits(), NOW + 1, 32));
}

#[test]
fn digests_are_sums_of_buckets_and_kinds_that_are_off_are_left_out() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("one"));
    alice.set("task", 2, title("two"));
    let Answer::Digests { digests, head } = alice.ask(Ask::Digests { off: kinds(&["task"]) }) else {
        panic!("digests")
    };
    assert_eq!((digests.len(), head), (1, 2));
    let asked = kinds(&["note", "unheard_of"]);
    let Answer::Buckets(buckets) = alice.ask(Ask::Buckets { kinds: asked }) else { panic!("buckets") };
    let sum = |kind: &str| buckets[kind].iter().copied().fold(Digest::default(), Digest::join);
    assert_eq!((buckets["note"].len(), sum("note")), (BUCKETS, digests["note"]));
    assert_eq!((buckets["unheard_of"].len(), sum("unheard_of")), (BUCKETS, Digest::default()));
}

#[test]
fn a_repair_sends_the_wanted_buckets_in_order_and_in_parts() {
    let mut alice = Person::new(1);
    let ids = |n: u64| Uuid::new_v5(&Uuid::nil(), &n.to_be_bytes()).as_u128();
    let edits: Vec<Edit> = (0..6 * BATCH_ENTITIES as u64)
        .map(|n| Edit {
            key: entity(if n % 2 == 0 { "note" } else { "task" }, ids(n)),
            change: set(title("x")),
        })
        .collect();
    alice.store.write_each(&edits, Wall(NOW)).unwrap();
    let wanted: BTreeSet<u16> = (0..BUCKETS as u16).filter(|b| b % 2 == 0).collect();
    let buckets = BTreeMap::from([
        ("note".into(), wanted.clone()),
        ("task".into(), wanted.clone()),
        ("zz".into(), wanted.clone()),
    ]);
    let (mut after, mut introduced, mut got, mut parts) = (None, 0, Vec::new(), 0);
    loop {
        let ask = Ask::Repair { buckets: buckets.clone(), after, introduced };
        let Answer::Repair { batch, next, introduced: now } = alice.ask(ask) else { panic!("repair") };
        assert!(batch.entities <= BATCH_ENTITIES && batch.writers.len() == usize::from(parts == 0));
        got.extend(batch.rows().map(|row| row.unwrap().0));
        (introduced, parts) = (now, parts + 1);
        match next {
            Some(_) => after = next,
            None => break,
        }
    }
    let mut expected: Vec<_> =
        edits.iter().map(|e| e.key.clone()).filter(|k| wanted.contains(&bucket(k.id))).collect();
    expected.sort();
    assert!(got == expected && parts > 2, "{} of {} in {parts}", got.len(), expected.len());
}

#[test]
fn cursors_mean_nothing_to_another_replica() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("one"));
    sync(&mut alice, &mut bob);
    let renewed = alice.store.renew().unwrap();
    assert_ne!(renewed.replica, ReplicaId([1; 8]));
    // All of it is compared anew, both ways, and it is all there already.
    assert_eq!(alice.opening(bob.device).cursors.base, 0);
    assert_eq!(pull(&mut alice, &mut bob).report, Report { unchanged: 1, ..Report::default() });
    assert_eq!(bob.opening(alice.device).peer_replica, Some(renewed.replica));
    alice.set("note", 1, title("two"));
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows("note", 1), title("two"));
}

#[test]
fn a_restored_database_never_gives_out_a_stamp_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("alice.db"), folder.path().join("backup.db"));
    Store::create(&path, &crate::testing::new_replica(1)).unwrap();
    let open = |path: &std::path::Path| {
        let store =
            Store::open(path, Arc::new(crate::testing::schema()), crate::testing::fresh_id()).unwrap();
        Person::of(store)
    };
    let (mut alice, mut bob) = (open(&path), Person::new(2));
    befriend(&mut alice, &mut bob);
    alice.set("note", 1, title("kept"));
    sync(&mut alice, &mut bob);
    drop(alice);
    std::fs::copy(&path, &backup).unwrap();
    let mut alice = open(&path);
    alice.set("note", 1, title("after the backup"));
    alice.set("note", 2, title("new after the backup"));
    sync(&mut alice, &mut bob);
    drop(alice);

    let mut alice = open(&backup);
    alice.store.renew().unwrap();
    alice.set("note", 2, title("another note, at the same moment"));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows("note", 1), title("after the backup"));
    assert_eq!(alice.store.reviews().unwrap().len(), 1, "both second notes are there to choose from");
    alice.assert_sound();
}

#[test]
fn a_proof_is_remembered() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("one"));
    sync(&mut alice, &mut bob);
    let first = alice.opening(bob.device).proofs;
    prove(&mut alice, &mut bob, &kinds(&[]));
    let opening = alice.opening(bob.device);
    assert_eq!(opening.proofs, first + 1);
    assert_eq!(opening.seen, []);
    assert_eq!(bob.opening(alice.device).seen.len(), 1);
    let peer = alice.store.peer(bob.device).unwrap().unwrap();
    assert_eq!((peer.last_sync, peer.last_seen), (Some(Wall(alice.wall)), Some(Wall(alice.wall))));
}

#[test]
fn paired_devices_are_kept_and_forgotten() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("one"));
    sync(&mut alice, &mut bob);
    alice.store.rename_peer(bob.device, "Bob's phone").unwrap();
    let addresses: Vec<String> = (0..6).map(|n| format!("192.168.1.{n}:4711")).collect();
    alice.store.set_peer_addresses(bob.device, &addresses).unwrap();
    alice.store.peer_seen(bob.device, Wall(NOW + 99)).unwrap();
    alice.store.share_kind("task", Some(bob.device), false).unwrap();
    let [peer] = &alice.store.peers().unwrap()[..] else { panic!("one") };
    assert_eq!(
        (peer.name.as_str(), &peer.addresses[..], peer.last_seen),
        ("Bob's phone", &addresses[..4], Some(Wall(NOW + 99)))
    );
    assert_eq!(peer.channel_key, crate::testing::key(2));
    assert_eq!(alice.opening(bob.device).off, kinds(&["task"]));
    assert_eq!(alice.store.kinds_off(Some(bob.device)).unwrap(), kinds(&["task"]));
    assert_eq!(alice.store.kinds_off(None).unwrap(), kinds(&[]));
    // Pairing again keeps what is known.
    let again = NewPeer {
        name: "Bob".into(),
        channel_key: peer.channel_key,
        bundle_key: Some(crate::testing::key(5)),
        addresses: vec![],
    };
    alice.store.add_peer(&again, Wall(NOW)).unwrap();
    assert_ne!(alice.opening(bob.device).cursors, Default::default());
    assert_eq!(alice.store.peer(bob.device).unwrap().unwrap().bundle_key, again.bundle_key);

    alice.store.remove_peer(bob.device).unwrap();
    assert_eq!(alice.store.peers().unwrap(), []);
    assert!(alice.store.remove_peer(bob.device).is_err());
    alice.store.add_peer(&again, Wall(NOW)).unwrap();
    let opening = alice.opening(bob.device);
    assert_eq!((opening.peer_replica, opening.off), (None, kinds(&[])));
    assert_eq!(alice.shows("note", 1), title("one"));
    alice.assert_sound();
}

#[test]
fn sessions_are_listed_newest_first() {
    let (mut alice, bob) = pair();
    let record = |n: u64| SessionRecord {
        peer: bob.device,
        started: NOW + n,
        ended: NOW + n + 5,
        sent: n,
        received: Report { new: 1, changed: 2, deleted: 3, unchanged: 4, conflicts: 5, quarantined: 6 },
        bytes: [7, u64::from(u32::MAX) * n],
        proved: n < 2,
        reason: (n >= 2).then(|| "the connection broke".to_owned()),
    };
    for n in 0..5 {
        assert_eq!(alice.ask(Ask::Record(record(n))), Answer::Done);
    }
    let page = alice.store.sessions(None, 2).unwrap();
    assert_eq!(page.iter().map(|(_, r)| r.clone()).collect::<Vec<_>>(), [record(4), record(3)]);
    let rest = alice.store.sessions(Some(page[1].0), 9).unwrap();
    assert_eq!(rest.iter().map(|(_, r)| r.sent).collect::<Vec<_>>(), [2, 1, 0]);
}

#[test]
fn numbers_beyond_all_bounds_do_no_harm() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "x"}));
    let after = sync_core::node::storage::Cursors { base: u64::MAX, behind: BTreeMap::new() };
    let (peer, replica, off) = (bob.device, ReplicaId([2; 8]), kinds(&[]));
    let Answer::Changes { batch, more, .. } = alice.ask(Ask::Changes {
        peer,
        replica,
        after,
        off: off.clone(),
        introduced: u32::MAX,
        most: BATCH_ENTITIES,
    }) else {
        panic!("changes")
    };
    assert!(batch.entities == 0 && !more);
    let wall = Wall(u64::MAX);
    let proved = alice.ask(Ask::Proved {
        peer,
        replica,
        acked: u64::MAX,
        applied: u64::MAX,
        proofs: u64::MAX,
        off,
        wall,
    });
    assert_eq!(proved, Answer::Done);
    // It acknowledged no more than there is.
    alice.set("note", 2, title("y"));
    assert_eq!(alice.store.status().unwrap().peers[0].pending, 1);
    bob.assert_sound();
    alice.assert_sound();
}
