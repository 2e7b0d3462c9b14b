//! A line of todo.txt as a task: <https://github.com/todotxt/todo.txt>, with the keys `due:`, `t:` and `rec:` that its programs
//! have in common.
//!
//! What there is no place for stays in the title as it is written, and what is left out is said. The line gives the id, so
//! importing the same file again makes no second task.

use crate::exchange::Draft;
use crate::ids::todo_id;
use crate::kinds::{SCHEMA, TAGS, task};
use crate::values::{canonical_fields, check_fields};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value};
use sync_core::schema::Violation;

/// The moment at which a day begins where the person is.
pub type Beginning<'a> = &'a dyn Fn(NaiveDate) -> Option<DateTime<Utc>>;

/// A line that became a task.
#[derive(Debug)]
pub struct Read {
    /// The task; its `tags` are names, for [`Importer`](crate::exchange::Importer) to resolve.
    pub draft: Draft,
    /// What of the line was not taken.
    pub notes: Vec<String>,
}

/// Reads a line; blank ones are for the caller to skip. `twin` counts the equal lines before it in its file.
///
/// # Errors
/// What is left cannot be a task: it is too long.
pub fn task_from_todo_txt(line: &str, twin: u32, begins: Beginning<'_>) -> Result<Read, Violation> {
    let line = line.trim();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    let begin = |day: NaiveDate| Some(Value::from(begins(day)?.to_rfc3339_opts(SecondsFormat::Secs, true)));
    let mut notes = Vec::new();

    let (done, rest) = line.strip_prefix("x ").map_or((false, line), |rest| (true, rest.trim_start()));
    let (letter, rest) = priority(rest);
    let (first, rest) = date(rest);
    let (second, rest) = if first.is_some() { date(rest) } else { (None, rest) };
    // Of two dates the first says when it was finished.
    let (completed, created) = if done && second.is_some() { (first, second) } else { (None, first) };
    put("status", Some(if done { "done" } else { "todo" }.into()));
    put("completed_at", completed.and_then(begin));
    put("created", created.and_then(begin));

    let mut letter = letter;
    let mut tags: Vec<&str> = Vec::new();
    let mut title: Vec<&str> = Vec::new();
    for word in rest.split_whitespace() {
        if let Some(name) = word.strip_prefix(['+', '@']).filter(|name| !name.is_empty()) {
            tags.push(name);
            continue;
        }
        let taken = word.split_once(':').is_some_and(|(key, value)| match key {
            "due" => taken(day(value), |due| put("deadline", Some(due.to_string().into()))),
            "t" => taken(day(value), |planned| put("planned", Some(planned.to_string().into()))),
            "rec" => taken(recurrence(value), |(kind, every)| {
                put("recurrence", Some(kind.into()));
                put("recurrence_interval", (every > 1).then(|| every.into()));
            }),
            "pri" => taken(single(value), |one| letter = letter.or(Some(one))),
            _ => false,
        });
        if !taken {
            title.push(word);
        }
    }
    match letter {
        None => {}
        Some(letter @ 'A'..='D') => {
            put("priority", task::PRIORITIES.get(letter as usize - 'A' as usize).copied().map(Value::from));
        }
        Some(letter) => notes.push(format!("its priority ({letter}) was left out: there are four, A to D")),
    }
    put(TAGS, (!tags.is_empty()).then(|| tags.into_iter().collect()));
    // A task of nothing but tags and keys is called as it was written.
    put("title", Some(if title.is_empty() { line.into() } else { title.join(" ").into() }));

    if let Some(kind) = SCHEMA.kind(task::NAME) {
        fields = canonical_fields(Some(kind), fields);
        check_fields(kind, &fields)?;
    }
    let draft = Draft { kind: task::NAME.to_owned(), id: Some(todo_id(line, twin)), fields };
    Ok(Read { draft, notes })
}

/// Uses a value if there is one, and tells whether there was.
fn taken<T>(value: Option<T>, with: impl FnOnce(T)) -> bool {
    value.map(with).is_some()
}

/// `(A) ` before the rest.
fn priority(text: &str) -> (Option<char>, &str) {
    let read = || {
        let (letter, rest) = text.strip_prefix('(')?.split_once(") ")?;
        Some((single(letter)?, rest.trim_start()))
    };
    read().map_or((None, text), |(letter, rest)| (Some(letter), rest))
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|letter| letter.is_ascii_uppercase() && chars.next().is_none())
}

/// A day before the rest.
fn date(text: &str) -> (Option<NaiveDate>, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match day(word) {
        Some(day) => (Some(day), rest.trim_start()),
        None => (None, text),
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    // Ten characters: chrono would take "2026-5-3" as well, which the format does not know.
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)
}

/// `2w`, or `+2w`, which counts from the day it was due, as ours do.
fn recurrence(text: &str) -> Option<(&'static str, i64)> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let unit = text.chars().next_back()?;
    let kind = match unit {
        'd' => "daily",
        'w' => "weekly",
        'm' => "monthly",
        'y' => "yearly",
        _ => return None,
    };
    let every = text.strip_suffix(unit)?;
    let every = if every.is_empty() { 1 } else { every.parse().ok()? };
    (1..=10_000).contains(&every).then_some((kind, every))
}

#[cfg(test)]
mod tests;
