//! 6, 7 · Texts of others that mean something to a terminal, a page or a file system (Syncthing, CVE-2022-46165; LocalSend,
//! CVE-2025-27142).

use super::super::device::Device;
use super::super::together::pair;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// To a page, to a reader and to a file system; what commands a terminal no title may hold.
const LINE: &str = "<img src=x onerror=alert(1)>\u{202e}../../../etc/passwd";
/// The same, and to a terminal.
const NASTY: &str = "\u{1b}[2J\u{1b}]0;gone\u{7}<img src=x onerror=alert(1)>\u{202e}../../../etc/passwd";

#[test]
fn names_and_titles_of_others_do_nothing_here() {
    let (alice, mallory) = (Device::new("alice"), Device::not_set_up("mallory"));
    let init = ["init", "--name", NASTY, "--listen", "127.0.0.1:0", "--keys", "file"];
    mallory.run(&init).well();
    pair(&alice, &mallory);
    let task = mallory.add("task", &[&format!("title={LINE}"), &format!("description={NASTY}\n{NASTY}")]);
    mallory.add("note", &[&format!("title={LINE}"), &format!("content={}", "a\u{0300}".repeat(20_000))]);
    mallory.add("tag", &[&format!("name={LINE}")]);
    let serving = mallory.serve();
    alice.run(&["sync"]).well();
    serving.terminate().well();
    alice.set(&task, "title=Mine");
    mallory.set(&task, &format!("title={LINE}!"));
    let serving = mallory.serve();
    alice.run(&["sync"]).well();
    serving.terminate().well();

    let before = files(&alice);
    for command in [
        &["status"][..],
        &["devices"],
        &["list", "task"],
        &["list", "note"],
        &["list", "tag"],
        &["get", &task],
        &["history"],
        &["history", &task],
        &["review", "list"],
        &["review", "show", &task],
        &["pending"],
        &["export"],
    ] {
        let ended = alice.run(command).well();
        for c in [ended.stdout.as_str(), ended.stderr.as_str()].into_iter().flat_map(str::chars) {
            let is_harmless = c == '\n' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(is_harmless, "{command:?} prints {}", c.escape_unicode());
        }
    }
    assert_eq!(files(&alice), before, "nothing was written elsewhere");
    // As files: in their folder, and nowhere else.
    let out = alice.home().join("a/b/c/d/out");
    fs::create_dir_all(&out).unwrap();
    alice.run(&["export", "--markdown", out.to_str().unwrap()]).well();
    let (inside, outside): (BTreeSet<_>, BTreeSet<_>) =
        files(&alice).into_iter().partition(|file| Path::new(file).starts_with(&out));
    assert!(inside.iter().any(|file| file.ends_with("passwd.md")), "{inside:?}");
    assert_eq!(outside, before, "nothing was written elsewhere");
    // What was typed is kept as it was all the same.
    assert!(alice.json(&["get", &task]).to_string().contains("onerror"));
}

#[test]
fn a_name_without_end_is_cut_before_anybody_sees_it() {
    let (alice, mallory) = (Device::new("alice"), Device::not_set_up("mallory"));
    let name = "Mallory".repeat(1_500);
    mallory.run(&["init", "--name", &name, "--listen", "127.0.0.1:0", "--keys", "file"]).well();
    pair(&alice, &mallory);
    let shown = alice.json(&["devices"])[0]["name"].as_str().unwrap().to_owned();
    assert!(shown.starts_with("Mallory") && shown.len() <= 64, "{shown}");
}

/// Every file in its data folder and its home, however deep.
fn files(device: &Device) -> BTreeSet<String> {
    let mut folders = vec![device.data.clone(), device.home().to_owned()];
    let mut files = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.display().to_string());
            }
        }
    }
    files.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    files
}
