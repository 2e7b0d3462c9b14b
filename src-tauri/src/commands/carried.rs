//! Files that a person carries: bundles for devices on no common network, and backups.

use std::path::{Path, PathBuf};

use serde::Serialize;
use specta::Type;
use sync_core::backup::RecoveryKey as Key;
use sync_core::identity::PublicKey;
use sync_engine::{
    BUNDLE_EXTENSION, BackupRead, BackupWritten, BundleError, BundleRead, BundleWritten, Engine, Restore,
    WriteBundle,
};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::FileDialogBuilder;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::chosen::{self, Chosen, Done};
use super::device_id;
use super::files::Refused;
use crate::app::App;
use crate::error::AppError;
use crate::qr;

/// What a person chose or was shown, and has not finished with.
#[derive(Default)]
pub(crate) struct Carried {
    bundle: Mutex<Option<Chosen>>,
    backup: Mutex<Option<Chosen>>,
    key: Mutex<Option<PublicKey>>,
}

/// A bundle that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct BundleOut {
    /// The names of its files, in the order in which they are to be read.
    files: Vec<String>,
    entities: u64,
    bytes: u64,
}

/// What became of reading a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum BundleIn {
    /// It was merged.
    Read {
        /// Who wrote it, as it is called here.
        device: String,
        fresh: u64,
        changed: u64,
        deleted: u64,
        conflicts: u64,
        /// Both held the same when it was written: proved by digest.
        equal: bool,
        /// Nothing that its writer changed before is missing here.
        gapless: bool,
    },
    /// Nothing was done: both hold data of their own, and nobody has agreed yet to put it together.
    Asks { device: String, held: u64 },
}

/// A recovery key, to be shown once.
#[derive(Clone, Serialize, Type)]
pub(crate) struct RecoveryKey {
    words: Vec<String>,
    qr_svg: String,
}

/// A backup that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct BackupOut {
    file: String,
    entities: u64,
}

/// What restoring a backup did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct BackupIn {
    /// When it was written.
    written: u64,
    back: u64,
    same: u64,
    differ: u64,
    refused: Vec<Refused>,
}

/// Writes what a device lacks to a file that only it can read; `null` if the person chooses no place. `all`: also what it is known to
/// have.
#[tauri::command]
#[specta::specta]
pub(crate) async fn write_bundle(
    handle: AppHandle,
    app: State<'_, App>,
    device: String,
    all: bool,
) -> Result<Option<BundleOut>, AppError> {
    let engine = app.device().await?.engine;
    let device = device_id(&device)?;
    let language = app.language();
    let save = |dialog: FileDialogBuilder<_>, done: Done| {
        let name = format!("for-other-device.{BUNDLE_EXTENSION}");
        let dialog = dialog.set_title(language.say("Write a file for the other device")).set_file_name(name);
        dialog.save_file(|path| drop(done.send(path)));
    };
    let Some(place) = chosen::to_write(&handle, save).await? else { return Ok(None) };
    // The dialog has asked already whether to replace a file that is there.
    let written = engine.write_bundle(device, &place.path, WriteBundle { all, force: true }).await?;
    let BundleWritten { files, entities, bytes } = written;
    place.deliver(&handle, &files).await?;
    log::info!("wrote a bundle of {entities} entities");
    Ok(Some(BundleOut { files: files.into_iter().map(name).collect(), entities, bytes }))
}

/// Merges a file that another device wrote for this one; `null` if the person chooses none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_bundle(
    handle: AppHandle,
    app: State<'_, App>,
    carried: State<'_, Carried>,
) -> Result<Option<BundleIn>, AppError> {
    let engine = app.device().await?.engine;
    let language = app.language();
    let pick = |dialog: FileDialogBuilder<_>, done: Done| {
        let dialog = dialog.set_title(language.say("Read a file from another device"));
        dialog
            .add_filter(language.say("WHPH bundle"), &[BUNDLE_EXTENSION])
            .pick_file(|path| drop(done.send(path)));
    };
    let Some(file) = chosen::to_read(&handle, pick).await? else { return Ok(None) };
    let mut kept = carried.bundle.lock().await;
    let file = kept.insert(file);
    take(&engine, &file.path, false).await.map(Some)
}

/// The person lets what both devices hold be put together: merges the file that was chosen last.
#[tauri::command]
#[specta::specta]
pub(crate) async fn agree_to_bundle(
    app: State<'_, App>,
    carried: State<'_, Carried>,
) -> Result<BundleIn, AppError> {
    let engine = app.device().await?.engine;
    let mut chosen = carried.bundle.lock().await;
    let file = chosen.as_ref().ok_or_else(AppError::no_file)?;
    let read = take(&engine, &file.path, true).await?;
    *chosen = None;
    Ok(read)
}

async fn take(engine: &Engine, path: &Path, agrees: bool) -> Result<BundleIn, AppError> {
    match engine.read_bundle(path, agrees).await {
        Ok(BundleRead { from, report, taken, renewed: _ }) => {
            log::info!("read a bundle: {} new, {} changed", report.new, report.changed);
            Ok(BundleIn::Read {
                device: from.name,
                fresh: report.new,
                changed: report.changed,
                deleted: report.deleted,
                conflicts: report.conflicts,
                equal: taken.equal,
                gapless: taken.gapless,
            })
        }
        Err(BundleError::NotAgreed { name, held }) => Ok(BundleIn::Asks { device: name, held }),
        Err(
            error @ (BundleError::Refused { .. }
            | BundleError::NoKey { .. }
            | BundleError::File(_)
            | BundleError::Engine(_)),
        ) => Err(error.into()),
    }
}

/// Whether backups can be written: there is a recovery key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn has_recovery_key(app: State<'_, App>) -> Result<bool, AppError> {
    Ok(app.device().await?.engine.recovery_key().await?.is_some())
}

/// A new recovery key, to be shown. It is used once the person has kept it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn new_recovery_key(
    app: State<'_, App>,
    carried: State<'_, Carried>,
) -> Result<RecoveryKey, AppError> {
    let key = app.device().await?.engine.new_recovery_key();
    let words = key.words();
    let shown =
        RecoveryKey { words: words.split(' ').map(str::to_owned).collect(), qr_svg: qr::draw(&words)? };
    *carried.key.lock().await = Some(key.public());
    Ok(shown)
}

/// The person has kept the recovery key that was shown: backups are sealed to it from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn use_recovery_key(
    app: State<'_, App>,
    carried: State<'_, Carried>,
) -> Result<(), AppError> {
    let engine = app.device().await?.engine;
    let mut shown = carried.key.lock().await;
    let key = (*shown).ok_or_else(AppError::no_file)?;
    engine.use_recovery_key(&key).await?;
    // Until it is stored, the words that the person wrote down stay good for another try.
    *shown = None;
    Ok(())
}

/// Writes everything to a file that only the recovery key opens; `null` if the person chooses no place.
#[tauri::command]
#[specta::specta]
pub(crate) async fn write_backup(
    handle: AppHandle,
    app: State<'_, App>,
) -> Result<Option<BackupOut>, AppError> {
    let engine = app.device().await?.engine;
    let language = app.language();
    let save = |dialog: FileDialogBuilder<_>, done: Done| {
        let day = chrono::Local::now().format("%Y-%m-%d");
        let name = format!("whph-{day}.{}", sync_engine::BACKUP_EXTENSION);
        dialog.set_title(language.say("Back up")).set_file_name(name).save_file(|path| drop(done.send(path)));
    };
    let Some(place) = chosen::to_write(&handle, save).await? else { return Ok(None) };
    let BackupWritten { file, entities } = engine.write_backup(&place.path, true).await?;
    place.deliver(&handle, std::slice::from_ref(&file)).await?;
    log::info!("wrote a backup of {entities} entities");
    Ok(Some(BackupOut { file: name(file), entities }))
}

/// The person chooses a backup; its name, or `null` if they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_backup(
    handle: AppHandle,
    app: State<'_, App>,
    carried: State<'_, Carried>,
) -> Result<Option<String>, AppError> {
    let language = app.language();
    let pick = |dialog: FileDialogBuilder<_>, done: Done| {
        let dialog = dialog.set_title(language.say("Choose a backup"));
        dialog
            .add_filter(language.say("WHPH backup"), &[sync_engine::BACKUP_EXTENSION])
            .pick_file(|path| drop(done.send(path)));
    };
    let Some(file) = chosen::to_read(&handle, pick).await? else { return Ok(None) };
    let name = name(file.path.clone());
    *carried.backup.lock().await = Some(file);
    Ok(Some(name))
}

/// Brings back what the chosen backup has and is missing or deleted here. `overwrite`: also gives what is here the backup's values;
/// `check`: only says what that would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(
    app: State<'_, App>,
    carried: State<'_, Carried>,
    words: String,
    overwrite: bool,
    check: bool,
) -> Result<BackupIn, AppError> {
    let words = Zeroizing::new(words);
    let engine = app.device().await?.engine;
    let chosen = carried.backup.lock().await;
    let file = chosen.as_ref().ok_or_else(AppError::no_file)?;
    let key = Key::parse(&words)?;
    let BackupRead { written, restored } =
        engine.read_backup(&file.path, key, Restore { overwrite, check }).await?;
    let refused =
        restored.refused.into_iter().map(|(key, reason)| Refused { place: key.to_string(), reason });
    Ok(BackupIn {
        written: written.0,
        back: restored.back,
        same: restored.same,
        differ: restored.differ,
        refused: refused.collect(),
    })
}

/// A file's name without where it is.
fn name(path: PathBuf) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
