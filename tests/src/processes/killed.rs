//! Processes that are taken away at any moment, as `kill -9` and a power cut do.

use super::device::Device;
use super::running::Running;
use super::together::{assert_same, meet, two};
use super::wire::Wire;
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;
use std::{env, fs};
use sync_core::limits::{BATCH_BYTES, BATCH_CREDIT};

/// Kills in all, unless `WHPH_KILLS` says how many.
const KILLS: u64 = 100;
/// The tests that share them.
const SHARES: u64 = 4;

/// Notes so long that few of them make a batch, whatever number of entities may be in one …
const LENGTH: usize = BATCH_BYTES / 32;
/// … and so many that more batches are to come than may be on their way at once.
const NOTES: u64 = 32 * (BATCH_CREDIT as u64 + 1);
/// How long after a byte the knife may fall, in milliseconds: longer than both ends take to commit what they have.
const PAUSE: u64 = 40;
/// The same after an import, when live devices first have to notice it.
const LIVE_PAUSE: u64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Victim {
    Dialling,
    Serving,
    Both,
}

#[test]
fn a_sync_goes_on_after_the_dialling_side_was_killed() {
    syncs(Victim::Dialling, 1);
}

#[test]
fn a_sync_goes_on_after_the_serving_side_was_killed() {
    syncs(Victim::Serving, 2);
}

#[test]
fn a_sync_goes_on_after_both_sides_were_killed() {
    syncs(Victim::Both, 3);
}

/// In every round one device writes every note anew, and the processes that sync them are killed at some byte, or a
/// moment after it.
fn syncs(victim: Victim, seed: u64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let [alice, bob] = two();
    alice.import(&filled(&mut dice));
    meet(&bob, &alice);
    // How much a sync of all this takes, so that the knife falls everywhere in it.
    alice.import(&titles(1));
    let moved = meet(&bob, &alice);
    let bytes = moved["bytes_sent"].as_u64().unwrap() + moved["bytes_received"].as_u64().unwrap();
    let mut halfway = 0;
    for round in 2..2 + share() {
        let [writing, reading] = either(&mut dice, [&alice, &bob]);
        let [serving, dialling] = either(&mut dice, [writing, reading]);
        let at = dice.next_u64() % bytes;
        let pause = if dice.next_u64().is_multiple_of(2) { 0 } else { dice.next_u64() % PAUSE };
        let seen = format!("round {round}: {victim:?} killed {pause} ms after byte {at} of {bytes}");
        writing.import(&titles(round));

        let server = serving.serve();
        let wire = Wire::telling(&serving.address(), at);
        let client = dialling.start(&["--json", "sync", serving.name, "--address", &wire.address]);
        wire.wait();
        thread::sleep(Duration::from_millis(pause));
        match victim {
            Victim::Dialling => {
                client.kill();
                server.terminate().well();
            }
            Victim::Serving => {
                server.kill();
                // It may just have finished.
                let ended = client.finish();
                assert!(matches!(ended.code, Some(0 | 6)), "{seen}: {ended:?}");
            }
            Victim::Both => kill_both([client, server]),
        }

        writing.assert_sound();
        reading.assert_sound();
        let committed = holding(reading, round);
        halfway += u64::from(0 < committed && committed < NOTES);
        assert_eq!(received(&meet(reading, writing)), NOTES - committed, "{seen}: {committed} were there");
        let export = assert_same(&[&alice, &bob]);
        assert_eq!(of_round(&export, round), NOTES, "{seen}");
    }
    eprintln!("{} of {} knives fell between the first batch and the last", halfway, share());
    assert!(halfway > 0 || share() < KILLS / SHARES, "no knife fell between the first batch and the last");
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
}

#[test]
fn devices_that_stay_connected_go_on_after_a_kill() {
    let mut dice = ChaCha8Rng::seed_from_u64(4);
    let devices = two();
    devices[0].import(&filled(&mut dice));
    let mut serving = [devices[0].serve(), devices[1].serve()];
    until_holding(&mut serving[1], &devices[1], 0);
    for round in 1..=share() {
        let (writing, killed, both) = (coin(&mut dice), coin(&mut dice), coin(&mut dice) == 0);
        let reading = 1 - writing;
        devices[writing].import(&titles(round));
        thread::sleep(Duration::from_millis(dice.next_u64() % LIVE_PAUSE));
        if both {
            kill_both(serving);
            serving = [devices[0].serve(), devices[1].serve()];
        } else {
            let [first, second] = serving;
            serving = if killed == 0 {
                first.kill();
                [devices[0].serve(), second]
            } else {
                second.kill();
                [first, devices[1].serve()]
            };
        }
        devices.iter().for_each(Device::assert_sound);
        until_holding(&mut serving[reading], &devices[reading], round);
        assert_same(&[&devices[0], &devices[1]]);
    }
    for serving in serving {
        serving.terminate().well();
    }
    meet(&devices[0], &devices[1]);
    assert_eq!(assert_same(&[&devices[0], &devices[1]]).lines().count() as u64, NOTES);
    assert_eq!(devices[0].reviews(), 0);
}

#[test]
fn a_killed_import_is_simply_done_again() {
    const TASKS: u64 = 5_000;
    let mut dice = ChaCha8Rng::seed_from_u64(5);
    let alice = Device::new("alice");
    let file = alice.home().join("tasks.jsonl");
    for round in 0..6 {
        fs::write(&file, lines("task", TASKS, |n| json!({"title": title(n, round)}))).unwrap();
        let importing = alice.start(&["import", file.to_str().unwrap()]);
        thread::sleep(Duration::from_millis(dice.next_u64() % 150));
        importing.kill();
        alice.assert_sound();
        alice.json(&["import", file.to_str().unwrap()]);
        let export = alice.export();
        assert_eq!((of_round(&export, round), export.lines().count() as u64), (TASKS, TASKS));
    }
    alice.assert_sound();
}

/// How many kills are a test's share.
fn share() -> u64 {
    let kills = env::var("WHPH_KILLS").ok().map(|text| text.parse().expect("WHPH_KILLS is a number"));
    kills.unwrap_or(KILLS).div_ceil(SHARES)
}

fn coin(dice: &mut ChaCha8Rng) -> usize {
    usize::from(dice.next_u64().is_multiple_of(2))
}

fn either<'a>(dice: &mut ChaCha8Rng, [one, other]: [&'a Device; 2]) -> [&'a Device; 2] {
    if coin(dice) == 0 { [one, other] } else { [other, one] }
}

/// Neither lives to see the other go.
fn kill_both(both: [Running; 2]) {
    both.iter().for_each(Running::strike);
    both.into_iter().for_each(|process| drop(process.finish()));
}

/// All notes, with contents that no compression makes small.
fn filled(dice: &mut ChaCha8Rng) -> String {
    let mut contents = (0..NOTES).map(|_| {
        let mut bytes = vec![0; LENGTH / 2];
        dice.fill_bytes(&mut bytes);
        data_encoding::HEXLOWER.encode(&bytes)
    });
    lines("note", NOTES, |n| json!({"title": title(n, 0), "content": contents.next()}))
}

/// All notes, as they are called in that round.
fn titles(round: u64) -> String {
    lines("note", NOTES, |n| json!({"title": title(n, round)}))
}

fn lines(kind: &str, count: u64, mut fields: impl FnMut(u64) -> Value) -> String {
    let line = |n| {
        let id = format!("00000000-0000-4000-8000-{n:012}");
        format!("{}\n", json!({"kind": kind, "id": id, "fields": fields(n)}))
    };
    (0..count).map(line).collect()
}

fn title(n: u64, round: u64) -> String {
    format!("Number {n}{}", suffix(round))
}

fn suffix(round: u64) -> String {
    format!(" of round {round}.")
}

/// How many notes are there as they are called in that round.
fn holding(device: &Device, round: u64) -> u64 {
    of_round(&device.run(&["list", "note"]).well().stdout, round)
}

fn of_round(lines: &str, round: u64) -> u64 {
    lines.lines().filter(|line| line.contains(&suffix(round))).count() as u64
}

/// Waits until all notes are there as they are called in that round, and it says that nothing is missing.
fn until_holding(serving: &mut Running, device: &Device, round: u64) {
    while holding(device, round) < NOTES {
        serving.document_where(|told| told["event"] == "up-to-date");
    }
}

/// Entities that came in a sync, whether or not they were new.
fn received(moved: &Value) -> u64 {
    let counts = ["new", "changed", "deleted", "unchanged", "quarantined"];
    counts.iter().filter_map(|what| moved["received"][what].as_u64()).sum()
}
