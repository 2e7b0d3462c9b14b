//! How `whph` fails: a message for people, a word for programs and an exit code for scripts. The exit codes are listed
//! in `--help`.

use std::io;
use std::path::PathBuf;

use exchange::{ExportError, ImportError};
use search::SearchError;
use serde_json::json;
use sync_core::backup::WordsError;
use sync_core::bundle;
use sync_core::schema::Violation;
use sync_engine::online::{JoinError, OnlineError, PairFailure};
use sync_engine::{
    BackupError, BundleError, EngineError, ErrorKind, FileError, InitError, NoHome, OpenError,
};

use crate::commands::UnitError;
use crate::safe;

/// What the shell gets to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Failed = 1,
    Usage = 2,
    SetUp = 3,
    NotFound = 4,
    Refused = 5,
    NotProved = 6,
    KeyStore = 7,
    Damaged = 8,
    NotPaired = 9,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// An argument that clap cannot judge.
    #[error("{0}")]
    Usage(String),
    /// Nowhere to put the data.
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Init(#[from] InitError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What was typed breaks a rule of the data.
    #[error("{0}. Nothing was changed.")]
    Refused(#[from] Violation),
    /// `add` found an entity of the same natural key.
    #[error("{entity} exists already; change it with `whph set {entity} …`")]
    Exists { entity: String },
    /// A change of something that is deleted.
    #[error("{entity} is deleted. `whph get {entity}` shows what it last held.")]
    Deleted { entity: String },
    /// Some lines or files of an import were left out; each was reported.
    #[error(
        "{refused} of {read} could not be imported; the rest was. Correct what is named above and import again: what is \
         here already does not change"
    )]
    Import { refused: u64, read: u64 },
    /// `check` found something.
    #[error(
        "the database is damaged: {found}. Restore it from a backup; or move it away, set this device up anew, pair it and let your other devices fill it"
    )]
    Check { found: String },
    /// This device could not go online.
    #[error(transparent)]
    Online(#[from] OnlineError),
    /// The network part ended by itself.
    #[error("this device went offline unexpectedly. Nothing is lost: run the command again")]
    Offline,
    /// What was pasted or typed is no invite.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// Pairing came to nothing.
    #[error("not paired: {0}")]
    Pairing(PairFailure),
    /// Nobody joined in time.
    #[error(
        "not paired: the code was used, refused or its two minutes are over. Run `whph invite` for a new one"
    )]
    InviteOver,
    /// There is nobody to sync with.
    #[error("no device is paired yet. Run `whph invite` here and `whph join` on the other device")]
    NobodyPaired,
    /// The first sync after a pairing.
    #[error("the devices are paired, but the first sync did not finish: {reason}. Run `whph sync` to go on")]
    NotEqual { reason: String },
    /// A pairing whose first merge nobody agreed to yet.
    #[error(
        "the devices are paired, and their first sync waits for a go-ahead. Nothing was changed on either. Run `whph sync` when you \
         want to put together what they hold"
    )]
    NotNow,
    /// A sync without proof.
    #[error("not proved equal: {}. Nothing is lost; `whph sync` goes on where it stopped", devices.join(", "))]
    NotProved { devices: Vec<String> },
    /// systemd does not keep this device running, or does not stop doing so.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// A step of the demo did not go as it should.
    #[error("the demo stopped: {what}")]
    Demo { what: String },
    /// A person stopped it.
    #[error("stopped")]
    Interrupted,
    /// A file that was named cannot be read.
    #[error("{} cannot be read: {source}; check its name and its permissions", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// A file that is not what it was said to be.
    #[error(transparent)]
    Whph(ImportError),
    /// A bundle was not written or read.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A backup was not written or read.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// What was typed are not the words of a recovery key.
    #[error("{0}. Nothing was changed.")]
    Words(#[from] WordsError),
    /// The search index does not work.
    #[error(transparent)]
    Search(SearchError),
    /// There is no place for an export.
    #[error(transparent)]
    Export(ExportError),
    /// Standard input or output failed.
    #[error("input or output failed: {0}")]
    Io(#[from] io::Error),
}

impl CliError {
    /// A stable word for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::NoHome(_) => "no-home",
            Self::Init(error) => error.code(),
            Self::Open(error) => error.code(),
            Self::Engine(error) => error.code(),
            Self::Refused(_) => "refused",
            Self::Exists { .. } => "exists",
            Self::Deleted { .. } => "deleted",
            Self::Import { .. } => "import-refused",
            Self::Check { .. } => "database-damaged",
            Self::Online(OnlineError::Engine(error)) => error.code(),
            Self::Online(OnlineError::Listen(_)) => "listen",
            Self::Offline => "offline",
            Self::Join(_) => "invite",
            Self::Pairing(_) | Self::InviteOver => "not-paired",
            Self::NobodyPaired => "nobody-paired",
            Self::NotNow => "not-now",
            Self::NotEqual { .. } | Self::NotProved { .. } => "not-proved",
            Self::Unit(error) => error.code(),
            Self::Demo { .. } => "demo",
            Self::Interrupted => "interrupted",
            Self::Read { .. } => "file",
            Self::Whph(_) => "not-whph",
            Self::Bundle(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::Words(_) => "recovery-words",
            Self::Search(_) => "search",
            Self::Export(_) => "folder",
            Self::Io(_) => "io",
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::NoHome(_) => Exit::Usage,
            Self::Init(error) => exit_of(error.kind()),
            Self::Open(error) => exit_of(error.kind()),
            Self::Engine(error) => exit_of(error.kind()),
            Self::Refused(_) | Self::Exists { .. } | Self::Import { .. } | Self::Whph(_) => Exit::Refused,
            Self::Check { .. } => Exit::Damaged,
            Self::Deleted { .. } | Self::Read { .. } => Exit::NotFound,
            Self::Join(_) | Self::Pairing(_) | Self::InviteOver => Exit::NotPaired,
            Self::NobodyPaired | Self::NotNow | Self::NotEqual { .. } | Self::NotProved { .. } => {
                Exit::NotProved
            }
            Self::Online(OnlineError::Engine(error)) => exit_of(error.kind()),
            Self::Online(OnlineError::Listen(_)) | Self::Offline => Exit::Failed,
            Self::Bundle(BundleError::NoKey { .. })
            | Self::Bundle(BundleError::Refused { reason: bundle::BundleError::Stranger, .. }) => {
                Exit::NotPaired
            }
            Self::Bundle(BundleError::Refused { .. }) | Self::Words(_) => Exit::Refused,
            Self::Bundle(BundleError::NotAgreed { .. }) => Exit::NotProved,
            Self::Bundle(BundleError::File(error)) | Self::Backup(BackupError::File(error)) => {
                exit_of_file(error)
            }
            Self::Bundle(BundleError::Engine(error)) | Self::Backup(BackupError::Engine(error)) => {
                exit_of(error.kind())
            }
            Self::Backup(BackupError::Refused { .. } | BackupError::Unsealed { .. } | BackupError::NoKey) => {
                Exit::Refused
            }
            Self::Unit(_)
            | Self::Demo { .. }
            | Self::Interrupted
            | Self::Search(_)
            | Self::Export(_)
            | Self::Io(_) => Exit::Failed,
        }
    }

    /// Whether only the reader of our output has gone, as `head` does.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Read { path, source } => Self::Read { path, source },
            error @ ImportError::Whph { .. } => Self::Whph(error),
            ImportError::Engine(error) => Self::Engine(error),
        }
    }
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Write(error) => Self::Io(error),
            error @ ExportError::Folder { .. } => Self::Export(error),
            ExportError::Engine(error) => Self::Engine(error),
        }
    }
}

impl From<SearchError> for CliError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Engine(error) => Self::Engine(error),
            error @ (SearchError::Index { .. } | SearchError::Interrupted) => Self::Search(error),
        }
    }
}

/// One line for standard error.
pub(crate) fn report(code: &str, message: &str, json: bool) -> String {
    if json {
        safe::json(json!({ "error": { "code": code, "message": message } }).to_string())
    } else {
        format!("whph: {}", safe::one_line(message))
    }
}

fn exit_of(kind: ErrorKind) -> Exit {
    match kind {
        ErrorKind::SetUp => Exit::SetUp,
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::Refused => Exit::Refused,
        ErrorKind::KeyStore => Exit::KeyStore,
        ErrorKind::Damaged => Exit::Damaged,
        ErrorKind::Failed => Exit::Failed,
    }
}

fn exit_of_file(error: &FileError) -> Exit {
    match error {
        FileError::Exists { .. } => Exit::Refused,
        FileError::Read { .. } => Exit::NotFound,
        FileError::Write { .. } => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    const EXITS: [Exit; 9] = [
        Exit::Failed,
        Exit::Usage,
        Exit::SetUp,
        Exit::NotFound,
        Exit::Refused,
        Exit::NotProved,
        Exit::KeyStore,
        Exit::Damaged,
        Exit::NotPaired,
    ];

    #[test]
    fn every_exit_code_is_in_the_help() {
        let help = crate::args::Args::command().render_long_help().to_string();
        for exit in EXITS {
            assert!(help.contains(&format!("\n  {}  ", exit as u8)), "{exit:?} is not documented");
        }
    }

    #[test]
    fn scripts_can_tell_failures_apart() {
        let dir = PathBuf::from("data");
        let not_set_up = CliError::from(OpenError::NotSetUp { dir: dir.clone() });
        assert_eq!((not_set_up.code(), not_set_up.exit()), ("not-set-up", Exit::SetUp));
        let gone = CliError::from(OpenError::IdentityGone { dir });
        assert_eq!((gone.code(), gone.exit()), ("identity-gone", Exit::KeyStore));
        let engine = CliError::from(OnlineError::Engine(EngineError::TooManyDevices));
        assert_eq!((engine.code(), engine.exit()), ("too-many-devices", Exit::Refused));
        let rule = CliError::from(Violation::new("order", "must be a number"));
        assert_eq!((rule.code(), rule.exit()), ("refused", Exit::Refused));
        let unequal = CliError::NotProved { devices: vec!["bob".into()] };
        assert_eq!((unequal.code(), unequal.exit()), ("not-proved", Exit::NotProved));
        assert_eq!(CliError::Import { refused: 1, read: 2 }.exit(), Exit::Refused);
    }

    #[test]
    fn a_failure_is_one_line_for_people_and_programs_alike() {
        assert_eq!(report("x", "a\nb\u{1b}[2J", false), "whph: a⏎b\u{fffd}[2J");
        let document: serde_json::Value = serde_json::from_str(&report("x", "a\nb", true)).unwrap();
        assert_eq!(document, json!({ "error": { "code": "x", "message": "a\nb" } }));
    }
}
