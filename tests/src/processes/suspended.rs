//! Processes that are suspended, as by Ctrl-Z or a lid that is closed, and perhaps never wake up.

use super::NOT_PROVED;
use super::clock::Clock;
use super::device::Device;
use super::running::Running;
use super::together::{assert_same, notes, two, until};
use super::wire::Wire;

/// Bytes that are past the greetings, and half of 2,000 notes at most.
const MIDDLE: u64 = 10_000;

#[test]
fn a_process_that_was_suspended_goes_on_where_it_was() {
    let [alice, bob] = two();
    for (round, suspended) in (0..).zip(["dialling", "serving"]) {
        alice.import(&notes(2_000, round));
        let (serving, mut sync, wire) = in_the_middle(&alice, &bob);
        let sleeper = if suspended == "dialling" { &sync } else { &serving };
        sleeper.suspend();
        wire.release();
        // The others of its device go on meanwhile.
        alice.json(&["status"]);
        bob.json(&["status"]);
        assert!(sync.is_running());
        let sleeper = if suspended == "dialling" { &sync } else { &serving };
        sleeper.resume();
        let ended = sync.finish().well();
        assert_eq!(ended.documents()[0][0]["equal"], true);
        serving.terminate().well();
        assert_same(&[&alice, &bob]);
    }
    bob.assert_sound();
}

#[test]
fn a_suspended_device_does_not_answer_and_that_is_said() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Call the dentist"]);
    let serving = alice.serve();
    serving.suspend();
    let ended = bob.run(&["--json", "sync"]);
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let reason = ended.documents()[0][0]["reason"].to_string();
    assert!(reason.contains("did not answer in time") && reason.contains("try again"), "{reason}");
    serving.resume();
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_eq!(bob.field(&task, "title"), "Call the dentist");
}

#[test]
fn a_serving_device_that_does_not_wake_up_is_given_up_and_met_again() {
    let [alice, mut bob] = two();
    let Some(clock) = Clock::all_of(&mut bob) else { return };
    alice.import(&notes(2_000, 0));
    let (mut serving, mut sync, wire) = in_the_middle(&alice, &bob);
    serving.suspend();
    wire.release();
    waits_for_ever(&clock, || !sync.is_running());
    let ended = sync.finish();
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let told = &ended.documents()[0][0];
    assert_eq!(told["equal"], false);
    assert_says_given_up(told["reason"].as_str().unwrap());
    assert_says_given_up(bob.json(&["status"])["devices"][0]["reason"].as_str().unwrap());
    serving.resume();
    serving.document_where(|told| told["event"] == "ended");
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_same(&[&alice, &bob]);
    bob.assert_sound();
}

#[test]
fn a_dialling_device_that_does_not_wake_up_is_given_up_and_met_again() {
    let [mut alice, bob] = two();
    let Some(clock) = Clock::all_of(&mut alice) else { return };
    bob.import(&notes(2_000, 0));
    let (mut serving, sync, wire) = in_the_middle(&alice, &bob);
    sync.suspend();
    wire.release();
    waits_for_ever(&clock, || alice.json(&["status"])["devices"][0]["state"] == "problem");
    let told = serving.document_where(|told| told["event"] == "ended");
    assert_says_given_up(told["message"].as_str().unwrap());
    assert!(serving.is_running(), "the others are served on");
    sync.resume();
    let ended = sync.finish();
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let reason = ended.documents()[0][0]["reason"].to_string();
    assert!(reason.contains("sync again") || reason.contains("the next sync goes on from there"), "{reason}");
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_same(&[&alice, &bob]);
    bob.assert_sound();
}

fn assert_says_given_up(message: &str) {
    assert!(message.contains("stopped answering") && message.contains("sync again"), "{message}");
}

/// Lets time pass on a device, again and again more than a session waits: what was on its way may still arrive first.
fn waits_for_ever(clock: &Clock, mut has_ended: impl FnMut() -> bool) {
    let mut minutes = 0;
    until(|| {
        minutes += 2;
        clock.is_off_by(&format!("+{minutes}m"));
        has_ended()
    });
}

/// One serves, the other syncs with it, and some of what there is to send has passed.
fn in_the_middle(serving: &Device, dialling: &Device) -> (Running, Running, Wire) {
    let server = serving.serve();
    let wire = Wire::holding(&serving.address(), MIDDLE);
    let sync = dialling.start(&["--json", "sync", serving.name, "--address", &wire.address]);
    wire.wait();
    (server, sync, wire)
}
