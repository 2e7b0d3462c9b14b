//! What WHPH keeps in its own database, brought over.

use super::device::Device;
use super::together::{assert_same, meet, pair};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const REFUSED: i32 = 5;
const NO_FILE: i32 = 4;

const SCHEMA: &str = include_str!("../../whph/v35.sql");

/// Noon in Greenwich on 2026-03-01, which is that day nearly everywhere.
const ROWS: &str = "
INSERT INTO tag_table (id, created_date, name, color, type) VALUES ('tag-home', 1772366400, 'Home', 'FF5733', 1);
INSERT INTO task_status_table (id, created_date, name, is_built_in) VALUES ('task-status-builtin-todo', 1, '', 1);
INSERT INTO task_table (id, created_date, title, description, priority, planned_date, status_id, recurrence_type,
    planned_date_reminder_time) VALUES
    ('plants', 1772366400, 'Water the plants', 'not the cactus', 2, 1772366400, 'task-status-builtin-todo', 1, 3);
INSERT INTO task_table (id, created_date, title, parent_task_id, completed_at) VALUES
    ('can', 1772366400, 'Fill the can', 'plants', 1772366400);
INSERT INTO task_table (id, created_date, title, deleted_date) VALUES ('old', 1, 'Deleted long ago', 2);
INSERT INTO task_tag_table (id, created_date, task_id, tag_id) VALUES ('x', 1, 'plants', 'tag-home');
INSERT INTO habit_table (id, created_date, name, description, has_reminder, reminder_time, reminder_days) VALUES
    ('read', 1772366400, 'Read', '', 1, '21:00', '1,2');
INSERT INTO habit_record_table (id, created_date, habit_id, occurred_at, status) VALUES
    ('r1', 1772366400, 'read', 1772366400, 0), ('r2', 1772366401, 'read', 1772366401, 0),
    ('r3', 1772366400, 'unknown', 1772366400, 0);
INSERT INTO note_table (id, created_date, title, content) VALUES ('packing', 1772366400, 'Packing', 'tent');
INSERT INTO note_tag_table (id, created_date, note_id, tag_id) VALUES ('y', 1, 'packing', 'tag-home');
INSERT INTO task_time_record_table (id, created_date, task_id, duration) VALUES ('t1', 1, 'plants', 60), ('t2', 1, 'plants', 5);
INSERT INTO setting_table (id, created_date, \"key\", value, value_type) VALUES ('s', 1, 'THEME_MODE', 'dark', 0);
";

/// A database of WHPH's beside the device's data.
fn whph(device: &Device, rows: &str) -> PathBuf {
    let path = device.home().join("theirs.db");
    let database = Connection::open(&path).unwrap();
    database.execute_batch(SCHEMA).unwrap();
    database.execute_batch(rows).unwrap();
    path
}

fn import(device: &Device, file: &Path) -> Value {
    device.json(&["import", "--whph", file.to_str().unwrap()])
}

fn refused(device: &Device, file: &Path) -> String {
    let said = device.refusal(&["import", "--whph", file.to_str().unwrap()], REFUSED);
    assert_eq!(device.export(), "", "something was written");
    said
}

#[test]
fn everything_that_there_is_a_kind_for_arrives_once() {
    let alice = Device::new("alice");
    let file = whph(&alice, ROWS);
    let first = import(&alice, &file);
    assert_eq!((&first["read"], &first["created"], &first["refused"]), (&json!(6), &json!(6), &json!([])));
    assert_eq!(
        first["left_out"],
        json!([
            { "what": "deleted in WHPH", "count": 1 },
            { "what": "days of habits that are gone", "count": 1 },
            { "what": "times spent on tasks", "count": 2 },
            { "what": "settings", "count": 1 },
        ])
    );
    let tasks = alice.documents(&["list", "task"]);
    let [plants, can] = ["Water the plants", "Fill the can"].map(|title| {
        tasks.iter().find(|task| task["fields"]["title"] == title).unwrap_or_else(|| panic!("no {title}"))
    });
    let tag = alice.documents(&["list", "tag"]).remove(0);
    assert_eq!((&tag["fields"]["name"], &tag["fields"]["colour"]), (&json!("Home"), &json!("#ff5733")));
    assert_eq!(plants["fields"]["tags"], json!([tag["id"]]));
    assert_eq!(plants["fields"]["planned_reminder"], "15_minutes_before");
    assert_eq!((&can["fields"]["parent"], &can["fields"]["status"]), (&plants["id"], &json!("done")));
    let habit = alice.documents(&["list", "habit"]).remove(0);
    assert_eq!(habit["fields"]["reminder_days"], json!(["mon", "tue"]));
    let record = alice.documents(&["list", "habit_record"]).remove(0);
    assert_eq!((&record["fields"]["habit"], &record["fields"]["status"]), (&habit["id"], &json!("complete")));
    assert_eq!(alice.documents(&["list", "note"])[0]["fields"]["content"], "tent");

    let before = alice.export();
    let again = import(&alice, &file);
    assert_eq!(
        (&again["unchanged"], &again["created"], &again["changed"]),
        (&json!(6), &json!(0), &json!(0))
    );
    assert_eq!(alice.export(), before);
    let told = alice.run(&["import", "--whph", file.to_str().unwrap()]).well().stdout;
    assert!(
        told.contains("Left out: 1 deleted in WHPH,") && told.contains("2 times spent on tasks"),
        "{told}"
    );
}

#[test]
fn a_tag_meets_the_one_that_is_here_and_the_file_counts() {
    let alice = Device::new("alice");
    let home = alice.add("tag", &["name=home", "colour=#000000"]);
    let file = whph(&alice, ROWS);
    import(&alice, &file);
    assert_eq!(alice.documents(&["list", "tag"]).len(), 1);
    assert_eq!(alice.field(&home, "colour"), "#ff5733");
    // As with lines: what was changed since gets the file's value again; what the file does not say stays.
    let note = format!("note/{}", alice.documents(&["list", "note"])[0]["id"].as_str().unwrap());
    alice.set(&note, "title=Packing for the Alps");
    alice.set(&note, "order=7.5");
    let again = import(&alice, &file);
    assert_eq!(again["changed"], 1, "{again}");
    assert_eq!(alice.field(&note, "title"), "Packing");
    let history = alice.run(&["history", &note]).well().stdout;
    assert!(history.contains("Packing for the Alps"), "{history}");
}

#[test]
fn the_same_file_on_two_devices_makes_one_set_without_questions() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let file = whph(&alice, ROWS);
    import(&alice, &file);
    import(&bob, &file);
    let before = alice.export();
    assert_eq!(before, bob.export());
    pair(&alice, &bob);
    meet(&alice, &bob);
    assert_eq!(assert_same(&[&alice, &bob]), before);
    assert_eq!((alice.reviews(), bob.reviews()), (0, 0));
}

#[test]
fn what_cannot_be_taken_is_named_row_by_row_and_the_rest_is_kept() {
    let alice = Device::new("alice");
    let rows = format!(
        "{ROWS}
        INSERT INTO note_table (id, created_date, title, content) VALUES ('huge', 1, 'Huge', printf('%.*c', 200000, 'x'));
        INSERT INTO habit_record_table (id, created_date, habit_id, occurred_at, status) VALUES ('r4', 1, 'read', 1, 9);
        INSERT INTO task_table (id, created_date, title, priority) VALUES ('odd', 1, '', 17);
        DROP TABLE habit_tag_table;"
    );
    let file = whph(&alice, &rows);
    let ended = alice.run(&["--json", "import", "--whph", file.to_str().unwrap()]);
    assert_eq!(ended.code, Some(REFUSED), "{ended:?}");
    let told = ended.documents().remove(0);
    let refused = told["refused"].as_array().unwrap();
    let places: Vec<_> = refused.iter().map(|row| row["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["habit_tag_table", "habit_record_table r4", "note_table huge \"Huge\""]);
    assert!(refused[1]["reason"].as_str().unwrap().contains("status is 9"), "{refused:?}");
    assert!(refused[2]["reason"].as_str().unwrap().contains("content: must be at most"), "{refused:?}");
    let noted = told["noted"].to_string();
    assert!(
        noted.contains("task_table odd") && noted.contains("Untitled") && noted.contains("priority is 17")
    );
    assert_eq!((&told["created"], alice.export().lines().count()), (&json!(7), 7));
    let words = alice.run(&["import", "--whph", file.to_str().unwrap()]).stderr;
    assert!(words.contains("note_table huge \"Huge\": content: must be at most"), "{words}");
}

#[test]
fn the_file_stays_as_it_is_also_with_a_log_beside_it() {
    let alice = Device::new("alice");
    let file = whph(&alice, ROWS);
    let running = Connection::open(&file).unwrap();
    running.pragma_update(None, "journal_mode", "wal").unwrap();
    running
        .execute_batch(
            "PRAGMA wal_autocheckpoint = 0;
            INSERT INTO note_table (id, created_date, title) VALUES ('late', 1, 'Only in the log')",
        )
        .unwrap();
    // As a program that was killed leaves it.
    let left = alice.home().join("left");
    fs::create_dir(&left).unwrap();
    for end in ["", "-wal"] {
        let name = format!("theirs.db{end}");
        fs::copy(alice.home().join(&name), left.join(&name)).unwrap();
    }
    let contents = || {
        let mut files: Vec<_> = fs::read_dir(&left).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect::<Vec<_>>()
    };
    let before = contents();
    import(&alice, &left.join("theirs.db"));
    assert!(alice.export().contains("Only in the log"));
    assert!(contents() == before, "the folder was changed");
}

#[test]
fn an_older_or_newer_schema_is_refused_with_what_to_do() {
    let alice = Device::new("alice");
    let older = whph(&alice, "PRAGMA user_version = 34");
    assert!(refused(&alice, &older).contains("Open it once with the latest WHPH"));
    Connection::open(&older).unwrap().pragma_update(None, "user_version", 36).unwrap();
    assert!(refused(&alice, &older).contains("Update WHPH Sync"));
}

#[test]
fn what_is_not_whphs_database_is_refused() {
    let alice = Device::new("alice");
    let path = |name: &str| alice.home().join(name);
    fs::write(path("garbage"), [7; 5_000]).unwrap();
    fs::write(path("empty"), []).unwrap();
    for name in ["garbage", "empty"] {
        assert!(refused(&alice, &path(name)).contains("no SQLite database"), "{name}");
    }
    // The right beginning, and nothing of sense after it.
    fs::write(path("beginning"), [&b"SQLite format 3\0"[..], &[9; 9_000]].concat()).unwrap();
    assert!(refused(&alice, &path("beginning")).contains("no SQLite database"));
    let other = Connection::open(path("other")).unwrap();
    other.execute_batch("CREATE TABLE messages (id INTEGER); PRAGMA user_version = 35").unwrap();
    assert!(refused(&alice, &path("other")).contains("another program"));
    assert!(refused(&alice, &alice.database()).contains("another program"), "its own database");
    let said = alice.refusal(&["import", "--whph", "nowhere.db"], NO_FILE);
    assert!(said.contains("nowhere.db"), "{said}");
    alice.refusal(&["import", "--whph", alice.home().to_str().unwrap()], NO_FILE);
}

#[test]
fn a_truncated_file_is_refused_and_of_a_damaged_one_is_kept_what_could_be_read() {
    let many: String = (0..2_000)
        .map(|n| {
            format!("INSERT INTO note_table (id, created_date, title) VALUES ('n{n:04}', 1, 'Note {n}');")
        })
        .collect();
    let alice = Device::new("alice");
    let file = whph(&alice, &format!("BEGIN; {ROWS} {many} COMMIT;"));
    let whole = fs::read(&file).unwrap();
    for part in 1..8 {
        fs::write(&file, &whole[..whole.len() * part / 8]).unwrap();
        let said = refused(&alice, &file);
        assert!(said.contains("it is damaged") && said.contains("Restore a backup"), "{part}/8: {said}");
    }
    let mut partly = 0;
    for at in (100..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        let end = whole.len().min(at + 600);
        damaged[at..end].fill(0xa5);
        fs::write(&file, damaged).unwrap();
        let ended = alice.run(&["--json", "import", "--whph", file.to_str().unwrap()]);
        assert!(matches!(ended.code, Some(0 | REFUSED)), "damage at {at}: {ended:?}");
        partly += usize::from(ended.stdout.contains("of its rows could be read"));
    }
    assert!(partly > 0, "no table was damaged in its middle");
    alice.assert_sound();
    // The whole file afterwards completes it.
    fs::write(&file, &whole).unwrap();
    import(&alice, &file);
    assert!(alice.documents(&["list", "note"]).len() >= 2_001);
}
