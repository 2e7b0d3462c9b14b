//! Where windows can be opened: a display, a message bus, and folders that go away.

use crate::process::{Program, built};
use crate::window::Window;
use std::ffi::OsString;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// What has to be installed.
const PROGRAMS: [&str; 5] = ["Xvfb", "dbus-daemon", "WebKitWebDriver", "openbox", "zbarimg"];
/// Windows are heavy: one test at a time.
static TURN: Mutex<()> = Mutex::new(());

/// A display with a window manager, a message bus, and a folder.
pub struct Stage {
    environment: Vec<(&'static str, OsString)>,
    folder: TempDir,
    // Ended in this order: what draws before what it is drawn on.
    programs: Vec<Program>,
    _bus: Program,
    _display: Program,
}

/// Sets the stage and lets a test play on it; says so where that cannot be done.
pub fn play<F: Future<Output = ()>>(test: impl FnOnce(Stage) -> F) {
    if let Some(missing) = PROGRAMS.iter().find(|program| !is_there(program)) {
        println!("skipped: there is no {missing} here to open windows with");
        return;
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(test(Stage::set()));
}

impl Stage {
    fn set() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut display = Command::new("Xvfb");
        display.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
        let (display, number) = Program::start_telling(&mut display);
        let mut bus = Command::new("dbus-daemon");
        let (bus, address) =
            Program::start_telling(bus.args(["--session", "--nofork", "--nopidfile", "--print-address"]));
        let runtime = folder.path().join("runtime");
        make_private(&runtime);
        let environment = vec![
            ("DISPLAY", format!(":{number}").into()),
            ("DBUS_SESSION_BUS_ADDRESS", address.into()),
            ("XDG_RUNTIME_DIR", runtime.into()),
            ("HOME", folder.path().into()),
            ("XDG_CONFIG_HOME", folder.path().join("config").into()),
            ("XDG_CACHE_HOME", folder.path().join("cache").into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
        ];
        let mut stage = Self { environment, folder, programs: Vec::new(), _bus: bus, _display: display };
        stage.run(&mut Command::new("openbox"));
        stage
    }

    /// The address of its message bus.
    #[must_use]
    pub fn bus(&self) -> String {
        let bus = self.environment.iter().find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS");
        bus.map(|(_, address)| address.to_string_lossy().into_owned()).expect("a bus")
    }

    /// A folder of the stage.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a program on the stage; it ends with it.
    pub fn run(&mut self, command: &mut Command) {
        let started = Program::start(self.dress(command).stdout(std::process::Stdio::null()));
        self.programs.push(started);
    }

    /// Runs a program on the stage to its end. What it printed.
    pub fn output(&self, command: &mut Command) -> String {
        let output = self.dress(command).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Opens the app on a data folder of that name.
    pub async fn open(&self, device: &str) -> Window {
        Window::open(self, &self.path(device)).await
    }

    /// A `whph` command on a data folder of that name.
    #[must_use]
    pub fn whph(&self, device: &str) -> Command {
        let mut command = Command::new(built("whph"));
        command.arg("--data").arg(self.path(device));
        command
    }

    /// How large the app's program is, in bytes.
    #[must_use]
    pub fn program_size(&self) -> u64 {
        built("whph-app").metadata().expect("a file").len()
    }

    /// Gives a command what every program on the stage needs to know.
    pub(crate) fn dress<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).env_remove("WAYLAND_DISPLAY")
    }
}

/// Where pictures of the screens are left for people to look at.
pub(crate) fn pictures() -> PathBuf {
    let folder = built("whph").with_file_name("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

pub(crate) fn make_private(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("its mode");
}

pub(crate) fn is_there(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}
