//! What the planner does by itself: the next occurrence of a finished task, search, and its files.

use super::device::Device;
use super::together::{assert_same, meet, two};
use serde_json::{Value, json};
use std::fs;

fn recurring(device: &Device) -> String {
    device.add("task", &["title=Water the plants", "planned=2026-05-04T09:00:00Z", "recurrence=daily"])
}

fn tasks(device: &Device) -> Vec<Value> {
    device.documents(&["list", "task"])
}

#[test]
fn the_same_occurrence_finished_on_two_devices_has_one_successor_and_no_conflict() {
    let [alice, bob] = two();
    let task = recurring(&alice);
    meet(&bob, &alice);
    for device in [&alice, &bob] {
        let done = device.json(&["set", &task, "status=done"]);
        assert!(done["next"].is_string(), "{done}");
    }
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
    let open: Vec<_> = tasks(&alice).into_iter().filter(|task| task["fields"]["status"] != "done").collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0]["fields"]["title"], "Water the plants");
    assert_eq!(open[0]["fields"]["recurrence_occurrence"], 1);
}

#[test]
fn finished_on_different_days_the_successor_made_last_stands_and_nobody_is_asked() {
    let [alice, bob] = two();
    let task = alice.add("task", &["title=Water the plants", "planned=2026-05-04", "recurrence=weekly"]);
    let id = task.strip_prefix("task/").unwrap_or(&task);
    alice.add("task", &["title=Fill the can", "planned=2026-05-03", &format!("parent={id}")]);
    // Without a day: it begins when it is finished first.
    let walk = alice.add("task", &["title=Walk", "recurrence=daily"]);
    meet(&bob, &alice);
    for (device, day) in [(&alice, "2026-05-04"), (&bob, "2026-05-12")] {
        for task in [&task, &walk] {
            let done =
                |day| device.json(&["set", task, "status=done", &format!("completed_at={day}T12:00:00Z")]);
            // Not meant, and then done all the same.
            done("2026-05-20");
            device.json(&["set", task, "status=todo"]);
            done(day);
        }
    }
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
    let open = |title: &str| {
        let is_next = |task: &Value| task["fields"]["status"] != "done" && task["fields"]["title"] == title;
        tasks(&alice)
            .into_iter()
            .find(|task| is_next(task) && task["fields"]["derived_from"].is_string())
            .unwrap()
    };
    assert_eq!(open("Fill the can")["fields"]["planned"], "2026-05-17");
    assert_eq!(open("Walk")["fields"]["planned"], "2026-05-13");
    let next = open("Water the plants");
    assert_eq!(
        (&next["fields"]["planned"], &next["fields"]["recurrence_day"]),
        (&json!("2026-05-18"), &json!("2026-05-18"))
    );

    // Whoever moved it before finishing it, moved what comes, too: that is asked about.
    let other = alice.add("task", &["title=Call home", "planned=2026-05-04T09:00:00Z", "recurrence=weekly"]);
    meet(&bob, &alice);
    alice.json(&["set", &other, "planned=2026-05-04T18:00:00Z"]);
    for device in [&alice, &bob] {
        device.json(&["set", &other, "status=done"]);
    }
    meet(&bob, &alice);
    assert_eq!((alice.reviews(), bob.reviews()), (1, 1));

    // Whoever moves the next one on both, moves it by hand.
    let id = format!("task/{}", next["id"].as_str().unwrap());
    for (device, day) in [(&alice, "2026-05-19"), (&bob, "2026-05-20")] {
        device.json(&["set", &id, &format!("planned={day}")]);
    }
    meet(&bob, &alice);
    assert_eq!((alice.reviews(), bob.reviews()), (2, 2));
}

#[test]
fn opening_a_finished_task_again_takes_its_successor_away_on_both() {
    let [alice, bob] = two();
    let task = recurring(&alice);
    alice.json(&["set", &task, "status=done"]);
    meet(&bob, &alice);
    bob.json(&["set", &task, "status=todo"]);
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!(tasks(&alice).len(), 1);
}

#[test]
fn what_came_from_another_device_is_found_and_what_was_deleted_is_not() {
    let [alice, bob] = two();
    let note = alice.add("note", &["title=Packing", "content=Sleeping bag and a small stove"]);
    alice.add("task", &["title=Buy a stove"]);
    meet(&bob, &alice);
    let titles = |words: &[&str]| -> Vec<String> {
        let found = bob.run(&[&["--json", "search"], words].concat()).well().documents();
        found.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&["stove"]), ["Buy a stove", "Packing"]);
    assert_eq!(titles(&["SLEEP"]), ["Packing"]);
    assert_eq!(titles(&["stove", "nowhere"]), [""; 0]);
    alice.json(&["rm", &note]);
    meet(&bob, &alice);
    assert_eq!(titles(&["stove"]), ["Buy a stove"]);
    // A damaged index is made again, and says nothing of it.
    fs::write(bob.data.join("search.db"), "nonsense that is no database, but longer than its header")
        .unwrap();
    assert_eq!(titles(&["stove"]), ["Buy a stove"]);
    let nothing = bob.run(&["search", "nowhere"]).well();
    assert!(nothing.stdout.contains("Nothing found"), "{}", nothing.stdout);
}

#[test]
fn a_todo_txt_comes_in_once_however_often() {
    let alice = Device::new("alice");
    let file = alice.home().join("todo.txt");
    fs::write(
        &file,
        "(A) 2026-05-03 Thank Mum +family @phone\nWater the plants\nWater the plants\n\nx 2026-05-04 Pay rent\n(F) Fence\n",
    )
    .unwrap();
    let import = || alice.json(&["import", "--todo", file.to_str().unwrap()]);
    let first = import();
    assert_eq!((&first["read"], &first["created"]), (&json!(5), &json!(5)));
    assert_eq!(first["noted"][0]["place"], "line 6");
    let again = import();
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(5)));
    assert_eq!(alice.documents(&["list", "tag"]).len(), 2);
}

#[test]
fn notes_that_go_out_as_markdown_come_in_as_themselves() {
    let alice = Device::new("alice");
    alice.import(concat!(
        r#"{"kind":"tag","fields":{"name":"deep work"}}"#,
        "\n",
        r##"{"kind":"note","fields":{"title":"a/b: \"c\"","content":"# text\n","tags":["deep work"]}}"##,
        "\n",
        r#"{"kind":"note","fields":{"title":"Same","content":"one"}}"#,
        "\n",
        r#"{"kind":"note","fields":{"title":"same","content":"two"}}"#,
        "\n",
        r#"{"kind":"task","fields":{"title":"Water the plants"}}"#,
        "\n",
        r#"{"kind":"habit","id":"11111111-1111-4111-8111-111111111111","fields":{"name":"Read"}}"#,
        "\n",
        r#"{"kind":"habit_record","fields":{"habit":"11111111-1111-4111-8111-111111111111","day":"2026-03-01","status":"complete"}}"#,
        "\n"
    ));
    let before = alice.export();
    let out = alice.home().join("out");
    fs::create_dir(&out).unwrap();
    let written = alice.json(&["export", "--markdown", out.to_str().unwrap()]);
    assert_eq!(written["files"], 5, "{written}");
    let folder = std::path::Path::new(written["folder"].as_str().unwrap());
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert!(read("Tasks.md").contains("- [ ] Water the plants"));
    assert!(read("Habits.md").contains("- 2026-03 complete: 01"));
    assert!(read("Notes/a-b- -c-.md").contains("# text"));

    let notes = folder.join("Notes");
    let again = alice.json(&["import", "--markdown", notes.to_str().unwrap()]);
    assert_eq!(again["unchanged"], 3, "{again}");
    assert_eq!(alice.export(), before);
    // Nothing that exists is overwritten.
    let second = alice.json(&["export", "--markdown", out.to_str().unwrap()]);
    assert_ne!(second["folder"], written["folder"]);
}
