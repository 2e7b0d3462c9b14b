//! Processes that are taken away at any moment, as `kill -9` and a power cut do.

use super::device::Device;
use super::together::{assert_same, meet, two};
use super::wire::Wire;
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use std::fs;
use std::thread;
use std::time::Duration;

const ENTITIES: u64 = 5_000;
const ROUNDS: u64 = 10;
/// What may be sent again: the batch that was on its way.
const BATCH: u64 = 500;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Dialling,
    Serving,
}

#[test]
fn a_big_sync_goes_on_after_the_dialling_side_was_killed() {
    rounds(Side::Dialling, 1);
}

#[test]
fn a_big_sync_goes_on_after_the_serving_side_was_killed() {
    rounds(Side::Serving, 2);
}

/// Every round, one device writes everything anew, and one of the two processes that sync it is killed after some number of
/// bytes.
fn rounds(victim: Side, seed: u64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let [alice, bob] = two();
    alice.import(&lines(0));
    meet(&bob, &alice);
    // How much a sync of all this takes, so that the knife falls everywhere in it.
    alice.import(&lines(1));
    let moved = meet(&bob, &alice);
    let bytes = moved["bytes_sent"].as_u64().unwrap() + moved["bytes_received"].as_u64().unwrap();
    for round in 2..2 + ROUNDS {
        let (writing, reading) =
            if dice.next_u64().is_multiple_of(2) { (&alice, &bob) } else { (&bob, &alice) };
        let (serving, dialling) =
            if dice.next_u64().is_multiple_of(2) { (writing, reading) } else { (reading, writing) };
        writing.import(&lines(round));

        let server = serving.serve();
        let at = dice.next_u64() % bytes;
        let wire = Wire::telling(&serving.address(), at);
        let client = dialling.start(&["--json", "sync", serving.name, "--address", &wire.address]);
        wire.wait();
        match victim {
            Side::Dialling => {
                client.kill();
                server.terminate().well();
            }
            Side::Serving => {
                server.kill();
                // It may just have finished.
                let ended = client.finish();
                assert!(matches!(ended.code, Some(0 | 6)), "{ended:?}");
            }
        }

        let seen =
            format!("round {round}: {victim:?} killed at byte {at} of {bytes}, {} passed", wire.passed());
        reading.assert_sound();
        let committed = holding(reading, round);
        let moved = meet(reading, writing);
        let received: u64 = ["new", "changed", "deleted", "unchanged"]
            .iter()
            .map(|what| moved["received"][what].as_u64().unwrap())
            .sum();
        assert!(
            received <= ENTITIES - committed + BATCH,
            "{seen}: {committed} were there, {received} came again"
        );
        assert_same(&[&alice, &bob]);
        assert_eq!(holding(reading, round), ENTITIES, "{seen}");
    }
    alice.assert_sound();
    bob.assert_sound();
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
}

#[test]
fn a_killed_import_is_simply_done_again() {
    let mut dice = ChaCha8Rng::seed_from_u64(3);
    let alice = Device::new("alice");
    let file = alice.home().join("tasks.jsonl");
    for round in 0..6 {
        fs::write(&file, lines(round)).unwrap();
        let importing = alice.start(&["import", file.to_str().unwrap()]);
        thread::sleep(Duration::from_millis(dice.next_u64() % 150));
        importing.kill();
        alice.assert_sound();
        alice.json(&["import", file.to_str().unwrap()]);
        assert_eq!(holding(&alice, round), ENTITIES);
    }
    alice.assert_sound();
}

/// All entities, as they are in that round.
fn lines(round: u64) -> String {
    let line = |n: u64| {
        format!(
            "{{\"kind\":\"task\",\"id\":\"00000000-0000-4000-8000-{n:012}\",\"fields\":{{\"title\":\"Task {n} of many\",\"order\":{}}}}}\n",
            round * 10_000 + n
        )
    };
    (0..ENTITIES).map(line).collect()
}

/// How many entities are there as they are in that round.
fn holding(device: &Device, round: u64) -> u64 {
    let export = device.export();
    let orders = export.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["fields"]["order"].as_f64().unwrap() as u64
    });
    orders.filter(|order| order / 10_000 == round).count() as u64
}
