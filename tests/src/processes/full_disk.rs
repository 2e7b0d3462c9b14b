//! A disk that is full: the message says so and what to do, nothing is lost, and once there is room all goes on.

use super::device::Device;
use super::running::{Running, program};
use super::together::{assert_same, meet, pair};
use super::{FAILED, NOT_PROVED, skip};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::Command;

/// Enough to notice that it is full, and to keep house with.
const A_LITTLE: u64 = 256 * 1024;

#[test]
fn a_write_to_a_full_disk_is_refused_and_changes_nothing() {
    let alice = Device::not_set_up("alice");
    let Some(disk) = Disk::under(&alice) else { return };
    alice.set_up();
    let task = alice.add("task", &["title=Call the dentist"]);
    let before = alice.database_bytes();
    disk.fill(0);
    for command in
        [&["set", &task, "title=Call on Friday"][..], &["add", "task", "title=New"], &["rm", &task]]
    {
        assert_says_full(&alice.refusal(command, FAILED));
    }
    assert_eq!(alice.database_bytes(), before);
    // With room to open it, but none for all that is to be written.
    disk.fill(A_LITTLE);
    let ended = alice.run_with(&["--json", "import", "-"], &notes());
    assert_eq!(ended.code, Some(FAILED), "{ended:?}");
    assert_says_full(&ended.error().1);
    alice.assert_sound();
    assert_eq!(alice.field(&task, "title"), "Call the dentist");
    disk.free();
    alice.import(&notes());
    alice.set(&task, "title=Call on Friday");
    assert_eq!(alice.export().lines().count() as u64, 1 + NOTES);
    alice.assert_sound();
}

#[test]
fn a_sync_that_fills_the_disk_stops_and_goes_on_once_there_is_room() {
    let (alice, bob) = (Device::new("alice"), Device::not_set_up("bob"));
    let Some(disk) = Disk::under(&bob) else { return };
    bob.set_up();
    pair(&alice, &bob);
    alice.import(&notes());
    disk.fill(A_LITTLE);
    let mut at_alice = alice.serve();
    let ended = bob.run(&["--json", "sync"]);
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let told = &ended.documents()[0][0];
    assert_eq!(told["equal"], false);
    assert_says_full(told["reason"].as_str().unwrap());
    assert_says_full(&problem(&bob));
    let told = at_alice.document_where(|told| told["event"] == "ended");
    assert!(told["message"].as_str().unwrap().contains("look at its status"), "{told}");
    assert!(problem(&alice).contains("look at its status"));
    bob.assert_sound();
    disk.free();
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    at_alice.terminate().well();
    assert_eq!(assert_same(&[&alice, &bob]).lines().count() as u64, NOTES);
    assert_eq!(bob.json(&["status"])["devices"][0]["state"], "up-to-date");
    bob.assert_sound();
}

#[test]
fn a_device_on_a_full_disk_says_so_when_it_is_synced_with_and_serves_on() {
    let (alice, bob) = (Device::new("alice"), Device::not_set_up("bob"));
    let Some(disk) = Disk::under(&bob) else { return };
    bob.set_up();
    pair(&alice, &bob);
    // It only has to send, and remembers what it has sent.
    let task = bob.add("task", &["title=Call the dentist"]);
    let mut at_bob = bob.serve();
    disk.fill(0);
    let ended = alice.run(&["--json", "sync"]);
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let told = &ended.documents()[0][0];
    assert!(told["reason"].as_str().unwrap().contains("look at its status"), "{told}");
    let told = at_bob.document_where(|told| told["event"] == "ended");
    assert_says_full(told["message"].as_str().unwrap());
    disk.free();
    assert_eq!(alice.json(&["sync"])[0]["equal"], true);
    at_bob.terminate().well();
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!(alice.field(&task, "title"), "Call the dentist");
    bob.assert_sound();
}

#[test]
fn a_file_that_may_grow_no_more_is_said_and_nothing_is_lost() {
    let alice = Device::new("alice");
    let task = alice.add("task", &["title=Call the dentist"]);
    // As a quota does, and a file system that knows no large files. In blocks of 512 bytes.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh"]).arg(program());
    limited.args(["--json", "--data", alice.data.to_str().unwrap(), "import", "-"]);
    let mut importing = Running::start(&mut limited);
    importing.say(&notes());
    let ended = importing.finish();
    assert_eq!(ended.code, Some(FAILED), "{ended:?}");
    let (code, message) = ended.error();
    assert!(code == "disk" && message.contains("quota") && message.contains("try again"), "{message}");
    alice.assert_sound();
    assert_eq!((alice.field(&task, "title"), alice.export().lines().count()), ("Call the dentist".into(), 1));
    alice.import(&notes());
    alice.assert_sound();
}

fn assert_says_full(message: &str) {
    assert!(message.contains("disk is full") && message.contains("make room"), "{message}");
}

/// Why its status calls its other device a problem.
fn problem(device: &Device) -> String {
    let status = device.json(&["status"]);
    assert_eq!(status["devices"][0]["state"], "problem", "{status}");
    status["devices"][0]["reason"].as_str().unwrap().to_owned()
}

const NOTES: u64 = 100;

/// More than fits into [`A_LITTLE`].
fn notes() -> String {
    let content = "All work and no play makes Jack a dull boy. ".repeat(500);
    let note = |n: u64| -> Value {
        let id = format!("00000000-0000-4000-8000-{n:012}");
        json!({"kind": "note", "id": id, "fields": {"title": format!("Page {n}"), "content": content}})
    };
    (0..NOTES).map(|n| format!("{}\n", note(n))).collect()
}

/// A disk of its own, small enough to be filled.
struct Disk {
    at: PathBuf,
}

impl Disk {
    /// Puts one where the device is going to be. Only an administrator can.
    fn under(device: &Device) -> Option<Self> {
        let at = device.home().to_owned();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"]).arg(&at);
        let why = match mount.output() {
            Ok(done) if done.status.success() => return Some(Self { at }),
            Ok(done) => String::from_utf8_lossy(&done.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        skip(&format!("no small disk can be mounted to be filled ({why})"));
        None
    }

    fn ballast(&self) -> PathBuf {
        self.at.join("ballast")
    }

    /// Leaves that many bytes of room, to the page.
    fn fill(&self, room: u64) {
        let mut ballast = OpenOptions::new().create(true).append(true).open(self.ballast()).unwrap();
        let error = loop {
            if let Err(error) = ballast.write_all(&[0; 4_096]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let filled = ballast.metadata().unwrap().len();
        ballast.set_len(filled - room).unwrap();
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A process that is just ending may still be in there.
        drop(Command::new("umount").arg("--lazy").arg(&self.at).status());
    }
}
