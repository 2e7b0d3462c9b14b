//! A device that was forgotten comes in no more, whatever goes on at that moment.

use super::device::Device;
use super::together::{assert_same, meet, pair, two};
use super::wire::Wire;
use sync_core::limits::{BATCH_CREDIT, BATCH_ENTITIES};

const NOT_PROVED: i32 = 6;
const DOES_NOT_KNOW: &str = "it does not know this device (any more)";

#[test]
fn a_forgotten_device_is_refused_and_told_what_to_do() {
    let [alice, bob] = two();
    alice.add("task", &["title=Before"]);
    meet(&bob, &alice);
    alice.json(&["forget", "bob"]);
    assert_eq!(alice.paired(), 0);
    alice.add("task", &["title=After"]);

    let serving = alice.serve();
    let refused = bob.run(&["--json", "sync"]);
    assert_eq!(refused.code, Some(NOT_PROVED), "{refused:?}");
    let reason = &refused.documents()[0][0]["reason"];
    assert!(reason.as_str().unwrap().contains(DOES_NOT_KNOW), "{reason}");
    assert!(reason.as_str().unwrap().contains("pair anew"), "{reason}");
    let alone = serving.terminate().well();
    assert!(!alone.stdout.contains("connected"), "{alone:?}");
    // It stays visible after the command has ended.
    let status = bob.json(&["status"]);
    assert_eq!(status["devices"][0]["state"], "problem", "{status}");
    assert!(status["devices"][0]["reason"].as_str().unwrap().contains(DOES_NOT_KNOW), "{status}");
    assert!(bob.export().contains("Before") && !bob.export().contains("After"));

    assert_eq!(alice.refusal(&["sync", "bob"], 4), alice.refusal(&["forget", "bob"], 4));
    assert!(alice.refusal(&["sync"], NOT_PROVED).contains("no device is paired"));
}

#[test]
fn forgetting_cuts_a_live_session_of_another_process() {
    let [alice, bob] = two();
    let (mut at_alice, mut at_bob) = (alice.serve(), bob.serve());
    at_bob.document_where(|told| told["event"] == "up-to-date");
    alice.json(&["forget", "bob"]);
    at_alice.document_where(|told| told["event"] == "ended");
    at_bob.document_where(|told| told["event"] == "ended");
    alice.add("task", &["title=After"]);
    at_bob.terminate().well();
    assert_eq!(bob.run(&["sync"]).code, Some(NOT_PROVED));
    at_alice.terminate().well();
    assert_eq!(bob.export(), "");
}

#[test]
fn forgetting_cuts_a_sync_that_is_on_its_way() {
    let [alice, bob] = two();
    // More than one window of batches holds, and than the wire lets through.
    let many = (BATCH_CREDIT + 2) * BATCH_ENTITIES;
    let lines: String =
        (0..many).map(|n| format!("{{\"kind\":\"task\",\"fields\":{{\"title\":\"Task {n}\"}}}}\n")).collect();
    alice.import(&lines);
    let mut serving = alice.serve();
    let wire = Wire::holding(&alice.address(), 20_000);
    let syncing = bob.start(&["--json", "sync", "alice", "--address", &wire.address]);
    wire.wait();
    alice.json(&["forget", "bob"]);
    serving.document_where(|told| told["event"] == "ended");
    wire.release();
    let ended = syncing.finish();
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    assert_eq!(ended.documents()[0][0]["equal"], false);
    serving.terminate().well();
    assert!(bob.export().lines().count() < many);
    bob.assert_sound();

    // What it has it keeps, and pairing anew goes on from there.
    bob.json(&["forget", "alice"]);
    pair(&alice, &bob);
    assert_same(&[&alice, &bob]);
}

#[test]
fn a_stranger_with_a_key_of_its_own_learns_nothing() {
    let [alice, bob] = two();
    let mallory = Device::new("mallory");
    pair(&mallory, &bob);
    // Bob is known to Mallory, and Alice to Bob; that makes Mallory no friend of Alice's.
    let serving = alice.serve();
    let refused = mallory.run(&["--json", "sync", "bob", "--address", &alice.address()]);
    assert_eq!(refused.code, Some(NOT_PROVED), "{refused:?}");
    serving.terminate().well();
    assert!(mallory.refusal(&["sync", "alice"], 4).contains("whph devices"));
    assert_eq!((alice.paired(), mallory.paired()), (1, 1));
}
