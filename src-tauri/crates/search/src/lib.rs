//! Full-text search over the tasks, habits and notes that this device holds.
//!
//! The index is a file of its own beside the database. It follows the database's order of changes, as another device would, when
//! somebody is about to search or when there is time: so a sync costs nothing more, and a search that finds the index behind says
//! so. It holds nothing that the database does not: a damaged, older or newer one is thrown away and made again.

mod index;
mod joints;
mod query;
mod spelling;

pub use index::{Found, Part};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use planner::kinds::{TAGS, habit, note, tag, task};
use serde_json::{Map, Value};
use sync_core::schema::{Schema, Shape};
use sync_engine::{Engine, EngineError, View};

use index::{Change, Index, Text};

/// The kinds that are searched: those that people write in.
const KINDS: [&str; 3] = [task::NAME, habit::NAME, note::NAME];
/// Name of the index's file.
const FILE: &str = "search.db";
/// Changes that are read at a time.
const TOGETHER: usize = 500;

/// Why nothing could be searched.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index failed, and so did making it again.
    #[error(
        "the search index {} failed: {source}; if the disk has room, delete that file: it is made again from your data",
        path.display()
    )]
    Index {
        /// Its file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Its work was broken off.
    #[error("the search was interrupted; search again")]
    Interrupted,
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The best first.
    pub found: Vec<Found>,
    /// More is there than was asked for.
    pub more: bool,
}

/// The index of one device's data. Copies share it.
#[derive(Clone, Debug)]
pub struct Search {
    path: PathBuf,
    /// `None`: not opened yet, or it failed and is opened anew.
    index: Arc<Mutex<Option<Index>>>,
}

impl Search {
    /// The index in the folder of the data. Nothing is opened before it is needed.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join(FILE), index: Arc::default() }
    }

    /// Reads what has changed since the last time, a page of changes. `true`: there is more to read.
    ///
    /// # Errors
    /// When the database fails, or the index cannot be written.
    pub async fn follow(&self, engine: &Engine) -> Result<bool, SearchError> {
        let device = engine.device().id.to_string();
        let head = self.with(move |index| index.head(&device)).await?;
        let (views, next, more) = engine.changes(head, TOGETHER).await?;
        if next < head {
            // The database is another one than the index was made from.
            self.with(|index| index.forget()).await?;
            return Ok(true);
        }
        if next > head {
            let changes: Vec<_> =
                views.into_iter().filter_map(|view| change(engine.schema(), view)).collect();
            self.with(move |index| index.take(head, next, &changes)).await?;
        }
        Ok(more)
    }

    /// About how many entities [`Self::follow`] has yet to read, at most.
    ///
    /// # Errors
    /// When the database or the index fails.
    pub async fn behind(&self, engine: &Engine) -> Result<u64, SearchError> {
        let device = engine.device().id.to_string();
        let head = self.with(move |index| index.head(&device)).await?;
        let status = engine.overview().await?.status;
        let entities: u64 = status.kinds.values().map(|count| count.living + count.deleted).sum();
        Ok(status.head.saturating_sub(head).min(entities))
    }

    /// Entities in which every word of `query` occurs, be it in the name of one of their tags; at most `limit`, the best first.
    /// The last word may be the beginning of one, unless a blank follows it. Accents, case and punctuation do not count.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn find(&self, query: &str, limit: usize) -> Result<Findings, SearchError> {
        let words = query::words(query);
        if words.is_empty() {
            return Ok(Findings::default());
        }
        let mut found = self.with(move |index| index.find(&words, limit.saturating_add(1))).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Findings { found, more })
    }

    /// Works on the index where waiting hurts nobody. If it fails, its file is made again once.
    async fn with<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Index) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, SearchError> {
        let (path, index) = (self.path.clone(), Arc::clone(&self.index));
        let worked = tokio::task::spawn_blocking(move || {
            // What a panic left half done is in no transaction that was committed.
            let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
            let worked = attempt(&mut index, &path, &work).or_else(|error| {
                *index = None;
                if !index::is_damage(&error) {
                    return Err(error);
                }
                index::remove(&path);
                attempt(&mut index, &path, &work)
            });
            worked.map_err(|source| SearchError::Index { path, source })
        });
        worked.await.unwrap_or(Err(SearchError::Interrupted))
    }
}

fn attempt<T>(
    index: &mut Option<Index>,
    path: &Path,
    work: impl Fn(&mut Index) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let opened = match index.take() {
        Some(index) => index,
        None => Index::open(path)?,
    };
    work(index.insert(opened))
}

/// What the index has to know of a changed entity; `None` for kinds that nobody looks for.
fn change(schema: &Schema, view: View) -> Option<Change> {
    let id = view.key.id;
    if *view.key.kind == *tag::NAME {
        return Some(Change::Tag { id, name: view.title.filter(|_| !view.deleted) });
    }
    let kind = KINDS.into_iter().find(|kind| *view.key.kind == **kind)?;
    if view.deleted {
        return Some(Change::Entity { kind, id, text: None });
    }
    let body = body(schema, kind, &view.fields, view.title.as_deref());
    let tags = view.fields.get(TAGS).and_then(Value::as_array).into_iter().flatten();
    let tags = tags.filter_map(|tag| tag.as_str()?.parse().ok()).collect();
    Some(Change::Entity { kind, id, text: Some(Text { title: view.title.unwrap_or_default(), body, tags }) })
}

/// All that somebody wrote in it but its title.
fn body(schema: &Schema, kind: &str, fields: &Map<String, Value>, title: Option<&str>) -> String {
    let texts = schema.kind(kind).into_iter().flat_map(|kind| {
        kind.fields
            .iter()
            .filter(|field| field.name != kind.title && matches!(field.shape, Shape::Text { .. }))
    });
    let texts = texts.filter_map(|field| fields.get(field.name)?.as_str());
    let texts: Vec<&str> = texts.filter(|text| Some(*text) != title).collect();
    texts.join("\n")
}

#[cfg(test)]
mod tests;
