//! The first sync of two devices that both hold data: shown before anything is written on either, and done when a person at
//! either says so.

use crate::simulation::network::Apart;
use crate::simulation::world::{Outcomes, Who, World, key};
use sync_core::node::{Command, LinkId, Notice};
use sync_core::session::{End, Event, Preview};
use sync_core::wire::ByeReason;

/// Entities that only alice has: more than fit into one message of an outline.
const ALICES: u128 = 5_000;

/// Alice and bob have used their devices apart, and nobody agrees to anything by itself.
fn two_with_data(seed: u64) -> (World, Who, Who) {
    let (mut w, [alice, bob]) = World::new(seed, ["alice", "bob"]);
    w.people_agree = false;
    (0..ALICES).for_each(|n| w.set(alice, &key("task", n), "title", "Alice's"));
    (ALICES - 2..ALICES + 3).for_each(|n| w.set(bob, &key("task", n), "title", "Bob's"));
    w.set(bob, &key("note", 1), "title", "Gone");
    w.delete(bob, &key("note", 1));
    (w, alice, bob)
}

fn preview(w: &World, who: Who, link: Option<LinkId>) -> Option<(LinkId, Preview)> {
    w.devices[who].notices.iter().rev().find_map(|notice| match notice {
        Notice::Session { link: of, event: Event::Preview(preview), .. }
            if link.is_none_or(|link| link == *of) =>
        {
            Some((*of, *preview))
        }
        _ => None,
    })
}

/// Bob dials, and both people see what would happen. The links at both.
fn shown(w: &mut World, alice: Who, bob: Who) -> [LinkId; 2] {
    w.devices[alice].notices.clear();
    let at_bob = w.dial(bob, alice, false);
    w.run_until(|w| preview(w, alice, None).is_some() && preview(w, bob, Some(at_bob)).is_some());
    let (at_alice, there) = preview(w, alice, None).unwrap();
    let (_, here) = preview(w, bob, Some(at_bob)).unwrap();
    let (more, less) = (ALICES as u64 - 2, 3);
    assert_eq!(here, Preview::Compared { new_here: more, new_there: less, differ: 2, same: 0 });
    assert_eq!(there, Preview::Compared { new_here: less, new_there: more, differ: 2, same: 0 });
    [at_alice, at_bob]
}

#[test]
fn it_is_shown_and_goes_on_when_a_person_at_either_device_or_at_both_agrees() {
    for (seed, agree) in (90..).zip([[true, false], [false, true], [true, true]]) {
        let (mut w, alice, bob) = two_with_data(seed);
        let states = [w.state(alice), w.state(bob)];
        let [at_alice, at_bob] = shown(&mut w, alice, bob);
        // They may take their time.
        w.run_for(45 * 60_000);
        assert_eq!([w.state(alice), w.state(bob)], states, "nothing is written before that");
        for (who, link, agrees) in [(alice, at_alice, agree[0]), (bob, at_bob, agree[1])] {
            if agrees {
                w.command(who, Command::Agree { link });
            }
        }
        w.run_to_the_end();
        assert!(matches!(w.outcome(bob, at_bob), Some(Outcomes::Ended(End::Proved, _))));
        // Nobody is asked again.
        w.set(alice, &key("task", 0), "title", "Later");
        w.sync_well(bob, alice);
        w.end_well();
    }
}

#[test]
fn not_now_changes_nothing_and_the_next_connection_asks_again() {
    for seed in 93..95 {
        let (mut w, alice, bob) = two_with_data(seed);
        let states = [w.state(alice), w.state(bob)];
        let [at_alice, at_bob] = shown(&mut w, alice, bob);
        w.command(alice, Command::Decline { link: at_alice });
        w.run_to_the_end();
        assert!(matches!(w.outcome(bob, at_bob), Some(Outcomes::Ended(End::Left(ByeReason::NotNow), _))));
        assert_eq!([w.state(alice), w.state(bob)], states);
        let [_, at_bob] = shown(&mut w, alice, bob);
        w.command(bob, Command::Agree { link: at_bob });
        w.run_to_the_end();
        w.end_well();
    }
}

#[test]
fn a_link_that_breaks_at_any_point_before_leaves_both_as_they_were() {
    let (mut w, alice, bob) = two_with_data(96);
    let states = [w.state(alice), w.state(bob)];
    for after in (0..400).step_by(13) {
        w.dial(bob, alice, false);
        w.run_for(after);
        w.separate(alice, bob, Apart::Refused);
        w.run_to_the_end();
        w.heal();
        assert_eq!([w.state(alice), w.state(bob)], states, "broken after {after} ms");
    }
    w.dial(bob, alice, false);
    w.run_for(100);
    w.crash(alice);
    let [at_alice, _] = shown(&mut w, alice, bob);
    // An agreement that never reaches the other side holds all the same.
    w.command(alice, Command::Agree { link: at_alice });
    w.run_for(3);
    w.cut(alice, bob);
    w.run_to_the_end();
    w.devices[bob].notices.clear();
    w.sync_well(bob, alice);
    w.end_well();
}

#[test]
fn what_is_agreed_to_in_one_session_holds_for_the_others_that_wait() {
    let (mut w, alice, bob) = two_with_data(97);
    let [_, first] = shown(&mut w, alice, bob);
    let [_, second] = shown(&mut w, alice, bob);
    w.command(bob, Command::Agree { link: second });
    w.run_to_the_end();
    for link in [first, second] {
        assert!(matches!(w.outcome(bob, link), Some(Outcomes::Ended(End::Proved, _))));
    }
    w.end_well();
}

#[test]
fn nobody_is_asked_where_one_side_holds_nothing_nor_while_its_first_merge_is_half_done() {
    let (mut w, [alice, bob]) = World::new(98, ["alice", "bob"]);
    w.people_agree = false;
    (0..ALICES).for_each(|n| w.set(alice, &key("task", n), "title", "Alice's"));
    w.dial(bob, alice, false);
    w.run_until(|w| w.devices[bob].applied.new > 0);
    w.cut(alice, bob);
    w.run_to_the_end();
    assert!(w.devices[bob].applied.new < ALICES as u64, "half done");
    w.sync_well(bob, alice);
    assert!(preview(&w, alice, None).is_none() && preview(&w, bob, None).is_none());
    w.end_well();
}
