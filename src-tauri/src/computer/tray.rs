//! The icon in the tray: a picture for each state, the number of changes that wait beside it, and a menu whose first line says
//! how things stand. It shows the same [`Status`] as the page.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use tauri::image::Image;
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

use crate::app::App;
use crate::commands::devices::{Moved, pause, sync};
use crate::error::AppError;
use crate::language::Language;
use crate::live::Shown;
use crate::status::{Status, SyncState};
use crate::words::count;
use sync_core::time::Wall;

use super::args::word;
use super::window;

const OPEN: &str = "open";
const SYNC: &str = "sync";
const PAUSE: &str = "pause";
const QUIT: &str = "quit";

const OPEN_LINE: &str = "Open WHPH Sync";
const SYNC_LINE: &str = "Sync now";
const QUIT_LINE: &str = "Quit";

/// The icon and the lines of its menu.
struct Tray {
    icon: TrayIcon,
    line: MenuItem<Wry>,
    open: MenuItem<Wry>,
    sync: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    last: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    images: HashMap<SyncState, Image<'static>>,
    shown: Mutex<Option<Shown>>,
}

/// Puts the icon into the tray. A desktop that has none yet may get one later, as when the app starts before its panel does.
pub(crate) fn create(handle: &AppHandle) {
    match build(handle) {
        Ok(tray) => {
            handle.manage(tray);
            watch(handle.clone());
        }
        Err(_) => log::error!("the tray icon could not be made"),
    }
}

fn build(handle: &AppHandle) -> tauri::Result<Tray> {
    let language = handle.state::<App>().language();
    let line = MenuItemBuilder::new(language.say("Starting …")).enabled(false).build(handle)?;
    let last = MenuItemBuilder::new(last(None, language)).enabled(false).build(handle)?;
    let open = MenuItemBuilder::with_id(OPEN, language.say(OPEN_LINE)).build(handle)?;
    let sync = MenuItemBuilder::with_id(SYNC, language.say(SYNC_LINE)).build(handle)?;
    let pause = MenuItemBuilder::with_id(PAUSE, language.say(pause_line(None))).build(handle)?;
    let quit = MenuItemBuilder::with_id(QUIT, language.say(QUIT_LINE)).build(handle)?;
    let menu = MenuBuilder::new(handle)
        .item(&line)
        .separator()
        .items(&[&open, &sync, &pause])
        .separator()
        .item(&last)
        .separator()
        .item(&quit)
        .build()?;
    let images = images()?;
    let mut icon = TrayIconBuilder::with_id("sync")
        .menu(&menu)
        // The icon is handed to the desktop as a file. Two apps with different data must not share it.
        .temp_dir_path(handle.path().app_cache_dir()?.join("tray").join(word(handle.state::<App>().dir())))
        .on_menu_event(|handle, event| chosen(handle, event.id().as_ref()));
    if let Some(image) = images.get(&SyncState::Waiting) {
        icon = icon.icon(image.clone());
    }
    let icon = icon.build(handle)?;
    Ok(Tray { icon, line, open, sync, pause, last, quit, images, shown: Mutex::new(None) })
}

fn images() -> tauri::Result<HashMap<SyncState, Image<'static>>> {
    let image = |state: SyncState| Ok((state, Image::from_bytes(picture(state))?));
    [
        SyncState::Alone,
        SyncState::UpToDate,
        SyncState::Syncing,
        SyncState::Waiting,
        SyncState::NeedsReview,
        SyncState::Paused,
        SyncState::Problem,
    ]
    .into_iter()
    .map(image)
    .collect()
}

fn picture(state: SyncState) -> &'static [u8] {
    match state {
        // Nobody to be equal with is not "up to date".
        SyncState::Alone | SyncState::Waiting => include_bytes!("../../icons/tray/waiting.png"),
        SyncState::UpToDate => include_bytes!("../../icons/tray/up_to_date.png"),
        SyncState::Syncing => include_bytes!("../../icons/tray/syncing.png"),
        SyncState::NeedsReview => include_bytes!("../../icons/tray/needs_review.png"),
        SyncState::Paused => include_bytes!("../../icons/tray/paused.png"),
        SyncState::Problem => include_bytes!("../../icons/tray/problem.png"),
    }
}

/// Shows how things stand.
pub(crate) fn show(handle: &AppHandle, now: Shown) {
    let language = handle.state::<App>().language();
    change(handle, move |tray| tray.show(now, language));
}

/// Says all of the menu anew, in the language that was chosen.
pub(crate) fn speak(handle: &AppHandle) {
    let language = handle.state::<App>().language();
    change(handle, move |tray| tray.speak(language));
}

/// Has the main thread do it, and does not wait for that: when the app ends, the main thread waits for whoever tells.
fn change(handle: &AppHandle, work: impl FnOnce(&Tray) + Send + 'static) {
    let tray = handle.clone();
    let asked = handle.run_on_main_thread(move || {
        if let Some(tray) = tray.try_state::<Tray>() {
            work(&tray);
        }
    });
    if asked.is_err() {
        log::warn!("the tray icon cannot be changed");
    }
}

impl Tray {
    fn show(&self, now: Shown, language: Language) {
        let Ok(mut shown) = self.shown.lock() else { return };
        let before = shown.replace(now.clone());
        let Shown { status, last_sync } = now;
        let mut done = Vec::new();
        if before.as_ref().map(|before| before.status.state) != Some(status.state) {
            done.push(self.icon.set_icon(self.images.get(&status.state).cloned()));
            done.push(self.pause.set_text(language.say(pause_line(Some(status.state)))));
        }
        if before.as_ref().map(|before| title(&before.status)) != Some(title(&status)) {
            done.push(self.icon.set_title(Some(title(&status))));
        }
        if before.as_ref().map(|before| &before.status.line) != Some(&status.line) {
            done.push(self.line.set_text(status.line_in(language)));
        }
        if before.as_ref().map(|before| &before.last_sync) != Some(&last_sync) {
            done.push(self.last.set_text(last(last_sync.as_ref(), language)));
        }
        if done.iter().any(Result::is_err) {
            log::warn!("the tray icon does not show how things stand");
        }
    }

    fn speak(&self, language: Language) {
        let lines = [(&self.open, OPEN_LINE), (&self.sync, SYNC_LINE), (&self.quit, QUIT_LINE)];
        if lines.into_iter().any(|(item, line)| item.set_text(language.say(line)).is_err()) {
            log::warn!("the tray icon does not speak the language that was chosen");
        }
        let shown = self.shown.lock().ok().and_then(|mut shown| shown.take());
        if let Some(shown) = shown {
            self.show(shown, language);
        }
    }
}

/// What pauses or resumes.
fn pause_line(state: Option<SyncState>) -> &'static str {
    if state == Some(SyncState::Paused) { "Resume" } else { "Pause" }
}

/// When this device was last proved equal with another, in a line.
fn last(sync: Option<&(Wall, String)>, language: Language) -> String {
    let at = |at: &Wall| chrono::DateTime::from_timestamp_millis(i64::try_from(at.0).ok()?);
    match sync.and_then(|(wall, name)| Some((at(wall)?, name))) {
        Some((at, name)) => {
            let at = at.with_timezone(&chrono::Local);
            let (day, time) = (language.day(at.date_naive()), at.format("%H:%M"));
            let line = format!("Last in sync: {day}, {time}, with {name}");
            language.say_of(&line, std::slice::from_ref(name))
        }
        None => language.say("Not in sync with any device yet"),
    }
}

/// The number beside the icon.
fn title(status: &Status) -> String {
    if status.pending == 0 { String::new() } else { status.pending.to_string() }
}

fn chosen(handle: &AppHandle, id: &str) {
    let handle = handle.clone();
    match id {
        OPEN => window::show(&handle),
        SYNC => drop(tauri::async_runtime::spawn(async move {
            let words = result(sync_all(&handle).await, handle.state::<App>().language());
            // A menu that is gone shows nothing.
            change(&handle, move |tray| drop(tray.last.set_text(words)));
        })),
        PAUSE => drop(tauri::async_runtime::spawn(async move {
            if let Err(error) = pause_or_resume(&handle).await {
                log::error!("not paused or resumed: {}", error.code);
            }
        })),
        QUIT => window::end(&handle),
        _ => {}
    }
}

async fn sync_all(handle: &AppHandle) -> Result<Vec<Moved>, AppError> {
    sync(&handle.state::<App>().device().await?, None).await
}

async fn pause_or_resume(handle: &AppHandle) -> Result<(), AppError> {
    let device = handle.state::<App>().device().await?;
    let paused = device.net.live().borrow().is_paused();
    pause(&device, !paused).await?;
    Ok(())
}

/// How the last sync went, in a line.
fn result(done: Result<Vec<Moved>, AppError>, language: Language) -> String {
    let at = chrono::Local::now().format("%H:%M");
    let line = match done {
        Err(error) => return format!("{at}: {}", language.say(&error.message)),
        Ok(all) if all.is_empty() => format!("{at}: no device is paired yet."),
        Ok(all) => {
            let failed = all.iter().filter(|moved| !moved.is_proved()).count() as u64;
            match failed {
                0 => format!("{at}: up to date with {}.", count(all.len() as u64, "device")),
                failed => format!(
                    "{at}: {} of {} not reached or not equal.",
                    failed,
                    count(all.len() as u64, "device")
                ),
            }
        }
    };
    language.say(&line)
}

/// Follows whether somebody would show the icon: a window that is closed to a tray that is not there could not be opened again.
#[cfg(target_os = "linux")]
fn watch(handle: AppHandle) {
    let follow = move || -> zbus::Result<()> {
        let bus = zbus::blocking::Connection::session()?;
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        let changes = names.receive_name_owner_changed_with_args(&[(0, WATCHER)])?;
        found(&handle, names.name_has_owner(WATCHER.try_into()?)?);
        for change in changes {
            found(&handle, change.args()?.new_owner().is_some());
        }
        Ok(())
    };
    let started = std::thread::Builder::new().name("tray".into()).spawn(move || {
        if follow().is_err() {
            log::warn!("it cannot be told whether this desktop shows a tray");
        }
    });
    if started.is_err() {
        log::error!("the tray cannot be watched");
    }
}

/// Whoever shows icons on a Linux desktop has this name on its bus.
#[cfg(target_os = "linux")]
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Elsewhere there is always one.
#[cfg(not(target_os = "linux"))]
fn watch(handle: AppHandle) {
    found(&handle, true);
}

fn found(handle: &AppHandle, there: bool) {
    log::info!("this desktop shows {}", if there { "a tray" } else { "no tray" });
    handle.state::<App>().has_tray.store(there, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_picture_and_only_up_to_date_looks_so() {
        let images = images().unwrap();
        assert_eq!(images.len(), 7);
        for (state, image) in &images {
            assert_eq!((image.width(), image.height()), (32, 32), "{state:?}");
            let is_like = picture(*state) == picture(SyncState::UpToDate);
            assert_eq!(is_like, *state == SyncState::UpToDate, "{state:?}");
        }
    }

    #[test]
    fn the_last_result_says_whether_all_were_proved_equal() {
        let result = |done| result(done, Language::English);
        assert!(result(Ok(Vec::new())).ends_with("no device is paired yet."));
        assert!(result(Err(AppError::paused())).ends_with("Resume it first."));
        let last = |sync: Option<(Wall, String)>| last(sync.as_ref(), Language::English);
        assert!(last(Some((Wall(0), "phone".to_owned()))).ends_with(", with phone"));
        assert_eq!(last(Some((Wall(u64::MAX), "phone".to_owned()))), last(None));
    }

    #[test]
    fn the_menu_speaks_german() {
        let say = |line: &str| Language::German.say(line);
        assert_eq!(
            [OPEN_LINE, SYNC_LINE, QUIT_LINE].map(say),
            ["WHPH Sync öffnen", "Jetzt abgleichen", "Beenden"]
        );
        assert_eq!(say(pause_line(None)), "Pausieren");
        assert_eq!(say(pause_line(Some(SyncState::Paused))), "Fortsetzen");
        assert_eq!(say("Starting …"), "Startet …");
        let result = |done| result(done, Language::German);
        assert!(result(Ok(Vec::new())).ends_with(": Noch ist kein Gerät gekoppelt."));
        assert!(
            result(Err(AppError::paused()))
                .ends_with(": Der Abgleich ist auf diesem Gerät pausiert. Setz ihn zuerst fort.")
        );
        let with = Some((Wall(1_777_896_000_000), "Handy".to_owned()));
        let line = last(with.as_ref(), Language::German);
        assert!(line.starts_with("Zuletzt abgeglichen: 4.5., ") && line.ends_with(", mit Handy"), "{line}");
        assert_eq!(last(None, Language::German), "Noch mit keinem Gerät abgeglichen");
    }
}
