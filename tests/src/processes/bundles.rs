//! Bundles: devices that are on no network with each other, and a stick that goes to and fro.

use super::NOT_PROVED;
use super::device::Device;
use super::together::{assert_same, meet, notes, pair, two};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const REFUSED: i32 = 5;
const NOT_FOUND: i32 = 4;
const NOT_PAIRED: i32 = 9;

/// Writes a bundle. Its file.
fn write(from: &Device, to: &Device, name: &str) -> PathBuf {
    let file = from.home().join(name);
    let written = from.json(&["bundle", "write", to.name, file.to_str().unwrap()]);
    assert_eq!(written["files"].as_array().unwrap().len(), 1);
    PathBuf::from(written["files"][0].as_str().unwrap())
}

fn read(at: &Device, file: &Path) -> Value {
    at.json(&["bundle", "read", file.to_str().unwrap()])
}

fn carry(from: &Device, to: &Device, name: &str) -> Value {
    read(to, &write(from, to, name))
}

fn pending(device: &Device) -> u64 {
    device.json(&["pending"])[0]["pending"].as_u64().unwrap()
}

fn state(device: &Device) -> String {
    device.json(&["status"])["devices"][0]["state"].as_str().unwrap().to_owned()
}

/// What reading it says, with its code.
fn refused(at: &Device, file: &Path, code: i32) -> (String, String) {
    let ended = at.run(&["--json", "bundle", "read", file.to_str().unwrap()]);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    ended.error()
}

#[test]
fn two_devices_that_never_meet_come_together() {
    let [alice, bob] = two();
    alice.import(&notes(300, 0));
    let task = alice.add("task", &["title=Call the dentist"]);
    let gone = alice.add("note", &["title=Gone soon"]);
    assert_eq!(pending(&alice), 302);
    let told = carry(&alice, &bob, "one");
    assert_eq!((&told["new"], &told["equal"], pending(&bob)), (&302.into(), &true.into(), 0));
    assert_eq!(carry(&bob, &alice, "one")["equal"], true);
    assert_eq!((pending(&alice), state(&alice), state(&bob)), (0, "up-to-date".into(), "up-to-date".into()));
    assert_same(&[&alice, &bob]);

    alice.set(&task, "title=Call on Friday");
    bob.set(&task, "title=Call Dr Okafor");
    bob.json(&["rm", &gone]);
    let told = carry(&alice, &bob, "two");
    assert_eq!((&told["conflicts"], &told["equal"]), (&1.into(), &false.into()));
    assert_eq!(state(&bob), "waiting");
    assert_eq!(carry(&bob, &alice, "two")["equal"], true);
    assert_eq!(carry(&alice, &bob, "three")["equal"], true);
    assert_same(&[&alice, &bob]);
    assert_eq!((pending(&alice), pending(&bob), alice.reviews()), (0, 0, 1));
    // And a session finds nothing left to do.
    let met = meet(&bob, &alice);
    assert_eq!((&met["sent"], &met["received"]["unchanged"]), (&0.into(), &0.into()));
    for device in [&alice, &bob] {
        device.assert_sound();
    }
}

#[test]
fn a_bundle_read_twice_changes_nothing() {
    let [alice, bob] = two();
    alice.add("note", &["title=One"]);
    let file = write(&alice, &bob, "one");
    read(&bob, &file);
    let export = bob.export();
    let again = read(&bob, &file);
    assert_eq!((&again["new"], &again["changed"], &again["unchanged"]), (&0.into(), &0.into(), &1.into()));
    assert_eq!((bob.export(), pending(&bob)), (export, 0));
}

#[test]
fn a_lost_bundle_costs_nothing_but_a_later_one() {
    let [alice, bob] = two();
    alice.add("note", &["title=In the lost one"]);
    fs::remove_file(write(&alice, &bob, "lost")).unwrap();
    alice.add("note", &["title=Later"]);
    assert_eq!(carry(&alice, &bob, "later")["equal"], true);
    assert_same(&[&alice, &bob]);
}

#[test]
fn everything_goes_again_when_asked_for() {
    let [alice, bob] = two();
    alice.add("note", &["title=One"]);
    meet(&bob, &alice);
    let file = alice.home().join("all");
    let path = file.to_str().unwrap();
    assert_eq!(alice.json(&["bundle", "write", "bob", path])["entities"], 0);
    let all = ["bundle", "write", "bob", path, "--all"];
    assert!(alice.refusal(&all, REFUSED).contains("all.whphbundle is there already"));
    assert_eq!(alice.json(&[&all[..], &["--force"]].concat())["entities"], 1);
    assert_eq!(read(&bob, &file.with_extension("whphbundle"))["equal"], true);
}

#[test]
fn each_file_that_is_none_for_this_device_says_why() {
    let [alice, bob] = two();
    let carol = Device::new("carol");
    pair(&alice, &carol);
    alice.add("note", &["title=Secret plans"]);
    let file = write(&alice, &bob, "for bob");
    let bytes = fs::read(&file).unwrap();
    let before = bob.export();
    let altered = |name: &str, bytes: &[u8]| {
        let path = bob.home().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let damaged = [&bytes[..bytes.len() - 1], &[bytes[bytes.len() - 1] ^ 1]].concat();
    let newer = [&bytes[..8], b"\x07", &bytes[9..]].concat();
    for (path, at, exit, code, words) in [
        (altered("a text", b"Dear Bob"), &bob, REFUSED, "not-a-bundle", "no bundle of WHPH"),
        (altered("cut", &bytes[..bytes.len() / 2]), &bob, REFUSED, "bundle-damaged", "cut short"),
        (
            altered("damaged", &damaged),
            &bob,
            REFUSED,
            "bundle-damaged",
            "Copy it from the other device again",
        ),
        (altered("newer", &newer), &bob, REFUSED, "bundle-newer", "Update WHPH on this device"),
        (altered("large", &vec![b'x'; (64 << 20) + 100]), &bob, REFUSED, "bundle-too-big", "64 MiB"),
        (file.clone(), &carol, REFUSED, "bundle-for-another", "Read it on the one that it was written for"),
        (file.clone(), &alice, REFUSED, "bundle-own", "Carry it to the device that it is for"),
        (bob.home().join("nowhere"), &bob, NOT_FOUND, "file", "cannot be read"),
    ] {
        let (said, message) = refused(at, &path, exit);
        assert_eq!(said, code, "{message}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(bob.export(), before);
    // Nothing of it can be read by whoever finds the stick.
    for known in ["Secret plans", "alice", "bob", "note"] {
        assert!(!bytes.windows(known.len()).any(|part| part == known.as_bytes()), "{known}");
    }
}

#[test]
fn a_forgotten_device_is_read_from_and_written_for_no_more() {
    let [alice, bob] = two();
    alice.add("note", &["title=One"]);
    let file = write(&alice, &bob, "one");
    bob.json(&["forget", "alice"]);
    let (code, message) = refused(&bob, &file, NOT_PAIRED);
    assert_eq!(code, "bundle-from-stranger");
    assert!(message.contains("pair the two anew"), "{message}");
    assert_eq!(bob.export(), "");
    bob.refusal(&["bundle", "write", "alice", bob.home().join("x").to_str().unwrap()], NOT_FOUND);
}

#[test]
fn a_pairing_that_knew_no_bundles_says_so() {
    let [alice, bob] = two();
    let database = rusqlite::Connection::open(alice.database()).unwrap();
    database.execute("UPDATE pairing SET bundle_key = NULL", []).unwrap();
    drop(database);
    let file = alice.home().join("x");
    let message = alice.refusal(&["bundle", "write", "bob", file.to_str().unwrap()], NOT_PAIRED);
    assert!(message.contains("Pair the two devices anew"), "{message}");
    let (code, _) = refused(&alice, &write(&bob, &alice, "y"), NOT_PAIRED);
    assert_eq!(code, "bundle-from-stranger");
    pair(&alice, &bob);
    assert_eq!(carry(&alice, &bob, "z")["equal"], true);
}

#[test]
fn two_that_nobody_agreed_to_merge_are_not_merged_by_a_file() {
    let [alice, bob] = two();
    for device in [&alice, &bob] {
        device.add("note", &["title=Mine"]);
        let database = rusqlite::Connection::open(device.database()).unwrap();
        database.execute("UPDATE pairing SET agreed = 0", []).unwrap();
    }
    let file = write(&alice, &bob, "one");
    let (code, message) = refused(&bob, &file, NOT_PROVED);
    assert!(code == "not-agreed" && message.contains("--yes"), "{message}");
    assert_eq!(bob.export().lines().count(), 1);
    bob.json(&["bundle", "read", file.to_str().unwrap(), "--yes"]);
    assert_eq!(bob.export().lines().count(), 2);
}

/// The name of a file is its own device's choice: nothing in a bundle says where anything is put.
#[test]
fn a_bundle_leaves_no_file_but_the_one_that_was_named() {
    let [alice, bob] = two();
    alice.add("note", &["title=../../outside"]);
    let file = write(&alice, &bob, "one");
    let names = |device: &Device| {
        let entries = fs::read_dir(device.home()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&alice), ["data", "one.whphbundle"]);
    read(&bob, &file);
    assert_eq!(names(&bob), ["data"]);
}

#[test]
fn a_restored_folder_catches_up_by_bundles() {
    let [alice, bob] = two();
    alice.add("note", &["title=Before"]);
    carry(&alice, &bob, "one");
    let kept = fs::read(bob.database()).unwrap();
    alice.add("note", &["title=After"]);
    carry(&alice, &bob, "two");
    carry(&bob, &alice, "two");
    fs::write(bob.database(), kept).unwrap();
    // Whatever alice had for him now begins after what he lost.
    alice.add("note", &["title=Last"]);
    let told = carry(&alice, &bob, "three");
    assert_eq!((&told["gapless"], &told["equal"]), (&false.into(), &false.into()));
    carry(&bob, &alice, "four");
    assert_eq!(carry(&alice, &bob, "five")["equal"], true);
    assert_same(&[&alice, &bob]);
}
