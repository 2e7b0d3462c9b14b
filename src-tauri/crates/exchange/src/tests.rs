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
    let exported = export_markdown(&alice, dir.path(), "Out").await.unwrap();
    assert_eq!((exported.files, exported.folder.clone()), (4, dir.path().join("Out")));
    let again = import_markdown(&alice, &exported.folder.join("Notes"), &mut quietly).await.unwrap();
    assert_eq!((again.read, again.unchanged), (2, 2));
    let second = export_markdown(&alice, dir.path(), "Out").await.unwrap();
    assert_eq!(second.folder, dir.path().join("Out 2"));
    assert!(export_markdown(&alice, &dir.path().join("nowhere"), "Out").await.is_err());
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
