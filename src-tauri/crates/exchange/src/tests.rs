//! Files in and out of a device of one's own.

use super::*;
use serde_json::json;
use std::fs;
use std::io::BufReader;
use sync_engine::{Backend, Init};
use tempfile::TempDir;

fn device() -> (TempDir, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let listen = Some("127.0.0.1:0".parse().unwrap());
    let init = Init { name: "alice".into(), listen, keystore: Some(Backend::File) };
    Engine::init(&dir.path().join("data"), init).unwrap();
    let engine = Engine::open(&dir.path().join("data"), planner::schema()).unwrap();
    (dir, engine)
}

async fn lines(engine: &Engine, text: &str) -> (Imported, Vec<String>) {
    let mut told = Vec::new();
    let mut tell = |news: News<'_>| {
        if let News::Noted { place, what } = news {
            told.push(format!("{place}: {what}"));
        }
    };
    let imported = import_lines(engine, &mut BufReader::new(text.as_bytes()), Path::new("lines"), &mut tell)
        .await
        .unwrap();
    (imported, told)
}

async fn all(engine: &Engine) -> Vec<String> {
    let mut all = Vec::new();
    export(engine, None, |line| {
        all.push(line);
        Ok(())
    })
    .await
    .unwrap();
    all
}

fn quietly(_: News<'_>) {}

#[tokio::test]
async fn lines_come_in_once_and_go_out_as_they_came() {
    let (_dir, alice) = device();
    let text = concat!(
        "{\"kind\":\"task\",\"fields\":{\"title\":\"Water\",\"tags\":[\"home\"]}}\n",
        "nonsense\n",
        "{\"kind\":\"note\",\"fields\":{\"title\":\"Packing\",\"content\":\"tent\\n\"}}\n",
        "{\"kind\":\"task\",\"fields\":{\"title\":\"\",\"priority\":\"high\"}}\n",
    );
    let (first, told) = lines(&alice, text).await;
    assert_eq!((first.read, first.created, first.refused.len()), (4, 2, 2));
    assert_eq!((first.refused[0].place.as_str(), told.len()), ("line 2", 2));
    let (again, _) = lines(&alice, text).await;
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 2));

    let out = all(&alice).await;
    assert_eq!(out.len(), 3, "the tag as well: {out:?}");
    let (_other, bob) = device();
    lines(&bob, &out.join("\n")).await;
    assert_eq!(all(&bob).await, out);
    let stopped = export(&alice, Some("task".into()), |_| Err(std::io::Error::other("full"))).await;
    assert!(matches!(stopped, Err(ExportError::Write(_))));
}

#[tokio::test]
async fn markdown_and_todo_txt_come_in_and_notes_go_out_as_themselves() {
    let (dir, alice) = device();
    let folder = dir.path().join("notes");
    fs::create_dir_all(folder.join("deep")).unwrap();
    fs::write(folder.join("roses.md"), "---\ntags: [garden]\n---\n# Roses\n").unwrap();
    fs::write(folder.join("deep/bad.md"), [0xff, 0xfe]).unwrap();
    fs::write(folder.join("deep/odd.md"), "---\n[\n---\nText\n").unwrap();
    let notes = import_markdown(&alice, &folder, &mut quietly).await.unwrap();
    assert_eq!((notes.created, notes.refused.len(), notes.noted.len()), (2, 1, 1));
    let nowhere = import_markdown(&alice, &dir.path().join("nowhere"), &mut quietly).await.unwrap_err();
    assert!(matches!(nowhere, ImportError::Read { .. }));

    let text: &[u8] = b"\xef\xbb\xbf(A) Call +family due:2026-05-03\nx Done\n\n\xff\xfe\n(F) Fence\n";
    let tasks = import_todo_txt(&alice, &mut BufReader::new(text), Path::new("todo.txt"), &mut quietly)
        .await
        .unwrap();
    assert_eq!((tasks.created, tasks.refused.len(), tasks.noted.len()), (3, 1, 1));

    let habit = "11111111-1111-4111-8111-111111111111";
    let (made, _) = lines(
        &alice,
        &format!(
            "{}\n{}\n",
            json!({ "kind": "habit", "id": habit, "fields": { "name": "Read" } }),
            json!({ "kind": "habit_record", "fields": { "habit": habit, "day": "2026-03-01", "status": "complete" } }),
        ),
    )
    .await;
    assert_eq!(made.created, 2);
    let day = "2026-05-04".parse().unwrap();
    let exported = export_markdown(&alice, dir.path(), day).await.unwrap();
    assert_eq!((exported.files, exported.folder.clone()), (4, dir.path().join("WHPH 2026-05-04")));
    let again = import_markdown(&alice, &exported.folder.join("Notes"), &mut quietly).await.unwrap();
    assert_eq!((again.read, again.unchanged), (2, 2));
    let second = export_markdown(&alice, dir.path(), day).await.unwrap();
    assert_eq!(second.folder, dir.path().join("WHPH 2026-05-04 2"));
    let refused = export_markdown(&alice, &dir.path().join("nowhere"), day).await.unwrap_err().to_string();
    assert!(refused.contains("nowhere") && refused.contains("Choose a folder"), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_folder_is_named_and_brings_nothing_in() {
    let (dir, alice) = device();
    let folder = dir.path().join("notes");
    fs::create_dir(&folder).unwrap();
    fs::write(dir.path().join("id_ed25519"), "secret").unwrap();
    std::os::unix::fs::symlink("../id_ed25519", folder.join("a.md")).unwrap();
    std::os::unix::fs::symlink("/", folder.join("x")).unwrap();
    let notes = import_markdown(&alice, &folder, &mut quietly).await.unwrap();
    let places: Vec<_> = notes.refused.iter().map(|refused| refused.place.as_str()).collect();
    assert_eq!((notes.created, places), (0, vec!["a.md", "x"]));
    assert!(notes.refused[0].reason.contains("put a copy in its place"), "{notes:?}");
    assert_eq!(all(&alice).await, [""; 0]);
}

#[tokio::test]
async fn a_slip_of_the_pen_in_a_line_is_kept_and_named() {
    let (_dir, alice) = device();
    let (made, told) = lines(
        &alice,
        &[
            json!({ "kind": "task", "fields": { "title": "Call", "planed": "2026-12-01T09:00:00Z" } })
                .to_string(),
            json!({ "kind": "tasks", "fields": { "title": "Call" } }).to_string(),
            json!({ "kind": "task", "fields": { "title": "Write" } }).to_string(),
        ]
        .join("\n"),
    )
    .await;
    assert_eq!((made.created, made.noted.len()), (3, 2), "{made:?}");
    assert!(told[0].contains("planed") && told[1].contains("tasks"), "{told:?}");
}

#[tokio::test]
async fn markdown_has_all_that_this_device_holds_and_days_as_they_stand() {
    let (dir, alice) = device();
    let habit = "11111111-1111-4111-8111-111111111111";
    let day = |day: &str, done_at: &[&str]| {
        let fields = json!({ "habit": habit, "day": day, "status": "complete", "done_at": done_at });
        json!({ "kind": "habit_record", "fields": fields }).to_string()
    };
    let drink = json!({ "name": "Drink", "goal": true, "goal_frequency": 1, "goal_period_days": 1, "goal_daily_target": 2 });
    let moments = ["2026-05-04T08:00:00Z", "2026-05-04T09:00:00Z"];
    let made = [
        json!({ "kind": "habit", "id": habit, "fields": drink }).to_string(),
        day("2026-05-03", &moments[..1]),
        day("2026-05-04", &moments),
    ];
    lines(&alice, &made.join("\n")).await;
    let key = EntityKey::new("note", Uuid::from_u128(5));
    let fields = json!({ "title": "Diary" }).as_object().unwrap().clone();
    alice.write_here(vec![Edit { key: key.clone(), change: Change::Set(fields) }], key).await.unwrap();
    let exported = export_markdown(&alice, dir.path(), "2026-05-04".parse().unwrap()).await.unwrap();
    assert!(exported.folder.join("Notes/Diary.md").exists(), "what stays on this device too");
    let habits = fs::read_to_string(exported.folder.join("Habits.md")).unwrap();
    assert!(habits.contains("- 2026-05 begun: 03\n- 2026-05 complete: 04\n"), "{habits}");
}

#[tokio::test]
async fn what_is_no_database_of_whph_is_refused_whole() {
    let (dir, alice) = device();
    let file = dir.path().join("whph.db");
    fs::write(&file, "no database").unwrap();
    let refused = import_whph(&alice, &file, &mut quietly).await.unwrap_err();
    assert!(matches!(&refused, ImportError::Whph { .. }), "{refused}");
    let gone = import_whph(&alice, &dir.path().join("gone.db"), &mut quietly).await.unwrap_err();
    assert!(!gone.to_string().is_empty());
    assert_eq!(all(&alice).await, [""; 0]);
}

#[tokio::test]
async fn whphs_own_database_comes_over_once() {
    let (dir, alice) = device();
    let file = dir.path().join("whph.db");
    let theirs = rusqlite::Connection::open(&file).unwrap();
    theirs.execute_batch(include_str!("../../../../tests/whph/v35.sql")).unwrap();
    theirs
        .execute_batch(
            "INSERT INTO task_table (id, created_date, title, description, priority, planned_date, recurrence_type)
               VALUES ('plants', 1772366400, 'Water the plants', 'not the cactus', 2, 1772366400, 1),
                      ('odd', 1772366400, '', '', 9, 0, 0);
             INSERT INTO task_table (id, created_date, title, deleted_date) VALUES ('old', 1, 'Long ago', 2);
             INSERT INTO habit_table (id, created_date, name, description) VALUES ('read', 1772366400, 'Read', '');
             INSERT INTO habit_record_table (id, created_date, habit_id, occurred_at, status)
               VALUES ('r1', 1772366400, 'read', 1772366400, 0), ('r2', 1772366400, 'unknown', 1772366400, 0);
             INSERT INTO task_time_record_table (id, created_date, task_id, duration) VALUES ('t', 1, 'plants', 60);",
        )
        .unwrap();
    drop(theirs);
    let first = import_whph(&alice, &file, &mut quietly).await.unwrap();
    assert!(first.created >= 3, "{first:?}");
    let left: Vec<_> = first.left_out.iter().map(|left| left.what).collect();
    assert!(left.contains(&"deleted in WHPH") && left.contains(&"days of habits that are gone"), "{left:?}");
    let again = import_whph(&alice, &file, &mut quietly).await.unwrap();
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, first.created));
}
