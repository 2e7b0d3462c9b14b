use super::*;
use crate::testing::{Person, entity, pair, pull, set, sync, title};
use crate::{Edit, StoreError};
use proptest::prelude::*;
use rand_core::OsRng;
use sync_core::bundle::{self, ROOM};
use sync_core::entity::write::Change;
use sync_core::identity::SecretKey;
use sync_core::node::storage::Ask;

/// A bundle on its way.
#[derive(Clone)]
struct Carried {
    manifest: Manifest,
    batches: Vec<Batch>,
}

fn written(from: &mut Person, to: &Person, begin: &Begin, room: usize) -> Carried {
    let Packed { manifest, frames } = from.store.pack(to.device, begin, room, Wall(from.wall)).unwrap();
    // Through the box, which is the one way to look into it.
    let (ours, theirs) = (SecretKey::generate(&mut OsRng), SecretKey::generate(&mut OsRng));
    let file = bundle::seal(&manifest, frames, &ours, &theirs.public(), &mut OsRng).unwrap();
    let opened = bundle::open(file, &theirs, to.device, &[(from.device, ours.public())]).unwrap();
    assert_eq!(opened.manifest, manifest);
    Carried { manifest, batches: opened.batches().map(Result::unwrap).collect() }
}

fn write(from: &mut Person, to: &Person) -> Carried {
    written(from, to, &Begin::Acknowledged, ROOM)
}

fn write_all(from: &mut Person, to: &Person) -> Carried {
    written(from, to, &Begin::Everything, ROOM)
}

fn merge(to: &mut Person, carried: &Carried) -> (BTreeSet<Box<str>>, bool, Report) {
    let greeting = to.store.greet(&carried.manifest, false).unwrap();
    let Greeting::Welcome { off, renewed } = greeting else { panic!("{greeting:?}") };
    let (mut writers, mut report) = (Writers::new(), Report::default());
    for batch in carried.batches.clone() {
        writers.extend(batch.writers.iter().map(|writer| (writer.number, writer.clone())));
        let writers = Arc::new(writers.clone());
        report.add(to.store.take(&carried.manifest, writers, batch, &off, Wall(to.wall)).unwrap());
    }
    (off, renewed, report)
}

fn read(to: &mut Person, carried: &Carried) -> (Report, Taken) {
    let (off, _, report) = merge(to, carried);
    let taken = to.store.conclude(&carried.manifest, &off, Wall(to.wall)).unwrap();
    to.assert_sound();
    (report, taken)
}

fn carry(from: &mut Person, to: &mut Person) -> Taken {
    let carried = write(from, to);
    read(to, &carried).1
}

fn pending(person: &mut Person) -> u64 {
    person.store.status().unwrap().peers[0].pending
}

fn last_sync(person: &mut Person) -> Option<Wall> {
    person.store.status().unwrap().peers[0].last_sync
}

const ALL: Taken = Taken { gapless: true, equal: true };
const UNPROVED: Taken = Taken { gapless: true, equal: false };
const GAP: Taken = Taken { gapless: false, equal: false };

/// Alice and bob, who met once and agreed.
fn two() -> (Person, Person) {
    let (mut alice, mut bob) = pair();
    sync(&mut alice, &mut bob);
    alice.ask(Ask::Agreement { peer: bob.device, agreed: true });
    bob.ask(Ask::Agreement { peer: alice.device, agreed: true });
    (alice, bob)
}

#[test]
fn two_that_never_meet_come_together_and_nothing_waits() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    alice.set("note", 2, title("gone"));
    bob.set("note", 3, title("his"));
    assert_eq!(carry(&mut alice, &mut bob), UNPROVED);
    assert_eq!((pending(&mut alice), pending(&mut bob)), (2, 1));
    // It brings his, what he has of hers, and the proof.
    assert_eq!(carry(&mut bob, &mut alice), ALL);
    assert_eq!(pending(&mut alice), 0);
    alice.change("note", 2, Change::Delete);
    alice.set("note", 1, title("from her"));
    bob.set("note", 1, title("from him"));
    assert_eq!(carry(&mut alice, &mut bob), UNPROVED);
    assert_eq!(carry(&mut bob, &mut alice), ALL);
    assert_eq!((pending(&mut alice), pending(&mut bob)), (0, 1));
    assert_eq!(carry(&mut alice, &mut bob), ALL);
    assert_eq!((pending(&mut alice), pending(&mut bob)), (0, 0));
    assert_eq!(alice.digests(), bob.digests());
    assert_eq!(alice.view("note", 1).unwrap().reviews.len(), 1);
    assert_eq!(bob.shows("note", 2), serde_json::Value::Null);
    assert!(alice.holds("from her") && bob.holds("from her") && bob.holds("from him"));
}

#[test]
fn reading_twice_changes_nothing() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    let carried = write(&mut alice, &bob);
    let first = read(&mut bob, &carried);
    let before = (bob.store.head().unwrap(), bob.opening(alice.device));
    let (report, taken) = read(&mut bob, &carried);
    assert_eq!((first.0.new, report.new, report.unchanged, taken), (1, 0, 1, ALL));
    assert_eq!((bob.store.head().unwrap(), bob.opening(alice.device)), before);
}

#[test]
fn a_lost_bundle_is_made_up_for_by_a_later_one() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("lost"));
    drop(write(&mut alice, &bob));
    alice.set("note", 2, title("found"));
    assert_eq!(carry(&mut alice, &mut bob), ALL);
    assert_eq!(bob.shows("note", 1), title("lost"));
}

#[test]
fn a_cursor_never_steps_over_what_has_not_come() {
    let (mut alice, mut bob) = two();
    let edits: Vec<Edit> =
        (0..4_000).map(|id| Edit { key: entity("note", id), change: set(title("x")) }).collect();
    alice.store.write_each(&edits, Wall(alice.wall)).unwrap();
    let one = written(&mut alice, &bob, &Begin::Acknowledged, 1);
    assert!(one.manifest.upto < one.manifest.head && one.manifest.digests.is_none());
    let two = written(&mut alice, &bob, &Begin::After(Box::new(one.manifest.clone())), ROOM);
    assert_eq!((two.manifest.after.base, two.manifest.upto), (one.manifest.upto, two.manifest.head));
    let before = bob.opening(alice.device).cursors;
    let (report, taken) = read(&mut bob, &two);
    assert_eq!((report.new, taken), (4_000 - one.batches[0].entities as u64, GAP));
    assert_eq!(bob.opening(alice.device).cursors, before);
    assert_eq!(read(&mut bob, &one).1, UNPROVED);
    assert_eq!(bob.opening(alice.device).cursors.base, one.manifest.upto);
    assert_eq!(read(&mut bob, &two).1, ALL);
    assert_eq!(pull(&mut alice, &mut bob).report.entities(), 0);
}

#[test]
fn an_old_bundle_takes_nothing_back() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("old"));
    let old = write(&mut alice, &bob);
    alice.set("note", 1, title("new"));
    carry(&mut alice, &mut bob);
    carry(&mut bob, &mut alice);
    let before = (alice.opening(bob.device), bob.opening(alice.device));
    let (report, taken) = read(&mut bob, &old);
    assert_eq!((report.unchanged, taken), (1, UNPROVED));
    assert_eq!((alice.opening(bob.device), bob.opening(alice.device)), before);
    assert_eq!(bob.shows("note", 1), title("new"));
}

#[test]
fn what_is_not_proved_leaves_no_note_of_a_proof() {
    let (mut alice, mut bob) = two();
    let before = last_sync(&mut bob);
    alice.set("note", 1, title("hers"));
    bob.set("note", 2, title("his"));
    bob.wall += 1_000;
    assert_eq!(carry(&mut alice, &mut bob), UNPROVED);
    assert_eq!(last_sync(&mut bob), before);
    alice.wall += 1_000;
    assert_eq!(carry(&mut bob, &mut alice), ALL);
    assert_eq!(last_sync(&mut alice), Some(Wall(alice.wall)));
}

#[test]
fn a_session_goes_on_where_bundles_ended_and_the_other_way_round() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    carry(&mut alice, &mut bob);
    carry(&mut bob, &mut alice);
    assert_eq!(pull(&mut alice, &mut bob).report.entities(), 0);
    bob.set("note", 2, title("his"));
    sync(&mut alice, &mut bob);
    assert_eq!(write(&mut bob, &alice).batches, []);
    assert_eq!(carry(&mut bob, &mut alice), ALL);
}

#[test]
fn a_sender_that_was_restored_begins_anew_and_its_former_life_stays_over() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    let former = write(&mut alice, &bob);
    carry(&mut alice, &mut bob);
    alice.store.renew().unwrap();
    let present = write(&mut alice, &bob);
    assert_eq!((present.manifest.after.base, present.manifest.left_out), (0, None));
    assert_eq!(read(&mut bob, &present).1, ALL);
    assert_eq!(bob.opening(alice.device).peer_replica, Some(present.manifest.replica));
    bob.set("note", 2, title("his"));
    let before = bob.opening(alice.device);
    assert_eq!(read(&mut bob, &former).1, GAP);
    assert_eq!(bob.opening(alice.device), before);
}

#[test]
fn a_recipient_that_was_restored_is_not_told_that_it_has_what_it_lost() {
    let (mut alice, mut bob) = two();
    bob.set("note", 1, title("his"));
    sync(&mut alice, &mut bob);
    alice.set("note", 2, title("hers"));
    // It leaves out what came from bob, which bob had when it was written.
    let carried = write(&mut alice, &bob);
    bob.store.renew().unwrap();
    let (_, taken) = read(&mut bob, &carried);
    assert!(taken.equal, "this bob has lost nothing, and the digests show it");
    bob.store.renew().unwrap();
    bob.set("note", 3, title("more"));
    assert_eq!(read(&mut bob, &carried).1, GAP);
    assert_eq!(bob.opening(alice.device).cursors.base, 0);
    // What bob then writes tells alice of his new life, and hers begins anew.
    carry(&mut bob, &mut alice);
    assert_eq!(carry(&mut alice, &mut bob), ALL);
}

#[test]
fn a_restored_database_that_nobody_noticed_is_noticed_by_a_bundle() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    let bundle = write(&mut bob, &alice);
    let head = alice.store.head().unwrap();
    let claiming = |applied, seen| {
        let applied = Cursors { base: applied, behind: BTreeMap::new() };
        Carried { manifest: Manifest { applied, seen, ..bundle.manifest.clone() }, batches: vec![] }
    };
    let before = alice.store.marker().unwrap();
    let hlc = before.clock.bits();
    assert!(!merge(&mut alice, &claiming(head, vec![(before.writer, hlc)])).1);
    assert_eq!(alice.store.marker().unwrap(), before);
    let later = claiming(head, vec![(before.writer, hlc + 1)]);
    let past = claiming(head + 1, vec![]);
    for carried in [&later, &past] {
        let mut carried = carried.clone();
        let before = alice.store.marker().unwrap();
        carried.manifest.peer_replica = Some(before.replica);
        assert!(merge(&mut alice, &carried).1);
        let after = alice.store.marker().unwrap();
        assert!(after.writer != before.writer && after.replica != before.replica);
        // The same again tells of a life that is over.
        assert!(!merge(&mut alice, &carried).1);
        assert_eq!(alice.store.marker().unwrap(), after);
        assert!(pending(&mut alice) > 0, "everything is compared anew");
    }
}

#[test]
fn everything_is_everything_even_what_came_from_there() {
    let (mut alice, mut bob) = two();
    bob.set("note", 1, title("his"));
    alice.set("note", 2, title("hers"));
    sync(&mut alice, &mut bob);
    assert_eq!(write(&mut alice, &bob).batches, []);
    let all = write_all(&mut alice, &bob);
    assert_eq!(all.batches.iter().map(|batch| batch.entities).sum::<usize>(), 2);
    assert_eq!(read(&mut bob, &all).1, ALL);
}

#[test]
fn kinds_that_are_not_shared_neither_leave_nor_enter() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    alice.set("task", 2, title("plan"));
    let before = write(&mut alice, &bob);
    bob.store.share_kind("task", None, false).unwrap();
    let (report, taken) = read(&mut bob, &before);
    assert_eq!((report.new, report.quarantined, taken), (1, 0, ALL));
    assert_eq!((bob.view("task", 2), bob.store.quarantined().unwrap()), (None, vec![]));
    assert_eq!(bob.opening(alice.device).cursors.behind.len(), 1, "tasks are behind");
    // Alice hears what bob has; switched on again it comes.
    carry(&mut bob, &mut alice);
    bob.store.share_kind("task", None, true).unwrap();
    assert_eq!(carry(&mut alice, &mut bob), ALL);
    assert_eq!(bob.shows("task", 2), title("plan"));
    alice.store.share_kind("note", Some(bob.device), false).unwrap();
    alice.set("note", 3, title("private"));
    let without = write_all(&mut alice, &bob);
    assert_eq!(without.batches.iter().map(|batch| batch.entities).sum::<usize>(), 1);
}

#[test]
fn nothing_waits_of_a_kind_that_is_off_there_until_a_file_says_that_it_is_on_again() {
    let (mut alice, mut bob) = two();
    bob.store.share_kind("task", None, false).unwrap();
    bob.set("note", 1, title("his"));
    let off = write(&mut bob, &alice);
    alice.set("task", 2, title("plan"));
    assert_eq!((pending(&mut alice), read(&mut alice, &off).1), (1, ALL));
    assert_eq!((pending(&mut alice), alice.store.is_compared(bob.device).unwrap()), (0, true));
    bob.store.share_kind("task", None, true).unwrap();
    carry(&mut bob, &mut alice);
    assert_eq!(pending(&mut alice), 1);
    // A file that comes late says nothing of today.
    read(&mut alice, &off);
    assert_eq!(pending(&mut alice), 1);
    assert_eq!(carry(&mut alice, &mut bob), ALL);
    assert_eq!((carry(&mut bob, &mut alice), pending(&mut alice)), (ALL, 0));
}

#[test]
fn nothing_is_merged_before_a_person_agreed() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("hers"));
    bob.set("note", 2, title("his"));
    let carried = write(&mut alice, &bob);
    assert_eq!(bob.store.greet(&carried.manifest, false).unwrap(), Greeting::Unagreed(1));
    assert_eq!(bob.opening(alice.device).peer_replica, None);
    assert!(matches!(bob.store.greet(&carried.manifest, true).unwrap(), Greeting::Welcome { .. }));
    assert_eq!(read(&mut bob, &carried).1, UNPROVED);
    // Who holds nothing is not asked.
    let (mut carol, mut dan) = pair();
    carol.set("note", 1, title("hers"));
    assert_eq!(carry(&mut carol, &mut dan), ALL);
}

#[test]
fn only_paired_devices_are_written_for_or_read_from() {
    let (mut alice, mut bob) = two();
    let carried = write(&mut alice, &bob);
    bob.store.remove_peer(alice.device).unwrap();
    assert!(matches!(bob.store.greet(&carried.manifest, true), Err(StoreError::NotPaired)));
    assert!(matches!(
        bob.store.pack(alice.device, &Begin::Everything, ROOM, Wall(0)),
        Err(StoreError::NotPaired)
    ));
}

#[test]
fn what_stays_here_is_not_carried() {
    let (mut alice, bob) = two();
    let edit = Edit { key: entity("note", 1), change: set(title("private")) };
    alice.store.write_here(&[edit], &entity("note", 1), Wall(alice.wall)).unwrap();
    for carried in [write(&mut alice, &bob), write_all(&mut alice, &bob)] {
        assert_eq!(carried.batches, []);
    }
}

#[test]
fn a_bundle_that_was_interrupted_is_read_again() {
    let (mut alice, mut bob) = two();
    alice.set("note", 1, title("hers"));
    let carried = write(&mut alice, &bob);
    let before = bob.opening(alice.device).cursors;
    merge(&mut bob, &carried);
    assert_eq!(bob.opening(alice.device).cursors, before);
    assert_eq!(read(&mut bob, &carried).1, ALL);
    // Also the first one of a new life.
    alice.store.renew().unwrap();
    let carried = write(&mut alice, &bob);
    merge(&mut bob, &carried);
    assert_eq!(read(&mut bob, &carried).1, ALL);
}

/// What can happen to two devices and the files between them.
#[derive(Clone, Debug)]
enum Step {
    Edit(bool, u8, u8),
    Delete(bool, u8),
    Write(bool, bool),
    Read(u8),
    Renew(bool),
    Sync,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<bool>(), 0_u8..4, any::<u8>()).prop_map(|(who, id, n)| Step::Edit(who, id, n)),
        1 => (any::<bool>(), 0_u8..4).prop_map(|(who, id)| Step::Delete(who, id)),
        4 => (any::<bool>(), any::<bool>()).prop_map(|(who, all)| Step::Write(who, all)),
        5 => any::<u8>().prop_map(Step::Read),
        1 => any::<bool>().prop_map(Step::Renew),
        1 => Just(Step::Sync),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Files that are lost, read late, twice, in any order, across restores and between sessions: whoever then carries a few in order
    /// comes together, and a proof is never false.
    #[test]
    fn files_in_any_order_never_part_two_devices(steps in prop::collection::vec(step(), 0..40)) {
        let (mut alice, mut bob) = two();
        let mut files: Vec<(bool, Carried)> = Vec::new();
        for step in steps {
            match step {
                Step::Edit(who, id, n) => {
                    let person = if who { &mut alice } else { &mut bob };
                    person.set("note", id.into(), title(&format!("{who}{n}")));
                }
                Step::Delete(who, id) => {
                    let person = if who { &mut alice } else { &mut bob };
                    // There may be none.
                    drop(person.try_change("note", id.into(), Change::Delete));
                }
                Step::Write(who, all) => {
                    let (from, to) = if who { (&mut alice, &bob) } else { (&mut bob, &alice) };
                    let carried = if all { write_all(from, to) } else { write(from, to) };
                    files.push((who, carried));
                }
                Step::Read(n) if !files.is_empty() => {
                    let (from_alice, carried) = files[usize::from(n) % files.len()].clone();
                    let reader = if from_alice { &mut bob } else { &mut alice };
                    let (_, taken) = read(reader, &carried);
                    if taken.equal {
                        prop_assert_eq!(Some(reader.digests()), carried.manifest.digests);
                    }
                }
                Step::Read(_) => {}
                Step::Renew(who) => drop(if who { alice.store.renew() } else { bob.store.renew() }),
                Step::Sync => sync(&mut alice, &mut bob),
            }
        }
        for _ in 0..4 {
            carry(&mut alice, &mut bob);
            carry(&mut bob, &mut alice);
        }
        prop_assert_eq!(carry(&mut alice, &mut bob), ALL);
        prop_assert_eq!(alice.digests(), bob.digests());
        prop_assert_eq!((pending(&mut alice), pending(&mut bob)), (0, 0));
    }
}
