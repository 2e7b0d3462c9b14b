//! What a peer may say just so often, and what it is told when it goes further.

use super::*;
use crate::limits::{BATCH_CREDIT, INTRODUCED_MAX};
use crate::wire::batch::Writer;

fn is_thrown_out(device: &Device) -> bool {
    matches!(device.session.ended(), Some(End::Protocol(_)))
}

fn hear(device: &mut Device, message: Message) {
    device.session.receive(message, now());
}

#[test]
fn changes_before_a_hello_are_refused() {
    let mut alice = Device::new(1, Role::Initiator, true);
    alice.run();
    hear(&mut alice, empty(5));
    assert!(is_thrown_out(&alice));
}

#[test]
fn a_peer_that_speaks_our_protocol_among_others_is_heard() {
    for (protocol, heard) in
        [([1, 1], true), ([0, 9], true), ([1, 2], true), ([0, 0], false), ([2, 2], false)]
    {
        let Message::Hello(mut hello) = Device::new(2, Role::Responder, true).run().remove(0) else {
            panic!("a hello comes first")
        };
        hello.protocol = protocol;
        let mut alice = Device::new(1, Role::Initiator, true);
        hear(&mut alice, Message::Hello(hello));
        assert_eq!(alice.session.ended().is_none(), heard, "{protocol:?}");
    }
}

#[test]
fn a_clock_that_is_ahead_of_ours_is_told_by_how_much() {
    let Message::Hello(mut hello) = Device::new(2, Role::Responder, true).run().remove(0) else {
        panic!("a hello comes first")
    };
    hello.wall = now().wall.0 + 90_000;
    hello.off = std::collections::BTreeSet::from(["note".into()]);
    let mut alice = Device::new(1, Role::Initiator, true);
    hear(&mut alice, Message::Hello(hello));
    alice.run();
    let [Event::Greeted { skew: 90_000, off, .. }] = &alice.events[..] else { panic!("{:?}", alice.events) };
    assert_eq!(off.iter().map(|kind| &**kind).collect::<Vec<_>>(), ["note"]);
}

#[test]
fn what_the_peer_has_seen_of_other_writers_or_up_to_now_is_no_restore() {
    let (mut alice, mut bob) = acquainted();
    bob.opening.seen = vec![(WriterId([1; 8]), Hlc::at(Wall(500))), (WriterId([9; 8]), Hlc::at(Wall(900)))];
    talk(&mut alice, &mut bob);
    assert!(!renewed(&alice));
    assert_eq!(alice.session.ended(), Some(&End::Proved));
}

#[test]
fn the_proofs_of_a_peer_that_has_become_another_replica_are_no_restore_of_ours() {
    let (mut alice, mut bob) = acquainted();
    alice.opening.peer_replica = Some(ReplicaId([7; 8]));
    bob.opening.proofs = 9;
    talk(&mut alice, &mut bob);
    assert!(!renewed(&alice) && !renewed(&bob));
}

/// Alice has to look at her database again, and is still at it.
fn doubts() -> Device {
    let mut alice = acquainted().0;
    alice.opening.head = 9;
    let hello = acquainted().1.run().remove(0);
    alice.run();
    hear(&mut alice, hello);
    alice
}

#[test]
fn batches_that_come_while_the_database_is_looked_at_again_wait_as_far_as_the_credit_goes() {
    for last in [one(15), Message::Repair(batch_of_one())] {
        let mut alice = doubts();
        for upto in 11..11 + BATCH_CREDIT as u64 {
            hear(&mut alice, one(upto));
            hear(&mut alice, empty(upto));
        }
        assert!(!is_thrown_out(&alice));
        hear(&mut alice, last);
        assert!(is_thrown_out(&alice), "each may be 3 MiB large");
    }
}

#[test]
fn what_comes_while_the_database_is_looked_at_again_waits_but_not_without_end() {
    let mut alice = doubts();
    for _ in 0..HELD_MAX {
        hear(&mut alice, Message::Ping);
    }
    assert!(!is_thrown_out(&alice));
    hear(&mut alice, Message::Ping);
    assert!(is_thrown_out(&alice));
}

#[test]
fn pings_without_number_are_answered_once_a_second_and_none_is_forgotten() {
    let mut alice = meets(Role::Responder, 9);
    let later = |ms: u64| Now { mono: Mono(5_000 + ms), ..now() };
    let pongs = |alice: &mut Device| alice.run().iter().filter(|word| **word == Message::Pong).count();
    for ms in [0, 0, 1, 999] {
        alice.session.receive(Message::Ping, later(ms));
    }
    assert_eq!(pongs(&mut alice), 1);
    assert_eq!(alice.session.deadline(), Some(5_000 + PONG_EVERY), "the others are owed an answer");
    alice.session.timeout(later(PONG_EVERY - 1));
    assert_eq!(pongs(&mut alice), 0);
    alice.session.timeout(later(PONG_EVERY));
    assert_eq!(pongs(&mut alice), 1);
    alice.session.timeout(later(3 * PONG_EVERY));
    assert_eq!(pongs(&mut alice), 0, "nothing is owed");
    alice.session.receive(Message::Ping, later(3 * PONG_EVERY));
    assert_eq!(pongs(&mut alice), 1, "at once");
    assert_eq!(alice.session.ended(), None);
}

#[test]
fn a_peer_that_does_not_take_what_it_is_sent_is_given_up_with_that_reason() {
    let mut alice = meets(Role::Responder, 9);
    alice.session.clogged(now());
    assert_eq!(alice.session.ended(), Some(&End::Stalled));
}

#[test]
fn a_fifth_batch_before_an_acknowledgement_is_refused() {
    let mut alice = meets(Role::Initiator, 9);
    for upto in 1..=BATCH_CREDIT as u64 {
        hear(&mut alice, one(upto));
    }
    assert!(!is_thrown_out(&alice));
    hear(&mut alice, one(5));
    assert!(is_thrown_out(&alice));
}

#[test]
fn a_batch_may_stand_still_but_not_go_back() {
    let mut alice = meets(Role::Initiator, 9);
    hear(&mut alice, empty(5));
    hear(&mut alice, empty(5));
    assert!(!is_thrown_out(&alice));
    hear(&mut alice, empty(4));
    assert!(is_thrown_out(&alice));
}

#[test]
fn as_many_writers_as_the_limits_allow_are_taken_and_not_one_more() {
    let mut alice = meets(Role::Initiator, 9);
    let introduced = |numbers: std::ops::Range<usize>| {
        let writer = |n: usize| Writer { number: n as u32, id: WriterId([2; 8]), device: id(2) };
        let Message::Batch { mut batch, .. } = one(1) else { panic!("a batch") };
        batch.writers = numbers.map(writer).collect();
        Message::Batch { upto: 1, head: 9, batch }
    };
    hear(&mut alice, introduced(0..INTRODUCED_MAX));
    assert!(!is_thrown_out(&alice));
    hear(&mut alice, introduced(INTRODUCED_MAX..INTRODUCED_MAX + 1));
    assert!(is_thrown_out(&alice));
}

#[test]
fn a_check_is_compared_with_our_last_eight() {
    for (checks, is_compared) in [(8, true), (9, false)] {
        let mut alice = meets(Role::Initiator, 0);
        for upto in 1..checks {
            hear(&mut alice, empty(upto));
            alice.run();
        }
        hear(&mut alice, Message::Check(check(0, 0, Digest::default())));
        alice.run();
        let proves = alice.asked.iter().any(|ask| matches!(ask, Ask::Proved { .. }));
        assert_eq!(proves, is_compared, "{checks}");
    }
}

#[test]
fn the_initiator_may_prove_any_of_the_last_64_equal_checks() {
    for (checks, is_remembered) in [(64, true), (65, false)] {
        let mut bob = meets(Role::Responder, 0);
        for upto in 0..checks {
            hear(&mut bob, empty(upto));
            bob.run();
            hear(&mut bob, Message::Check(check(upto, 0, Digest::default())));
        }
        hear(&mut bob, Message::Prove(Prove { proofs: 1, sent: 0, applied: 0 }));
        assert_eq!(!is_thrown_out(&bob), is_remembered, "{checks}");
    }
}

#[test]
fn a_confirmation_counts_only_of_the_proof_that_was_sent_and_stored() {
    let prove = Prove { proofs: 1, sent: 0, applied: 0 };
    let equal = Message::Check(check(0, 0, Digest::default()));
    let mut alice = meets(Role::Initiator, 0);
    hear(&mut alice, equal.clone());
    hear(&mut alice, Message::Proved(prove));
    assert!(is_thrown_out(&alice), "it is not stored yet");
    let mut alice = meets(Role::Initiator, 0);
    hear(&mut alice, equal.clone());
    assert!(alice.run().contains(&Message::Prove(prove)));
    hear(&mut alice, Message::Proved(Prove { proofs: 2, ..prove }));
    assert!(is_thrown_out(&alice), "another one was sent");
    let mut bob = meets(Role::Responder, 0);
    hear(&mut bob, equal);
    hear(&mut bob, Message::Prove(prove));
    hear(&mut bob, Message::Proved(prove));
    assert!(is_thrown_out(&bob), "the responder is who confirms");
}
