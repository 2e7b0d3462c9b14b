//! Folders that were copied, and databases that come back from a backup. Both would give out stamps twice; neither does.

use super::device::Device;
use super::together::{assert_same, meet, pair, two};
use std::fs;
use std::path::Path;

#[test]
fn a_cloned_folder_is_noticed_and_both_stay_equal_with_the_peer() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Call the dentist"]);
    meet(&alice, &bob);

    let mut clone = Device::not_set_up("alice");
    copy(&alice.data, &clone.data);
    let notice = clone.run(&["status"]).well().stderr;
    assert!(notice.contains("is a copy") && notice.contains("stop using one of them"), "{notice}");
    // Once is enough.
    assert_eq!(clone.run(&["status"]).well().stderr, "");
    assert_eq!(alice.run(&["status"]).well().stderr, "");

    // Edits that the two would have stamped alike.
    clone.name = "alice's copy";
    alice.set(&task, "title=Call on Friday");
    clone.set(&task, "title=Call Dr Okafor");
    clone.add("task", &["title=Only in the copy"]);
    alice.add("task", &["title=Only in the original"]);
    for device in [&alice, &clone, &alice, &clone] {
        meet(device, &bob);
    }
    let all = assert_same(&[&alice, &bob, &clone]);
    assert_eq!(all.lines().count(), 3, "{all}");
    assert_eq!(bob.reviews(), 1, "neither title was lost");
    let versions = bob.json(&["review", "show", &task])["reviews"][0]["versions"].to_string();
    assert!(versions.contains("Call on Friday") && versions.contains("Call Dr Okafor"), "{versions}");
    for device in [&alice, &bob, &clone] {
        device.assert_sound();
    }
}

#[test]
fn a_restored_backup_loses_nothing() {
    for puts_a_new_file in [false, true] {
        let [alice, bob] = two();
        let task = alice.add("task", &["title=Before the backup"]);
        meet(&alice, &bob);
        let backup = alice.home().join("backup.db");
        fs::copy(alice.database(), &backup).unwrap();

        alice.set(&task, "title=After the backup");
        let later = alice.add("task", &["title=Only after the backup"]);
        meet(&alice, &bob);

        if puts_a_new_file {
            fs::remove_file(alice.database()).unwrap();
        }
        fs::copy(&backup, alice.database()).unwrap();
        // The first thing that happens is a write, which must not look like an old one.
        let fresh = alice.run(&["add", "task", "title=After the restore"]).well();
        let notice = if puts_a_new_file { "is a copy" } else { "restored from a backup" };
        assert!(fresh.stderr.contains(notice), "{}", fresh.stderr);
        meet(&alice, &bob);
        let all = assert_same(&[&alice, &bob]);
        for title in ["After the backup", "Only after the backup", "After the restore"] {
            assert!(all.contains(title), "{title} is gone: {all}");
        }
        assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
        assert_eq!(alice.field(&later, "title"), "Only after the backup");
        alice.assert_sound();
        bob.assert_sound();
    }
}

#[test]
fn a_backup_of_everything_is_noticed_by_the_peer() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Before the backup"]);
    meet(&alice, &bob);
    // Database and keys, restored in place: on this device nothing tells them from the truth.
    let backup: Vec<_> = [alice.database(), alice.key("marker")]
        .into_iter()
        .map(|path| (fs::read(&path).unwrap(), path))
        .collect();
    alice.set(&task, "title=After the backup");
    alice.add("task", &["title=Only after the backup"]);
    meet(&alice, &bob);
    for (bytes, path) in backup {
        fs::write(path, bytes).unwrap();
    }
    alice.add("task", &["title=After the restore"]);
    meet(&alice, &bob);
    meet(&bob, &alice);
    let all = assert_same(&[&alice, &bob]);
    for title in ["After the backup", "Only after the backup", "After the restore"] {
        assert!(all.contains(title), "{title} is gone: {all}");
    }
    alice.assert_sound();
    bob.assert_sound();
}

#[test]
fn a_lost_marker_costs_a_comparison_and_nothing_else() {
    let [alice, bob] = two();
    alice.add("task", &["title=Water the plants"]);
    meet(&alice, &bob);
    fs::remove_file(alice.key("marker")).unwrap();
    let carol = Device::new("carol");
    pair(&alice, &carol);
    alice.add("task", &["title=Later"]);
    meet(&alice, &bob);
    meet(&alice, &carol);
    assert_same(&[&alice, &bob, &carol]);
}

/// A folder with everything in it, modes included.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
