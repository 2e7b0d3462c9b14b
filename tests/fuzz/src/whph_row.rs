use crate::ndjson::{comes_back, import};
use planner::exchange::Draft;
use planner::exchange::whph::{Mapped, Row, Tables, map};
use serde_json::Value;

/// Rows of WHPH's own database: each line is the name of a table, white space, and a row as JSON. Each row is taken, refused or
/// counted; what is taken keeps every rule of its kind; and the order in which rows come changes nothing.
pub fn whph_row(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let rows: Vec<(&str, Row)> = text.lines().filter_map(row).collect();
    let mapped = mapped(rows.iter().cloned());
    // A record's day may be that of another, and tags of one name are one.
    assert!(mapped.rows.len() as u64 + mapped.deleted + mapped.orphaned <= rows.len() as u64);

    let drafts = drafts(&mapped);
    drafts.iter().for_each(comes_back);
    let ids = |drafts: &[Draft]| {
        import(drafts).into_iter().map(|entity| (entity.kind, entity.id)).collect::<Vec<_>>()
    };
    assert_eq!(ids(&drafts), ids(&drafts));
    // Of two rows with one id the first counts, whichever that is.
    let mut known = std::collections::BTreeSet::new();
    if rows.iter().all(|(table, row)| known.insert((*table, row.get("id").map(Value::to_string)))) {
        assert_eq!(self::drafts(&self::mapped(rows.into_iter().rev())), drafts);
    }
}

fn mapped<'a>(rows: impl Iterator<Item = (&'a str, Row)>) -> Mapped {
    let mut tables = Tables::default();
    for (table, row) in rows {
        if let Some(table) = rows_of(&mut tables, table) {
            table.push(row);
        }
    }
    map(tables, &|moment| moment.date_naive())
}

fn drafts(mapped: &Mapped) -> Vec<Draft> {
    mapped.rows.iter().filter_map(|row| Some(row.outcome.as_ref().ok()?.draft.clone())).collect()
}

fn row(line: &str) -> Option<(&str, Row)> {
    let (table, row) = line.split_once(char::is_whitespace)?;
    rows_of(&mut Tables::default(), table)?;
    let row: Row = serde_json::from_str(row).ok()?;
    // SQLite has no others.
    let is_sql = |value: &Value| !value.is_array() && !value.is_object() && !value.is_boolean();
    row.values().all(is_sql).then_some((table, row))
}

fn rows_of<'a>(tables: &'a mut Tables, name: &str) -> Option<&'a mut Vec<Row>> {
    Some(match name {
        "tag" => &mut tables.tags,
        "status" => &mut tables.statuses,
        "task" => &mut tables.tasks,
        "task_tag" => &mut tables.task_tags,
        "habit" => &mut tables.habits,
        "habit_tag" => &mut tables.habit_tags,
        "habit_record" => &mut tables.habit_records,
        "note" => &mut tables.notes,
        "note_tag" => &mut tables.note_tags,
        _ => return None,
    })
}
