//! How a session ends, when it wants to be woken, and what it tells of itself.

use super::*;

type EndIt = fn(&mut Session);

#[test]
fn a_session_that_is_ended_here_says_why_once() {
    let endings: [(EndIt, End); 4] = [
        (|session| session.stop(now()), End::Stopped),
        (|session| session.restart(now()), End::Restart),
        (|session| session.garbage("noise".into(), now()), End::Protocol("noise".into())),
        (|session| session.share(&BTreeSet::from(["note".into()]), now()), End::Renew),
    ];
    for (end_it, end) in &endings {
        let (mut alice, mut bob) = pair(true);
        talk(&mut alice, &mut bob);
        end_it(&mut alice.session);
        assert_eq!(alice.session.ended(), Some(end));
        assert_eq!(alice.run(), [Message::Bye(Bye { reason: end.reason() })]);
        for (end_it, _) in &endings {
            end_it(&mut alice.session);
        }
        alice.session.lost(now());
        assert_eq!(alice.run(), [], "it is over");
        assert_eq!(alice.session.ended(), Some(end));
    }
}

#[test]
fn a_link_that_breaks_ends_the_session() {
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    alice.session.lost(now());
    assert_eq!((alice.session.ended(), alice.session.deadline()), (Some(&End::Lost), None));
}

#[test]
fn a_session_whose_keys_are_due_ends_once_everything_is_said() {
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    alice.session.renew();
    bob.opening.head = 1;
    bob.session.changed(1, now());
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.progress().received.new, 1);
    assert_eq!(alice.session.ended(), Some(&End::Renew));
    assert_eq!(bob.session.ended(), Some(&End::Left(ByeReason::Renew)));
}

#[test]
fn it_wakes_to_ping_after_30_seconds_and_to_give_up_after_75() {
    let later = |ms: u64| Now { mono: Mono(5_000 + ms), ..now() };
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.deadline(), Some(5_000 + 30_000));
    alice.session.timeout(later(30_000));
    alice.session.timeout(later(60_000));
    assert_eq!(alice.session.deadline(), Some(5_000 + 75_000), "the peer is silent");
    let mut alice = Device::new(1, Role::Initiator, true);
    alice.run();
    for ms in [30_000, 60_000] {
        alice.session.receive(Message::Ping, later(ms));
        alice.run();
    }
    assert_eq!(alice.session.deadline(), Some(5_000 + 75_000), "the peer owes a hello");
}

/// What is true of alice after three minutes of nothing but pings.
fn after_three_minutes_of_pings(alice: &mut Device) -> Option<End> {
    let mut at = now();
    for _ in 0..6 {
        alice.session.receive(Message::Ping, at);
        at.mono.0 += PING_AFTER;
        alice.session.timeout(at);
    }
    alice.session.ended().cloned()
}

#[test]
fn a_quiet_peer_that_owes_nothing_is_not_given_up() {
    let (mut alice, mut bob) = pair(true);
    (alice.opening.head, bob.opening.head) = (2, 2);
    talk(&mut alice, &mut bob);
    assert_eq!(after_three_minutes_of_pings(&mut alice), None);
}

#[test]
fn a_peer_that_never_acknowledges_is_given_up() {
    let (mut alice, mut bob) = pair(true);
    alice.opening.head = 1;
    bob.run().into_iter().for_each(|hello| alice.session.receive(hello, now()));
    alice.run();
    assert_eq!(after_three_minutes_of_pings(&mut alice), Some(End::Stalled));
}

#[test]
fn a_slow_database_of_ours_is_no_reason_to_give_up_a_peer_that_has_sent_its_half_of_a_repair() {
    let mut alice = meets(Role::Initiator, 0);
    alice.session.receive(Message::Check(check(0, 0, Digest(5))), now());
    alice.run();
    let theirs = BTreeMap::from([("task".into(), Digest(5))]);
    for word in [Message::Digests(theirs), Message::BucketsEnd, Message::RepairEnd] {
        alice.session.receive(word, now());
    }
    assert_eq!(after_three_minutes_of_pings(&mut alice), None);
}

#[test]
fn a_database_that_fails_after_a_proof_is_told_as_a_failure() {
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    alice.session.answer(Answer::Failed("the disk is full".into()), now());
    let record = alice.session.take_record([0, 0]).unwrap();
    assert!(!record.proved);
    assert!(record.reason.unwrap().contains("the disk is full"));
}

#[test]
fn the_history_is_told_of_each_entity_once() {
    let (mut alice, mut bob) = pair(true);
    alice.opening.head = 3;
    talk(&mut alice, &mut bob);
    assert_eq!(alice.session.take_record([900, 100]).map(|record| record.sent), Some(3));
    alice.opening.head = 4;
    alice.session.changed(4, now());
    talk(&mut alice, &mut bob);
    let record = alice.session.take_record([1_000, 150]).unwrap();
    assert_eq!((record.sent, record.bytes), (1, [100, 50]));
}

#[test]
fn what_the_store_still_had_when_it_ended_is_told_with_its_end() {
    let endings: [EndIt; 3] = [
        |session| session.lost(now()),
        |session| session.stop(now()),
        |session| session.receive(Message::Bye(Bye { reason: ByeReason::Settled }), now()),
    ];
    let ends = |session: &mut Session| {
        std::iter::from_fn(|| session.poll()).filter(|step| matches!(step, Step::End(_))).count()
    };
    for end_it in endings {
        let mut alice = meets(Role::Responder, 2);
        alice.session.receive(one(1), now());
        alice.session.receive(one(2), now());
        end_it(&mut alice.session);
        assert_eq!(ends(&mut alice.session), 0, "two batches are with the store");
        alice.session.answer(Answer::Done, now());
        let report = Report { new: 1, ..Report::default() };
        alice.session.answer(Answer::Applied { upto: Some(1), report, head: 1 }, now());
        assert_eq!(ends(&mut alice.session), 0, "one batch is with the store");
        alice.session.answer(Answer::Failed("the disk is full".into()), now());
        assert_eq!(ends(&mut alice.session), 1);
        alice.session.answer(Answer::Failed("it is still full".into()), now());
        assert_eq!(ends(&mut alice.session), 0, "it was told");
        assert_eq!(alice.session.take_record([0, 0]).map(|record| record.received), Some(report));
    }
}

#[test]
fn what_comes_after_a_proof_is_not_told_as_proved() {
    let (mut alice, mut bob) = pair(true);
    talk(&mut alice, &mut bob);
    assert!(alice.is_up_to_date());
    // It claims to be nothing new, and is.
    alice.session.receive(Message::Batch { upto: 0, head: 0, batch: batch_of_one() }, now());
    alice.session.lost(now());
    let report = Report { changed: 1, ..Report::default() };
    alice.session.answer(Answer::Applied { upto: Some(0), report, head: 1 }, now());
    let record = alice.session.take_record([0, 0]).unwrap();
    assert_eq!((record.proved, record.received), (false, report));
}

#[test]
fn whoever_gives_up_on_the_store_hears_how_it_ended_without_that() {
    let mut alice = meets(Role::Responder, 2);
    alice.session.receive(one(1), now());
    alice.session.give_up();
    assert_eq!(alice.session.ended(), None, "it is not over");
    alice.session.stop(now());
    alice.session.give_up();
    let steps: Vec<_> = std::iter::from_fn(|| alice.session.poll()).collect();
    assert_eq!(steps.last(), Some(&Step::End(End::Stopped)));
    assert!(alice.session.take_record([0, 0]).is_some());
}

#[test]
fn whoever_watches_hears_of_every_batch() {
    let (mut alice, mut bob) = pair(false);
    alice.opening.head = 3;
    talk(&mut alice, &mut bob);
    let heard = |device: &Device| {
        let progress = |event: &&Event| matches!(event, Event::Progress(_));
        device.events.iter().filter(progress).count()
    };
    assert_eq!((heard(&alice), heard(&bob)), (3, 3));
}

#[test]
fn an_end_is_told_in_words_that_say_what_to_do() {
    let left = |reason| End::Left(reason).to_string();
    assert!(left(ByeReason::OtherVersion).contains("update the older app"));
    assert!(left(ByeReason::Unequal).contains("run `whph check` on both"));
    let unequal = |quarantined| End::Unequal { kinds: vec!["task".into()], quarantined }.to_string();
    assert!(unequal(2).contains("differ in task after 2 repairs (2 could not be read here);"));
    assert!(unequal(0).contains("differ in task after 2 repairs;"));
}
