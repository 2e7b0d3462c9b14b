//! A database that another program keeps locked: a backup, or one of ours that hangs in the middle of writing.

use super::device::Device;
use super::together::{assert_same, meet, two};
use super::{FAILED, NOT_PROVED};
use rusqlite::Connection;

#[test]
fn a_locked_database_is_said_to_be_locked_and_all_goes_on_afterwards() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Call the dentist"]);
    let of_bob = bob.add("task", &["title=Of bob"]);
    let mut at_alice = alice.serve();
    let other = locking(&bob);
    // Each waits for its time, and both together wait no longer.
    let set = bob.start(&["--json", "set", &of_bob, "title=Changed"]);
    let sync = bob.start(&["--json", "sync"]);
    let (set, sync) = (set.finish(), sync.finish());
    assert_eq!(set.code, Some(FAILED), "{set:?}");
    assert_says_locked(&set.error().1);
    assert_eq!(sync.code, Some(NOT_PROVED), "{sync:?}");
    let told = &sync.documents()[0][0];
    assert_eq!(told["equal"], false);
    assert_says_locked(told["reason"].as_str().unwrap());
    let told = at_alice.document_where(|told| told["event"] == "ended");
    assert!(told["message"].as_str().unwrap().contains("look at its status"), "{told}");
    // What is there can be read all the while.
    assert_eq!(bob.field(&of_bob, "title"), "Of bob");
    drop(other);

    bob.set(&of_bob, "title=Changed");
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    at_alice.terminate().well();
    assert_same(&[&alice, &bob]);
    assert_eq!(
        (bob.field(&task, "title"), alice.field(&of_bob, "title")),
        ("Call the dentist".into(), "Changed".into())
    );
    bob.assert_sound();
}

#[test]
fn a_device_whose_database_is_locked_says_so_when_it_is_synced_with_and_serves_on() {
    let [alice, bob] = two();
    let mut at_bob = bob.serve();
    alice.json(&["sync"]);
    let task = alice.add("task", &["title=Call the dentist"]);
    let other = locking(&bob);
    let ended = alice.run(&["--json", "sync"]);
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let reason = ended.documents()[0][0]["reason"].to_string();
    assert!(reason.contains("look at its status"), "{reason}");
    let told = at_bob.document_where(|told| told["event"] == "ended" && told["message"] != "finished");
    assert_says_locked(told["message"].as_str().unwrap());
    drop(other);
    assert_eq!(alice.json(&["sync"])[0]["equal"], true);
    at_bob.terminate().well();
    assert_eq!(bob.field(&task, "title"), "Call the dentist");
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    bob.assert_sound();
}

fn assert_says_locked(message: &str) {
    assert!(message.contains("in use by another program") && message.contains("try again"), "{message}");
}

/// Begins to write to a device's database, and does not end before it is dropped.
fn locking(device: &Device) -> Connection {
    let other = Connection::open(device.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}
