//! A data folder that is not as the app left it.

use super::{first_day, go};
use fantoccini::key::Key;
use stage::play;
use std::fs;
use std::path::Path;

#[test]
fn a_copied_or_restored_folder_and_missing_keys_are_explained() {
    play(|stage| async move {
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        laptop.close().await;
        let (folder, copied, backup) = (stage.path("laptop"), stage.path("copied"), stage.path("backup.db"));
        let (database, keys) = (folder.join("whph.db"), folder.join("keys"));
        fs::copy(&database, &backup).unwrap();
        copy(&folder, &copied);

        let copy = stage.open("copied").await;
        copy.sees("This folder is a copy").await;
        copy.sees("stop using one of them").await;
        copy.picture("folder-copied").await;
        copy.close().await;

        let laptop = stage.open("laptop").await;
        go(&laptop, "tasks").await;
        laptop.misses("This folder").await;
        laptop.fill("Add a task for today", "Water the plants").await;
        laptop.press(Key::Enter).await;
        laptop.sees("Water the plants").await;
        laptop.close().await;
        assert!(!folder.join("whph.db-wal").exists(), "all of it is in one file, for whoever copies that");
        // The file stays the same one, and holds what it held before.
        fs::copy(&backup, &database).unwrap();
        let laptop = stage.open("laptop").await;
        laptop.sees("This folder was restored from a backup").await;
        laptop.picture("folder-restored").await;
        laptop.close().await;

        let identity = keys.join("identity");
        let kept = fs::read(&identity).unwrap();
        fs::remove_file(&identity).unwrap();
        let laptop = stage.open("laptop").await;
        laptop.sees("This device's keys are gone from the key store").await;
        laptop.picture("keys-gone").await;
        laptop.close().await;
        fs::copy(copied.join("keys/marker"), &identity).unwrap();
        let laptop = stage.open("laptop").await;
        laptop.misses("keys are gone").await;
        laptop.picture("keys-damaged").await;
        laptop.close().await;
        fs::write(&identity, kept).unwrap();
        let laptop = stage.open("laptop").await;
        go(&laptop, "tasks").await;
        laptop.misses("keys").await;
        laptop.close().await;
    });
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&entry.path(), &target),
            kind if kind.is_file() => drop(fs::copy(entry.path(), target).unwrap()),
            _ => {}
        }
    }
}
