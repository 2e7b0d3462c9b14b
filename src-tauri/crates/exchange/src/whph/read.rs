//! The rows of WHPH's tables. All are read before the first is written, so that what is imported was there at one moment.

use std::path::Path;

use planner::exchange::whph::{Row, Tables};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Number, Value};

use super::file::{self, WhphError};
use crate::ImportError;

/// All that is held of a database at once, in bytes: of tables that only a planner of many lives would fill.
const ROOM: usize = 512 * 1024 * 1024;
/// About what a row takes, and a value of it besides its text.
const ROW: usize = 512;
const VALUE: usize = 128;

/// What there is no kind for here, the tables that it is in, and which of their rows it is. Settings are about WHPH's own screens,
/// sounds and timers, or about the machine: none means anything here.
const LEFT_OUT: [(&str, &[&str], &str); 7] = [
    ("times spent on tasks", &["task_time_record_table"], "TRUE"),
    ("times spent on habits", &["habit_time_record_table"], "TRUE"),
    (
        "app usage",
        &[
            "app_usage_table",
            "app_usage_tag_table",
            "app_usage_time_record_table",
            "app_usage_tag_rule_table",
            "app_usage_ignore_rule_table",
        ],
        "TRUE",
    ),
    ("links between tags", &["tag_tag_table"], "TRUE"),
    ("settings", &["setting_table"], "TRUE"),
    ("paired devices", &["sync_device_table"], "TRUE"),
    ("statuses of your own", &["task_status_table"], "NOT is_built_in"),
];

/// What is in a database.
#[derive(Default)]
pub(super) struct Found {
    pub(super) tables: Tables,
    /// Tables that could not be read to their end, and why.
    pub(super) damaged: Vec<(String, String)>,
    /// What there is no kind for, and how much of it there is.
    pub(super) left_out: Vec<(&'static str, u64)>,
}

/// Why reading ended before a table did.
enum Stop {
    /// There is none.
    NoTable,
    /// There is no end to it, or none that is waited for.
    TooMuch,
    Damage(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        if file::is_too_much(&error) { Self::TooMuch } else { Self::Damage(error) }
    }
}

pub(super) fn read(file: &Path) -> Result<Found, ImportError> {
    let too_much = || ImportError::Whph { path: file.to_owned(), reason: WhphError::TooMuch };
    let copy = file::open(file)?;
    let database = &copy.database;
    let mut found = Found::default();
    let tables = &mut found.tables;
    let mut room = ROOM;
    for (name, rows) in [
        ("tag_table", &mut tables.tags),
        ("task_status_table", &mut tables.statuses),
        ("task_table", &mut tables.tasks),
        ("task_tag_table", &mut tables.task_tags),
        ("habit_table", &mut tables.habits),
        ("habit_tag_table", &mut tables.habit_tags),
        ("habit_record_table", &mut tables.habit_records),
        ("note_table", &mut tables.notes),
        ("note_tag_table", &mut tables.note_tags),
    ] {
        let damage = match read_table(database, name, rows, &mut room) {
            Ok(()) => continue,
            Err(Stop::TooMuch) => return Err(too_much()),
            Err(Stop::NoTable) => "there is no such table as WHPH makes it".to_owned(),
            Err(Stop::Damage(error)) => error.to_string(),
        };
        let reason = format!(
            "the database is damaged there, and only {} of its rows could be read ({damage}); restore a backup in WHPH, and \
             import again",
            rows.len()
        );
        found.damaged.push((name.to_owned(), reason));
    }
    for (what, tables, which) in LEFT_OUT {
        let mut rows = 0;
        for table in tables {
            match count(database, table, which) {
                Ok(count) => rows += count,
                Err(Stop::TooMuch) => return Err(too_much()),
                // What cannot even be counted is left out as the rest is.
                Err(Stop::NoTable | Stop::Damage(_)) => {}
            }
        }
        found.left_out.push((what, rows));
    }
    Ok(found)
}

/// Reads until the end or the first damage.
fn read_table(database: &Connection, table: &str, into: &mut Vec<Row>, room: &mut usize) -> Result<(), Stop> {
    if !file::is_table(database, table)? {
        return Err(Stop::NoTable);
    }
    let mut statement = database.prepare(&format!("SELECT * FROM {table}"))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut read = Map::new();
        let mut size = ROW;
        for (at, column) in columns.iter().enumerate() {
            let value = value(row.get_ref(at)?);
            size += VALUE + column.len() + value.as_str().map_or(0, str::len);
            read.insert(column.clone(), value);
        }
        *room = room.checked_sub(size).ok_or(Stop::TooMuch)?;
        into.push(read);
    }
    Ok(())
}

/// SQLite keeps any value in any column, and text as whatever bytes it was given; what can be read of those is kept.
fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Value::from(String::from_utf8_lossy(bytes)),
    }
}

fn count(database: &Connection, table: &str, which: &str) -> Result<u64, Stop> {
    if !file::is_table(database, table)? {
        return Err(Stop::NoTable);
    }
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE deleted_date IS NULL AND {which}");
    Ok(database.query_row(&sql, [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    const SCHEMA: &str = include_str!("../../../../../tests/whph/v35.sql");

    fn with(rows: &str) -> Found {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("whph.db");
        let database = Connection::open(&file).unwrap();
        database.execute_batch(SCHEMA).unwrap();
        database.execute_batch(rows).unwrap();
        read(&file).unwrap()
    }

    #[test]
    fn a_row_is_what_its_columns_say_in_whatever_order_they_stand() {
        let found = with(
            "DROP TABLE note_table;
            CREATE TABLE note_table (\"order\" REAL, created_date INTEGER, content, title TEXT, id TEXT);
            INSERT INTO note_table VALUES (1.5, 7, x'61ff', 'Packing', 'n');",
        );
        assert_eq!(
            found.tables.notes[0],
            *json!({ "order": 1.5, "created_date": 7, "content": "a\u{fffd}", "title": "Packing", "id": "n" })
                .as_object()
                .unwrap()
        );
        assert_eq!(found.damaged, []);
    }

    #[test]
    fn what_there_is_no_kind_for_is_counted_while_it_lives() {
        let found = with(
            "INSERT INTO tag_tag_table (id, created_date, primary_tag_id, secondary_tag_id) VALUES ('a', 1, 'b', 'c');
            INSERT INTO app_usage_table (id, created_date, name) VALUES ('a', 1, 'x');
            INSERT INTO app_usage_time_record_table (id, created_date, app_usage_id, duration, usage_date) VALUES ('a', 1, 'a', 1, 1);
            INSERT INTO setting_table VALUES ('a', 1, 1, 1, 'k', 'v', 0);
            INSERT INTO task_status_table (id, created_date, name, is_built_in) VALUES ('a', 1, '', 1), ('b', 1, 'Review', 0);",
        );
        let counted: Vec<_> = found.left_out.into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counted, [("app usage", 2), ("links between tags", 1), ("statuses of your own", 1)]);
    }

    #[test]
    fn a_table_that_is_not_there_is_told_and_the_others_are_read() {
        let found = with(
            "DROP TABLE habit_table;
            INSERT INTO tag_table (id, created_date, name) VALUES ('a', 1, 'x');
            CREATE TABLE habit_table (id);
            DROP TABLE note_table;",
        );
        assert_eq!(found.tables.tags.len(), 1);
        assert_eq!(found.damaged.len(), 1);
        assert_eq!(found.damaged[0].0, "note_table");
        assert!(found.damaged[0].1.contains("no such table"), "{}", found.damaged[0].1);
    }

    /// Whoever made the file wrote these, and without an end.
    #[test]
    fn a_view_a_virtual_table_or_a_computed_column_is_not_read() {
        let endless = "AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, NULL AS deleted_date FROM n";
        let found = with(&format!(
            "DROP TABLE note_table; CREATE VIEW note_table {endless};
            DROP TABLE tag_tag_table; CREATE VIEW tag_tag_table {endless};
            DROP TABLE habit_tag_table; CREATE VIRTUAL TABLE habit_tag_table USING fts5 (id);
            DROP TABLE task_tag_table; CREATE TABLE task_tag_table (id, title AS (hex(zeroblob(400000000))));
            INSERT INTO task_tag_table VALUES ('a');
            INSERT INTO tag_table (id, created_date, name) VALUES ('a', 1, 'x');",
        ));
        let told: Vec<_> =
            found.damaged.iter().map(|(table, reason)| (table.as_str(), reason.as_str())).collect();
        let reason = "the database is damaged there, and only 0 of its rows could be read (there is no such table as WHPH makes it); \
                      restore a backup in WHPH, and import again";
        assert_eq!(told, ["task_tag_table", "habit_tag_table", "note_table"].map(|table| (table, reason)));
        assert_eq!(found.tables.tags.len(), 1);
        assert!(found.left_out.contains(&("links between tags", 0)));
    }

    #[test]
    fn a_value_of_any_length_is_not_held() {
        let found = with(
            "INSERT INTO note_table (id, created_date, title) VALUES ('a', 1, 'x'), ('b', 1, zeroblob(20000000));",
        );
        assert_eq!(found.tables.notes.len(), 1);
        assert!(found.damaged[0].1.contains("too big"), "{:?}", found.damaged);
    }

    /// A file of a few pages with more rows in this table than anybody can count.
    fn endless(table: &str) -> String {
        const PAGE: usize = 512;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("whph.db");
        let database = Connection::open(&file).unwrap();
        database.execute_batch(&format!("PRAGMA page_size = {PAGE}; {SCHEMA}")).unwrap();
        let rows = format!(
            "DROP TABLE {table}; CREATE TABLE {table} (id INTEGER PRIMARY KEY, deleted_date);
            WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 40000) INSERT INTO {table} (id) SELECT i FROM n;",
        );
        database.execute_batch(&rows).unwrap();
        let root = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
        let root: usize = database.query_row(root, [table], |row| row.get(0)).unwrap();
        drop(database);

        // Each inner page leads to the next one by all of its cells, and the last to a leaf.
        let mut bytes = fs::read(&file).unwrap();
        let number = |bytes: &[u8], at: usize, len: usize| {
            bytes[at..at + len].iter().fold(0, |number, byte| (number << 8) | usize::from(*byte))
        };
        let links = |bytes: &[u8], page: usize| -> Vec<usize> {
            let start = (page - 1) * PAGE;
            assert_eq!(bytes[start], 5, "an inner page");
            let cells = 0..number(bytes, start + 3, 2);
            cells.map(|n| start + number(bytes, start + 12 + 2 * n, 2)).chain([start + 8]).collect()
        };
        let mut pages = vec![root];
        pages.extend(links(&bytes, root).into_iter().map(|at| number(&bytes, at, 4)));
        assert!(pages.len() > 5, "{pages:?}");
        let last = links(&bytes, pages[pages.len() - 1])[0];
        let leaf = number(&bytes, last, 4);
        for (page, next) in pages.iter().zip(pages[1..].iter().chain([&leaf])) {
            for at in links(&bytes, *page) {
                bytes[at..at + 4].copy_from_slice(&u32::try_from(*next).unwrap().to_be_bytes());
            }
        }
        fs::write(&file, bytes).unwrap();
        read(&file).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_table_without_end_is_neither_read_nor_counted_for_ever() {
        for table in ["note_table", "tag_tag_table"] {
            let told = endless(table);
            assert!(told.contains("more than a planner can"), "{table}: {told}");
        }
    }
}
