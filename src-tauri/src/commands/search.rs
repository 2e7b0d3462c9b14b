//! Full-text search.

use search::SearchError;
use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::app::App;
use crate::error::AppError;

/// Most that one search lists.
const LIMIT_MAX: u32 = 200;
/// Pages of changes that are read before a search, so that what was just typed is found. The rest is read when there is time.
const PAGES: usize = 2;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Findings {
    found: Vec<Found>,
    /// More is there than the limit lets through.
    more: bool,
    /// So many entities were not read yet, and may be missing.
    behind: u64,
}

/// An entity that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Found {
    kind: String,
    id: String,
    title: Option<String>,
    /// The text around what was found, cut at both ends.
    parts: Vec<FoundPart>,
}

/// A part of the text around what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct FoundPart {
    text: String,
    /// It is what was searched for.
    hit: bool,
}

impl From<search::Found> for Found {
    fn from(found: search::Found) -> Self {
        let parts = found.parts.into_iter().map(|part| FoundPart { text: part.text, hit: part.hit });
        Self {
            kind: found.key.kind.to_string(),
            id: found.key.id.to_string(),
            title: Some(found.title).filter(|title| !title.is_empty()),
            parts: parts.collect(),
        }
    }
}

/// Entities in which every word of the query occurs, the best first; the last word may be the beginning of one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search(app: State<'_, App>, query: String, limit: u32) -> Result<Findings, AppError> {
    let engine = app.device().await?.engine;
    let mut more = true;
    for _ in 0..PAGES {
        more = more && app.search.follow(&engine).await?;
    }
    let found = app.search.find(&query, limit.min(LIMIT_MAX) as usize).await?;
    let behind = if more { app.search.behind(&engine).await? } else { 0 };
    Ok(Findings { found: found.found.into_iter().map(Found::from).collect(), more: found.more, behind })
}

impl From<SearchError> for AppError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Engine(error) => error.into(),
            SearchError::Index { .. } | SearchError::Interrupted => {
                Self::new("search", crate::error::sentence(&error.to_string()))
            }
        }
    }
}
