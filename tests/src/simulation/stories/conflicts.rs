//! The five worked conflicts of `MERGE.md`, between whole devices.

use crate::simulation::device::EPOCH;
use crate::simulation::world::{Who, World, key};
use serde_json::{Value, json};
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::entity::write::Change;
use sync_core::time::{DAY, Wall};

/// Alice and bob have synced a task with this title or body.
fn synced(field: &str, value: &str) -> (World, Who, Who, EntityKey) {
    let (mut w, [alice, bob]) = World::new(1, ["alice", "bob"]);
    let task = key("task", 1);
    w.set(alice, &task, field, value);
    w.sync_well(alice, bob);
    (w, alice, bob, task)
}

fn candidates(reviews: &[Review]) -> Vec<Value> {
    match reviews {
        [Review::Field { candidates, .. }] => candidates.iter().map(|c| c.value.value()).collect(),
        other => panic!("one question about one field, not {other:?}"),
    }
}

#[test]
fn edits_of_different_fields_prompt_nobody() {
    let (mut w, alice, bob, task) = synced("title", "Plan");
    w.set(alice, &task, "title", "Plan the trip");
    w.change(bob, &task, Change::Add("tags".into(), "travel".into()));
    w.end_well();
    for who in [alice, bob] {
        assert_eq!(w.see(who, &task), Some(json!({"title": "Plan the trip", "tags": ["travel"]})));
        assert_eq!(w.asked(who, &task), []);
    }
}

#[test]
fn two_edits_of_one_field_wait_on_both_devices_and_one_decision_clears_both() {
    let (mut w, alice, bob, task) = synced("title", "Plan");
    w.set(alice, &task, "title", "Plan A");
    w.run_for(5 * 60_000);
    w.set(bob, &task, "title", "Plan B");
    w.sync_well(alice, bob);
    for who in [alice, bob] {
        assert_eq!(w.see(who, &task), Some(json!({"title": "Plan B"})), "the newest is shown meanwhile");
        assert_eq!(candidates(&w.asked(who, &task)), [json!("Plan B"), json!("Plan A")]);
        assert_eq!(w.store(who).status().unwrap().reviews, 1, "the badge counts what the list lists");
    }
    w.set(alice, &task, "title", "Plan A");
    w.sync_well(bob, alice);
    for who in [alice, bob] {
        assert_eq!(w.see(who, &task), Some(json!({"title": "Plan A"})));
        assert_eq!(w.asked(who, &task), []);
    }
    w.end_well();
    assert!(w.reviews(bob).is_empty(), "a resolved conflict never returns");
}

#[test]
fn a_notes_two_ends_become_one_note_without_a_question() {
    let (mut w, alice, bob, note) = synced("body", "Body.\n");
    w.set(alice, &note, "body", "Top.\nBody.\n");
    w.set(bob, &note, "body", "Body.\nEnd.\n");
    w.end_well();
    for who in [alice, bob] {
        assert_eq!(w.see(who, &note), Some(json!({"body": "Top.\nBody.\nEnd.\n"})));
        assert_eq!(w.asked(who, &note), []);
    }
}

#[test]
fn an_edit_beats_a_delete_that_had_not_seen_it_and_a_person_decides() {
    for (decision, lives) in [(Change::Keep, true), (Change::Delete, false)] {
        let (mut w, alice, bob, task) = synced("title", "Plan");
        w.delete(alice, &task);
        w.set(bob, &task, "title", "Plan B");
        w.sync_well(alice, bob);
        for who in [alice, bob] {
            assert_eq!(w.see(who, &task), Some(json!({"title": "Plan B"})));
            assert!(matches!(w.asked(who, &task)[..], [Review::Deleted { .. }]));
        }
        w.change(alice, &task, decision);
        w.end_well();
        for who in [alice, bob] {
            assert_eq!(w.see(who, &task).is_some(), lives);
            assert_eq!(w.asked(who, &task), []);
        }
    }
}

#[test]
fn a_clock_from_2050_loses_to_an_edit_that_has_seen_it() {
    let (mut w, alice, bob, task) = synced("title", "Plan");
    w.set_clock(bob, 24 * 365 * DAY as i64);
    w.set(bob, &task, "title", "From the future");
    w.sync_well(alice, bob);
    assert_eq!(w.see(alice, &task), Some(json!({"title": "From the future"})));
    let status = w.store(alice).status().unwrap();
    assert!(
        status.skewed.iter().any(|skew| skew.ahead > 20 * 365 * DAY),
        "its device is named, with its skew"
    );

    w.set(alice, &task, "title", "Later");
    let Wall(alices) = w.store(alice).marker().unwrap().clock.wall();
    assert!(alices < EPOCH + DAY, "her own clock has moved by five minutes at most");
    w.end_well();
    for who in [alice, bob] {
        assert_eq!(w.see(who, &task), Some(json!({"title": "Later"})));
        assert_eq!(w.asked(who, &task), []);
    }
}
