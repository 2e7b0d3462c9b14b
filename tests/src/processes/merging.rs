//! What two people wrote apart comes together, and what cannot is asked.

use super::device::Device;
use super::together::{assert_same, meet, pair, two};
use serde_json::{Value, json};

#[test]
fn edits_of_different_fields_merge_without_a_question() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Water the plants"]);
    let note = alice.add("note", &["title=Packing", "content=tent\nstove\nmaps\n"]);
    meet(&bob, &alice);
    alice.set(&task, "priority=important");
    bob.set(&task, "planned=2026-05-02T09:00:00Z");
    alice.set(&task, "tags+=home");
    bob.set(&task, "tags+=garden");
    alice.set(&note, "content=passports\ntent\nstove\nmaps\n");
    bob.set(&note, "content=tent\nstove\nmaps\nchargers\n");
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
    assert_eq!(alice.field(&task, "priority"), "important");
    assert_eq!(alice.field(&task, "planned"), "2026-05-02T09:00:00Z");
    assert_eq!(alice.field(&task, "tags").as_array().unwrap().len(), 2);
    assert_eq!(bob.field(&note, "content"), "passports\ntent\nstove\nmaps\nchargers\n");
}

#[test]
fn a_conflict_waits_on_both_and_is_settled_once_for_both() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Call the dentist"]);
    meet(&bob, &alice);
    alice.set(&task, "title=Call the dentist on Friday");
    bob.set(&task, "title=Call Dr Okafor");
    let moved = meet(&bob, &alice);
    assert_eq!(moved["received"]["conflicts"], 1, "{moved}");
    assert_same(&[&alice, &bob]);
    for device in [&alice, &bob] {
        assert_eq!(device.json(&["status"])["reviews"], 1);
        assert_eq!(device.json(&["status"])["devices"][0]["state"], "needs-review");
        let shown = device.run(&["review", "show", &task]).well().stdout;
        assert!(shown.contains("Call the dentist on Friday") && shown.contains("Call Dr Okafor"), "{shown}");
        let other = if device.name == "alice" { "bob" } else { "alice" };
        assert!(shown.contains("this device") && shown.contains(other), "{shown}");
    }

    bob.json(&["review", "resolve", &task, "title", "mine"]);
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
    assert_eq!(alice.field(&task, "title"), "Call Dr Okafor");
    // What lost is still there for whoever looks.
    let history = alice.run(&["history", &task]).well().stdout;
    assert!(history.contains("Call the dentist on Friday"), "{history}");
    // It never comes back.
    meet(&alice, &bob);
    meet(&bob, &alice);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
}

#[test]
fn every_way_to_settle_a_conflict_holds_on_both() {
    let [alice, bob] = two();
    let ways: [(&[&str], &str); 4] = [
        (&["mine"], "of alice"),
        (&["theirs"], "of bob"),
        (&["title", "2"], ""),
        (&["title", "--value", "of both"], "of both"),
    ];
    let tasks: Vec<String> = ways.iter().map(|_| alice.add("task", &["title=plain"])).collect();
    meet(&bob, &alice);
    for task in &tasks {
        alice.set(task, "title=of alice");
        bob.set(task, "title=of bob");
    }
    meet(&bob, &alice);
    for (task, (words, expected)) in tasks.iter().zip(ways) {
        let second = alice.json(&["review", "show", task])["reviews"][0]["versions"][1]["value"].take();
        alice.json(&[&["review", "resolve", task], words].concat());
        let chosen = if expected.is_empty() { second } else { json!(expected) };
        assert_eq!(alice.field(task, "title"), chosen);
    }
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
}

#[test]
fn an_edit_beats_a_delete_that_did_not_see_it_and_a_person_decides() {
    let [alice, bob] = two();
    let [kept, deleted] = ["keep", "delete"].map(|title| alice.add("task", &[&format!("title={title}")]));
    meet(&bob, &alice);
    for task in [&kept, &deleted] {
        alice.json(&["rm", task]);
        bob.set(task, "deadline=2026-05-31T12:00:00Z");
    }
    meet(&alice, &bob);
    assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (2, 2));
    bob.json(&["review", "resolve", &kept, "keep"]);
    bob.json(&["review", "resolve", &deleted, "delete"]);
    meet(&alice, &bob);
    let both = assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
    assert_eq!(both.lines().count(), 1, "{both}");
    assert_eq!(alice.field(&kept, "deadline"), "2026-05-31T12:00:00Z");
}

#[test]
fn what_was_deleted_stays_deleted() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Gone"]);
    meet(&bob, &alice);
    alice.json(&["rm", &task]);
    let moved = meet(&bob, &alice);
    assert_eq!(moved["received"]["deleted"], 1, "{moved}");
    assert_eq!(assert_same(&[&alice, &bob]), "");
    // Neither a change nor a second delete brings it back.
    assert!(bob.refusal(&["set", &task, "title=Back"], 4).contains("is deleted"));
    assert_eq!(bob.json(&["rm", &task])["changed"], false);
}

#[test]
fn two_devices_that_make_the_same_thing_make_one() {
    let [alice, bob] = two();
    let habit = alice.add("habit", &["name=Read"]);
    meet(&bob, &alice);
    let of = format!("habit={}", habit.split_once('/').unwrap().1);
    let ticked =
        [&alice, &bob].map(|device| device.add("habit_record", &[&of, "day=2026-03-01", "status=complete"]));
    let tagged = [&alice, &bob].map(|device| device.add("tag", &["name=Garden"]));
    let named = [(&alice, "Work"), (&bob, "work")]
        .map(|(device, tag)| device.add("task", &["title=Plan", &format!("tags={tag}")]));
    assert_eq!((&ticked[0], &tagged[0]), (&ticked[1], &tagged[1]));
    assert_ne!(named[0], named[1], "two tasks of one title are two tasks");
    meet(&bob, &alice);
    let both = assert_same(&[&alice, &bob]);
    let count =
        |kind: &str| both.lines().filter(|line| line.contains(&format!("\"kind\":\"{kind}\""))).count();
    assert_eq!((count("habit_record"), count("tag"), count("task")), (1, 2, 2), "{both}");
    assert!(
        alice
            .refusal(&["add", "habit_record", &of, "day=2026-03-01", "status=skipped"], 5)
            .contains("exists")
    );
}

#[test]
fn a_kind_that_is_switched_off_stays_here_until_it_is_switched_on() {
    let [alice, bob] = two();
    alice.add("note", &["title=Shared"]);
    meet(&bob, &alice);
    alice.json(&["kinds", "off", "note"]);
    let note = alice.add("note", &["title=Diary"]);
    alice.add("task", &["title=Plan"]);
    let moved = meet(&bob, &alice);
    assert_eq!(moved["received"]["new"], 1, "{moved}");
    let there = bob.export();
    assert!(there.contains("Plan") && there.contains("Shared") && !there.contains("Diary"), "{there}");
    // All that both share is the same, whoever switched the rest off, and whatever is written of that.
    bob.add("note", &["title=Bob's diary"]);
    for device in [&alice, &bob] {
        let of = &device.json(&["status"])["devices"][0];
        assert_eq!((&of["state"], &of["pending"]), (&json!("up-to-date"), &json!(0)), "{of}");
    }

    alice.json(&["kinds", "on", "note"]);
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!(bob.field(&note, "title"), "Diary");
}

#[test]
fn a_kind_can_be_kept_from_one_device_alone() {
    let [alice, bob] = two();
    let carol = Device::new("carol");
    pair(&alice, &carol);
    alice.json(&["kinds", "off", "note", "--device", "bob"]);
    alice.add("note", &["title=Diary"]);
    meet(&bob, &alice);
    meet(&carol, &alice);
    assert_eq!(bob.export(), "");
    assert_same(&[&alice, &carol]);
    let off: Vec<Value> = alice.json(&["kinds"]).as_array().unwrap().clone();
    let note = off.iter().find(|kind| kind["kind"] == "note").unwrap();
    assert_eq!(note["off_with"].as_array().unwrap().len(), 1, "{note}");
}

#[test]
fn what_belongs_to_a_device_and_what_is_secret_never_leaves_it() {
    let [alice, bob] = two();
    alice.add("setting", &["key=secret.token", "value=hunter2"]);
    alice.add("setting", &["key=locale", "value=de"]);
    alice.add("setting", &["key=week_start", "value=monday"]);
    meet(&bob, &alice);
    let there = bob.export();
    assert!(
        there.contains("week_start") && !there.contains("hunter2") && !there.contains("locale"),
        "{there}"
    );
    assert!(!alice.export().contains("hunter2"));
    let database = bob.database_bytes();
    assert!(!database.windows(7).any(|bytes| bytes == b"hunter2"));
}
