//! Devices that stay reachable: changes arrive by themselves, and nobody gets into another's way.

use super::device::Device;
use super::running::Running;
use super::together::{assert_same, meet, pair, two, until};
use serde_json::Value;
use std::thread;

#[test]
fn a_change_by_another_process_reaches_a_live_peer() {
    let [alice, bob] = two();
    let (at_alice, mut at_bob) = (alice.serve(), bob.serve());
    at_bob.document_where(|told| told["event"] == "up-to-date");
    let task = alice.add("task", &["title=Water the plants"]);
    at_bob.document_where(|told| told["event"] == "up-to-date" && told["received"]["new"] == 1);
    assert_eq!(bob.field(&task, "title"), "Water the plants");
    alice.set(&task, "title=Water all plants");
    at_bob.document_where(|told| told["event"] == "up-to-date" && told["received"]["changed"] == 1);
    assert_eq!(bob.field(&task, "title"), "Water all plants");
    at_alice.terminate().well();
    at_bob.terminate().well();
    assert_same(&[&alice, &bob]);
}

#[test]
fn serve_stops_cleanly_when_it_is_asked_to() {
    let [alice, bob] = two();
    let (mut at_alice, at_bob) = (alice.serve(), bob.serve());
    at_alice.document_where(|told| told["event"] == "up-to-date");
    let stopped = at_bob.terminate().well();
    assert_eq!(stopped.documents().last().unwrap()["event"], "stopped");
    assert!(stopped.stderr.is_empty(), "{}", stopped.stderr);
    // The other side was told, and goes on.
    let ended = at_alice.document_where(|told| told["event"] == "ended");
    assert!(ended["message"].as_str().unwrap().contains("stopped"), "{ended}");
    assert!(at_alice.is_running());
    at_alice.terminate().well();
    // Nothing was left to be recovered: the log is folded into the file.
    for device in [&alice, &bob] {
        assert!(!device.data.join("whph.db-wal").exists());
        device.assert_sound();
    }
}

#[test]
fn both_serve_and_dial_each_other_at_once() {
    let [alice, bob] = two();
    alice.add("task", &["title=Of alice"]);
    bob.add("task", &["title=Of bob"]);
    let mut both = [&alice, &bob].map(|device| device.start(&["--json", "serve"]));
    for serving in &mut both {
        serving.document_where(|told| told["event"] == "up-to-date");
    }
    until_same(&[&alice, &bob]);
    let [a, b] = [alice.add("task", &["title=Later"]), bob.add("task", &["title=Later still"])];
    until_same(&[&alice, &bob]);
    assert_eq!((bob.field(&a, "title"), alice.field(&b, "title")), ("Later".into(), "Later still".into()));
    for serving in both {
        serving.terminate().well();
    }
}

#[test]
fn two_syncs_at_once_both_end_well() {
    let [alice, bob] = two();
    let lines: String = (0..1_000)
        .map(|n| format!("{{\"kind\":\"note\",\"fields\":{{\"title\":\"Note {n}\"}}}}\n"))
        .collect();
    alice.import(&lines);
    let serving = alice.serve();
    let syncs: Vec<Running> = (0..2).map(|_| bob.start(&["--json", "sync"])).collect();
    for sync in syncs {
        let ended = sync.finish().well();
        assert_eq!(ended.documents()[0][0]["equal"], true);
    }
    serving.terminate().well();
    assert_eq!(assert_same(&[&alice, &bob]).lines().count(), 1_000);
    bob.assert_sound();
}

#[test]
fn two_devices_that_never_meet_are_equal_by_a_third() {
    let (alice, bob, carol) = (Device::new("alice"), Device::new("bob"), Device::new("carol"));
    pair(&alice, &bob);
    pair(&bob, &carol);
    let task = alice.add("task", &["title=Call the dentist"]);
    let serving = bob.serve();
    let sync = |device: &Device| assert_eq!(device.json(&["sync"])[0]["equal"], true);
    sync(&alice);
    sync(&carol);
    assert_eq!(carol.field(&task, "title"), "Call the dentist");
    alice.set(&task, "title=Call on Friday");
    carol.set(&task, "title=Call Dr Okafor");
    sync(&alice);
    sync(&carol);
    sync(&alice);
    serving.terminate().well();
    assert_same(&[&alice, &bob, &carol]);
    assert_eq!(alice.reviews(), 1);
    // Decided at one end, settled at the other.
    carol.json(&["review", "resolve", &task, "mine"]);
    meet(&carol, &bob);
    meet(&bob, &alice);
    assert_same(&[&alice, &bob, &carol]);
    assert_eq!((alice.reviews(), alice.field(&task, "title")), (0, Value::from("Call Dr Okafor")));
}

#[test]
fn nobody_there_is_said_and_stays_visible() {
    let [alice, bob] = two();
    let ended = bob.run(&["--json", "sync"]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    let reason = ended.documents()[0][0]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("whph serve"), "{reason}");
    let told = bob.run(&["sync"]);
    assert!(told.stdout.contains("not proved equal"), "{told:?}");
    // A peer that is merely away is no problem of this device.
    bob.add("task", &["title=Waiting"]);
    let status = bob.json(&["status"]);
    assert_eq!(
        (&status["devices"][0]["state"], &status["devices"][0]["pending"]),
        (&"waiting".into(), &1.into())
    );
    drop(alice);
}

#[test]
fn a_second_serve_says_who_has_the_port_and_other_commands_go_on() {
    let [alice, bob] = two();
    let serving = alice.serve();
    assert!(alice.refusal(&["serve"], 1).contains("taken"));
    // An invite beside it finds a port of its own.
    let carol = Device::new("carol");
    pair(&alice, &carol);
    alice.add("task", &["title=Beside"]);
    // Whoever was paired beside it is let in by it.
    for device in [&bob, &carol] {
        assert_eq!(device.json(&["sync"])[0]["equal"], true);
    }
    serving.terminate().well();
    assert_same(&[&alice, &bob, &carol]);
}

#[test]
fn everything_at_once_comes_to_rest_equal() {
    let [alice, bob] = two();
    let shared = alice.add("task", &["title=Plan", "order=0"]);
    let (at_alice, at_bob) = (alice.serve(), bob.serve());
    bob.json(&["sync"]);
    thread::scope(|scope| {
        for device in [&alice, &bob] {
            let shared = &shared;
            scope.spawn(move || {
                for n in 0..12 {
                    device.add("task", &[&format!("title={n} of {}", device.name)]);
                    device.set(shared, &format!("order={n}"));
                }
            });
            scope.spawn(|| {
                let line = |n| {
                    format!("{{\"kind\":\"note\",\"fields\":{{\"title\":\"{n} of {}\"}}}}\n", device.name)
                };
                for part in 0..3 {
                    device.import(&(part * 400..(part + 1) * 400).map(line).collect::<String>());
                }
            });
            scope.spawn(|| {
                for _ in 0..3 {
                    device.run(&["sync"]);
                    device.run(&["kinds", "off", "note"]).well();
                    device.run(&["kinds", "on", "note"]).well();
                    device.assert_sound();
                }
            });
        }
    });
    assert_eq!(alice.json(&["sync"])[0]["equal"], true);
    assert_same(&[&alice, &bob]);
    assert_eq!(alice.export().lines().count(), 1 + 2 * 12 + 2 * 1_200);
    for serving in [at_alice, at_bob] {
        let served = serving.terminate().well();
        assert_eq!(served.stderr, "");
    }
    meet(&alice, &bob);
    assert_same(&[&alice, &bob]);
    assert_eq!(alice.reviews(), 0, "the order is nothing to ask a person about");
    alice.assert_sound();
    bob.assert_sound();
}

/// Waits until they hold the same.
fn until_same(devices: &[&Device; 2]) {
    until(|| {
        let [one, other] = devices.map(Device::export);
        one == other && one.lines().count() >= 2
    });
}
