//! The rows of WHPH's tables. All are read before the first is written, so that what is imported was there at one moment.

use std::path::Path;

use planner::exchange::whph::{Row, Tables};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Number, Value};

use super::file;
use crate::ImportError;

/// What there is no kind for here, and the tables that it is in. Settings are about WHPH's own screens,
/// sounds and timers, or about the machine: none means anything here.
const LEFT_OUT: [(&str, &[&str]); 7] = [
    ("times spent on tasks", &["task_time_record_table"]),
    ("times spent on habits", &["habit_time_record_table"]),
    (
        "app usage",
        &[
            "app_usage_table",
            "app_usage_tag_table",
            "app_usage_time_record_table",
            "app_usage_tag_rule_table",
            "app_usage_ignore_rule_table",
        ],
    ),
    ("links between tags", &["tag_tag_table"]),
    ("settings", &["setting_table"]),
    ("paired devices", &["sync_device_table"]),
    ("statuses of your own", &["(SELECT * FROM task_status_table WHERE NOT is_built_in)"]),
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

pub(super) fn read(file: &Path) -> Result<Found, ImportError> {
    let copy = file::open(file)?;
    let database = &copy.database;
    let mut found = Found::default();
    let tables = &mut found.tables;
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
        if let Err(error) = read_table(database, name, rows) {
            let reason = format!(
                "the database is damaged there, and only {} of its rows could be read ({error}); restore a backup in WHPH, and \
                 import again",
                rows.len()
            );
            found.damaged.push((name.to_owned(), reason));
        }
    }
    for (what, tables) in LEFT_OUT {
        // What cannot even be counted is left out as the rest is.
        let count = tables.iter().filter_map(|table| count(database, table).ok()).sum();
        found.left_out.push((what, count));
    }
    Ok(found)
}

/// Reads until the end or the first damage.
fn read_table(database: &Connection, table: &str, into: &mut Vec<Row>) -> rusqlite::Result<()> {
    let mut statement = database.prepare(&format!("SELECT * FROM {table}"))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut read = Map::new();
        for (at, column) in columns.iter().enumerate() {
            read.insert(column.clone(), value(row.get_ref(at)?));
        }
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

fn count(database: &Connection, table: &str) -> rusqlite::Result<u64> {
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE deleted_date IS NULL");
    database.query_row(&sql, [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
}
