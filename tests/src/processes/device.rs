//! A device: a data folder, and the commands that are run on it.

use super::running::{Ended, Running, command_through};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub(super) struct Device {
    pub(super) name: &'static str,
    /// Where its data is.
    pub(super) data: PathBuf,
    /// Everything that its commands printed, but for those that were started to go on.
    pub(super) transcript: Arc<Mutex<String>>,
    /// What its commands find in their environment.
    pub(super) environment: Vec<(&'static str, OsString)>,
    /// What its commands are started through: the way into a network of its own. Empty where it shares this computer's.
    pub(super) through: Vec<OsString>,
    /// Kept for its end.
    home: TempDir,
}

impl Device {
    /// A device that is set up and listens on an address of its own.
    pub(super) fn new(name: &'static str) -> Self {
        let device = Self::not_set_up(name);
        device.set_up();
        device
    }

    pub(super) fn set_up(&self) {
        let listen = format!("{}:0", own_address());
        self.json(&["init", "--name", self.name, "--listen", &listen, "--keys", "file"]);
    }

    /// Only the folder that it will be in.
    pub(super) fn not_set_up(name: &'static str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        Self { name, data, transcript: Arc::default(), environment: Vec::new(), through: Vec::new(), home }
    }

    /// A folder beside the data that goes with the device.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.data.join("whph.db")
    }

    /// The file of a secret.
    pub(super) fn key(&self, name: &str) -> PathBuf {
        self.data.join("keys").join(name)
    }

    /// Starts a command.
    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        let mut command = command_through(&self.through, ["--data", self.data.to_str().unwrap()]);
        Running::start(command.args(arguments).envs(environment))
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// Runs a command to its end, with that on its standard input.
    pub(super) fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut running = self.start(arguments);
        if !input.is_empty() {
            running.say(input);
        }
        let ended = running.finish();
        let mut transcript = self.transcript.lock().unwrap();
        transcript.push_str(&ended.stdout);
        transcript.push_str(&ended.stderr);
        ended
    }

    /// Runs a command that must succeed. What it printed last.
    pub(super) fn json(&self, arguments: &[&str]) -> Value {
        self.documents(arguments).pop().unwrap_or_default()
    }

    /// Runs a command that must succeed. All that it printed.
    pub(super) fn documents(&self, arguments: &[&str]) -> Vec<Value> {
        self.run(&[&["--json"], arguments].concat()).well().documents()
    }

    /// Runs a command that must fail with that exit code. What it said.
    pub(super) fn refusal(&self, arguments: &[&str], code: i32) -> String {
        let ended = self.run(&[&["--json"], arguments].concat());
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        ended.error().1
    }

    /// Makes an entity, and returns its name: `task/5a3f…`.
    pub(super) fn add(&self, kind: &str, fields: &[&str]) -> String {
        let made = self.json(&[&["add", kind], fields].concat());
        format!("{kind}/{}", made["id"].as_str().unwrap())
    }

    pub(super) fn set(&self, entity: &str, field: &str) {
        self.json(&["set", entity, field]);
    }

    /// What the field of an entity shows.
    pub(super) fn field(&self, entity: &str, field: &str) -> Value {
        self.json(&["get", entity])["fields"][field].take()
    }

    pub(super) fn import(&self, lines: &str) -> Value {
        self.run_with(&["--json", "import", "-"], lines).well().documents().pop().unwrap()
    }

    pub(super) fn export(&self) -> String {
        self.run(&["export"]).well().stdout
    }

    /// How many questions wait for its person.
    pub(super) fn reviews(&self) -> usize {
        self.json(&["review", "list"]).as_array().unwrap().len()
    }

    pub(super) fn paired(&self) -> usize {
        self.json(&["devices"]).as_array().unwrap().len()
    }

    /// Where it listens when it does.
    pub(super) fn address(&self) -> String {
        self.json(&["status"])["listen"].as_str().unwrap().to_owned()
    }

    /// Makes it reachable.
    pub(super) fn serve(&self) -> Running {
        let mut serving = self.start(&["--json", "serve"]);
        assert_eq!(serving.document()["event"], "listening");
        serving
    }

    /// Everything is where it belongs in its database.
    pub(super) fn assert_sound(&self) {
        let checked = self.json(&["check"]);
        assert_eq!(checked["problems"].as_array().map(Vec::len), Some(0), "{checked}");
    }

    /// The bytes of its database while nothing runs.
    pub(super) fn database_bytes(&self) -> Vec<u8> {
        fs::read(self.database()).unwrap()
    }
}

/// An address of this computer that no other device of these tests has. Devices keep their port while they do not listen,
/// and on a shared address the system would meanwhile give it to another one.
fn own_address() -> String {
    static DEVICES: AtomicUsize = AtomicUsize::new(0);
    let n = DEVICES.fetch_add(1, Ordering::Relaxed);
    if cfg!(target_os = "linux") {
        format!("127.{}.{}.{}", 1 + process::id() % 250, n / 250, 1 + n % 250)
    } else {
        // Elsewhere loopback is one address.
        "127.0.0.1".to_owned()
    }
}
