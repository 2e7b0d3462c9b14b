//! The session's rules one by one, against a store of a few lines. Whole runs with the real store are in `tests/`.

use super::*;
use crate::digest::Digest;
use crate::hlc::Hlc;
use crate::node::storage::{Cursors, Report};
use crate::stamp::WriterId;
use crate::time::Mono;
use crate::wire::batch::{Batch, Builder};
use crate::wire::{Check, Mark, Prove};
use std::collections::BTreeMap;
use uuid::Uuid;

mod agreement;
mod bounds;
mod endings;
mod flow;

/// A device: a session and a store that holds `entities` changes, none of which the other side has.
struct Device {
    session: Session,
    opening: Opening,
    digest: Digest,
    /// What its outline says.
    holds: Vec<Mark>,
    events: Vec<Event>,
    asked: Vec<Ask>,
}

fn id(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 16])
}

fn now() -> Now {
    Now { wall: Wall(1_000_000), mono: Mono(5_000) }
}

impl Device {
    fn new(n: u8, role: Role, stay: bool) -> Self {
        let settings =
            Settings { name: format!("device {n}"), schema: 1, addresses: vec![], stay, heeds_alarms: true };
        let opening = Opening {
            writer: WriterId([n; 8]),
            clock: Hlc::at(Wall(500)),
            replica: ReplicaId([n; 8]),
            head: 0,
            peer_replica: None,
            cursors: Cursors::default(),
            off: BTreeSet::new(),
            proofs: 0,
            seen: vec![],
            unagreed: None,
        };
        let session = Session::new(role, id(3 - n), settings, now());
        Self { session, opening, digest: Digest::default(), holds: vec![], events: vec![], asked: vec![] }
    }

    /// One entity a batch, so that credit matters.
    fn changes(&self, after: u64) -> Answer {
        let mut builder = Builder::default();
        let upto = (after + 1).min(self.opening.head);
        if upto > after {
            builder.push("task", Uuid::from_u128(u128::from(upto)), "{}", "{}");
        }
        Answer::Changes { batch: builder.finish(), upto, more: upto < self.opening.head, introduced: 1 }
    }

    fn answer(&mut self, ask: Ask) {
        self.asked.push(ask.clone());
        let answer = match ask {
            Ask::Open { .. } => Answer::Opening(Box::new(self.opening.clone())),
            Ask::Changes { after, off, .. } => self.changes(after.lowest(&off)),
            Ask::Apply { upto, .. } => Answer::Applied {
                upto,
                report: Report { new: 1, ..Report::default() },
                head: self.opening.head,
            },
            Ask::Digests { .. } => Answer::Digests {
                digests: BTreeMap::from([("task".into(), self.digest)]),
                head: self.opening.head,
            },
            Ask::Buckets { kinds } => {
                Answer::Buckets(kinds.into_iter().map(|kind| (kind, vec![self.digest; 1_024])).collect())
            }
            Ask::Repair { .. } => Answer::Repair { batch: Batch::default(), next: None, introduced: 1 },
            Ask::Outline { after: None, .. } => {
                Answer::Outline { marks: self.holds.clone(), next: Some(("task".into(), Uuid::nil())) }
            }
            Ask::Outline { .. } => Answer::Outline { marks: vec![], next: None },
            Ask::Agreement { agreed, .. } => Answer::Agreement { agreed },
            Ask::Proved { .. } | Ask::Renew | Ask::Record(_) => Answer::Done,
        };
        self.session.answer(answer, now());
    }

    /// Does what the session wants until nothing is left; what it sends is returned.
    fn run(&mut self) -> Vec<Message> {
        let mut sent = vec![];
        while let Some(step) = self.session.poll() {
            match step {
                Step::Send(message) => sent.push(message),
                Step::Ask(ask) => self.answer(ask),
                Step::Event(event) => self.events.push(event),
                Step::Close | Step::End(_) => {}
            }
        }
        sent
    }

    fn is_up_to_date(&self) -> bool {
        self.events.iter().any(|event| matches!(event, Event::UpToDate(_)))
    }
}

/// Lets both talk until neither has anything to say; returns how many messages went over.
fn talk(alice: &mut Device, bob: &mut Device) -> usize {
    let mut count = 0;
    loop {
        let (to_bob, to_alice) = (alice.run(), bob.run());
        if to_bob.is_empty() && to_alice.is_empty() {
            return count;
        }
        count += to_bob.len() + to_alice.len();
        to_bob.into_iter().for_each(|message| bob.session.receive(message, now()));
        to_alice.into_iter().for_each(|message| alice.session.receive(message, now()));
    }
}

fn pair(stay: bool) -> (Device, Device) {
    (Device::new(1, Role::Initiator, stay), Device::new(2, Role::Responder, true))
}

/// A device that stays and has said hello to a peer with so many changes.
fn meets(role: Role, theirs: u64) -> Device {
    let mut device = Device::new(1, role, true);
    let mut peer = Device::new(2, Role::Responder, true);
    peer.opening.head = theirs;
    peer.run().into_iter().for_each(|hello| device.session.receive(hello, now()));
    device.run();
    device
}

/// A batch without entities.
fn empty(upto: u64) -> Message {
    Message::Batch { upto, head: upto, batch: Batch::default() }
}

/// A batch of one entity.
fn one(upto: u64) -> Message {
    Message::Batch { upto, head: upto, batch: batch_of_one() }
}

fn batch_of_one() -> Batch {
    let mut builder = Builder::default();
    builder.push("task", Uuid::from_u128(1), "{}", "{}");
    builder.finish()
}

fn check(sent: u64, applied: u64, digest: Digest) -> Check {
    Check { sent, applied, repairs: 0, digest }
}

#[test]
fn nothing_to_do_takes_seven_messages_and_ends_in_proof() {
    let (mut alice, mut bob) = pair(false);
    assert_eq!(talk(&mut alice, &mut bob), 7, "two hellos, two checks, prove, proved, bye");
    assert_eq!((alice.session.ended(), bob.session.ended()), (Some(&End::Proved), Some(&End::Proved)));
    assert!(alice.is_up_to_date() && bob.is_up_to_date());
    assert!(!alice.asked.iter().any(|ask| matches!(ask, Ask::Changes { .. } | Ask::Apply { .. })));
    assert_eq!(alice.session.take_record([0, 0]), None, "nothing worth a line in the history");
}

#[test]
fn changes_flow_both_ways_at_once() {
    let (mut alice, mut bob) = pair(false);
    (alice.opening.head, bob.opening.head) = (20, 7);
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.ended(), Some(&End::Proved));
    assert_eq!((alice.session.progress().sent, bob.session.progress().received.new), (20, 20));
    assert_eq!((bob.session.progress().sent, alice.session.progress().received.new), (7, 7));
}

#[test]
fn no_more_than_four_batches_wait_for_an_acknowledgement() {
    let mut alice = Device::new(1, Role::Initiator, false);
    alice.opening.head = 20;
    let hello = Device::new(2, Role::Responder, true).run().remove(0);
    alice.run();
    alice.session.receive(hello, now());
    let batches = |sent: Vec<Message>| sent.iter().filter(|m| matches!(m, Message::Batch { .. })).count();
    assert_eq!(batches(alice.run()), 4);
    alice.session.receive(Message::Ack, now());
    assert_eq!(batches(alice.run()), 1);
}

#[test]
fn unequal_digests_are_repaired_twice_and_never_called_up_to_date() {
    let (mut alice, mut bob) = pair(false);
    bob.digest = Digest(5);
    talk(&mut alice, &mut bob);
    let ended = alice.session.ended().unwrap();
    assert!(matches!(ended, End::Unequal { kinds, .. } if kinds == &["task"]), "{ended}");
    assert!(!alice.is_up_to_date() && !bob.is_up_to_date());
    assert_eq!(alice.asked.iter().filter(|ask| matches!(ask, Ask::Repair { .. })).count(), 2);
    assert!(alice.session.take_record([0, 0]).unwrap().reason.unwrap().contains("still differ"));
}

#[test]
fn a_session_that_stays_passes_a_change_on_and_proves_again() {
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.ended(), None);
    alice.events.clear();
    bob.opening.head = 1;
    bob.session.changed(1, now());
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.progress().received.new, 1);
    assert!(alice.is_up_to_date());
    let mut proofs = Vec::new();
    for ask in &alice.asked {
        if let Ask::Proved { proofs: count, .. } = ask {
            proofs.push(*count);
        }
    }
    assert_eq!(proofs, [1, 2]);
}

#[test]
fn a_link_that_breaks_when_everything_was_proved_is_no_failure() {
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    alice.session.lost(now());
    assert_eq!(alice.session.take_record([0, 0]), None);
    bob.session.changed(1, now());
    bob.session.lost(now());
    assert!(!bob.session.take_record([0, 0]).unwrap().proved);
}

#[test]
fn one_of_two_sessions_that_gives_way_before_anything_moved_is_nothing_to_tell() {
    let (mut alice, mut bob) = pair(true);
    alice.session.settle(now());
    talk(&mut alice, &mut bob);
    assert_eq!(bob.session.ended(), Some(&End::Left(ByeReason::Settled)));
    for mut session in [alice.session, bob.session] {
        assert_eq!(session.take_record([40, 40]), None);
    }
}

#[test]
fn a_session_ends_when_other_kinds_are_shared_than_it_said() {
    let (mut alice, mut bob) = pair(true);
    bob.session.share(&BTreeSet::from(["note".into()]), now());
    talk(&mut alice, &mut bob);
    bob.session.share(&BTreeSet::new(), now());
    assert_eq!(bob.session.ended(), None);
    bob.session.share(&BTreeSet::from(["note".into()]), now());
    talk(&mut alice, &mut bob);
    assert_eq!(bob.session.ended(), Some(&End::Renew));
    assert_eq!(alice.session.ended(), Some(&End::Left(ByeReason::Renew)));
}

#[test]
fn other_protocol_versions_are_refused_by_both_before_anything_else() {
    let (mut alice, mut bob) = pair(false);
    let Message::Hello(mut hello) = alice.run().remove(0) else { panic!("a hello comes first") };
    hello.protocol = [2, 3];
    bob.session.receive(Message::Hello(hello), now());
    let said = bob.run();
    assert!(matches!(bob.session.ended(), Some(End::OtherVersion { theirs: [2, 3] })));
    said.into_iter().for_each(|message| alice.session.receive(message, now()));
    assert_eq!(alice.session.ended(), Some(&End::Left(ByeReason::OtherVersion)));
    assert!(bob.asked.iter().all(|ask| matches!(ask, Ask::Open { .. })));
}

/// Both know each other's present replica, and how far.
fn acquainted() -> (Device, Device) {
    let (mut alice, mut bob) = pair(false);
    for (one, other) in [(&mut alice, ReplicaId([2; 8])), (&mut bob, ReplicaId([1; 8]))] {
        one.opening.head = 10;
        one.opening.peer_replica = Some(other);
        one.opening.cursors = Cursors { base: 10, ..Cursors::default() };
        one.opening.proofs = 4;
    }
    (alice, bob)
}

fn renewed(device: &Device) -> bool {
    device.asked.contains(&Ask::Renew)
}

#[test]
fn a_restored_database_is_noticed_by_its_stamps_its_seq_or_its_proofs() {
    let restored = |spoil: fn(&mut Device, &mut Device)| {
        let (mut alice, mut bob) = acquainted();
        spoil(&mut alice, &mut bob);
        talk(&mut alice, &mut bob);
        (renewed(&alice), renewed(&bob), alice.session.ended().cloned(), bob.session.ended().cloned())
    };
    let (by_stamp, _, end, left) =
        restored(|_, bob| bob.opening.seen = vec![(WriterId([1; 8]), Hlc::at(Wall(501)))]);
    assert!(by_stamp);
    assert_eq!((end, left), (Some(End::Restart), Some(End::Left(ByeReason::Restart))));
    assert!(restored(|alice, _| alice.opening.head = 9).0);
    let (alice, bob, ..) = restored(|alice, _| alice.opening.proofs = 2);
    assert_eq!((alice, bob), (true, false));
}

#[test]
fn a_count_of_proofs_that_somebody_made_up_hurts_nobody() {
    let (mut alice, mut bob) = pair(false);
    bob.opening.proofs = u64::MAX;
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.ended(), Some(&End::Proved));
}

#[test]
fn a_crash_between_the_two_halves_of_a_proof_is_no_restore() {
    let (mut alice, mut bob) = acquainted();
    alice.opening.proofs = 5;
    talk(&mut alice, &mut bob);
    assert!(!renewed(&alice) && !renewed(&bob));
    assert_eq!(bob.session.ended(), Some(&End::Proved));
}

#[test]
fn proofs_that_never_arrive_do_not_add_up_to_a_restore() {
    let (mut alice, mut bob) = acquainted();
    alice.opening.proofs = 5;
    talk(&mut alice, &mut bob);
    let counts = |ask: &Ask| if let Ask::Proved { proofs, .. } = ask { Some(*proofs) } else { None };
    assert_eq!(alice.asked.iter().find_map(counts), Some(5));
}

#[test]
fn another_session_that_moved_on_since_the_hello_is_no_restore() {
    let (mut alice, mut bob) = acquainted();
    alice.opening.head = 9;
    let hello = alice.run();
    alice.opening.head = 10;
    hello.into_iter().for_each(|message| bob.session.receive(message, now()));
    talk(&mut alice, &mut bob);
    assert!(!renewed(&alice) && !renewed(&bob));
    assert_eq!(alice.session.ended(), Some(&End::Proved));
}

#[test]
fn a_session_under_a_replica_that_is_no_more_begins_anew() {
    let (mut alice, mut bob) = acquainted();
    alice.opening.head = 9;
    let hello = alice.run();
    alice.opening.replica = ReplicaId([9; 8]);
    hello.into_iter().for_each(|message| bob.session.receive(message, now()));
    talk(&mut alice, &mut bob);
    assert!(!renewed(&alice), "it is renewed already");
    assert_eq!(alice.session.ended(), Some(&End::Restart));
}

#[test]
fn the_moment_that_is_proved_may_be_older_than_the_responders_latest() {
    let (mut alice, mut bob) = pair(true);
    let check = |message: &Message| matches!(message, Message::Check(_));
    let (to_bob, to_alice) = (alice.run(), bob.run());
    to_bob.into_iter().for_each(|message| bob.session.receive(message, now()));
    to_alice.into_iter().for_each(|message| alice.session.receive(message, now()));
    let (to_bob, to_alice) = (alice.run(), bob.run());
    assert!(to_bob.iter().any(check) && to_alice.iter().any(check));
    to_bob.into_iter().for_each(|message| bob.session.receive(message, now()));
    // Something for somebody else changes at alice: she checks again before she hears of bob's first check.
    let Message::Check(first) = to_alice[0] else { panic!("a check") };
    for message in [
        Message::Batch { upto: 1, head: 1, batch: Batch::default() },
        Message::Check(Check { sent: 1, ..first }),
        Message::Prove(Prove { proofs: 1, sent: 0, applied: 0 }),
    ] {
        bob.session.receive(message, now());
        bob.run();
    }
    assert_eq!(bob.session.ended(), None);
}

#[test]
fn a_peer_that_says_nothing_more_is_gone_after_75_seconds() {
    let mut alice = Device::new(1, Role::Initiator, false);
    alice.run();
    assert_eq!(alice.session.deadline(), Some(5_000 + PING_AFTER));
    let later = |ms: u64| Now { mono: Mono(5_000 + ms), ..now() };
    alice.session.timeout(later(PING_AFTER));
    assert_eq!(alice.run(), [Message::Ping]);
    alice.session.timeout(later(DEAD_AFTER));
    assert_eq!(alice.session.ended(), Some(&End::Stalled));
}

/// Alice and bob have said hello, bob has these changes, and alice hears `words` a minute apart, with a ping half a minute
/// after each.
fn hears(bobs: u64, words: Vec<Message>) -> Option<End> {
    let (mut alice, mut bob) = pair(true);
    bob.opening.head = bobs;
    bob.run().into_iter().for_each(|hello| alice.session.receive(hello, now()));
    alice.run();
    let mut at = now();
    for word in words {
        for word in [word, Message::Ping] {
            alice.session.receive(word, at);
            alice.run();
            at.mono.0 += PING_AFTER;
            alice.session.timeout(at);
            alice.run();
        }
    }
    alice.session.ended().cloned()
}

#[test]
fn a_peer_that_is_there_but_never_sends_what_it_owes_is_gone_as_well() {
    assert_eq!(hears(0, vec![Message::Ping; 3]), Some(End::Stalled), "a check");
    assert_eq!(hears(5, vec![Message::Ping; 3]), Some(End::Stalled), "changes");
    let other = Message::Check(Check { sent: 0, applied: 0, repairs: 0, digest: Digest(5) });
    let repair = [other, Message::Ping, Message::Ping];
    assert_eq!(hears(0, repair.to_vec()), Some(End::Stalled), "its half of a repair");
    let mut silent = Device::new(1, Role::Initiator, false);
    silent.run();
    for half_minutes in 1..=3 {
        let at = Now { mono: Mono(5_000 + half_minutes * PING_AFTER), ..now() };
        silent.session.receive(Message::Ping, at);
        silent.session.timeout(at);
    }
    assert_eq!(silent.session.ended(), Some(&End::Stalled), "a hello");
}

#[test]
fn a_peer_that_goes_on_sending_changes_for_long_is_not_given_up() {
    let batch = |upto| Message::Batch { upto, head: upto, batch: Batch::default() };
    assert_eq!(hears(1, (1..10).map(batch).collect()), None);
}

#[test]
fn words_out_of_place_end_the_session() {
    let prove = Prove { proofs: 0, sent: 0, applied: 0 };
    let empty = |upto| Message::Batch { upto, head: 9, batch: Batch::default() };
    let cases = [
        vec![Message::Ack],
        vec![Message::Prove(prove)],
        vec![Message::Proved(prove)],
        vec![Message::Repair(Batch::default())],
        vec![Message::RepairEnd],
        vec![Message::BucketsEnd],
        vec![Message::Digests(BTreeMap::new())],
        vec![empty(5), empty(4)],
        vec![Message::Pairing(vec![])],
    ];
    for words in cases {
        let (mut alice, mut bob) = pair(true);
        bob.run().into_iter().for_each(|hello| alice.session.receive(hello, now()));
        alice.run();
        let said = format!("{words:?}");
        words.into_iter().for_each(|word| alice.session.receive(word, now()));
        assert!(matches!(alice.session.ended(), Some(End::Protocol(_))), "{said}");
    }
    let mut early = Device::new(1, Role::Initiator, false);
    early.session.receive(Message::Ack, now());
    assert!(matches!(early.session.ended(), Some(End::Protocol(_))));
}

#[test]
fn a_kind_that_is_not_shared_can_be_neither_compared_nor_repaired() {
    let (mut alice, mut bob) = pair(true);
    bob.opening.off = BTreeSet::from(["note".into()]);
    alice.run().into_iter().for_each(|hello| bob.session.receive(hello, now()));
    bob.run();
    bob.session.receive(Message::Check(Check { sent: 0, applied: 0, repairs: 0, digest: Digest(9) }), now());
    assert!(bob.run().contains(&Message::Digests(BTreeMap::new())));
    bob.session.receive(Message::Digests(BTreeMap::from([("note".into(), Digest(9))])), now());
    assert!(matches!(bob.session.ended(), Some(End::Protocol(_))));
}
