//! Backups: a device that is gone, a file that was elsewhere, and 24 words on paper.

use super::device::Device;
use super::running::Ended;
use super::together::{assert_same, meet, pair, two};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const REFUSED: i32 = 5;

/// Writes a backup with a new key. Its file, and the words.
fn first(device: &Device) -> (PathBuf, String) {
    let file = device.home().join("backup");
    let told = device.documents(&["backup", file.to_str().unwrap()]);
    let words = told[0]["recovery_key"].as_str().unwrap().to_owned();
    (PathBuf::from(told[1]["file"].as_str().unwrap()), words)
}

fn restoring(device: &Device, file: &Path, words: &str, options: &[&str]) -> Ended {
    device.run_with(&[&["--json", "restore", file.to_str().unwrap()], options].concat(), words)
}

fn restore(device: &Device, file: &Path, words: &str, options: &[&str]) -> Value {
    restoring(device, file, words, options).well().documents().pop().unwrap()
}

fn counts(told: &Value) -> [u64; 3] {
    ["back", "same", "differ"].map(|name| told[name].as_u64().unwrap())
}

#[test]
fn a_fresh_device_gets_everything_back() {
    let alice = Device::new("alice");
    let task = alice.add("task", &["title=Call the dentist", "tags=health"]);
    alice.add("note", &["title=Plans"]);
    alice.add("setting", &["key=theme", "value=dark"]);
    let (file, words) = first(&alice);
    let fresh = Device::new("fresh");
    let told = restore(&fresh, &file, &words, &[]);
    assert_eq!((counts(&told), &told["refused"]), ([4, 0, 0], &Value::Array(vec![])));
    assert_eq!(fresh.export(), alice.export());
    assert_eq!(counts(&restore(&fresh, &file, &words, &[])), [0, 4, 0]);

    // On the device itself: what is missing comes back, what differs stays until it is told otherwise.
    alice.json(&["rm", &task]);
    let note = fresh.export().lines().find(|line| line.contains("Plans")).unwrap().to_owned();
    let note: Value = serde_json::from_str(&note).unwrap();
    let note = format!("note/{}", note["id"].as_str().unwrap());
    alice.set(&note, "title=Other plans");
    assert_eq!(counts(&restore(&alice, &file, &words, &["--check"])), [1, 2, 1]);
    assert_eq!(counts(&restore(&alice, &file, &words, &[])), [1, 2, 1]);
    assert_eq!(
        (alice.field(&task, "title"), alice.field(&note, "title")),
        ("Call the dentist".into(), "Other plans".into())
    );
    assert_eq!(counts(&restore(&alice, &file, &words, &["--overwrite"])), [0, 3, 1]);
    assert_eq!(alice.export(), fresh.export());
    let history = alice.run(&["history", &note]).well().stdout;
    assert!(history.contains("Other plans"), "{history}");
    alice.assert_sound();
}

#[test]
fn two_devices_that_restore_the_same_come_together() {
    let old = Device::new("old");
    old.add("task", &["title=Call the dentist", "tags=health"]);
    old.add("note", &["title=Plans"]);
    let (file, words) = first(&old);
    let [alice, bob] = two();
    for device in [&alice, &bob] {
        restore(device, &file, &words, &[]);
    }
    meet(&alice, &bob);
    assert_eq!(assert_same(&[&alice, &bob]), old.export());
    assert_eq!(alice.reviews(), 0);
}

#[test]
fn what_is_restored_is_new_to_the_others_and_wins_over_what_deleted_it() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    pair(&alice, &bob);
    let note = alice.add("note", &["title=Plans"]);
    let (file, words) = first(&alice);
    meet(&bob, &alice);
    bob.json(&["rm", &note]);
    meet(&bob, &alice);
    assert_eq!(alice.export(), "");
    restore(&alice, &file, &words, &[]);
    meet(&bob, &alice);
    assert_eq!(bob.field(&note, "title"), "Plans");
}

#[test]
fn the_key_is_shown_once_and_a_new_one_does_not_open_what_was_before() {
    let alice = Device::new("alice");
    alice.add("note", &["title=Plans"]);
    let (one, words) = first(&alice);
    let two = alice.home().join("two");
    let told = alice.documents(&["backup", two.to_str().unwrap()]);
    assert!(told.iter().all(|told| told["recovery_key"].is_null()), "{told:?}");
    let three = alice.home().join("three");
    let told = alice.documents(&["backup", three.to_str().unwrap(), "--new-key"]);
    let new = told[0]["recovery_key"].as_str().unwrap();
    assert_ne!(new, words);
    let (fresh, words) = (Device::new("fresh"), words.as_str());
    for (file, words, opens) in [
        (&one, words, true),
        (&two.with_extension("whphbackup"), words, true),
        (&three.with_extension("whphbackup"), new, true),
        (&one, new, false),
        (&three.with_extension("whphbackup"), words, false),
    ] {
        let ended = restoring(&fresh, file, words, &["--check"]);
        assert_eq!(ended.code == Some(0), opens, "{ended:?}");
        if !opens {
            assert_eq!(ended.error().0, "recovery-key");
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_or_the_words_is_said() {
    let alice = Device::new("alice");
    alice.add("note", &["title=Secret plans"]);
    let (file, words) = first(&alice);
    let bytes = fs::read(&file).unwrap();
    let fresh = Device::new("fresh");
    let altered = |name: &str, bytes: &[u8]| {
        let path = fresh.home().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let list: Vec<&str> = words.split(' ').collect();
    let misspelt = format!("wrongish {}", list[1..].join(" "));
    let short = list[1..].join(" ");
    let words = words.as_str();
    for (path, words, code, said) in [
        (altered("a text", b"Dear Bob"), words, "not-a-backup", "no backup of WHPH"),
        (altered("cut", &bytes[..bytes.len() - 40]), words, "backup-damaged", "cut short"),
        (
            altered("newer", &[&bytes[..8], b"\x07", &bytes[9..]].concat()),
            words,
            "backup-newer",
            "Update WHPH",
        ),
        (file.clone(), &short, "recovery-words", "24 words, and these are 23"),
        (file.clone(), &misspelt, "recovery-words", "word 1"),
        (file.clone(), "", "recovery-words", "24 words, and these are 0"),
    ] {
        let ended = restoring(&fresh, &path, words, &[]);
        assert_eq!(ended.code, Some(REFUSED), "{ended:?}");
        let (told, message) = ended.error();
        assert_eq!(told, code, "{message}");
        assert!(message.contains(said) && !message.contains("wrongish"), "{message}");
    }
    assert_eq!(fresh.export(), "");
    assert!(alice.refusal(&["backup", file.to_str().unwrap()], REFUSED).contains("there already"));
    alice.json(&["backup", file.to_str().unwrap(), "--force"]);
    for known in ["Secret plans", "alice", "note"] {
        assert!(!bytes.windows(known.len()).any(|part| part == known.as_bytes()), "{known}");
    }
}

/// The words are on the screen, once, and in nobody's files; that of the public key alone is.
#[test]
fn the_words_are_in_no_file_no_argument_and_no_other_output() {
    let alice = Device::new("alice");
    alice.add("note", &["title=Plans"]);
    let (file, words) = first(&alice);
    let shown = alice.transcript.lock().unwrap().clone();
    assert_eq!(shown.matches(&*words).count(), 1);
    let secret = entropy(&words);
    let mut restoring = alice.start(&["restore", file.to_str().unwrap()]);
    let arguments = fs::read(format!("/proc/{}/cmdline", restoring.id())).unwrap_or_default();
    restoring.say(&words);
    let ended = restoring.finish().well();
    for command in [&["status"][..], &["history"], &["devices"], &["check"], &["backup", "x"]] {
        let file = alice.home().join("x");
        let command: Vec<&str> =
            command.iter().map(|word| if *word == "x" { file.to_str().unwrap() } else { word }).collect();
        alice.run(&command).well();
    }
    let mut places = vec![arguments, ended.stdout.into_bytes(), ended.stderr.into_bytes()];
    let later = alice.transcript.lock().unwrap()[shown.len()..].to_owned();
    places.push(later.into_bytes());
    for folder in [alice.home().to_owned(), alice.data.clone(), alice.data.join("keys")] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        places.extend(entries.filter(|path| path.is_file()).map(|path| fs::read(path).unwrap()));
    }
    let three: Vec<&str> = words.split(' ').take(3).collect();
    let spellings = [
        three.join(" ").into_bytes(),
        secret.clone(),
        HEXLOWER.encode(&secret).into_bytes(),
        BASE64URL_NOPAD.encode(&secret).into_bytes(),
    ];
    for (n, place) in places.iter().enumerate() {
        for spelling in &spellings {
            assert!(!place.windows(spelling.len()).any(|part| part == spelling), "place {n}");
        }
    }
}

/// The 32 bytes that the words stand for, by the list's own order.
fn entropy(words: &str) -> Vec<u8> {
    let list = bip39::Language::English.word_list();
    let mut bits = Vec::new();
    for word in words.split(' ') {
        let at = list.iter().position(|known| *known == word).unwrap();
        bits.extend((0..11).rev().map(|bit| (at >> bit & 1) as u8));
    }
    bits.chunks(8).take(32).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}
