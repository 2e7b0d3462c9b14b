//! Programs that end with the test that started them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running program. Dropping it ends it.
pub(crate) struct Program(Child);

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        // What the desktop's own programs complain of is of no interest here.
        command.stdin(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Starts a program that first prints where it can be reached.
    pub(crate) fn start_telling(command: &mut Command) -> (Self, String) {
        let mut program = Self::start(command.stdout(Stdio::piped()));
        let mut line = String::new();
        let stdout = program.0.stdout.take().expect("it was piped");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        (program, line.trim().to_owned())
    }
}

impl Program {
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already cannot be ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// One of our programs, built beside this test.
pub(crate) fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let path = test.ancestors().nth(2).expect("the folder that cargo builds in").join(name);
    assert!(
        path.is_file(),
        "there is no {}; `cargo xtask test` builds it first, or do so with `cargo build --workspace --bins`",
        path.display()
    );
    path
}
