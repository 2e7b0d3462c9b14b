//! What goes over and when: batches, checks, proofs and repairs, seen from one side.

use super::*;

fn hear(device: &mut Device, message: Message) -> Vec<Message> {
    device.session.receive(message, now());
    device.run()
}

fn is_check(message: &Message) -> bool {
    matches!(message, Message::Check(_))
}

#[test]
fn the_first_batches_are_small_so_that_something_is_seen_soon() {
    let (mut alice, mut bob) = pair(false);
    alice.opening.head = 70;
    talk(&mut alice, &mut bob);
    let most = |ask: &Ask| if let Ask::Changes { most, .. } = ask { Some(*most) } else { None };
    let asked: Vec<usize> = alice.asked.iter().filter_map(most).collect();
    assert_eq!(asked[..6], [125, 250, 500, 1_000, 2_000, 2_000]);
    assert_eq!((asked.len(), asked.last()), (70, Some(&2_000)));
}

#[test]
fn nothing_is_called_complete_while_the_peers_changes_are_on_their_way() {
    let (mut alice, mut bob) = pair(true);
    bob.opening.head = 5;
    alice.run();
    assert!(!bob.run().into_iter().flat_map(|hello| hear(&mut alice, hello)).any(|word| is_check(&word)));
    assert!(!hear(&mut alice, one(4)).iter().any(is_check));
    assert!(hear(&mut alice, one(5)).iter().any(is_check));
}

#[test]
fn a_stretch_that_holds_nothing_for_us_counts_as_applied() {
    let mut alice = meets(Role::Initiator, 0);
    assert_eq!(hear(&mut alice, empty(5)), [Message::Check(check(0, 5, Digest::default()))]);
    assert!(!alice.asked.iter().any(|ask| matches!(ask, Ask::Apply { .. })));
    alice.session.receive(one(6), now());
    let words = hear(&mut alice, empty(9));
    assert_eq!(words, [Message::Ack, Message::Check(check(0, 9, Digest::default()))]);
}

#[test]
fn a_stretch_that_holds_nothing_for_the_peer_needs_no_acknowledgement() {
    let mut alice = meets(Role::Initiator, 0);
    alice.session.changed(5, now());
    let answer = Answer::Changes { batch: Batch::default(), upto: 5, more: false, introduced: 1 };
    assert!(matches!(alice.session.poll(), Some(Step::Ask(Ask::Changes { .. }))));
    alice.session.answer(answer, now());
    assert_eq!(
        alice.run(),
        [
            Message::Batch { upto: 5, head: 5, batch: Batch::default() },
            Message::Check(check(5, 0, Digest::default())),
        ]
    );
}

#[test]
fn changes_that_came_while_others_were_read_are_announced_with_them() {
    let mut alice = meets(Role::Initiator, 0);
    alice.session.changed(5, now());
    assert!(matches!(alice.session.poll(), Some(Step::Ask(Ask::Changes { .. }))));
    let answer = Answer::Changes { batch: Batch::default(), upto: 5, more: true, introduced: 1 };
    alice.session.answer(answer, now());
    let batch = Message::Batch { upto: 5, head: 6, batch: Batch::default() };
    assert_eq!(alice.session.poll(), Some(Step::Send(batch)));
    assert!(matches!(alice.session.poll(), Some(Step::Ask(Ask::Changes { .. }))));
}

#[test]
fn a_change_that_is_seen_while_comparing_goes_over_before_anything_is_compared() {
    let (mut alice, mut bob) = pair(true);
    alice.run();
    alice.opening.head = 1;
    let said: Vec<Message> = bob.run().into_iter().flat_map(|hello| hear(&mut alice, hello)).collect();
    assert!(matches!(said[..], [Message::Batch { upto: 1, .. }]), "{said:?}");
}

#[test]
fn a_second_proof_waits_until_the_first_is_confirmed() {
    let mut alice = meets(Role::Initiator, 0);
    let first = Prove { proofs: 1, sent: 0, applied: 0 };
    assert_eq!(hear(&mut alice, Message::Check(check(0, 0, Digest::default()))), [Message::Prove(first)]);
    hear(&mut alice, empty(1));
    assert_eq!(hear(&mut alice, Message::Check(check(1, 0, Digest::default()))), []);
    let second = Prove { proofs: 2, sent: 0, applied: 1 };
    assert_eq!(hear(&mut alice, Message::Proved(first)), [Message::Prove(second)]);
}

/// Alice's tasks differ from the peer's: digests have been exchanged.
fn differs() -> Device {
    let mut alice = meets(Role::Initiator, 0);
    hear(&mut alice, Message::Check(check(0, 0, Digest(5))));
    hear(&mut alice, Message::Digests(BTreeMap::from([("task".into(), Digest(5))])));
    alice
}

fn buckets(kind: &str) -> Message {
    let mut digests = vec![Digest::default(); 1_024];
    digests[7] = Digest(5);
    Message::Buckets { kind: kind.into(), digests }
}

#[test]
fn a_repair_sends_the_buckets_that_differ_and_no_others() {
    let mut alice = differs();
    hear(&mut alice, buckets("task"));
    assert_eq!(hear(&mut alice, Message::BucketsEnd), [Message::RepairEnd]);
    let repairs =
        |ask: &Ask| if let Ask::Repair { buckets, .. } = ask { Some(buckets.clone()) } else { None };
    let task = BTreeMap::from([("task".into(), BTreeSet::from([7]))]);
    assert_eq!(alice.asked.iter().find_map(repairs), Some(task));
}

#[test]
fn a_repair_goes_over_in_batches_and_is_compared_again() {
    let mut alice = differs();
    hear(&mut alice, buckets("task"));
    alice.session.receive(Message::BucketsEnd, now());
    assert!(matches!(alice.session.poll(), Some(Step::Ask(Ask::Repair { .. }))));
    let Message::Batch { batch, .. } = one(1) else { panic!("a batch") };
    let next = Some(("task".into(), Uuid::from_u128(1)));
    alice.session.answer(Answer::Repair { batch: batch.clone(), next, introduced: 1 }, now());
    assert_eq!(alice.run(), [Message::Repair(batch.clone()), Message::RepairEnd]);
    assert_eq!(hear(&mut alice, Message::Repair(batch)), [Message::Ack]);
    assert_eq!(hear(&mut alice, Message::RepairEnd), [], "what alice sent is not applied yet");
    let again = Check { repairs: 1, ..check(0, 0, Digest::default()) };
    assert_eq!(hear(&mut alice, Message::Ack), [Message::Check(again)]);
}

#[test]
fn words_out_of_place_in_a_repair_end_the_session() {
    let begun = || {
        let mut alice = meets(Role::Initiator, 0);
        hear(&mut alice, Message::Check(check(0, 0, Digest(5))));
        alice
    };
    let Message::Batch { batch, .. } = one(1) else { panic!("a batch") };
    let cases = [
        (begun(), vec![buckets("task")]),
        (begun(), vec![Message::BucketsEnd]),
        (differs(), vec![buckets("note")]),
        (differs(), vec![Message::BucketsEnd, buckets("task")]),
        (differs(), vec![Message::BucketsEnd, Message::BucketsEnd]),
        (differs(), vec![Message::RepairEnd, Message::RepairEnd]),
        (differs(), vec![Message::RepairEnd, Message::Repair(batch)]),
    ];
    for (mut alice, mut words) in cases {
        let said = format!("{words:?}");
        let last = words.pop().unwrap();
        // The database is slow, so the round is not over before the last word.
        words.into_iter().for_each(|word| alice.session.receive(word, now()));
        assert_eq!(alice.session.ended(), None, "{said}");
        alice.session.receive(last, now());
        assert!(matches!(alice.session.ended(), Some(End::Protocol(_))), "{said}");
    }
}
