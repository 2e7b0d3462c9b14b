//! Files in and out over the engine, as the command line and the app both do it. What cannot be taken is reported and left
//! out, and the rest is kept; importing the same again changes nothing. The formats themselves are the planner's, and the
//! engine never names a kind: this is where the two meet.

mod export;
mod export_markdown;
mod lines;
mod markdown;
mod sink;
mod todo_txt;
mod whph;

pub use export::{ExportError, export};
pub use export_markdown::{Exported, export_markdown};
pub use sink::{Imported, LeftOut, News, Noted, Refused};
pub use whph::WhphError;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use planner::exchange::{Admitted, Tags};
use planner::kinds::tag;
use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_engine::{Edit, Engine, EngineError};
use uuid::Uuid;

use sink::Sink;

/// Why an import ended early. What was written before that stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file or folder cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not WHPH's database, or cannot be read as one. Nothing was written.
    #[error("{} was not imported: {reason}", path.display())]
    Whph {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        reason: WhphError,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Imports JSON lines. `path` names their source in errors; `tell` hears what a person should know while it runs.
///
/// # Errors
/// When the lines cannot be read, or the engine fails. What is wrong with single lines is told, and comes back.
pub async fn import_lines(
    engine: &Engine,
    lines: &mut (dyn BufRead + Send),
    path: &Path,
    tell: &mut (dyn FnMut(News<'_>) + Send),
) -> Result<Imported, ImportError> {
    let mut sink = Sink::begin(engine, tell).await?;
    lines::run(lines, path, &mut sink).await?;
    Ok(sink.finish().await?)
}

/// Imports a folder of Markdown files, which become notes. `tell` hears what a person should know while it runs.
///
/// # Errors
/// When the folder cannot be read, or the engine fails. What is wrong with single files is told, and comes back.
pub async fn import_markdown(
    engine: &Engine,
    folder: &Path,
    tell: &mut (dyn FnMut(News<'_>) + Send),
) -> Result<Imported, ImportError> {
    let mut sink = Sink::begin(engine, tell).await?;
    markdown::run(folder, &mut sink).await?;
    Ok(sink.finish().await?)
}

/// Imports a file in the format of todo.txt, whose lines become tasks. `path` names it in errors; `tell` hears what a person
/// should know while it runs.
///
/// # Errors
/// When the lines cannot be read, or the engine fails. What is wrong with single lines is told, and comes back.
pub async fn import_todo_txt(
    engine: &Engine,
    lines: &mut (dyn BufRead + Send),
    path: &Path,
    tell: &mut (dyn FnMut(News<'_>) + Send),
) -> Result<Imported, ImportError> {
    let mut sink = Sink::begin(engine, tell).await?;
    todo_txt::run(lines, path, &mut sink).await?;
    Ok(sink.finish().await?)
}

/// Imports WHPH's own database, which stays as it is. `tell` hears what a person should know while it runs.
///
/// As with lines, what the file says counts: a field that was changed here since gets the file's value again, and the
/// history keeps the one it had.
///
/// # Errors
/// When the file is not WHPH's or of another version, cannot be read, or the engine fails. What is wrong with single rows is
/// told, and comes back.
pub async fn import_whph(
    engine: &Engine,
    file: &Path,
    tell: &mut (dyn FnMut(News<'_>) + Send),
) -> Result<Imported, ImportError> {
    let mut sink = Sink::begin(engine, tell).await?;
    whph::run(file, &mut sink).await?;
    Ok(sink.finish().await?)
}

/// The names of the living tags, with their ids.
///
/// # Errors
/// When the database fails.
pub async fn named_tags(engine: &Engine) -> Result<Vec<(String, Uuid)>, EngineError> {
    let tags = engine.list(tag::NAME).await?;
    Ok(tags.into_iter().filter_map(|tag| Some((tag.title?, tag.key.id))).collect())
}

/// The id of what can exist only once: a tag of a name, a habit's record of a day. `None` for everything else.
#[must_use]
pub fn natural_id(kind: &str, fields: &Map<String, Value>, tags: &Tags) -> Option<Uuid> {
    if kind == tag::NAME {
        return tags.id(fields.get("name")?.as_str()?);
    }
    planner::natural_id(kind, fields)
}

/// An entity of the planner's as a write.
#[must_use]
pub fn edit(admitted: Admitted) -> Edit {
    let Admitted { kind, id, fields } = admitted;
    Edit { key: EntityKey::new(&kind, id), change: Change::Set(fields) }
}

#[cfg(test)]
mod tests;
