//! What the app consists of while it runs: the engine once this device is set up, its network, and who follows both.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use search::Search;
use sync_engine::online::{ListenError, Net, Online, OnlineError};
use sync_engine::{Backend, Engine, Init};
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager};
use tokio::sync::Mutex;

use crate::error::AppError;
use crate::language::Language;
#[cfg(desktop)]
use crate::reminders;
use crate::{history, host, live, phone, reading};

/// How long goodbyes may take when the app ends.
const GOODBYE: Duration = Duration::from_secs(3);
/// How often what is too old to keep is dropped.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The app.
pub(crate) struct App {
    dir: PathBuf,
    /// Where the keys of a new device go; `None`: where the system keeps them.
    keystore: Option<Backend>,
    running: Mutex<Option<Running>>,
    pub(crate) search: Search,
    /// Whether this desktop shows our icon in its tray.
    pub(crate) has_tray: AtomicBool,
    /// Whether a closed window goes on in the tray.
    pub(crate) close_to_tray: AtomicBool,
    /// What the app itself speaks, beside its page.
    language: RwLock<Language>,
    /// Each save that is under way holds a share of it.
    pub(crate) saves: tokio::sync::RwLock<()>,
}

/// An opened device.
struct Running {
    device: Device,
    tasks: Vec<JoinHandle<()>>,
}

/// The engine and its network; cheap to clone.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) engine: Engine,
    pub(crate) net: Arc<Net>,
}

/// Whether there is a device to work with.
pub(crate) enum Begun {
    /// It was never set up.
    SetUp,
    /// It runs.
    Ready(Device),
}

impl App {
    pub(crate) fn new(dir: PathBuf, keystore: Option<Backend>) -> Self {
        Self {
            search: Search::new(&dir),
            dir,
            keystore,
            running: Mutex::new(None),
            has_tray: AtomicBool::new(false),
            close_to_tray: AtomicBool::new(true),
            language: RwLock::new(Language::of_system()),
            saves: tokio::sync::RwLock::new(()),
        }
    }

    /// What the app itself speaks, beside its page.
    pub(crate) fn language(&self) -> Language {
        *self.language.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Speaks the language of a tag of BCP 47 from now on; `None`: the system's.
    pub(crate) fn speak(&self, handle: &AppHandle, tag: Option<&str>) {
        *self.language.write().unwrap_or_else(PoisonError::into_inner) = Language::chosen(tag);
        host::speak(handle);
    }

    /// The data folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The device, if it runs.
    pub(crate) async fn device(&self) -> Result<Device, AppError> {
        let running = self.running.lock().await;
        running.as_ref().map(|running| running.device.clone()).ok_or_else(AppError::not_set_up)
    }

    /// Opens the device and goes online, unless that was done already or it was never set up.
    pub(crate) async fn begin(&self, handle: &AppHandle) -> Result<Begun, AppError> {
        let mut running = self.running.lock().await;
        if running.is_none() {
            if !self.dir.join(DATABASE).exists() {
                return Ok(Begun::SetUp);
            }
            *running = Some(self.open(handle).await?);
        }
        Ok(running.as_ref().map_or(Begun::SetUp, |running| Begun::Ready(running.device.clone())))
    }

    /// Sets this device up, and begins.
    pub(crate) async fn set_up(&self, handle: &AppHandle, name: String) -> Result<Device, AppError> {
        let (dir, keystore) = (self.dir.clone(), self.keystore);
        // The key store may ask the person; the sockets are not kept waiting for that.
        let runtime = tokio::runtime::Handle::current();
        let init = move || {
            let _entered = runtime.enter();
            Engine::init(&dir, Init { name, listen: None, keystore })
        };
        tauri::async_runtime::spawn_blocking(init).await.map_err(AppError::internal)??;
        self.begin(handle).await?;
        self.device().await
    }

    async fn open(&self, handle: &AppHandle) -> Result<Running, AppError> {
        let dir = self.dir.clone();
        let open = move || Engine::open(&dir, planner::schema());
        let engine = tauri::async_runtime::spawn_blocking(open).await.map_err(AppError::internal)??;
        history::serve(handle, &self.dir.join(DATABASE)).await?;
        let net = Arc::new(go_online(&engine).await?);
        log::info!("online; {} addresses", net.reachable().len());
        let keep = engine.option(crate::options::CLOSE_TO_TRAY).await?.as_deref() != Some("off");
        self.close_to_tray.store(keep, Ordering::Relaxed);
        self.speak(handle, engine.option(crate::options::LANGUAGE).await?.as_deref());
        let device = Device { engine, net };
        let tasks = vec![
            tauri::async_runtime::spawn(live::follow(handle.clone(), device.clone())),
            tauri::async_runtime::spawn(live::follow_pairing(handle.clone(), device.clone())),
            tauri::async_runtime::spawn(tidy(device.engine.clone())),
            tauri::async_runtime::spawn(phone::follow(handle.clone(), device.clone())),
            tauri::async_runtime::spawn(reading::follow(self.search.clone(), device.clone())),
            #[cfg(desktop)]
            tauri::async_runtime::spawn(reminders::follow(handle.clone(), device.clone())),
        ];
        Ok(Running { device, tasks })
    }

    /// Says goodbye to the devices that are connected, and closes the database.
    pub(crate) async fn close(&self) {
        // A save may have to wait for what a sync writes.
        drop(tokio::time::timeout(GOODBYE, self.saves.write()).await);
        // Something may wait for a person at this moment, such as the key store: it is not waited for.
        let Ok(mut running) = tokio::time::timeout(GOODBYE, self.running.lock()).await else { return };
        let Some(running) = running.take() else { return };
        end(running.tasks, GOODBYE).await;
        // Whoever does not take our goodbye does without it.
        drop(tokio::time::timeout(GOODBYE, running.device.net.stop()).await);
        log::info!("closed");
    }
}

/// Ends tasks. However one ended, it holds the engine no more; one that hangs must not keep the app from ending.
async fn end(tasks: Vec<JoinHandle<()>>, patience: Duration) {
    let until = tokio::time::Instant::now() + patience;
    for task in tasks {
        task.abort();
        drop(tokio::time::timeout_at(until, task).await);
    }
}

/// The database's file name in the data folder.
const DATABASE: &str = "whph.db";

/// Begins without anybody having asked: the engine works also while no window is open.
pub(crate) async fn begin(handle: &AppHandle) {
    match handle.state::<App>().begin(handle).await {
        Ok(Begun::Ready(_)) => {}
        // Nothing goes on in the tray: the person has to see it.
        Ok(Begun::SetUp) => host::call_person(handle),
        Err(error) => {
            log::error!("not opened: {}", error.code);
            live::tell_problem(handle, &error);
            host::call_person(handle);
        }
    }
}

/// On the port that this device keeps; when another process of this device has it, on a free one of the same address.
async fn go_online(engine: &Engine) -> Result<Net, OnlineError> {
    let kept = engine.device().listen;
    match engine.go_online(Online { listen: Some(kept), keep_connected: true }).await {
        Err(OnlineError::Listen(ListenError::Taken { .. })) => {
            let free = SocketAddr::new(kept.ip(), 0);
            engine.go_online(Online { listen: Some(free), keep_connected: true }).await
        }
        other => other,
    }
}

async fn tidy(engine: Engine) {
    let mut day = tokio::time::interval(DAY);
    loop {
        day.tick().await;
        // Old things may wait another day; what is in the way then shows elsewhere too.
        drop(engine.tidy().await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_ends_though_a_part_of_it_waits_for_what_will_not_come() {
        let (_never, wait) = std::sync::mpsc::channel::<()>();
        let (begun, begins) = std::sync::mpsc::channel();
        let hangs = tauri::async_runtime::spawn(async move {
            begun.send(()).unwrap();
            let _ = wait.recv();
        });
        begins.recv().unwrap();
        tauri::async_runtime::block_on(end(vec![hangs], Duration::from_millis(10)));
    }
}
