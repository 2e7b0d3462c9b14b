//! Sessions that break, and what is left of them.

use crate::simulation::network::{Apart, Faults};
use crate::simulation::world::{Outcomes, Who, World, key};
use serde_json::json;
use sync_core::node::{ConnectFailure, Notice};
use sync_core::session::{End, Event};

const MANY: u128 = 2_600;

/// Alice has many tasks that bob lacks.
fn much_to_send(seed: u64) -> (World, Who, Who) {
    let (mut w, [alice, bob]) = World::new(seed, ["alice", "bob"]);
    (0..MANY).for_each(|n| w.set(alice, &key("task", n), "title", "Plan"));
    (w, alice, bob)
}

#[test]
fn a_broken_sync_goes_on_where_it_stopped() {
    for seed in 20..26 {
        let (mut w, alice, bob) = much_to_send(seed);
        let mut cuts = 0;
        loop {
            w.faults(Faults { cut: 9, ..Faults::default() });
            match w.sync(bob, alice) {
                Outcomes::Ended(End::Proved, _) => break,
                Outcomes::Ended(..) | Outcomes::Unreachable(_) => cuts += 1,
            }
            assert!(cuts < 1_000, "it must get there");
        }
        let received = w.devices[bob].applied;
        assert_eq!(
            (received.new, received.unchanged),
            (MANY as u64, 0),
            "after {cuts} cuts nothing came twice"
        );
        w.end_well();
    }
}

#[test]
fn nothing_is_applied_twice_when_the_power_goes() {
    let (mut w, alice, bob) = much_to_send(26);
    for _ in 0..8 {
        w.dial(bob, alice, false);
        w.run_for(90);
        w.crash(bob);
    }
    assert!((1..MANY as u64).contains(&w.devices[bob].applied.new), "some of it had arrived");
    w.sync_well(bob, alice);
    assert_eq!(w.devices[bob].applied.unchanged, 0, "a batch and its cursor are one transaction");
    w.end_well();
}

#[test]
fn damaged_lost_doubled_and_reordered_bytes_close_the_link_and_change_nothing() {
    let faults = [
        Faults { flip: 12, ..Faults::default() },
        Faults { lose: 12, ..Faults::default() },
        Faults { double: 12, ..Faults::default() },
        Faults { swap: 3, ..Faults::default() },
    ];
    for (seed, faults) in (30..).zip(faults) {
        let (mut w, alice, bob) = much_to_send(seed);
        let mut broken = 0;
        for _ in 0..20 {
            w.faults(faults);
            match w.sync(bob, alice) {
                Outcomes::Ended(End::Proved, _) => break,
                Outcomes::Ended(..) | Outcomes::Unreachable(_) => broken += 1,
            }
            // Whatever arrived is right, as far as it goes.
            let checkup = w.store(bob).check().unwrap();
            assert_eq!(checkup.problems, []);
            assert!(w.shown(bob).values().all(|fields| fields["title"] == "Plan"));
        }
        assert!(broken > 0, "{faults:?} went unnoticed");
        w.end_well();
    }
}

#[test]
fn both_may_open_a_session_at_once() {
    for seed in 40..60 {
        let (mut w, [alice, bob]) = World::new(seed, ["alice", "bob"]);
        w.set(alice, &key("task", 1), "title", "Alice's");
        w.set(bob, &key("task", 2), "title", "Bob's");
        let links = [(alice, w.dial(alice, bob, false)), (bob, w.dial(bob, alice, false))];
        w.run_to_the_end();
        for (who, link) in links {
            assert!(matches!(w.outcome(who, link), Some(Outcomes::Ended(End::Proved, _))));
        }
        assert_eq!(w.shown(alice), w.shown(bob));
        w.end_well();
    }
}

#[test]
fn a_change_reaches_a_connected_peer_at_once_and_is_proved_again() {
    let (mut w, [alice, bob]) = World::new(60, ["alice", "bob"]);
    let task = key("task", 1);
    w.dial(alice, bob, true);
    w.run_for(5_000);
    w.devices[bob].notices.clear();
    w.set(alice, &task, "title", "Live");
    w.run_for(1_000);
    assert_eq!(w.see(bob, &task), Some(json!({"title": "Live"})));
    let proved = |notice: &Notice| matches!(notice, Notice::Session { event: Event::UpToDate(_), .. });
    assert_eq!(w.devices[bob].notices.iter().filter(|notice| proved(notice)).count(), 1);
    // Hours without a change: the link stays until its keys are due.
    w.run_for(50 * 60_000);
    w.set(bob, &task, "title", "Still live");
    w.run_for(1_000);
    assert_eq!(w.see(alice, &task), Some(json!({"title": "Still live"})));
    w.end_well();
}

#[test]
fn a_peer_that_vanishes_is_given_up_and_met_again() {
    let (mut w, alice, bob) = much_to_send(61);
    let link = w.dial(alice, bob, false);
    w.run_for(150);
    w.separate(alice, bob, Apart::Silent);
    w.run_to_the_end();
    assert!(
        matches!(w.outcome(alice, link), Some(Outcomes::Ended(End::Stalled, _))),
        "{:?}",
        w.outcome(alice, link)
    );
    assert_eq!(w.sync(alice, bob), Outcomes::Unreachable(ConnectFailure::NoAnswer));
    w.heal();
    w.sync_well(alice, bob);
    w.end_well();
}

#[test]
fn two_that_never_meet_agree_through_a_third() {
    let (mut w, [alice, bob, carol]) = World::new(62, ["alice", "bob", "carol"]);
    w.meetings = vec![(alice, bob), (bob, carol)];
    w.set(alice, &key("task", 1), "title", "From alice");
    w.set(carol, &key("task", 2), "title", "From carol");
    w.set(alice, &key("note", 1), "title", "Alice's");
    w.set(carol, &key("note", 1), "title", "Carol's");
    w.end_well();
    assert_eq!(w.shown(alice).len(), 3);
    assert_eq!(w.reviews(alice).len(), 1);
    // What one of them decides, the other learns.
    w.set(carol, &key("note", 1), "title", "Agreed");
    w.end_well();
    assert!(w.reviews(alice).is_empty());
    assert_eq!(w.see(alice, &key("note", 1)), Some(json!({"title": "Agreed"})));
}

#[test]
fn nothing_to_do_costs_a_few_hundred_bytes() {
    let (mut w, alice, bob) = much_to_send(63);
    w.sync_well(alice, bob);
    let link = w.dial(alice, bob, false);
    w.run_to_the_end();
    let bytes = w.devices[alice].notices.iter().find_map(|notice| match notice {
        Notice::Ended { link: l, bytes, .. } if *l == link => Some(bytes.iter().sum::<u64>()),
        _ => None,
    });
    assert!(bytes.is_some_and(|bytes| bytes < 2_500), "{bytes:?}");
}
