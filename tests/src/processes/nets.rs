//! Safety nets: what waits and why, old values put back, what stays on one device, and many deletions at once.

use super::NOT_PROVED;
use super::clock::Clock;
use super::device::Device;
use super::together::{assert_same, meet, notes, two};
use serde_json::Value;

fn says(device: &Device, arguments: &[&str]) -> String {
    device.run(arguments).well().stdout
}

fn notes_of(device: &Device) -> usize {
    device.documents(&["list", "note"]).len()
}

#[test]
fn what_waits_for_a_device_is_listed_with_the_reason_until_it_was_proved() {
    let [alice, bob] = two();
    let old = alice.add("task", &["title=Old plan"]);
    let gone = alice.add("task", &["title=Gone"]);
    meet(&alice, &bob);
    assert_eq!(alice.json(&["pending"])[0]["changes"], Value::Array(Vec::new()));

    alice.json(&["rm", &gone]);
    alice.set(&old, "title=New plan");
    alice.add("task", &["title=Fresh"]);
    alice.refusal(&["sync"], NOT_PROVED);
    let pending = alice.json(&["pending", "bob"])[0].take();
    let changes = pending["changes"].as_array().unwrap();
    let told: Vec<_> = changes.iter().map(|one| (one["operation"].as_str(), one["title"].as_str())).collect();
    let expected =
        [("delete", "Gone"), ("update", "New plan"), ("create", "Fresh")].map(|(o, t)| (Some(o), Some(t)));
    assert_eq!((told.as_slice(), &pending["pending"]), (&expected[..], &Value::from(3)));
    let shown = says(&alice, &["pending"]);
    for part in ["bob: 3 changes wait", "no address of it answered", "CHANGE", "New plan"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    meet(&alice, &bob);
    assert!(says(&alice, &["pending"]).starts_with("bob: nothing waits\n"));
    assert_eq!(alice.json(&["pending"])[0]["failure"], Value::Null);
}

#[test]
fn an_old_value_is_put_back_by_its_number_and_so_is_what_it_replaced() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Call Dr Okafor"]);
    alice.set(&task, "title=Call somebody");
    let number = |line: usize| alice.documents(&["history", &task])[line]["number"].to_string();
    let first = number(0);
    assert!(says(&alice, &["history", &task]).starts_with(&format!("{first} · ")));
    alice.json(&["put-back", &first]);
    assert_eq!(alice.field(&task, "title"), "Call Dr Okafor");
    assert!(alice.refusal(&["put-back", &first], 5).contains("already"));
    alice.json(&["put-back", &number(0)]);
    assert_eq!(alice.field(&task, "title"), "Call somebody");
    alice.json(&["rm", &task]);
    alice.json(&["put-back", &number(0)]);
    meet(&bob, &alice);
    assert_eq!(bob.field(&task, "title"), "Call somebody");
    assert_same(&[&alice, &bob]);
}

#[test]
fn what_stays_here_leaves_no_trace_elsewhere_until_it_is_shared() {
    let [alice, bob] = two();
    let note = alice.add("note", &["title=Presents for Bob", "--here"]);
    alice.add("note", &["title=Packing"]);
    // Equal, although one of them holds more.
    meet(&bob, &alice);
    assert_eq!((notes_of(&alice), notes_of(&bob)), (2, 1));
    assert_same(&[&alice, &bob]);
    assert!(says(&alice, &["get", &note]).contains("It stays on this device."));
    let trace = b"Presents for Bob";
    assert!(!bob.database_bytes().windows(trace.len()).any(|part| part == trace));
    alice.assert_sound();

    alice.json(&["keep", &note, "--shared"]);
    meet(&bob, &alice);
    assert_eq!(bob.field(&note, "title"), "Presents for Bob");
    assert_same(&[&alice, &bob]);
    let refused = alice.refusal(&["keep", &note, "--here"], 5);
    assert!(refused.contains("may be on your other devices already"), "{refused}");
}

#[test]
fn many_deletions_at_once_are_told_of_and_undone_on_both() {
    let [alice, bob] = two();
    alice.import(&notes(30, 0));
    meet(&bob, &alice);
    for note in bob.documents(&["list", "note"]).iter().take(21) {
        bob.json(&["rm", &format!("note/{}", note["id"].as_str().unwrap())]);
    }
    meet(&bob, &alice);
    assert_eq!((notes_of(&alice), notes_of(&bob)), (9, 9));
    let told = says(&alice, &["status"]);
    assert!(told.contains("bob deleted 21 entities of 30 here"), "{told}");
    let number = alice.json(&["status"])["deletions"][0]["number"].to_string();
    assert!(told.contains(&format!("`whph undo {number}`")), "{told}");
    assert_eq!(bob.json(&["status"])["deletions"], Value::Array(Vec::new()));

    assert_eq!(alice.json(&["undo", &number])["restored"], 21);
    assert_eq!(alice.json(&["status"])["deletions"], Value::Array(Vec::new()));
    meet(&bob, &alice);
    assert_eq!((notes_of(&alice), notes_of(&bob)), (30, 30));
    assert_same(&[&alice, &bob]);
}

#[test]
fn clocks_that_are_minutes_apart_are_told_of_on_both_until_one_is_set() {
    let [alice, mut bob] = two();
    let Some(clock) = Clock::calendar_of(&mut bob) else { return };
    clock.is_off_by("-240s");
    meet(&bob, &alice);
    let told = [says(&alice, &["status"]), says(&bob, &["status"])];
    assert!(
        told[0].contains("The clock of bob is ") && told[0].contains(" behind this device's"),
        "{}",
        told[0]
    );
    assert!(
        told[1].contains("The clock of alice is ") && told[1].contains(" ahead of this device's"),
        "{}",
        told[1]
    );
    clock.is_off_by("+0s");
    meet(&bob, &alice);
    assert_eq!(alice.json(&["status"])["devices"][0]["clock_ms"], Value::Null);
    assert!(!says(&bob, &["status"]).contains("The clock of"));
}
