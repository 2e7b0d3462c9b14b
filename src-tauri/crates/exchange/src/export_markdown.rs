//! Everything that is shared, as Markdown: a file a note, and one list each of tasks and habits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{Local, NaiveDate};
use planner::kinds::{TAGS, habit, habit_record, note, tag, task};
use planner::markdown::{Habit, Task, file_name, habits_to_markdown, note_to_markdown, tasks_to_markdown};
use serde_json::{Map, Value};
use sync_engine::{Engine, EngineError, View};
use uuid::Uuid;

use crate::ExportError;

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The folder that it made.
    pub folder: PathBuf,
    /// Files in it.
    pub files: u64,
}

/// Writes all notes, tasks and habits that this device holds into a new folder in `parent`, which is called after the day,
/// with a number where there is one already. Nothing that exists is touched.
///
/// # Errors
/// When the engine fails, or something cannot be written; what was written until then stays.
pub async fn export_markdown(
    engine: &Engine,
    parent: &Path,
    day: NaiveDate,
) -> Result<Exported, ExportError> {
    let names: BTreeMap<String, String> = all(engine, tag::NAME)
        .await?
        .into_iter()
        .filter_map(|tag| Some((tag.key.id.to_string(), tag.title?)))
        .collect();
    let tags_of = |fields: &Map<String, Value>| -> Vec<String> {
        let ids = fields.get(TAGS).and_then(Value::as_array).into_iter().flatten();
        ids.filter_map(|id| names.get(id.as_str()?).cloned()).collect()
    };
    let folder = new_folder(parent, &format!("WHPH {day}"))
        .map_err(|source| ExportError::Folder { parent: parent.to_owned(), source })?;
    let mut files = 0;
    let mut write = |path: PathBuf, text: &str| {
        files += 1;
        File::create_new(path)?.write_all(text.as_bytes())
    };

    let notes = folder.join("Notes");
    fs::create_dir(&notes)?;
    let mut taken = BTreeSet::new();
    for View { key, title, fields, .. } in all(engine, note::NAME).await? {
        let tags = tags_of(&fields);
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let name = file_name(&title.unwrap_or_default(), &mut taken);
        write(notes.join(format!("{name}.md")), &note_to_markdown(key.id, &fields, &tags))?;
    }

    let tasks = all(engine, task::NAME).await?.into_iter();
    let tasks = tasks.map(|view| Task { id: view.key.id, tags: tags_of(&view.fields), fields: view.fields });
    write(folder.join("Tasks.md"), &tasks_to_markdown(tasks.collect(), &Local))?;

    let habits = all(engine, habit::NAME).await?.into_iter();
    let mut habits: BTreeMap<Uuid, Habit> =
        habits.map(|view| (view.key.id, Habit { fields: view.fields, days: BTreeMap::new() })).collect();
    for record in all(engine, habit_record::NAME).await? {
        let text = |name: &str| record.fields.get(name).and_then(Value::as_str);
        if let (Some(habit), Some(day)) = (text("habit"), text("day"))
            && let Ok(habit) = Uuid::try_parse(habit)
            && let Some(habit) = habits.get_mut(&habit)
        {
            let state = habit_record::state(&record.fields, &habit.fields);
            habit.days.insert(day.to_owned(), state.to_owned());
        }
    }
    let habits = habits.into_values().collect();
    write(folder.join("Habits.md"), &habits_to_markdown(habits))?;
    Ok(Exported { folder, files })
}

/// Also what stays on this device: whoever exports to read or to leave wants all of it, in a folder of their own.
async fn all(engine: &Engine, kind: &str) -> Result<Vec<View>, EngineError> {
    engine.list(kind).await
}

fn new_folder(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let mut folder = parent.join(name);
    for number in 2_u32.. {
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                folder = parent.join(format!("{name} {number}"));
            }
            made => return made.map(|()| folder),
        }
    }
    Ok(folder)
}
