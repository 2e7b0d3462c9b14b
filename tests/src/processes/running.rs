//! A `whph` process. However a test ends, its processes are killed and reaped.

use super::HANG;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The program under test.
pub(super) fn program() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let target = tests.parent().and_then(Path::parent).unwrap();
    let path = target.join(format!("whph{}", env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "there is no {}; build it with `cargo build --bin whph`, or run `cargo xtask test`, which does",
        path.display()
    );
    path
}

/// `whph` with these arguments and none of the environment that it listens to.
pub(super) fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    command_through(&[], arguments)
}

/// The same, started by another program that becomes it.
pub(super) fn command_through<S: AsRef<OsStr>>(
    through: &[OsString],
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let program = program().into_os_string();
    let mut words = through.iter().chain([&program]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(arguments).env_remove("WHPH_DATA");
    command
}

/// A process that may go on.
pub(super) struct Running {
    child: Reaped,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// How a process ended. `code` is `None` when it was killed.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

struct Reaped(Child);

impl Running {
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout, mut stderr) =
            (child.stdin.take(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (tell, lines) = channel();
        let stdout = thread::spawn(move || {
            let mut all = String::new();
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                all.push_str(&line);
                all.push('\n');
                // Most tests only look at the whole.
                drop(tell.send(line));
            }
            all
        });
        let stderr = thread::spawn(move || {
            let mut all = Vec::new();
            drop(stderr.read_to_end(&mut all));
            String::from_utf8_lossy(&all).into_owned()
        });
        Self { child: Reaped(child), stdin, lines, stdout, stderr }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// Types a line.
    pub(super) fn say(&mut self, line: &str) {
        // Who does not want to hear it says so in its own words.
        drop(self.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()));
    }

    /// The next line that it prints, as JSON.
    pub(super) fn document(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The next line that it prints.
    pub(super) fn line(&mut self) -> String {
        match self.lines.recv_timeout(HANG) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("it prints nothing"),
            Err(RecvTimeoutError::Disconnected) => {
                let Ended { code, stdout, stderr } = self.last_words();
                panic!("it ended with {code:?} before it printed what was waited for\n{stdout}{stderr}")
            }
        }
    }

    /// The next document it prints for which that is true.
    pub(super) fn document_where(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let document = self.document();
            if is_it(&document) {
                return document;
            }
        }
    }

    /// Whether it is still there.
    pub(super) fn is_running(&mut self) -> bool {
        self.child.0.try_wait().unwrap().is_none()
    }

    /// Waits until it ends by itself.
    pub(super) fn finish(mut self) -> Ended {
        drop(self.stdin.take());
        let status = self.child.wait();
        Ended::new(status, self.stdout.join().unwrap(), self.stderr.join().unwrap())
    }

    /// Asks it to end.
    pub(super) fn terminate(self) -> Ended {
        self.signal(Signal::TERM);
        self.finish()
    }

    /// Takes it away between two instructions, as `kill -9` or a power cut would.
    pub(super) fn kill(self) -> Ended {
        self.strike();
        self.finish()
    }

    /// The same, without waiting until it is gone.
    pub(super) fn strike(&self) {
        self.signal(Signal::KILL);
    }

    /// Lets it run no further for now.
    pub(super) fn suspend(&self) {
        self.signal(Signal::STOP);
    }

    pub(super) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        // Until it is waited for, its id is nobody else's, even if it has ended.
        kill_process(Pid::from_child(&self.child.0), signal).unwrap();
    }

    fn last_words(&mut self) -> Ended {
        let status = self.child.wait();
        let stdout = std::mem::replace(&mut self.stdout, thread::spawn(String::new));
        let stderr = std::mem::replace(&mut self.stderr, thread::spawn(String::new));
        Ended::new(status, stdout.join().unwrap(), stderr.join().unwrap())
    }
}

impl Ended {
    fn new(status: ExitStatus, stdout: String, stderr: String) -> Self {
        Self { code: status.code(), stdout, stderr }
    }

    /// The same, if it ended well.
    pub(super) fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self
    }

    /// What it printed with `--json`.
    pub(super) fn documents(&self) -> Vec<Value> {
        let document = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.stdout.lines().map(document).collect()
    }

    /// The code and the message that it failed with under `--json`.
    pub(super) fn error(&self) -> (String, String) {
        let last = self.stderr.lines().last().unwrap_or_default();
        let error: Value = serde_json::from_str(last).unwrap_or_else(|e| panic!("{e}: {self:?}"));
        let text = |field: &str| error["error"][field].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }
}

impl Reaped {
    fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < HANG, "it does not end");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
