//! Files and folders that a person chooses. The dialogs are opened here, so the page needs no permission for them and never learns
//! a path that it could use.
//!
//! A phone answers with an address that only it can open. What is to be read is copied from there first, and what was written is
//! copied there at last, so that everything else knows files alone.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::app::App;
use crate::error::AppError;
use crate::host;

/// Where the dialog puts its answer.
pub(super) type Done = oneshot::Sender<Option<FilePath>>;

/// A file that a person chose to be read.
pub(super) struct Chosen {
    pub(super) path: PathBuf,
    /// It is a copy, which goes with this.
    _copy: Option<TempDir>,
}

/// A place that a person chose for a file.
pub(super) struct Place {
    /// Where it is to be written.
    pub(super) path: PathBuf,
    /// Where it goes from there.
    to: Option<(FilePath, TempDir)>,
}

/// Asks for a file to be read; `None` if the person chooses none.
pub(super) async fn to_read(
    handle: &AppHandle,
    show: impl FnOnce(FileDialogBuilder<Wry>, Done),
) -> Result<Option<Chosen>, AppError> {
    let Some(chosen) = ask(handle, show).await? else { return Ok(None) };
    let address = match path_or_address(chosen) {
        Ok(path) => return Ok(Some(Chosen { path, _copy: None })),
        Err(address) => address,
    };
    let copy = passing_through(handle)?;
    let path = copy.path().join(name_of(&address));
    let (from, to) = (host::open(handle, &address, host::Use::Read)?, path.clone());
    copied(from, move || std::fs::File::create(to)).await?;
    Ok(Some(Chosen { path, _copy: Some(copy) }))
}

/// Asks for a place for a file; `None` if the person chooses none.
pub(super) async fn to_write(
    handle: &AppHandle,
    show: impl FnOnce(FileDialogBuilder<Wry>, Done),
) -> Result<Option<Place>, AppError> {
    let Some(chosen) = ask(handle, show).await? else { return Ok(None) };
    Ok(Some(match path_or_address(chosen) {
        Ok(path) => Place { path, to: None },
        Err(address) => {
            let folder = passing_through(handle)?;
            Place { path: folder.path().join(name_of(&address)), to: Some((address, folder)) }
        }
    }))
}

/// Asks for a folder; `None` if the person chooses none.
pub(super) async fn folder(handle: &AppHandle, title: &str) -> Result<Option<PathBuf>, AppError> {
    let (done, chosen) = oneshot::channel();
    let title = handle.state::<App>().language().say(title);
    host::pick_folder(handle, &title, done)?;
    let chosen = chosen.await.ok().flatten();
    chosen.map(FilePath::into_path).transpose().map_err(AppError::internal)
}

impl Place {
    /// Brings what was written to where the person wants it.
    pub(super) async fn deliver(self, handle: &AppHandle, written: &[PathBuf]) -> Result<(), AppError> {
        let Some((address, _folder)) = self.to else { return Ok(()) };
        let [file] = written else {
            return Err(AppError::new(
                "too-big-to-carry",
                "This is more than fits into one file, and a phone saves one at a time. Write the file on a computer, or let the two sync over a network.",
            ));
        };
        let from = std::fs::File::open(file).map_err(AppError::internal)?;
        let to = host::open(handle, &address, host::Use::Write)?;
        copied(from, move || Ok(to)).await
    }
}

async fn ask(
    handle: &AppHandle,
    show: impl FnOnce(FileDialogBuilder<Wry>, Done),
) -> Result<Option<FilePath>, AppError> {
    let (done, chosen) = oneshot::channel();
    show(handle.dialog().file(), done);
    // A dialog that goes without an answer was closed.
    Ok(chosen.await.ok().flatten())
}

/// The path that was chosen, or else the address.
fn path_or_address(chosen: FilePath) -> Result<PathBuf, FilePath> {
    chosen.clone().into_path().map_err(|_| chosen)
}

/// A folder for a file on its way, in the app's own; what an interruption leaves there the system clears away.
fn passing_through(handle: &AppHandle) -> Result<TempDir, AppError> {
    let cache = handle.path().app_cache_dir().map_err(AppError::internal)?;
    let made = std::fs::create_dir_all(&cache).and_then(|()| TempDir::new_in(&cache));
    made.map_err(|error| {
        AppError::new(
            "file",
            format!("The file could not be taken along ({error}). Make room on this device, then try again."),
        )
    })
}

async fn copied(
    mut from: std::fs::File,
    to: impl FnOnce() -> std::io::Result<std::fs::File> + Send + 'static,
) -> Result<(), AppError> {
    let copy = move || {
        let mut to = to()?;
        std::io::copy(&mut from, &mut to)?;
        to.sync_all()
    };
    let copied = tauri::async_runtime::spawn_blocking(copy).await.map_err(AppError::internal)?;
    copied.map_err(|error| {
        AppError::new(
            "file",
            format!("The file was not copied ({error}). Check that there is room, then try again."),
        )
    })
}

/// The last part of an address, as a file's name: what a person would recognise, if the phone says it at all.
fn name_of(address: &FilePath) -> String {
    let text = address.to_string();
    let last = text.rsplit(['/', ':']).next().unwrap_or_default();
    let last = last.rsplit("%2F").next().unwrap_or_default().rsplit("%3A").next().unwrap_or_default();
    let name: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    let name = Path::new(name.trim_matches('.')).file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "file".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_phone_gives_a_harmless_name() {
        for (address, name) in [
            (
                "content://com.android.providers.downloads.documents/document/raw%3A%2Fstorage%2Fwhph-2026.whphbackup",
                "whph-2026.whphbackup",
            ),
            ("content://media/external/file/1000012", "1000012"),
            ("content://any/document/primary:Download/notes.ndjson", "notes.ndjson"),
            ("content://any/..", "file"),
            ("content://any/", "file"),
            ("content://any/a%20b.txt", "a-20b.txt"),
        ] {
            let address: FilePath = address.parse().unwrap();
            assert!(path_or_address(address.clone()).is_err());
            assert_eq!(name_of(&address), name, "{address}");
        }
        assert!(path_or_address("/home/any/file".parse().unwrap()).is_ok());
    }
}
