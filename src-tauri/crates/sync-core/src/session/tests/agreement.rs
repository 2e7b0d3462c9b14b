//! Before a first merge: nothing is written on either side until a person, at either, has agreed.

use super::*;
use crate::limits::OUTLINE_MAX;

fn mark(entity: u64, state: u64) -> Mark {
    Mark { entity, state }
}

/// Two devices that hold data and were never asked: alice 1, 2, 3 and bob 2, 3 (otherwise), 4, 5; the last of which is deleted.
fn strangers() -> (Device, Device) {
    let (mut alice, mut bob) = pair(false);
    alice.holds = vec![mark(3, 31), mark(1, 11), mark(2, 21)];
    bob.holds = vec![mark(4, 41), mark(2, 21), mark(3, 33), mark(5, 50)];
    for device in [&mut alice, &mut bob] {
        device.opening.head = 3;
        device.opening.unagreed = Some(device.holds.len() as u64);
    }
    (alice, bob)
}

fn previews(device: &Device) -> Vec<Preview> {
    let preview = |event: &Event| if let Event::Preview(preview) = event { Some(*preview) } else { None };
    device.events.iter().filter_map(preview).collect()
}

/// Whether the store was asked for anything that has to do with merging.
fn is_untouched(device: &Device) -> bool {
    let reads = |ask: &Ask| {
        matches!(
            ask,
            Ask::Open { .. } | Ask::Outline { .. } | Ask::Agreement { agreed: false, .. } | Ask::Record(_)
        )
    };
    device.asked.iter().all(reads)
}

#[test]
fn both_tell_mirrored_numbers_and_wait() {
    let (mut alice, mut bob) = strangers();
    talk(&mut alice, &mut bob);
    let at = |new_here, new_there| Preview::Compared { new_here, new_there, differ: 1, same: 1 };
    assert_eq!((previews(&alice), previews(&bob)), (vec![at(1, 1)], vec![at(1, 1)]));
    assert!(is_untouched(&alice) && is_untouched(&bob));
    assert_eq!((alice.session.ended(), bob.session.ended()), (None, None));
}

#[test]
fn either_person_or_both_at_once_let_it_go_on() {
    for [alice_agrees, bob_agrees] in [[true, false], [false, true], [true, true]] {
        let (mut alice, mut bob) = strangers();
        talk(&mut alice, &mut bob);
        for (device, agrees) in [(&mut alice, alice_agrees), (&mut bob, bob_agrees)] {
            if agrees {
                device.session.agree(now());
            }
        }
        talk(&mut alice, &mut bob);
        for device in [&alice, &bob] {
            assert_eq!(device.session.ended(), Some(&End::Proved));
            assert!(device.events.contains(&Event::Agreed));
            let first = |wanted: fn(&Ask) -> bool| device.asked.iter().position(wanted);
            let agreed = first(|ask| matches!(ask, Ask::Agreement { agreed: true, .. }));
            assert!(agreed.is_some() && agreed < first(|ask| matches!(ask, Ask::Apply { .. })));
        }
    }
}

#[test]
fn not_now_ends_it_on_both_sides_and_nothing_was_written() {
    let (mut alice, mut bob) = strangers();
    talk(&mut alice, &mut bob);
    bob.session.decline(now());
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.ended(), Some(&End::Left(ByeReason::NotNow)));
    assert_eq!(bob.session.ended(), Some(&End::NotNow));
    assert!(is_untouched(&alice) && is_untouched(&bob));
    assert!(alice.session.ended().unwrap().to_string().contains("waits for a go-ahead"));
}

#[test]
fn a_person_may_take_their_time() {
    let (mut alice, mut bob) = strangers();
    talk(&mut alice, &mut bob);
    let mut at = now();
    for _ in 0..2_000 {
        at.mono.0 += PING_AFTER;
        alice.session.timeout(at);
        bob.session.timeout(at);
        for message in alice.run() {
            bob.session.receive(message, at);
        }
        for message in bob.run() {
            alice.session.receive(message, at);
        }
    }
    assert_eq!((alice.session.ended(), bob.session.ended()), (None, None));
    alice.session.agree(at);
    talk(&mut alice, &mut bob);
    assert_eq!(bob.session.ended(), Some(&End::Proved));
}

#[test]
fn a_peer_that_owes_its_outline_is_not_waited_for_without_end() {
    let (mut alice, mut bob) = strangers();
    alice.run();
    bob.run().into_iter().take(1).for_each(|hello| alice.session.receive(hello, now()));
    alice.run();
    let mut at = now();
    for _ in 0..3 {
        at.mono.0 += PING_AFTER;
        alice.session.receive(Message::Ping, at);
        alice.session.timeout(at);
    }
    assert_eq!(alice.session.ended(), Some(&End::Stalled));
}

#[test]
fn nobody_is_asked_where_there_is_nothing_to_decide() {
    let nothing: Vec<Mark> = vec![];
    let deleted = vec![mark(9, 90)];
    let same = vec![mark(1, 11), mark(2, 21)];
    for (ours, theirs) in
        [(&nothing, &same), (&nothing, &nothing), (&deleted, &same), (&same, &deleted), (&same, &same)]
    {
        let (mut alice, mut bob) = strangers();
        for (device, holds) in [(&mut alice, ours), (&mut bob, theirs)] {
            device.holds.clone_from(holds);
            device.opening.unagreed = Some(holds.len() as u64);
        }
        talk(&mut alice, &mut bob);
        for device in [&alice, &bob] {
            assert_eq!((device.session.ended(), previews(device)), (Some(&End::Proved), vec![]));
            assert!(device.asked.iter().any(|ask| matches!(ask, Ask::Agreement { agreed: true, .. })));
        }
    }
}

#[test]
fn who_agreed_before_or_does_not_know_the_question_is_not_asked() {
    let (mut alice, mut bob) = strangers();
    bob.opening.unagreed = None;
    let messages = talk(&mut alice, &mut bob);
    assert!(messages > 0 && previews(&alice).is_empty() && previews(&bob).is_empty());
    assert_eq!(alice.session.ended(), Some(&End::Proved));
    // It stays so.
    assert!(alice.asked.iter().any(|ask| matches!(ask, Ask::Agreement { agreed: true, .. })));
}

#[test]
fn what_would_merge_before_anybody_agreed_breaks_the_protocol() {
    for complete in [false, true] {
        for message in [
            one(1),
            empty(3),
            Message::Ack,
            Message::Check(check(0, 0, Digest(1))),
            Message::Digests(BTreeMap::new()),
            Message::BucketsEnd,
            Message::Repair(Batch::default()),
            Message::RepairEnd,
            Message::Prove(Prove { proofs: 1, sent: 0, applied: 0 }),
        ] {
            let (mut alice, mut bob) = strangers();
            if complete {
                talk(&mut alice, &mut bob);
            } else {
                bob.run().into_iter().for_each(|hello| alice.session.receive(hello, now()));
                alice.run();
            }
            alice.session.receive(message.clone(), now());
            alice.run();
            let ended = alice.session.ended();
            assert!(matches!(ended, Some(End::Protocol(_))), "{message:?}: {ended:?}");
            assert!(is_untouched(&alice), "{message:?}");
        }
    }
}

#[test]
fn an_outline_that_breaks_its_rules_ends_the_session() {
    let page = |count: usize| Message::Outline(vec![mark(1, 1); count]);
    let end = |entities| Message::OutlineEnd { entities };
    for messages in [
        vec![page(2), end(3)],
        vec![page(2), end(2), page(1)],
        vec![end(0), end(0)],
        vec![Message::Agree, Message::Agree],
        (0..=OUTLINE_MAX / 4_096).map(|_| page(4_096)).collect(),
    ] {
        let (mut alice, mut bob) = strangers();
        bob.run().into_iter().for_each(|hello| alice.session.receive(hello, now()));
        alice.run();
        let (last, before) = messages.split_last().unwrap();
        before.iter().for_each(|message| alice.session.receive(message.clone(), now()));
        assert_eq!(alice.session.ended(), None, "not yet");
        alice.session.receive(last.clone(), now());
        assert!(matches!(alice.session.ended(), Some(End::Protocol(_))));
    }
    // Nor does it come where nobody is asked.
    for message in [page(1), end(0), Message::Agree] {
        let mut alice = meets(Role::Initiator, 0);
        alice.session.receive(message, now());
        assert!(matches!(alice.session.ended(), Some(End::Protocol(_))));
    }
}

#[test]
fn too_many_to_compare_are_said_as_such() {
    let (mut alice, mut bob) = strangers();
    let here = OUTLINE_MAX as u64 + 1;
    alice.opening.unagreed = Some(here);
    talk(&mut alice, &mut bob);
    assert_eq!(previews(&alice), [Preview::TooMany { here, there: 4 }]);
    assert_eq!(previews(&bob), [Preview::TooMany { here: 4, there: here }]);
    alice.session.agree(now());
    talk(&mut alice, &mut bob);
    assert_eq!(bob.session.ended(), Some(&End::Proved));
}

#[test]
fn an_agreement_from_elsewhere_does_not_wait_for_the_outlines() {
    let (mut alice, mut bob) = strangers();
    let mut to_bob = alice.run();
    bob.run().into_iter().for_each(|hello| alice.session.receive(hello, now()));
    alice.session.agree(now());
    to_bob.extend(alice.run());
    to_bob.into_iter().for_each(|message| bob.session.receive(message, now()));
    // Bob's outline is on its way all the same.
    talk(&mut alice, &mut bob);
    for device in [&alice, &bob] {
        assert_eq!((device.session.ended(), previews(device)), (Some(&End::Proved), vec![]));
    }
}
