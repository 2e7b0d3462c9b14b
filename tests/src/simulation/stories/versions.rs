//! Devices of different versions.

use crate::simulation::schema;
use crate::simulation::versions::newer;
use crate::simulation::world::{World, key};
use serde_json::json;
use sync_core::entity::write::Change;

#[test]
fn what_an_older_device_does_not_know_passes_through_it_byte_for_byte() {
    let (mut w, [alice, bob, carol]) =
        World::with(100, [("alice", newer()), ("bob", schema()), ("carol", newer())]);
    w.meetings = vec![(alice, bob), (bob, carol)];
    let (task, mood) = (key("task", 1), key("mood", 1));
    w.set(alice, &task, "title", "Plan");
    w.set(alice, &task, "weight", 1e-7);
    w.set(alice, &mood, "title", "Sunny \u{1F324} \"quoted\" \\ \u{2028}");
    w.change(alice, &mood, Change::Add("tags".into(), "spring".into()));
    w.end_well();
    let alices = w.state(alice);
    assert_eq!(w.state(carol), alices);
    assert_eq!(w.state(bob), alices, "the older device holds it all");
    assert_eq!(w.see(carol, &task), Some(json!({"title": "Plan", "weight": 1e-7})));

    // The older device edits what it knows of; the rest stays.
    w.set(bob, &task, "title", "Plan B");
    w.end_well();
    assert_eq!(w.see(alice, &task), Some(json!({"title": "Plan B", "weight": 1e-7})));
}

#[test]
fn a_conflict_in_an_unknown_field_waits_for_a_device_that_knows_it() {
    let (mut w, [alice, bob, carol]) =
        World::with(101, [("alice", newer()), ("bob", schema()), ("carol", newer())]);
    w.meetings = vec![(alice, bob), (bob, carol)];
    let task = key("task", 1);
    w.set(alice, &task, "weight", 1);
    w.settle();
    w.set(alice, &task, "weight", 2);
    w.set(carol, &task, "weight", 3);
    w.settle();
    assert_eq!(
        (w.asked(alice, &task).len(), w.asked(bob, &task).len(), w.asked(carol, &task).len()),
        (1, 0, 1)
    );
    w.set(carol, &task, "weight", 3);
    w.end_well();
    assert!(w.reviews(alice).is_empty());
}
