//! WHPH's own database: its rows become entities.
//!
//! Whoever reads the file hands over the rows of its tables, column by column, as schema version [`VERSION`] has them.
//! Every id is derived from WHPH's, so the same rows give the same entities on every device; a tag meets the tag of its
//! name, and a habit's record that of its day.
//!
//! What breaks a rule of ours keeps its row wherever that is sensible: the value alone is left out or moved, and a note says
//! so. A row that means nothing without it is refused. Rows deleted in WHPH are left out and counted.

mod habit;
mod habit_record;
mod note;
mod recurrence;
mod row;
mod tag;
mod task;
mod text;
mod title;

use super::Draft;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::schema::Violation;

use row::Reader;

/// The version of WHPH's schema that is understood here.
pub const VERSION: i64 = 35;

/// A row as its database has it: column and value.
pub type Row = Map<String, Value>;

/// On which day a moment falls where the person is. WHPH stores moments where a day is meant.
pub type DayOf<'a> = &'a dyn Fn(DateTime<Utc>) -> NaiveDate;

/// The rows that become entities, by the table that they are in.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// `tag_table`
    pub tags: Vec<Row>,
    /// `task_status_table`
    pub statuses: Vec<Row>,
    /// `task_table`
    pub tasks: Vec<Row>,
    /// `task_tag_table`
    pub task_tags: Vec<Row>,
    /// `habit_table`
    pub habits: Vec<Row>,
    /// `habit_tag_table`
    pub habit_tags: Vec<Row>,
    /// `habit_record_table`
    pub habit_records: Vec<Row>,
    /// `note_table`
    pub notes: Vec<Row>,
    /// `note_tag_table`
    pub note_tags: Vec<Row>,
}

/// What became of [`Tables`].
#[derive(Debug, Default)]
pub struct Mapped {
    /// Each row, or the rows that are one entity here; tags first, for the others name them.
    pub rows: Vec<Mapping>,
    /// How many rows were deleted in WHPH.
    pub deleted: u64,
    /// How many records of days belong to a habit that is not among the entities.
    pub orphaned: u64,
}

/// What became of a row.
#[derive(Debug)]
pub struct Mapping {
    /// Its table, its id and what it is called.
    pub place: String,
    /// An entity, or why it is none.
    pub outcome: Result<Taken, RowError>,
}

/// A row that became an entity.
#[derive(Debug)]
pub struct Taken {
    /// The entity; its `tags` are names, for [`Importer`](crate::exchange::Importer) to resolve.
    pub draft: Draft,
    /// What was left out or changed, for the person to know.
    pub notes: Vec<String>,
}

/// Why a row is no entity. The others may be.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// It means nothing without a value in this column.
    #[error("its {column} is missing or cannot be read; open it in WHPH, save it there, and import again")]
    Unreadable {
        /// The column.
        column: &'static str,
    },
    /// A number that stands for nothing that is known.
    #[error("its {column} is {value}, which this version does not know; change it in WHPH, and import again")]
    Unknown {
        /// The column.
        column: &'static str,
        /// The number.
        value: i64,
    },
    /// A row of the same id came before.
    #[error("another row has the same id, and was taken; delete one of them in WHPH, and import again")]
    Double,
    /// A name that names nothing.
    #[error("its name is blank; give it one in WHPH, and import again")]
    Nameless,
    /// A value breaks a rule of the kind that it should become.
    #[error("{0}; shorten or change it in WHPH, and import again")]
    Rule(#[from] Violation),
}

/// Makes entities of rows.
#[must_use]
pub fn map(mut tables: Tables, day_of: DayOf<'_>) -> Mapped {
    let mut mapped = Mapped::default();
    for rows in [
        &mut tables.tags,
        &mut tables.tasks,
        &mut tables.habits,
        &mut tables.habit_records,
        &mut tables.notes,
    ] {
        mapped.deleted += keep_living(rows);
    }
    for rows in [&mut tables.statuses, &mut tables.task_tags, &mut tables.habit_tags, &mut tables.note_tags] {
        keep_living(rows);
    }

    let names = tag::map(&tables.tags, &mut mapped.rows);
    let statuses = task::statuses(&tables.statuses);
    let living = ids(&tables.tasks);
    let tagged = links(&tables.task_tags, "task_id", &names);
    each("task_table", &tables.tasks, &mut mapped.rows, |row| {
        task::map(row, &task::Around { tagged: &tagged, statuses: &statuses, living: &living, day_of })
    });

    let tagged = links(&tables.habit_tags, "habit_id", &names);
    let before = mapped.rows.len();
    each("habit_table", &tables.habits, &mut mapped.rows, |row| habit::map(row, &tagged));
    let habits = habit::targets(&tables.habits, &mapped.rows[before..]);
    mapped.orphaned = habit_record::map(&tables.habit_records, &habits, day_of, &mut mapped.rows);

    let tagged = links(&tables.note_tags, "note_id", &names);
    each("note_table", &tables.notes, &mut mapped.rows, |row| note::map(row, &tagged));
    mapped
}

/// Names of tags, by the id of what has them.
type Tagged = BTreeMap<String, BTreeSet<String>>;

/// Drops what WHPH has marked as deleted, and puts the rest in the order of ids, which is the same on every device. Returns
/// how many were dropped.
fn keep_living(rows: &mut Vec<Row>) -> u64 {
    let all = rows.len();
    rows.retain(|row| row.get("deleted_date").is_none_or(Value::is_null));
    rows.sort_by(|a, b| id_of(a).cmp(&id_of(b)));
    (all - rows.len()) as u64
}

fn id_of(row: &Row) -> Option<&str> {
    row.get("id").and_then(Value::as_str)
}

fn ids(rows: &[Row]) -> BTreeSet<&str> {
    rows.iter().filter_map(id_of).collect()
}

/// What a table of links says. Links to tags that are gone say nothing.
fn links(rows: &[Row], owner: &str, names: &BTreeMap<String, String>) -> Tagged {
    let text = |row: &Row, column: &str| row.get(column).and_then(Value::as_str).map(str::to_owned);
    let mut tagged = Tagged::new();
    for row in rows {
        let Some(owner) = text(row, owner) else { continue };
        let Some(name) = text(row, "tag_id").and_then(|tag| names.get(&tag)) else { continue };
        tagged.entry(owner).or_default().insert(name.clone());
    }
    tagged
}

fn each(
    table: &str,
    rows: &[Row],
    out: &mut Vec<Mapping>,
    mut make: impl FnMut(&mut Reader<'_>) -> Result<Draft, RowError>,
) {
    let mut last = None;
    for row in rows {
        let mut reader = Reader::new(row);
        let id = id_of(row);
        // The rows are in the order of ids.
        let drafted = if id.is_some() && id == last { Err(RowError::Double) } else { make(&mut reader) };
        last = id;
        let outcome = drafted.map(|draft| Taken { draft, notes: reader.notes });
        out.push(Mapping { place: place(table, row), outcome });
    }
}

/// Where a row is, in words that a person finds it by.
fn place(table: &str, row: &Row) -> String {
    let mut place = table.to_owned();
    if let Some(id) = id_of(row) {
        place.push(' ');
        place.push_str(id);
    }
    if let Some(called) = ["title", "name"].into_iter().find_map(|column| row.get(column)?.as_str()) {
        place.push_str(&format!(" {:?}", text::short(called)));
    }
    place
}

#[cfg(test)]
mod tests;
