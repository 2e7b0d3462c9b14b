//! A session that ends anywhere: after every single thing that happens in it, and in the middle of what the stores do for it.

use crate::simulation::world::{Who, World, key};
use sync_core::entity::write::Change;

/// What ends it.
#[derive(Clone, Copy, Debug)]
enum Blow {
    LinkBreaks,
    Crash(Who),
}

const ALICE: Who = 0;
const BOB: Who = 1;

/// Both have news, a conflict and a delete that meets an edit, and only a repair finds one of them. A session begins.
fn about_to_sync() -> World {
    let (mut w, [alice, bob]) = World::new(110, ["alice", "bob"]);
    let tasks: Vec<_> = (0..5).map(|n| key("task", n)).collect();
    tasks[..4].iter().for_each(|task| w.set(alice, task, "title", "Plan"));
    w.sync_well(alice, bob);
    w.set(alice, &tasks[4], "title", "Passed over");
    w.skip(bob, alice);
    w.set(alice, &tasks[0], "title", "Plan A");
    w.set(bob, &tasks[0], "title", "Plan B");
    w.delete(alice, &tasks[1]);
    w.set(bob, &tasks[1], "body", "Needed.\n");
    w.change(bob, &tasks[2], Change::Add("tags".into(), "travel".into()));
    w.dial(alice, bob, false);
    w
}

/// Everything is put right, and holds.
fn ends_well(mut w: World, what: &str) {
    let ended = w.try_settle().and_then(|()| w.check_promises());
    assert!(ended.is_ok(), "{what}: {ended:?}");
    assert_eq!([ALICE, BOB].map(|who| w.reviews(who).len()), [2, 2], "{what}");
}

#[test]
fn a_session_may_end_after_anything_that_happens_in_it() {
    let mut whole = about_to_sync();
    let mut length = 0;
    while whole.step() {
        length += 1;
    }
    assert!(whole.tally.of("repairs") > 0, "it is about a repair too");
    ends_well(whole, "uninterrupted");
    for after in 0..length {
        for blow in [Blow::LinkBreaks, Blow::Crash(if after % 2 == 0 { ALICE } else { BOB })] {
            let mut w = about_to_sync();
            (0..after).for_each(|_| assert!(w.step()));
            match blow {
                Blow::LinkBreaks => w.cut(ALICE, BOB),
                Blow::Crash(who) => w.crash(who),
            }
            ends_well(w, &format!("{blow:?} after {after} of {length}"));
        }
    }
}

#[test]
fn the_power_may_go_at_any_step_of_a_store() {
    const STRIDE: usize = 61;
    for who in [ALICE, BOB] {
        for steps in (1..).step_by(STRIDE) {
            let mut w = about_to_sync();
            w.light_fuse(who, steps);
            w.run_to_the_end();
            let went = w.devices[who].fuse.is_none();
            ends_well(w, &format!("power of {who} gone after {steps}"));
            if !went {
                assert!(steps > 10 * STRIDE as u64, "a session is many steps");
                break;
            }
        }
    }
}
