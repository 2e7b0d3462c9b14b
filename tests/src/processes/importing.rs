//! Data from files, and out again.

use super::device::Device;
use super::together::{assert_same, meet, pair};
use serde_json::{Value, json};
use std::fs;

const HABIT: &str = "11111111-1111-4111-8111-111111111111";

fn sample() -> String {
    [
        json!({ "kind": "tag", "fields": { "name": "home", "colour": "#3366cc" } }),
        json!({ "kind": "task", "fields": { "title": "Water the plants", "tags": ["home"], "order": 1.5 } }),
        json!({ "kind": "task", "fields": { "title": "Water the plants", "tags": ["home"], "order": 1.5 } }),
        json!({ "kind": "habit", "id": HABIT, "fields": { "name": "Read" } }),
        json!({ "kind": "habit_record", "fields": { "habit": HABIT, "day": "2026-03-01", "status": "complete" } }),
        json!({ "kind": "note", "fields": { "title": "Packing", "content": "tent\nstove\n" } }),
        json!({ "kind": "gadget_of_2031", "fields": { "volts": 12.50, "deep": { "er": [1, null] } } }),
    ]
    .map(|line| line.to_string() + "\n")
    .concat()
}

#[test]
fn an_export_is_an_import_and_both_files_are_the_same() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let imported = alice.import(&sample());
    assert_eq!((&imported["created"], &imported["refused"]), (&json!(7), &json!([])));
    let export = alice.export();
    let file = bob.home().join("alice.jsonl");
    fs::write(&file, &export).unwrap();
    bob.json(&["import", file.to_str().unwrap()]);
    assert_eq!(bob.export(), export);
    assert!(export.contains("12.5"), "{export}");
    // Sorted by kind and id, so that files can be compared.
    let keys: Vec<(String, String)> = export.lines().map(key).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    assert_eq!(alice.run(&["export", "task"]).well().stdout.lines().count(), 2);
}

#[test]
fn a_second_import_changes_nothing_and_costs_the_peers_nothing() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    alice.import(&sample());
    pair(&alice, &bob);
    let before = assert_same(&[&alice, &bob]);
    let again = alice.import(&sample());
    assert_eq!(again["unchanged"], 7, "{again}");
    assert_eq!((&again["created"], &again["changed"]), (&json!(0), &json!(0)));
    assert_eq!(alice.json(&["status"])["devices"][0]["pending"], 0);
    let moved = meet(&bob, &alice);
    assert_eq!(moved["received"]["new"], 0, "{moved}");
    assert_eq!(moved["received"]["changed"], 0, "{moved}");
    assert_eq!(assert_same(&[&alice, &bob]), before);
}

#[test]
fn the_same_file_on_two_devices_makes_no_doubles_and_no_conflicts() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    alice.import(&sample());
    bob.import(&sample());
    let before = alice.export();
    pair(&alice, &bob);
    assert_eq!(assert_same(&[&alice, &bob]), before);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
}

#[test]
fn bad_lines_are_named_and_the_rest_is_kept() {
    let alice = Device::new("alice");
    let file = alice.home().join("mixed.jsonl");
    let deep = "[".repeat(100) + &"]".repeat(100);
    let lines: [(&[u8], Option<&str>); 11] = [
        (br#"{"kind":"task","fields":{"title":"first"}}"#, None),
        (br#"{"kind":"task","fields":{"title":7}}"#, Some("title")),
        (b"water the plants", Some("not a line such as")),
        (b"", None),
        (br#"{"kind":"task","fields":{"order":1}}"#, Some("title")),
        (b"{\"kind\":\"task\",\"fields\":{\"title\":\"\xff\"}}", Some("UTF-8")),
        (br#"{"kind":"task","fields":{"title":"a","title":"b"}}"#, Some("title")),
        (br#"{"kind":"task","id":"7","fields":{"title":"a"}}"#, Some("id")),
        (br#"{"kind":"Task!","fields":{"title":"a"}}"#, Some("kind")),
        (br#"{"kind":"task","fields":{"title":"newer","field_of_2031":[1]}}"#, None),
        (
            br#"{"kind":"habit_record","fields":{"habit":"x","day":"2026-02-30","status":"complete"}}"#,
            Some(""),
        ),
    ];
    let mut bytes = lines.map(|(line, _)| [line, b"\n"].concat()).concat();
    bytes.extend(format!("{{\"kind\":\"thing\",\"fields\":{{\"a\":{deep}}}}}\n").as_bytes());
    bytes.extend(br#"{"kind":"task","fields":{"title":"last, without a line break"}}"#);
    fs::write(&file, bytes).unwrap();

    let ended = alice.run(&["--json", "import", file.to_str().unwrap()]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let refused = ended.documents()[0]["refused"].as_array().unwrap().clone();
    let mut expected: Vec<(String, &str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, (_, said))| Some((format!("line {}", at + 1), (*said)?)))
        .collect();
    expected.push(("line 12".into(), ""));
    let places: Vec<&str> = refused.iter().map(|line| line["place"].as_str().unwrap()).collect();
    assert_eq!(places, expected.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>(), "{refused:?}");
    for (line, (place, said)) in refused.iter().zip(&expected) {
        let reason = line["reason"].as_str().unwrap();
        assert!(reason.contains(said) && !reason.is_empty(), "{place}: {reason}");
    }
    let export = alice.export();
    assert_eq!(export.lines().count(), 3, "{export}");
    assert!(export.contains("last, without a line break") && export.contains("field_of_2031"));

    // For a person: the same lines, in words.
    let told = alice.run(&["import", file.to_str().unwrap()]);
    assert_eq!(told.code, Some(5));
    assert!(told.stderr.contains("line 2: title"), "{}", told.stderr);
    assert!(told.stdout.contains("3 as before"), "{}", told.stdout);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let alice = Device::new("alice");
    assert!(alice.refusal(&["import", "nowhere.jsonl"], 4).contains("nowhere.jsonl"));
    assert!(alice.refusal(&["import", "--markdown", "nowhere"], 4).contains("nowhere"));
}

#[test]
fn a_folder_of_markdown_becomes_notes_once() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let folder = alice.home().join("notes");
    fs::create_dir_all(folder.join("trips")).unwrap();
    fs::write(folder.join("trips/alps.md"), "---\ntags: [Travel, summer]\n---\n# The Alps\n\n- tent\n")
        .unwrap();
    fs::write(folder.join("ideas.md"), "no heading\r\nsecond line\r\n").unwrap();
    fs::write(folder.join("broken.md"), b"\xff\xfe\x00").unwrap();
    fs::write(folder.join("picture.png"), b"\x89PNG").unwrap();
    let import = ["--json", "import", "--markdown", folder.to_str().unwrap()];

    let first = alice.run(&import);
    assert_eq!(first.code, Some(5), "{first:?}");
    let told = &first.documents()[0];
    assert_eq!((&told["created"], &told["refused"][0]["place"]), (&json!(2), &json!("broken.md")));
    let notes = alice.documents(&["list", "note"]);
    let titles: Vec<&Value> = notes.iter().map(|note| &note["fields"]["title"]).collect();
    assert!(titles.contains(&&json!("The Alps")) && titles.contains(&&json!("ideas")), "{titles:?}");
    let alps = notes.iter().find(|note| note["fields"]["title"] == "The Alps").unwrap();
    assert_eq!(alps["fields"]["tags"].as_array().unwrap().len(), 2);
    let tags: Vec<Value> =
        alice.documents(&["list", "tag"]).into_iter().map(|mut tag| tag["fields"]["name"].take()).collect();
    assert!(tags.contains(&json!("Travel")) && tags.contains(&json!("summer")), "{tags:?}");
    let shown = alice.run(&["get", &format!("note/{}", alps["id"].as_str().unwrap())]).well().stdout;
    assert!(shown.contains("Travel") && shown.contains("- tent"), "{shown}");

    fs::remove_file(folder.join("broken.md")).unwrap();
    let second = alice.run(&import).well();
    assert_eq!(second.documents()[0]["unchanged"], 2);
    // A file edited later changes its note, also on the other device.
    pair(&alice, &bob);
    fs::write(folder.join("ideas.md"), "no heading\nsecond line\nthird line\n").unwrap();
    let third = alice.run(&import).well();
    assert_eq!((&third.documents()[0]["changed"], &third.documents()[0]["created"]), (&json!(1), &json!(0)));
    meet(&bob, &alice);
    assert!(assert_same(&[&alice, &bob]).contains("third line"));
}

fn key(line: &str) -> (String, String) {
    let line: Value = serde_json::from_str(line).unwrap();
    let text = |field: &str| line[field].as_str().unwrap().to_owned();
    (text("kind"), text("id"))
}
