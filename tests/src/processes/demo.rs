//! The first thing that a newcomer sees.

use super::device::Device;
use super::running::{Running, command};
use std::fs;

#[test]
fn the_demo_ends_well_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    for json in [false, true] {
        let mut demo = command(if json { &["--json", "demo"][..] } else { &["demo"] });
        let ended = Running::start(demo.env("TMPDIR", temporary.path()).env("HOME", temporary.path()))
            .finish()
            .well();
        if json {
            let told = &ended.documents()[0];
            assert_eq!((&told["equal"], &told["merged"]), (&true.into(), &2.into()), "{told}");
        } else {
            let story = &ended.stdout;
            for chapter in 1..=8 {
                assert!(story.contains(&format!("\n{chapter}. ")), "no chapter {chapter} in {story}");
            }
            assert!(story.contains("`cmp` finds no difference"), "{story}");
        }
        assert_eq!(ended.stderr, "");
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_demo_that_is_stopped_cleans_up_too() {
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = Running::start(command(["demo"]).env("TMPDIR", temporary.path()));
    while !demo.line().starts_with("3. ") {}
    let ended = demo.terminate();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn a_companion_pairs_and_then_disagrees() {
    let temporary = tempfile::tempdir().unwrap();
    let mut companion = Running::start(command(["demo", "--companion"]).env("TMPDIR", temporary.path()));
    let until = |companion: &mut Running, word: &str| loop {
        let line = companion.line();
        if line.contains(word) {
            return line;
        }
    };
    let window = Device::new("window");
    let link = until(&mut companion, "whph://");
    let paired = window.run_with(&["--json", "join", "--yes"], &link).well();
    assert!(paired.stdout.contains("Demo phone"), "{paired:?}");

    until(&mut companion, "2. ");
    let mut serving = window.start(&["serve", "--json"]);
    window.add("task", &["title=Buy stamps"]);
    until(&mut companion, "There it is");
    until(&mut companion, "press Enter");
    let dentist = "task/ca11c0de";
    window.set(dentist, "title=Call the dentist on Friday");
    companion.say("");
    until(&mut companion, "4. ");
    serving.document_where(|said| said["received"]["conflicts"] == 1 || said["received"]["changed"] == 1);
    let reviews = window.json(&["review", "list"]);
    assert_eq!(reviews[0]["reviews"][0]["field"], "title", "{reviews}");
    companion.terminate();
    serving.terminate();
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}
