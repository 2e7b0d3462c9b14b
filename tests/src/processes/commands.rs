//! What scripts rely on: JSON from every command, exit codes, and nothing on a terminal that is not meant for it.

use super::device::Device;
use super::running::{Running, command};
use super::together::{pair, two};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// Standard output of `--json` is one JSON document a line, whatever the command.
#[test]
fn every_command_speaks_json() {
    let alice = Device::not_set_up("alice");
    let bob = Device::new("bob");
    let mut spoken = BTreeSet::new();
    let mut says = |device: &Device, arguments: &[&str]| -> Vec<Value> {
        spoken.insert(arguments[0].to_owned());
        let documents = device.documents(arguments);
        assert!(!documents.is_empty(), "{arguments:?}");
        documents
    };
    says(&alice, &["init", "--name", "alice", "--listen", "127.0.0.1:0", "--keys", "file"]);
    let task = alice.add("task", &["title=Call the dentist"]);
    says(&alice, &["add", "task", "title=Water the plants"]);
    // These two print as they go; what `pair` reads of them is JSON.
    pair(&alice, &bob);
    alice.set(&task, "title=Call on Friday");
    bob.set(&task, "title=Call Dr Okafor");
    let mut serving = alice.serve();
    says(&bob, &["sync"]);
    assert_eq!(serving.document()["event"], "connected");
    for told in serving.terminate().well().documents() {
        assert!(told["event"].is_string(), "{told}");
    }
    let file = alice.home().join("empty.jsonl");
    fs::write(&file, "").unwrap();
    let [bundle, backup] = ["to-bob", "all"].map(|name| alice.home().join(name).display().to_string());
    for arguments in [
        &["get", &task][..],
        &["list", "task"],
        &["search", "plants"],
        &["export"],
        &["import", file.to_str().unwrap()],
        &["devices"],
        &["rename", "laptop"],
        &["status"],
        &["history"],
        &["history", &task],
        &["review", "list"],
        &["review", "show", &task],
        &["review", "resolve", &task, "mine"],
        &["kinds"],
        &["kinds", "off", "setting"],
        &["kinds", "on", "setting"],
        &["set", &task, "priority=important"],
        &["pending"],
        &["metered", "wait"],
        &["bundle", "write", "bob", &bundle],
        &["backup", &backup],
        &["put-back", "1"],
        &["keep", &task, "--shared"],
        &["rm", &task],
        &["check"],
        &["forget", "bob"],
    ] {
        says(&alice, arguments);
    }
    spoken.extend(["invite", "join", "serve"].map(str::to_owned));
    // Have tests of their own.
    spoken.extend(["demo", "restore"].map(str::to_owned));
    // Needs many deletions; `nets` has it.
    spoken.insert("undo".to_owned());
    assert_eq!(spoken, listed_commands());
}

#[test]
fn every_exit_code_means_what_the_help_says() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Plan"]);
    alice.json(&["rm", &alice.add("task", &["title=Gone"])]);
    let nobody = Device::not_set_up("nobody");
    let unused = format!("{task}0");
    let table: [(&Device, &[&str], i32, &str); 27] = [
        (&alice, &["status"], 0, ""),
        (&alice, &["frobnicate"], 2, "usage"),
        (&alice, &["add", "task"], 2, "usage"),
        (&alice, &["add", "task", "title"], 2, "usage"),
        (&alice, &["get", "task"], 2, "usage"),
        (&alice, &["sync", "bob", "--address", "nonsense"], 2, "usage"),
        (&nobody, &["status"], 3, "not-set-up"),
        (&alice, &["init", "--name", "again"], 3, "already-set-up"),
        (&alice, &["get", &unused], 4, "no-id"),
        (&alice, &["get", "task/ffff"], 4, "no-entity"),
        (&alice, &["list", "unicorn"], 4, "no-kind"),
        (&alice, &["forget", "carol"], 4, "no-device"),
        (&alice, &["import", "nowhere.jsonl"], 4, "file"),
        (&alice, &["review", "resolve", &task, "mine"], 4, "nothing-to-decide"),
        (&alice, &["add", "task", "title=a", "order=many"], 5, "refused"),
        (&alice, &["add", "task", "priority=important"], 5, "refused"),
        (&alice, &["set", &task, "titel=a"], 5, "refused"),
        (&alice, &["sync"], 6, "not-proved"),
        (&nobody, &["init", "--name", "\u{200b}"], 5, "device-name"),
        (&alice, &["join"], 2, "usage"),
        (&bob, &["sync", "alice"], 6, "not-proved"),
        (&alice, &["put-back", "999"], 4, "no-line"),
        (&alice, &["undo", "1"], 4, "no-sweep"),
        (&alice, &["pending", "carol"], 4, "no-device"),
        (&alice, &["keep", &task], 2, "usage"),
        (&alice, &["keep", "task/ffff", "--here"], 4, "no-entity"),
        (&alice, &["add", "tag", "name=home", "--here"], 5, "not-here-alone"),
    ];
    for (device, arguments, exit, code) in table {
        let ended = device.run(&[&["--json"], arguments].concat());
        assert_eq!(ended.code, Some(exit), "{arguments:?}: {ended:?}");
        if exit == 0 {
            continue;
        }
        let (word, message) = ended.error();
        assert_eq!(word, code, "{arguments:?}: {message}");
        assert!(message.len() > 20, "{arguments:?}: {message}");
        // The same for people: one line, and nothing on standard output but what was done.
        let told = device.run(arguments);
        assert_eq!(told.code, Some(exit));
        assert!(told.stderr.starts_with("whph: ") || exit == 2, "{told:?}");
    }
    // 7, 8 and 9 have tests of their own: `damage`, `pairing`.
    let help = Running::start(&mut command(["--help"])).finish().well().stdout;
    for exit in 0..=9 {
        assert!(help.contains(&format!("\n  {exit}  ")), "{exit} is not in the help");
    }
}

#[test]
fn what_others_wrote_never_commands_the_terminal() {
    const NASTY: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}txt.exe\u{8}\r\u{7f}";
    let alice = Device::not_set_up("alice");
    alice.json(&["init", "--name", &format!("ali{NASTY}ce"), "--listen", "127.0.0.1:0", "--keys", "file"]);
    let bob = Device::new("bob");
    // What this version checks may refuse it; what it does not know travels as it is.
    let note = json!({ "kind": "note", "fields": { "title": "Packing", "content": format!("tent\n{NASTY}\nstove") } });
    let gadget = "gadget/00000000-0000-4000-8000-000000000001";
    let of_2031 = json!({ "kind": "gadget", "id": gadget.split_once('/').unwrap().1,
        "fields": { "title": format!("a{NASTY}"), "name": NASTY } });
    alice.import(&format!("{note}\n{of_2031}"));
    drop(alice.run(&["add", "task", &format!("title={NASTY}")]));
    pair(&alice, &bob);
    for (device, end) in [(&alice, "here"), (&bob, "there")] {
        let line = json!({ "kind": "gadget", "id": gadget.split_once('/').unwrap().1,
            "fields": { "title": format!("{end}{NASTY}"), "name": NASTY } });
        device.import(&line.to_string());
    }
    meet_by(&bob, &alice);
    assert!(bob.database_bytes().windows(9).any(|part| part == "\u{202e}txt.ex".as_bytes()), "it did arrive");

    let note = format!("note/{}", bob.documents(&["list", "note"])[0]["id"].as_str().unwrap());
    for arguments in [
        &["list", "gadget"][..],
        &["list", "note"],
        &["get", gadget],
        &["get", &note],
        &["export"],
        &["history"],
        &["history", gadget],
        &["review", "list"],
        &["review", "show", gadget],
        &["devices"],
        &["rename", "laptop"],
        &["status"],
        &["pending"],
        &["metered", "wait"],
        &["kinds"],
        &["forget", NASTY],
        &["get", &format!("task/{NASTY}")],
    ] {
        for json in [false, true] {
            let flag: &[&str] = if json { &["--json"] } else { &[] };
            bob.run(&[flag, arguments].concat());
        }
    }
    for device in [&alice, &bob] {
        let transcript = device.transcript.lock().unwrap();
        let harmful = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        let line = transcript.lines().find(|line| line.contains(harmful));
        assert!(line.is_none(), "{:?}", line.unwrap());
        assert!(transcript.contains("owned"), "something of it was shown");
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let alice = Device::new("alice");
    let lines = (0..2_000).map(|n| format!("{{\"kind\":\"task\",\"fields\":{{\"title\":\"Task {n}\"}}}}\n"));
    alice.import(&lines.collect::<String>());
    let mut pipe = std::process::Command::new("sh");
    pipe.arg("-c").arg("\"$0\" --data \"$1\" export | head -n 1; exit 0");
    pipe.arg(super::running::program()).arg(&alice.data);
    let ended = Running::start(&mut pipe).finish().well();
    assert_eq!((ended.stdout.lines().count(), ended.stderr.as_str()), (1, ""));
}

/// The commands in the help.
fn listed_commands() -> BTreeSet<String> {
    let help = Running::start(&mut command(["--help"])).finish().well().stdout;
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = listed.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// As `meet`, with a peer whose name is none that one can type.
fn meet_by(dialling: &Device, serving: &Device) {
    let server = serving.serve();
    assert_eq!(dialling.json(&["sync"])[0]["equal"], true);
    server.terminate().well();
}
