//! Files in and out.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use exchange::News;
use serde::Serialize;
use specta::Type;
use sync_engine::Engine;
use tauri::{AppHandle, Manager, State};
use tauri_plugin_dialog::FileDialogBuilder;

use super::chosen::{self, Chosen, Done};
use crate::app::App;
use crate::error::AppError;

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Imported {
    read: u64,
    created: u64,
    changed: u64,
    unchanged: u64,
    refused: Vec<Refused>,
    noted: Vec<Noted>,
    left_out: Vec<LeftOut>,
}

/// What could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Refused {
    pub(super) place: String,
    pub(super) reason: String,
}

/// What was taken, but not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Noted {
    place: String,
    what: String,
}

/// So much of something that there is no place for here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct LeftOut {
    what: String,
    count: u64,
}

impl From<exchange::Imported> for Imported {
    fn from(imported: exchange::Imported) -> Self {
        let exchange::Imported { read, created, changed, unchanged, refused, noted, left_out } = imported;
        let refused =
            refused.into_iter().map(|refused| Refused { place: refused.place, reason: refused.reason });
        let noted = noted.into_iter().map(|noted| Noted { place: noted.place, what: noted.what });
        let left_out =
            left_out.into_iter().map(|left| LeftOut { what: left.what.to_owned(), count: left.count });
        Self {
            read,
            created,
            changed,
            unchanged,
            refused: refused.collect(),
            noted: noted.collect(),
            left_out: left_out.collect(),
        }
    }
}

/// Imports JSON lines from a file that the person chooses; `null` if they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_lines(
    handle: AppHandle,
    app: State<'_, App>,
) -> Result<Option<Imported>, AppError> {
    let engine = app.device().await?.engine;
    let Some(file) = pick(&handle, "Import", "JSON lines", &["ndjson", "jsonl", "json"]).await? else {
        return Ok(None);
    };
    let imported = exchange::import_lines(&engine, &mut open(&file.path)?, &file.path, &mut quietly).await?;
    log::info!("imported {} lines", imported.read);
    Ok(Some(imported.into()))
}

/// Imports a file in the format of todo.txt that the person chooses; `null` if they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_todo_txt(
    handle: AppHandle,
    app: State<'_, App>,
) -> Result<Option<Imported>, AppError> {
    let engine = app.device().await?.engine;
    let Some(file) = pick(&handle, "Import from todo.txt", "todo.txt", &["txt"]).await? else {
        return Ok(None);
    };
    let imported =
        exchange::import_todo_txt(&engine, &mut open(&file.path)?, &file.path, &mut quietly).await?;
    log::info!("imported {} lines of todo.txt", imported.read);
    Ok(Some(imported.into()))
}

/// Imports the Markdown files of a folder that the person chooses; `null` if they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_markdown(
    handle: AppHandle,
    app: State<'_, App>,
) -> Result<Option<Imported>, AppError> {
    let engine = app.device().await?.engine;
    let Some(folder) = chosen::folder(&handle, "Import Markdown files").await? else { return Ok(None) };
    let imported = exchange::import_markdown(&engine, &folder, &mut quietly).await?;
    log::info!("imported {} files", imported.read);
    Ok(Some(imported.into()))
}

/// Imports WHPH's own database from a file that the person chooses; `null` if they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_whph(
    handle: AppHandle,
    app: State<'_, App>,
) -> Result<Option<Imported>, AppError> {
    let engine = app.device().await?.engine;
    let Some(file) = pick(&handle, "Import from WHPH", "WHPH's database", &["db"]).await? else {
        return Ok(None);
    };
    let imported = exchange::import_whph(&engine, &file.path, &mut quietly).await?;
    log::info!("imported {} rows of WHPH", imported.read);
    Ok(Some(imported.into()))
}

/// Writes everything that is shared where the person says, and how many entities that were; `null` if they say nowhere.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_lines(handle: AppHandle, app: State<'_, App>) -> Result<Option<u32>, AppError> {
    let engine = app.device().await?.engine;
    let language = app.language();
    let save = |dialog: FileDialogBuilder<_>, done: Done| {
        let dialog = dialog.set_title(language.say("Export")).set_file_name("whph.ndjson");
        dialog.add_filter(language.say("JSON lines"), &["ndjson"]).save_file(|path| drop(done.send(path)));
    };
    let Some(place) = chosen::to_write(&handle, save).await? else { return Ok(None) };
    let lines = export(&engine, &place.path).await?;
    let written = place.path.clone();
    place.deliver(&handle, &[written]).await?;
    log::info!("exported {lines} lines");
    Ok(Some(u32::try_from(lines).unwrap_or(u32::MAX)))
}

/// Writes every shared note and task as a Markdown file into a folder that the person chooses, and how many files that were.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_markdown(handle: AppHandle, app: State<'_, App>) -> Result<Option<u32>, AppError> {
    let engine = app.device().await?.engine;
    let Some(folder) = chosen::folder(&handle, "Export as Markdown").await? else { return Ok(None) };
    let today = chrono::Local::now().date_naive();
    let exported = exchange::export_markdown(&engine, &folder, today).await?;
    log::info!("exported {} files", exported.files);
    Ok(Some(u32::try_from(exported.files).unwrap_or(u32::MAX)))
}

/// What is wrong with single lines comes back at the end.
fn quietly(_: News<'_>) {}

/// A file of one kind that the person chooses.
async fn pick(
    handle: &AppHandle,
    title: &str,
    kind: &str,
    endings: &[&str],
) -> Result<Option<Chosen>, AppError> {
    let language = handle.state::<App>().language();
    let (title, kind) = (language.say(title), language.say(kind));
    let pick = |dialog: FileDialogBuilder<_>, done: Done| {
        dialog.set_title(title).add_filter(kind, endings).pick_file(|path| drop(done.send(path)));
    };
    chosen::to_read(handle, pick).await
}

fn open(path: &Path) -> Result<BufReader<File>, AppError> {
    let unreadable = |source| exchange::ImportError::Read { path: path.to_owned(), source };
    Ok(BufReader::with_capacity(64 * 1024, File::open(path).map_err(unreadable)?))
}

/// Beside the place first, so that a file of the same name is replaced by a whole one or not at all.
async fn export(engine: &Engine, path: &Path) -> Result<u64, AppError> {
    let unwritable = |error: std::io::Error| AppError::from(exchange::ExportError::Write(error));
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(dir).map_err(unwritable)?);
    let lines = exchange::export(engine, None, |line| writeln!(file, "{line}")).await?;
    let file = file.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::data::tests::engine;

    #[tokio::test]
    async fn what_was_exported_can_be_imported_again_and_changes_nothing() {
        let (dir, engine) = engine().await;
        let lines = dir.path().join("in.ndjson");
        std::fs::write(&lines, "{\"kind\":\"task\",\"fields\":{\"title\":\"a\"}}\nnonsense\n").unwrap();
        let import = async |path: &Path| {
            let mut reader = BufReader::new(File::open(path).unwrap());
            Imported::from(exchange::import_lines(&engine, &mut reader, path, &mut quietly).await.unwrap())
        };
        let first = import(&lines).await;
        assert_eq!((first.read, first.created, first.refused[0].place.as_str()), (2, 1, "line 2"));
        let out = dir.path().join("out.ndjson");
        assert_eq!(export(&engine, &out).await.unwrap(), 1);
        assert_eq!(export(&engine, &out).await.unwrap(), 1, "over a file that is there");
        let again = import(&out).await;
        assert_eq!((again.read, again.unchanged), (1, 1));
        assert!(export(&engine, &dir.path().join("nowhere/out.ndjson")).await.is_err());
    }
}
