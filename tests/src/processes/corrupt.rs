//! A database of which a part is no longer what was written. That part is never written over, never sent on as if it were
//! right, and nothing is called up to date because of it.

use super::device::Device;
use super::together::{assert_same, two};
use super::{DAMAGED, NOT_PROVED};
use std::fs;

const PAGE: usize = 4_096;
const NOISE: u8 = 0xa5;
/// Every so many pages one is damaged.
const STEP: usize = 8;

#[test]
fn a_sync_over_a_damaged_page_says_so_and_harms_neither_side() {
    let [alice, bob] = two();
    alice.import(&notes(1));
    let serving = alice.serve();
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    let whole = bob.database_bytes();
    // All of bob's are to be replaced.
    alice.import(&notes(2));
    let right = alice.export();
    let mut said = 0;
    for page in (1..whole.len() / PAGE).step_by(STEP) {
        let mut damaged = whole.clone();
        damaged[page * PAGE..][..PAGE].fill(NOISE);
        write_back(&bob, &damaged);
        let ended = bob.run(&["--json", "sync"]);
        if ended.code == Some(0) {
            // It was none that the sync needs. What is shared is right, and the check finds the rest.
            assert_eq!(bob.export(), right, "page {page}");
            assert_eq!(bob.run(&["check"]).code, Some(DAMAGED), "page {page}");
            continue;
        }
        said += 1;
        let words = format!("{}{}", ended.stdout, ended.stderr);
        assert!(matches!(ended.code, Some(DAMAGED | NOT_PROVED)), "page {page}: {words}");
        assert!(words.contains("damaged") && !words.contains("\"equal\":true"), "page {page}: {words}");
        assert!(words.contains("backup"), "page {page}: {words}");
        assert_eq!(
            &bob.database_bytes()[page * PAGE..][..PAGE],
            [NOISE; PAGE],
            "page {page} was written over"
        );
    }
    assert!(said > 0);
    assert_eq!(alice.export(), right);
    alice.assert_sound();
    write_back(&bob, &whole);
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_eq!(assert_same(&[&alice, &bob]), right);
    bob.assert_sound();
}

#[test]
fn an_entity_that_is_not_what_was_written_is_neither_written_over_nor_sent_on() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Water the plants"]);
    let serving = alice.serve();
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    let whole = bob.database_bytes();
    let damaged = with(&whole, "Water the plants", "Later the plants");
    // A write here, which would make it look right, and one that comes from there.
    write_back(&bob, &damaged);
    let said = bob.refusal(&["set", &task, "order=5"], DAMAGED);
    assert!(said.contains("not what was written") && said.contains("backup"), "{said}");
    assert_eq!(bob.database_bytes(), damaged);
    alice.set(&task, "order=7");
    let ended = bob.run(&["--json", "sync"]);
    assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
    let reason = ended.documents()[0][0]["reason"].to_string();
    assert!(reason.contains("not what was written") && reason.contains("backup"), "{reason}");
    assert_eq!(bob.run(&["check"]).code, Some(DAMAGED));
    assert_eq!((alice.field(&task, "title"), alice.reviews()), ("Water the plants".into(), 0));

    write_back(&bob, &whole);
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_same(&[&alice, &bob]);
    assert_eq!(bob.reviews(), 0);
}

#[test]
fn an_entity_that_was_damaged_before_it_was_sent_keeps_both_from_being_called_equal() {
    let [alice, bob] = two();
    let mut serving = alice.serve();
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    bob.add("task", &["title=Water the plants"]);
    let whole = bob.database_bytes();
    write_back(&bob, &with(&whole, "Water the plants", "Later the plants"));
    for _ in 0..2 {
        let ended = bob.run(&["--json", "sync"]);
        assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
        let reason = ended.documents()[0][0]["reason"].to_string();
        assert!(reason.contains("not what was written") && reason.contains("backup"), "{reason}");
    }
    for device in [&alice, &bob] {
        assert_eq!(device.json(&["status"])["devices"][0]["state"], "problem");
    }
    assert!(serving.is_running());
    assert_eq!(bob.run(&["check"]).code, Some(DAMAGED));
    alice.assert_sound();
    serving.terminate().well();
}

/// Puts those bytes into its database, in place: a file that was replaced would be taken for a copy.
fn write_back(device: &Device, bytes: &[u8]) {
    for left in ["whph.db-wal", "whph.db-shm"] {
        drop(fs::remove_file(device.data.join(left)));
    }
    fs::write(device.database(), bytes).unwrap();
}

fn with(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    let (old, mut bytes) = (old.as_bytes(), bytes.to_vec());
    let at = bytes.windows(old.len()).position(|part| part == old).expect("it is in the file");
    bytes[at..][..old.len()].copy_from_slice(new.as_bytes());
    bytes
}

fn notes(round: u32) -> String {
    let content = "All work and no play makes Jack a dull boy. ".repeat(20);
    let line = |n| {
        format!(
            "{{\"kind\":\"note\",\"id\":\"00000000-0000-4000-8000-{n:012}\",\"fields\":{{\"title\":\"Note {n}, {round}\",\"content\":\"{content}\"}}}}\n"
        )
    };
    (0..300).map(line).collect()
}
