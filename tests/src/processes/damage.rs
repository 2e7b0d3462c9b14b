//! Files that are not as they were left: each a clear error, and nothing touched.

use super::device::Device;
use super::together::two;
use super::{DAMAGED, FAILED, skip};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const SET_UP: i32 = 3;
const KEY_STORE: i32 = 7;

/// Where SQLite's header keeps the version and the owner of what is in the file.
const FORMAT: usize = 60;
const APPLICATION: usize = 68;

#[test]
fn a_key_file_that_others_can_read_is_refused_until_its_person_decides() {
    let [alice, _bob] = two();
    let peer = alice.json(&["devices"])[0]["device"].as_str().unwrap().to_owned();
    for (path, command, right) in [
        (alice.key("identity"), "status", 0o600),
        (alice.key(&format!("pair-{peer}")), "sync", 0o600),
        (alice.data.join("keys"), "status", 0o700),
    ] {
        set_mode(&path, right | 0o040);
        let said = alice.refusal(&[command], KEY_STORE);
        assert!(said.contains("chmod") && said.contains(path.to_str().unwrap()), "{said}");
        assert_eq!(mode(&path), right | 0o040, "it is not for the program to hide what happened");
        set_mode(&path, right);
        alice.json(&["status"]);
    }
}

#[test]
fn a_device_without_its_keys_becomes_no_other_device() {
    let alice = Device::new("alice");
    let identity = fs::read(alice.key("identity")).unwrap();
    fs::remove_file(alice.key("identity")).unwrap();
    assert!(alice.refusal(&["status"], KEY_STORE).contains("keys are gone"));
    assert!(!alice.key("identity").exists());
    let flipped = [&identity[..40], &[identity[40] ^ 1], &identity[41..]].concat();
    for damaged in [&identity[..40], &[identity.as_slice(), b"x"].concat(), &flipped] {
        write_secret(&alice.key("identity"), damaged);
        alice.refusal(&["status"], KEY_STORE);
        assert_eq!(fs::read(alice.key("identity")).unwrap(), damaged);
    }
    let other = Device::new("bob");
    write_secret(&alice.key("identity"), &fs::read(other.key("identity")).unwrap());
    assert!(alice.refusal(&["status"], KEY_STORE).contains("another device"));
    write_secret(&alice.key("identity"), &identity);
    alice.json(&["status"]);
}

#[test]
fn a_truncated_database_is_refused_and_left_as_it_is() {
    let alice = filled();
    let whole = alice.database_bytes();
    for length in [0, 10, 50, 99, 100, 4_096, whole.len() / 2, whole.len() - 1] {
        fs::write(alice.database(), &whole[..length]).unwrap();
        let said = alice.refusal(&["export"], DAMAGED);
        assert!(said.contains("left as it is"), "{length}: {said}");
        alice.refusal(&["add", "task", "title=New"], DAMAGED);
        assert_eq!(alice.database_bytes(), &whole[..length], "{length}");
    }
    fs::write(alice.database(), &whole).unwrap();
    alice.assert_sound();
}

#[test]
fn an_edited_byte_is_found_by_check() {
    let alice = filled();
    let mut bytes = alice.database_bytes();
    let title = b"Water the plants";
    let at = bytes.windows(title.len()).position(|part| part == title).expect("the title is in the file");
    bytes[at] = b'L';
    fs::write(alice.database(), &bytes).unwrap();
    let ended = alice.run(&["--json", "check"]);
    assert_eq!(ended.code, Some(DAMAGED), "{ended:?}");
    let problems = ended.documents()[0]["problems"].to_string();
    assert!(problems.contains("checksum"), "{problems}");
    assert!(ended.error().1.contains("Restore it from a backup"), "{ended:?}");
    // The rest can still be read out.
    assert_eq!(alice.export().lines().count(), 100);
}

#[test]
fn a_page_of_noise_is_found_and_brings_nothing_down() {
    let alice = filled();
    let whole = alice.database_bytes();
    for page in 1..whole.len() / 4_096 {
        let mut bytes = whole.clone();
        bytes[page * 4_096..][..4_096].fill(0xa5);
        fs::write(alice.database(), &bytes).unwrap();
        let ended = alice.run(&["--json", "check"]);
        assert!(matches!(ended.code, Some(DAMAGED | FAILED)), "page {page}: {ended:?}");
        assert!(!ended.stderr.contains("panicked"), "page {page}: {ended:?}");
        let (_, message) = ended.error();
        assert!(message.contains("damaged") || message.contains("database"), "page {page}: {message}");
    }
}

#[test]
fn what_belongs_to_others_is_not_touched() {
    let alice = filled();
    let whole = alice.database_bytes();
    let mut of_another_program = whole.clone();
    of_another_program[APPLICATION..][..4].copy_from_slice(b"Firm");
    for foreign in [b"Dear diary, this is no database, but it is mine.".to_vec(), of_another_program] {
        fs::write(alice.database(), &foreign).unwrap();
        for command in [&["export"][..], &["add", "task", "title=New"], &["check"]] {
            assert!(alice.refusal(command, DAMAGED).contains("does not belong to this program"));
        }
        assert_eq!(alice.database_bytes(), foreign);
        assert_eq!(files(&alice.data), ["keys", "whph.db"], "nothing was put beside it");
    }
}

#[test]
fn a_database_of_a_newer_version_is_left_for_it() {
    let alice = filled();
    let mut bytes = alice.database_bytes();
    bytes[FORMAT..][..4].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(alice.database(), &bytes).unwrap();
    let said = alice.refusal(&["add", "task", "title=New"], FAILED);
    assert!(said.contains("newer version") && said.contains("Update"), "{said}");
    assert_eq!(alice.database_bytes(), bytes);
}

#[test]
fn a_folder_that_holds_something_else_is_not_taken_over() {
    let alice = Device::not_set_up("alice");
    assert!(alice.refusal(&["status"], SET_UP).contains("whph init"));
    fs::create_dir(&alice.data).unwrap();
    fs::write(alice.data.join("thesis.txt"), "chapter 1").unwrap();
    let init = ["init", "--name", "alice", "--listen", "127.0.0.1:0", "--keys", "file"];
    assert!(alice.refusal(&init, SET_UP).contains("other files"));
    assert_eq!(files(&alice.data), ["thesis.txt"]);
    fs::remove_file(alice.data.join("thesis.txt")).unwrap();
    alice.json(&init);
    assert!(alice.refusal(&init, SET_UP).contains("already"));
    assert_eq!((mode(&alice.data), mode(&alice.key("identity"))), (0o700, 0o600));
}

#[test]
fn a_read_only_folder_is_said_to_be_one() {
    let alice = filled();
    let before = alice.database_bytes();
    set_mode(&alice.data, 0o500);
    if fs::write(alice.data.join("probe"), "").is_ok() {
        // The administrator may write everywhere.
        skip("this user may write into read-only folders");
        set_mode(&alice.data, 0o700);
        return;
    }
    let said = alice.refusal(&["add", "task", "title=New"], FAILED);
    assert!(said.contains("writable"), "{said}");
    let beside = Device::not_set_up("bob");
    set_mode(beside.home(), 0o500);
    let init = ["init", "--name", "bob", "--listen", "127.0.0.1:0", "--keys", "file"];
    assert!(beside.refusal(&init, FAILED).contains("permissions"));
    set_mode(beside.home(), 0o700);
    set_mode(&alice.data, 0o700);
    assert_eq!(alice.database_bytes(), before);
}

/// A device with a hundred tasks.
fn filled() -> Device {
    let alice = Device::new("alice");
    let tasks = (1..100).map(|n| format!("{{\"kind\":\"task\",\"fields\":{{\"title\":\"Task {n}\"}}}}\n"));
    alice.import(&tasks.collect::<String>());
    alice.add("task", &["title=Water the plants"]);
    alice
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn write_secret(path: &Path, secret: &[u8]) {
    fs::write(path, secret).unwrap();
    set_mode(path, 0o600);
}
