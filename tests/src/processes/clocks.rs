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

    clock.is_off_by("+3d");
    bob.set(&task, "title=Written three days ahead");
    arrives(&alice, "Written three days ahead");
    assert_eq!(alice.json(&["status"])["clocks_ahead"][0]["device"], id, "whose clock is wrong is said");
    alice.set(&task, "title=Written after that");
    arrives(&bob, "Written after that");

    clock.is_off_by("-400d");
    bob.set(&task, "title=Written with a clock of last year");
    arrives(&alice, "Written with a clock of last year");
    alice.set(&task, "title=Written at last");
    arrives(&bob, "Written at last");

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
