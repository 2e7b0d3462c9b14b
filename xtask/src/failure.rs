//! Why a command stopped, and what to do next.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a command of this crate failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No such command, or wrong arguments.
    Usage { given: String },
    /// A program could not be started.
    Start { program: String, source: io::Error },
    /// A program ran and failed; it has said why.
    Step { command: String, code: Option<i32> },
    /// What a program prints could not be read.
    Output { command: String, source: io::Error },
    /// A folder could not be read.
    Read { path: PathBuf, source: io::Error },
    /// A file could not be written.
    Write { path: PathBuf, source: io::Error },
    /// There is no C compiler, and no package manager known here to install one with.
    NoCompiler,
    /// Packages are missing, and there is no package manager known here to install them with.
    NoPackages { packages: &'static [&'static str] },
    /// There is no Node.js that is new enough.
    NoNode { min: u32 },
    /// No fuzz target has that name.
    UnknownFuzzTarget { known: String },
    /// Cargo did not say where it builds.
    NoTarget,
    /// Committed files in gen/ are not what the code generates.
    Stale,
    /// Some checks failed.
    Checks { failed: Vec<&'static str> },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage { given } => {
                write!(f, "There is no command `{given}`. `cargo xtask --help` lists the commands.")
            }
            Failure::Start { program, source } => {
                write!(f, "`{program}` could not be started: {source}. Install it, then run this again.")
            }
            Failure::Step { command, code: Some(code) } => {
                write!(f, "`{command}` failed with exit code {code}. Its own message is above.")
            }
            Failure::Step { command, code: None } => {
                write!(f, "`{command}` was stopped by a signal before it was done.")
            }
            Failure::Output { command, source } => {
                write!(f, "What `{command}` printed could not be read: {source}.")
            }
            Failure::Read { path, source } => write!(f, "{} could not be read: {source}.", path.display()),
            Failure::Write { path, source } => {
                write!(f, "{} could not be written: {source}.", path.display())
            }
            Failure::NoCompiler => f.write_str(
                "No C compiler was found (`cc`), and SQLite and zstd are built with one. Install gcc or clang with \
                 your system's package manager, then run this again.",
            ),
            Failure::NoPackages { packages } => write!(
                f,
                "Something is missing that the app is built or tested with, and there is no apt-get here to install it. Debian \
                 calls it {}: install it with your system's package manager, then run this again.",
                packages.join(", ")
            ),
            Failure::NoNode { min } => write!(
                f,
                "The window's frontend is built with Node.js {min} or newer (`node`), and there is none. Install it, then \
                 run this again."
            ),
            Failure::UnknownFuzzTarget { known } => {
                write!(f, "There is no fuzz target of that name. There are: {known}.")
            }
            Failure::NoTarget => f.write_str(
                "Cargo did not say in which folder it builds. Run `cargo metadata` to see what is wrong, then try again.",
            ),
            Failure::Stale => f.write_str(
                "The files in gen/ differ from what the code generates. They have just been written anew: look at \
                 them with `git diff gen/`, then commit them.",
            ),
            Failure::Checks { failed } => {
                write!(f, "These checks failed; their messages are above: {}.", failed.join(", "))
            }
        }
    }
}
