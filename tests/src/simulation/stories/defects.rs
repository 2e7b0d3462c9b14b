//! The defects of WHPH's own sync, as its users met them; each must not be possible here.

use crate::simulation::world::{Outcomes, World, key};
use serde_json::{Map, Value, json};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::node::{Command, ConnectFailure, Notice};
use sync_core::schema::Shape;
use sync_core::session::{End, Event};
use sync_core::time::DAY;
use uuid::Uuid;

fn set(fields: Value) -> Change {
    match fields {
        Value::Object(fields) => Change::Set(fields),
        other => panic!("fields, not {other}"),
    }
}

#[test]
fn a_received_change_keeps_its_author_and_its_time() {
    let (mut w, [alice, bob, carol]) = World::new(2, ["alice", "bob", "carol"]);
    let task = key("task", 1);
    w.set(alice, &task, "title", "Plan");
    let written = w.store(alice).get(&task).unwrap().unwrap().version;
    w.run_for(3 * DAY);
    w.sync_well(bob, alice);
    w.run_for(3 * DAY);
    w.sync_well(carol, bob);
    let author = w.id(alice);
    for who in [bob, carol] {
        let view = w.store(who).get(&task).unwrap().unwrap();
        assert_eq!((view.version, view.modified_by), (written, Some(author)));
    }
}

#[test]
fn an_old_delete_does_not_beat_a_later_edit() {
    let (mut w, [alice, bob]) = World::new(3, ["alice", "bob"]);
    let task = key("task", 1);
    w.set(alice, &task, "title", "Plan");
    w.sync_well(alice, bob);
    w.delete(alice, &task);
    w.run_for(DAY);
    w.set(bob, &task, "title", "Still needed");
    w.end_well();
    assert_eq!(w.see(alice, &task), Some(json!({"title": "Still needed"})));
    // And one that has seen the delete takes it back without a question.
    w.delete(bob, &task);
    w.sync_well(alice, bob);
    w.set(alice, &task, "title", "Again");
    w.end_well();
    assert_eq!(w.see(bob, &task), Some(json!({"title": "Again"})));
    assert_eq!(w.asked(bob, &task), []);
}

#[test]
fn edits_at_the_very_same_moment_do_not_swap_for_ever() {
    let (mut w, [alice, bob]) = World::new(4, ["alice", "bob"]);
    let task = key("task", 1);
    w.set(alice, &task, "rank", "first");
    w.set(bob, &task, "rank", "second");
    w.end_well();
    assert_eq!(w.see(alice, &task), w.see(bob, &task));
    let heads = [alice, bob].map(|who| w.store(who).head().unwrap());
    for _ in 0..3 {
        w.sync_well(alice, bob);
    }
    assert_eq!([alice, bob].map(|who| w.store(who).head().unwrap()), heads, "nothing moves any more");
}

#[test]
fn a_recurring_task_finished_on_two_devices_has_one_successor_and_a_move_is_not_undone() {
    let (mut w, [alice, bob]) = World::with(5, [("alice", planner::schema()), ("bob", planner::schema())]);
    let series = Uuid::from_u128(77);
    let occurrence = |n: u32| EntityKey::new("task", planner::occurrence_id(series, n));
    let fields = |n: u32, day: &str| {
        set(
            json!({"title": "Water the plants", "recurrence": "daily", "recurrence_series": series.to_string(),
                   "recurrence_occurrence": n, "planned": format!("2026-03-{day}T09:00:00Z")}),
        )
    };
    w.change(alice, &occurrence(1), fields(1, "01"));
    w.sync_well(alice, bob);
    for who in [alice, bob] {
        w.set(who, &occurrence(1), "status", "done");
        w.change(who, &occurrence(2), fields(2, "02"));
    }
    w.end_well();
    let tasks = w.shown(alice);
    assert_eq!(tasks.len(), 2, "{tasks:?}");
    assert!(w.reviews(alice).is_empty(), "both did the same");

    w.set(alice, &occurrence(2), "planned", "2026-03-09T09:00:00Z");
    w.set(bob, &occurrence(2), "priority", "urgent");
    w.end_well();
    let moved = w.see(bob, &occurrence(2)).unwrap();
    assert_eq!((&moved["planned"], &moved["priority"]), (&json!("2026-03-09T09:00:00Z"), &json!("urgent")));
}

#[test]
fn an_item_that_cannot_be_read_is_named_and_never_skipped_in_silence() {
    // Alice's newer version made the rank a number, which bob's cannot take for one.
    let mut newer = crate::simulation::schema();
    newer.kinds[0].fields[2].shape = Shape::Integer { min: 0, max: 9 };
    let (mut w, [alice, bob]) = World::with(6, [("alice", newer), ("bob", crate::simulation::schema())]);
    w.trouble_expected = true;
    let (good, bad) = (key("task", 1), key("task", 2));
    w.set(alice, &bad, "rank", 7);
    w.set(alice, &good, "title", "Fine");

    let Outcomes::Ended(end, _) = w.sync(bob, alice) else { panic!("a session") };
    let End::Unequal { kinds, quarantined } = end else { panic!("no success is shown, but {end}") };
    assert_eq!(kinds, ["task"]);
    assert!(quarantined > 0);
    for who in [alice, bob] {
        let said = |notice: &Notice| matches!(notice, Notice::Session { event: Event::UpToDate(_), .. });
        assert!(!w.devices[who].notices.iter().any(said), "up to date is not said");
    }
    assert_eq!(w.see(bob, &good), Some(json!({"title": "Fine"})), "the rest went on");
    let set_aside = w.store(bob).quarantined().unwrap();
    assert_eq!(set_aside[0].key, Some(bad.clone()));
    assert!(set_aside[0].reason.contains("rank"), "{}", set_aside[0].reason);

    // It comes again by itself once it can be read.
    w.set(alice, &bad, "rank", Value::Null);
    w.set(alice, &bad, "title", "Readable");
    w.sync_well(bob, alice);
    assert_eq!(w.see(bob, &bad), Some(json!({"title": "Readable"})));
    assert_eq!(w.store(bob).quarantined().unwrap(), []);
}

#[test]
fn the_number_of_conflicts_is_the_number_that_waits() {
    let (mut w, [alice, bob]) = World::new(7, ["alice", "bob"]);
    let tasks: Vec<_> = (0..5).map(|n| key("task", n)).collect();
    tasks.iter().for_each(|task| w.set(alice, task, "title", "Plan"));
    w.sync_well(alice, bob);
    for task in &tasks[..3] {
        w.set(alice, task, "title", "Plan A");
        w.set(bob, task, "title", "Plan B");
    }
    w.set(bob, &tasks[3], "title", "Nobody else touched this");
    w.sync_well(alice, bob);
    for who in [alice, bob] {
        assert_eq!(w.reviews(who).len(), 3);
        assert_eq!(w.received(who).conflicts, 3);
    }
}

#[test]
fn a_first_sync_sends_what_was_deleted_too() {
    let (mut w, [alice, bob, carol]) = World::new(8, ["alice", "bob", "carol"]);
    let task = key("task", 1);
    w.set(alice, &task, "title", "Plan");
    w.sync_well(alice, bob);
    w.sync_well(alice, carol);
    w.delete(bob, &task);
    w.sync_well(bob, carol);
    assert_eq!(w.see(carol, &task), None, "deleted at the first meeting of these two");
    w.end_well();
    assert_eq!(w.see(alice, &task), None);
}

#[test]
fn edits_during_a_long_sync_lose_nothing() {
    let (mut w, [alice, bob]) = World::new(9, ["alice", "bob"]);
    let tasks: Vec<_> = (0..1_700).map(|n| key("task", n)).collect();
    tasks.iter().for_each(|task| w.set(alice, task, "title", "Plan"));
    w.dial(alice, bob, true);
    // Rows that were sent already, and rows that were not, move to the end of the order while it is read.
    for (number, task) in tasks.iter().step_by(60).chain(tasks.iter().rev().step_by(70)).enumerate() {
        w.run_for(4);
        w.set(alice, task, "title", format!("changed {number}"));
    }
    w.run_for(20_000);
    assert_eq!(w.shown(bob).len(), tasks.len());
    w.end_well();
}

#[test]
fn every_kind_is_synced() {
    let (mut w, [alice, bob]) = World::with(10, [("alice", planner::schema()), ("bob", planner::schema())]);
    let fields = [
        ("task", json!({"title": "Plan"})),
        ("habit", json!({"name": "Walk"})),
        (
            "habit_record",
            json!({"habit": Uuid::from_u128(5).to_string(), "day": "2026-03-01", "status": "complete"}),
        ),
        ("note", json!({"title": "Note", "content": "Text."})),
        ("tag", json!({"name": "travel"})),
        ("setting", json!({"key": "theme", "value": "dark"})),
    ];
    let kinds: Vec<_> = planner::schema().kinds.iter().map(|kind| kind.name).collect();
    assert_eq!(kinds.len(), fields.len(), "a new kind belongs into this test: {kinds:?}");
    for (kind, fields) in &fields {
        w.change(alice, &key(kind, 1), set(fields.clone()));
    }
    w.end_well();
    for (kind, fields) in fields {
        assert_eq!(w.see(bob, &key(kind, 1)), Some(fields));
    }
}

#[test]
fn what_belongs_to_one_device_never_leaves_it() {
    let (mut w, [alice, bob]) = World::with(11, [("alice", planner::schema()), ("bob", planner::schema())]);
    let secret = key("setting", 1);
    w.change(alice, &secret, set(json!({"key": "secret.token", "value": "hunter2"})));
    w.change(alice, &key("setting", 2), set(json!({"key": "theme", "value": "dark"})));
    w.end_well();
    assert_eq!(w.see(bob, &secret), None);
    assert_eq!(w.see(alice, &secret).unwrap()["value"], "hunter2");
}

#[test]
fn reminders_survive_edits_on_both_sides() {
    let (mut w, [alice, bob]) = World::with(12, [("alice", planner::schema()), ("bob", planner::schema())]);
    let task = key("task", 1);
    w.change(
        alice,
        &task,
        set(json!({"title": "Call", "planned": "2026-03-05T10:00:00Z", "planned_reminder": "at_time",
                   "deadline": "2026-03-09T10:00:00Z"})),
    );
    w.sync_well(alice, bob);
    w.set(bob, &task, "deadline_reminder", "1_day_before");
    w.set(alice, &task, "title", "Call Carol");
    w.end_well();
    for who in [alice, bob] {
        let seen = w.see(who, &task).unwrap();
        assert_eq!(
            (&seen["planned_reminder"], &seen["deadline_reminder"]),
            (&json!("at_time"), &json!("1_day_before"))
        );
        assert_eq!(seen["title"], "Call Carol");
    }
}

#[test]
fn a_host_that_is_not_paired_reads_and_writes_nothing() {
    let mut w = World::strangers(
        13,
        vec![("alice", crate::simulation::schema()), ("mallory", crate::simulation::schema())],
    );
    let (alice, mallory) = (0, 1);
    let task = key("task", 1);
    w.set(alice, &task, "title", "Private");
    w.pair_one_sided(mallory, alice);
    let outcome = w.sync(mallory, alice);
    assert_eq!(outcome, Outcomes::Unreachable(ConnectFailure::Refused));
    assert_eq!(w.see(mallory, &task), None);
    assert_eq!(w.devices[alice].notices, [], "alice is not bothered");
}

#[test]
fn a_forgotten_device_is_cut_off_at_once_and_stays_out() {
    let (mut w, [alice, bob]) = World::new(14, ["alice", "bob"]);
    let task = key("task", 1);
    w.dial(bob, alice, true);
    w.run_for(5_000);
    let forgotten = w.id(bob);
    w.store(alice).remove_peer(forgotten).unwrap();
    w.devices[alice].peers.clear();
    w.command(alice, Command::SetPeers(Vec::new()));
    w.set(alice, &task, "title", "Not for bob");
    w.run_for(60_000);
    assert_eq!(w.see(bob, &task), None);
    assert_eq!(w.sync(bob, alice), Outcomes::Unreachable(ConnectFailure::Refused));
    assert_eq!(w.sync(alice, bob), Outcomes::Unreachable(ConnectFailure::NotPaired));
    assert_eq!(w.see(bob, &task), None);
}

#[test]
fn a_difference_that_should_not_exist_is_found_and_repaired() {
    let (mut w, [alice, bob]) = World::new(15, ["alice", "bob"]);
    (0..40).for_each(|n| w.set(alice, &key("task", n), "title", "Plan"));
    w.sync_well(alice, bob);
    let lost = key("task", 3);
    w.set(alice, &lost, "title", "Never sent");
    // Bob's cursor moves past what he never got, as WHPH's did.
    w.skip(bob, alice);
    w.sync_well(bob, alice);
    assert_eq!(w.see(bob, &lost), Some(json!({"title": "Never sent"})));
    w.end_well();
}

#[test]
fn edits_may_go_on_during_a_repair() {
    for after in (0..900).step_by(10) {
        let (mut w, [alice, bob]) = World::new(16, ["alice", "bob"]);
        (0..4).for_each(|n| w.set(alice, &key("task", n), "title", "Plan"));
        w.sync_well(alice, bob);
        w.set(alice, &key("task", 3), "title", "Never sent");
        w.skip(bob, alice);
        // Bob's disk is slow, so that a burst of edits finds the repair at every point.
        w.devices[bob].store_delay = (100, 110);
        w.network.latency = (25, 30);
        w.dial(bob, alice, true);
        w.run_for(after);
        for n in 0..8 {
            w.run_for(4);
            w.set(alice, &key("note", n), "title", "Meanwhile");
        }
        w.end_well();
    }
}

#[test]
fn a_kind_switched_off_stays_put_and_catches_up_when_it_is_switched_on() {
    let (mut w, [alice, bob]) = World::new(17, ["alice", "bob"]);
    let (task, note, gone) = (key("task", 1), key("note", 1), key("note", 2));
    w.set(alice, &note, "title", "Before");
    w.set(alice, &gone, "title", "Kept at bob's meanwhile");
    w.sync_well(alice, bob);
    w.share(bob, "note", false);
    w.set(alice, &note, "title", "Not yet");
    w.delete(alice, &gone);
    w.set(bob, &task, "title", "Shared");
    w.sync_well(alice, bob);
    assert_eq!(w.see(bob, &note), Some(json!({"title": "Before"})), "what was sent stays");
    assert!(w.see(bob, &gone).is_some(), "switched off is not deleted");
    assert_eq!(w.see(alice, &task), Some(json!({"title": "Shared"})));
    w.share(bob, "note", true);
    w.sync_well(alice, bob);
    assert_eq!(w.see(bob, &note), Some(json!({"title": "Not yet"})));
    assert_eq!(w.see(bob, &gone), None);
    w.end_well();
}

#[test]
fn equal_edits_under_different_stamps_are_no_conflict() {
    let (mut w, [alice, bob]) = World::new(18, ["alice", "bob"]);
    let task = key("task", 1);
    for who in [alice, bob] {
        w.change(who, &task, Change::Set(Map::from_iter([("title".to_owned(), json!("Buy milk"))])));
    }
    w.end_well();
    assert!(w.reviews(alice).is_empty());
}
