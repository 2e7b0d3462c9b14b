//! Clocks that are wrong, and that are set while devices talk.

use super::clock::Clock;
use super::device::Device;
use super::together::{assert_same, meet, notes, two, until};
use super::wire::Wire;
use serde_json::Value;

#[test]
fn a_clock_that_is_set_while_devices_are_connected_lets_no_later_edit_lose() {
    let [alice, mut bob] = two();
    let Some(clock) = Clock::calendar_of(&mut bob) else { return };
    let task = alice.add("task", &["title=Plan"]);
    meet(&bob, &alice);
    let both = [alice.serve(), bob.serve()];
    let arrives = |at: &Device, title: &str| until(|| at.field(&task, "title") == title);
    let id = bob.json(&["status"])["device"].clone();
    assert_eq!(alice.json(&["status"])["clocks_ahead"], Value::Array(Vec::new()));

    // Ahead; back by less than what counts as set back; and by more.
    for (step, told) in [("+259200s", true), ("+258900s", true), ("-400d", false)] {
        clock.is_off_by(step);
        let [title, reply] = ["written", "answered"].map(|what| format!("{what} at {step}"));
        bob.set(&task, &format!("title={title}"));
        arrives(&alice, &title);
        if told {
            let status = alice.json(&["status"]);
            assert_eq!(status["clocks_ahead"][0]["device"], id, "whose clock is wrong is said: {status}");
        }
        alice.set(&task, &format!("title={reply}"));
        arrives(&bob, &reply);
    }
    for serving in both {
        serving.terminate().well();
    }
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!(alice.reviews(), 0, "nothing was edited at once");
    alice.assert_sound();
    bob.assert_sound();
}

#[test]
fn a_clock_that_is_set_in_the_middle_of_a_sync_does_not_disturb_it() {
    let [alice, mut bob] = two();
    let Some(clock) = Clock::calendar_of(&mut bob) else { return };
    let serving = alice.serve();
    for (round, step) in (0..).zip(["+400d", "-400d", "+0s"]) {
        alice.import(&notes(2_000, round));
        let wire = Wire::holding(&alice.address(), 10_000);
        let sync = bob.start(&["--json", "sync", "alice", "--address", &wire.address]);
        wire.wait();
        clock.is_off_by(step);
        wire.release();
        let ended = sync.finish().well();
        assert_eq!(ended.documents()[0][0]["equal"], true);
        assert_eq!(assert_same(&[&alice, &bob]).lines().count(), 2_000);
        assert_eq!(bob.json(&["status"])["devices"][0]["state"], "up-to-date", "{step}");
    }
    serving.terminate().well();
    bob.assert_sound();
}
