//! Notes, tasks and habits as Markdown: for people to read, and notes so that importing them again gives the same.

use super::front_matter::{FrontMatter, VERBATIM, others};
use crate::recurrence::text;
use crate::when::When;
use chrono::TimeZone;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use uuid::Uuid;

/// Longest name of a file without its ending, in bytes: a quarter of what file systems take, for the folders it is moved to.
const NAME_MAX: usize = 64;
/// Deepest that a subtask is inset. Nobody sees a difference below that, and insets without end make a list of megabytes.
const DEEPEST: usize = 20;
/// Names that Windows keeps for itself.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A note as a file: front matter, then the text. `tags` are the names of its tags.
#[must_use]
pub fn note_to_markdown(id: Uuid, fields: &Map<String, Value>, tags: &[&str]) -> String {
    // JSON's strings and lists are YAML's too.
    let json = |value: Value| value.to_string();
    let mut ours = format!("title: {}\n", json(text(fields, "title").unwrap_or_default().into()));
    if !tags.is_empty() {
        push(&mut ours, format_args!("tags: {}\n", json(tags.into())));
    }
    if let Some(created) = text(fields, "created") {
        push(&mut ours, format_args!("created: {created}\n"));
    }
    push(&mut ours, format_args!("whph: {id}\n"));

    let kept = text(fields, "front_matter").map(others).unwrap_or_default();
    let mut block = format!("{ours}{kept}");
    let is_read_again = FrontMatter::parse(&block).is_ok_and(|read| {
        read.id == Some(id)
            && read.title.as_ref() == fields.get("title")
            && read.created.as_ref() == fields.get("created")
            && read.verbatim.as_ref().and_then(Value::as_str).unwrap_or_default() == kept
    });
    if !is_read_again {
        // What cannot be taken apart, or would run into our own lines, goes along as a text.
        block = ours;
        let verbatim = text(fields, "front_matter").unwrap_or_default();
        let end = if verbatim.ends_with('\n') { '+' } else { '-' };
        push(&mut block, format_args!("{VERBATIM}: |2{end}\n"));
        for line in verbatim.lines() {
            push(&mut block, format_args!("  {line}\n"));
        }
    }
    format!("---\n{block}---\n{}", text(fields, "content").unwrap_or_default())
}

/// A name for a file that is called after `title`, without ending: one that every system takes, and none of `taken`, which it
/// joins. Names that differ by case alone are the same.
pub fn file_name(title: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name: String = title
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .collect::<String>()
        .trim_matches(|c: char| c.is_whitespace() || c == '.')
        .to_owned();
    while name.len() > NAME_MAX {
        name.pop();
    }
    let name = name.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    let name = match name {
        "" => "Untitled".to_owned(),
        name if RESERVED.contains(&stem.to_lowercase().as_str()) => format!("{name}_"),
        name => name.to_owned(),
    };
    let numbered = (2_u32..).map(|n| format!("{name} {n}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or(name)
}

/// A task on its way out.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// The names of its tags.
    pub tags: Vec<String>,
}

/// All tasks as one list to be read: open ones first, subtasks below theirs.
#[must_use]
pub fn tasks_to_markdown(mut tasks: Vec<Task>, zone: &impl TimeZone) -> String {
    let order = |task: &Task| task.fields.get("order").and_then(Value::as_f64).unwrap_or_default();
    tasks.sort_by(|a, b| order(a).total_cmp(&order(b)).then(a.id.cmp(&b.id)));
    let ids: BTreeSet<Uuid> = tasks.iter().map(|task| task.id).collect();
    let mut below: BTreeMap<Option<Uuid>, Vec<&Task>> = BTreeMap::new();
    for task in &tasks {
        let parent = text(&task.fields, "parent").and_then(|id| Uuid::try_parse(id).ok());
        below.entry(parent.filter(|parent| ids.contains(parent))).or_default().push(task);
    }
    let mut lines = List { below, zone, said: BTreeSet::new(), out: String::from("# Tasks\n") };
    for (heading, done) in [("Open", false), ("Done", true)] {
        push(&mut lines.out, format_args!("\n## {heading}\n\n"));
        let top = lines.below.get(&None).cloned().unwrap_or_default();
        for task in top.into_iter().filter(|task| is_done(task) == done) {
            lines.tree(task);
        }
    }
    // Tasks that are each other's parents have no top.
    for task in &tasks {
        if !lines.said.contains(&task.id) {
            lines.tree(task);
        }
    }
    lines.out
}

struct List<'a, Z> {
    below: BTreeMap<Option<Uuid>, Vec<&'a Task>>,
    zone: &'a Z,
    said: BTreeSet<Uuid>,
    out: String,
}

impl<'a, Z: TimeZone> List<'a, Z> {
    /// A task, then what is below it. No call for each level: there may be more of them than a stack holds.
    fn tree(&mut self, top: &'a Task) {
        let mut ahead = vec![(top, 0)];
        while let Some((task, depth)) = ahead.pop() {
            if self.said.insert(task.id) {
                self.task(task, depth);
                let below = self.below.get(&Some(task.id)).into_iter().flatten();
                ahead.extend(below.rev().map(|&task| (task, depth + 1)));
            }
        }
    }

    fn task(&mut self, task: &Task, depth: usize) {
        let inset = "  ".repeat(depth.min(DEEPEST));
        let tick = if is_done(task) { 'x' } else { ' ' };
        let title = text(&task.fields, "title").unwrap_or_default();
        push(&mut self.out, format_args!("{inset}- [{tick}] {title}"));
        for (field, word) in [("planned", "planned"), ("deadline", "due")] {
            match When::read(&task.fields, field) {
                Some(When::Day(day)) => push(&mut self.out, format_args!(" · {word} {day}")),
                Some(When::At(at)) => {
                    let at = at.with_timezone(self.zone).naive_local();
                    push(&mut self.out, format_args!(" · {word} {}", at.format("%Y-%m-%d %H:%M")));
                }
                None => {}
            }
        }
        if let Some(priority) = text(&task.fields, "priority") {
            push(&mut self.out, format_args!(" · {}", priority.replace('_', ", ")));
        }
        for tag in &task.tags {
            push(&mut self.out, format_args!(" #{}", tag.replace(' ', "-")));
        }
        self.out.push('\n');
        for line in text(&task.fields, "description").unwrap_or_default().lines() {
            push(&mut self.out, format_args!("{inset}  {line}\n"));
        }
    }
}

fn is_done(task: &Task) -> bool {
    matches!(text(&task.fields, "status"), Some("done" | "cancelled"))
}

/// A habit on its way out.
#[derive(Clone, Debug)]
pub struct Habit {
    /// Its fields.
    pub fields: Map<String, Value>,
    /// What became of it, by day.
    pub days: BTreeMap<String, String>,
}

/// All habits, each with its days.
#[must_use]
pub fn habits_to_markdown(mut habits: Vec<Habit>) -> String {
    let name = |habit: &Habit| text(&habit.fields, "name").unwrap_or_default().to_owned();
    habits.sort_by_key(|habit| (habit.fields.contains_key("archived_at"), name(habit)));
    let mut out = String::from("# Habits\n");
    for habit in &habits {
        let archived = if habit.fields.contains_key("archived_at") { " (archived)" } else { "" };
        push(&mut out, format_args!("\n## {}{archived}\n", name(habit)));
        if let Some(description) = text(&habit.fields, "description") {
            push(&mut out, format_args!("\n{description}\n"));
        }
        let mut months: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for (day, status) in &habit.days {
            if let Some((month, day)) = day.rsplit_once('-') {
                months.entry((month, status)).or_default().push(day);
            }
        }
        if !months.is_empty() {
            out.push('\n');
        }
        for ((month, status), days) in months {
            push(&mut out, format_args!("- {month} {}: {}\n", status.replace('_', " "), days.join(", ")));
        }
    }
    out
}

/// Writing to a text never fails.
fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(what);
    debug_assert!(written.is_ok());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::TAGS;
    use crate::markdown::note_from_markdown;
    use chrono::FixedOffset;
    use proptest::prelude::*;
    use serde_json::json;

    const ID: Uuid = Uuid::from_u128(7);

    /// Out and in again.
    fn again(note: &Value) -> (Option<Uuid>, Value) {
        let fields = note.as_object().unwrap();
        let tags: Vec<&str> = fields
            .get(TAGS)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let read = note_from_markdown("any.md", &note_to_markdown(ID, fields, &tags)).unwrap();
        assert!(read.warning.is_none(), "{:?}", read.warning);
        (read.draft.id, Value::Object(read.draft.fields))
    }

    #[test]
    fn a_note_that_goes_out_comes_in_as_it_was() {
        for note in [
            json!({ "title": "Roses", "content": "# Other\n\ntext\n" }),
            json!({ "title": "\"yes\": 1 # no", "content": "", "tags": ["a, b", "deep work"], "created": "2026-03-01T09:00:00Z" }),
            // This would run into the line before it.
            json!({ "title": "Indented", "content": "", "front_matter": " A" }),
            json!({ "title": "No YAML", "content": "", "front_matter": "a: [\n\n" }),
            json!({ "title": "Kept", "content": "---\nnot: front matter\n---\n", "front_matter": "aliases: [a]\nlist:\n- one\n- two\n" }),
        ] {
            let (id, fields) = again(&note);
            assert_eq!((id, fields), (Some(ID), note));
        }
    }

    #[test]
    fn a_title_that_was_changed_here_wins_over_what_the_file_once_said() {
        let note = json!({ "title": "New", "content": "x", "front_matter": "title: Old\nmood: good\n" });
        let out = note_to_markdown(ID, note.as_object().unwrap(), &[]);
        assert_eq!(out, format!("---\ntitle: \"New\"\nwhph: {ID}\nmood: good\n---\nx"));
    }

    #[test]
    fn every_title_makes_a_name_that_every_system_takes() {
        let mut taken = BTreeSet::new();
        for (title, name) in [
            ("Roses", "Roses"),
            ("roses", "roses 2"),
            ("a/b: c?", "a-b- c-"),
            ("../..", "-"),
            ("...", "Untitled"),
            ("CON", "CON_"),
            ("com1.txt", "com1.txt_"),
            ("", "Untitled 2"),
        ] {
            assert_eq!(file_name(title, &mut taken), name, "{title:?}");
        }
        assert!(file_name(&"ä".repeat(500), &mut taken).len() <= NAME_MAX);
    }

    #[test]
    fn tasks_and_habits_can_be_read() {
        let task = |id: u128, fields: Value, tags: &[&str]| Task {
            id: Uuid::from_u128(id),
            fields: fields.as_object().unwrap().clone(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let parent = Uuid::from_u128(1).to_string();
        let tasks = vec![
            task(1, json!({ "title": "Trip", "planned": "2026-05-04", "order": 2.0 }), &["deep work"]),
            task(
                2,
                json!({ "title": "Tickets", "parent": parent, "status": "done", "description": "two\nseats" }),
                &[],
            ),
            task(
                3,
                json!({ "title": "Bank", "deadline": "2026-05-04T07:00:00Z", "priority": "urgent_important", "order": 1.0 }),
                &[],
            ),
            task(4, json!({ "title": "Old", "status": "cancelled" }), &[]),
            task(5, json!({ "title": "Snake", "parent": Uuid::from_u128(6).to_string() }), &[]),
            task(6, json!({ "title": "Tail", "parent": Uuid::from_u128(5).to_string() }), &[]),
        ];
        let zone = FixedOffset::east_opt(2 * 3_600).unwrap();
        assert_eq!(
            tasks_to_markdown(tasks, &zone),
            "# Tasks\n\n## Open\n\n- [ ] Bank · due 2026-05-04 09:00 · urgent, important\n- [ ] Trip · planned 2026-05-04 #deep-work\n  \
             - [x] Tickets\n    two\n    seats\n\n## Done\n\n- [x] Old\n- [ ] Snake\n  - [ ] Tail\n"
        );
        let habit = |fields: Value, days: &[(&str, &str)]| Habit {
            fields: fields.as_object().unwrap().clone(),
            days: days.iter().map(|(day, status)| ((*day).to_owned(), (*status).to_owned())).collect(),
        };
        let habits = vec![
            habit(json!({ "name": "Old", "archived_at": "2026-01-01T00:00:00Z" }), &[]),
            habit(
                json!({ "name": "Run", "description": "5 km" }),
                &[("2026-05-01", "complete"), ("2026-05-02", "complete"), ("2026-05-03", "not_done")],
            ),
        ];
        assert_eq!(
            habits_to_markdown(habits),
            "# Habits\n\n## Run\n\n5 km\n\n- 2026-05 complete: 01, 02\n- 2026-05 not done: 03\n\n## Old (archived)\n"
        );
    }

    #[test]
    fn subtasks_of_any_depth_are_listed_and_inset_as_far_as_it_can_be_seen() {
        const LEVELS: u128 = 10_000;
        let tasks = (0..LEVELS).map(|n| {
            let mut fields = json!({ "title": n.to_string() });
            if n > 0 {
                fields["parent"] = json!(Uuid::from_u128(n - 1).to_string());
            }
            Task { id: Uuid::from_u128(n), fields: fields.as_object().unwrap().clone(), tags: Vec::new() }
        });
        let list = tasks_to_markdown(tasks.collect(), &FixedOffset::east_opt(0).unwrap());
        let lines: Vec<_> = list.lines().filter(|line| line.contains("- [ ]")).collect();
        let line = |n: usize, inset: usize| format!("{}- [ ] {n}", "  ".repeat(inset));
        assert_eq!(lines.len(), LEVELS as usize);
        for (n, inset) in [(0, 0), (1, 1), (20, 20), (21, 20), (9_999, 20)] {
            assert_eq!(lines[n], line(n, inset));
        }
    }

    proptest! {
        #[test]
        fn whatever_a_note_holds_comes_in_as_it_was(
            title in "[ -~äß€]{1,40}", content in "[ -~\n]{0,80}",
            front in prop::option::of("(([a-z]{1,4}|title|tags): ?[a-z\\[\\],:'\"|&*-]{0,8}\n){0,4}[ -~]{0,12}"),
        ) {
            prop_assume!(!title.trim().is_empty());
            let mut note = json!({ "title": title.trim(), "content": content });
            if let Some(front) = &front {
                note["front_matter"] = json!(front);
            }
            let (id, fields) = again(&note);
            prop_assert_eq!(id, Some(ID));
            prop_assert_eq!(&fields["title"], &note["title"]);
            prop_assert_eq!(&fields["content"], &note["content"]);
            // Once more, and nothing is new.
            prop_assert_eq!(again(&fields).1, fields);
        }
    }
}
