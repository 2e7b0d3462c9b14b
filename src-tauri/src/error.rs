//! How a command fails: a word for the page, and for the person what happened, why, and what to do next. The engine's words
//! speak of commands that are typed; here they speak of what the app has.

use exchange::{ExportError, ImportError};
use serde::Serialize;
use specta::Type;
use sync_core::backup::WordsError;
use sync_engine::online::{JoinError, OnlineError};
use sync_engine::{BackupError, BundleError, EngineError, InitError, OpenError};

/// Why a command did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct AppError {
    /// A stable word.
    pub(crate) code: String,
    /// For the person.
    pub(crate) message: String,
}

impl AppError {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    /// Nothing works yet.
    pub(crate) fn not_set_up() -> Self {
        Self::new("not-set-up", "This device is not set up yet. Give it a name first.")
    }

    /// Sync was wanted during a pause.
    pub(crate) fn paused() -> Self {
        Self::new("paused", "Sync is paused on this device. Resume it first.")
    }

    /// What was chosen before is not known any more.
    pub(crate) fn no_file() -> Self {
        Self::new("no-file", "Nothing is chosen any more. Begin again.")
    }

    /// The network part ended by itself.
    pub(crate) fn offline() -> Self {
        Self::new("offline", "This device went offline unexpectedly. Nothing is lost: start the app again.")
    }

    /// What has no words of its own.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::new("internal", format!("Something went wrong inside the app ({error}). Start it again."))
    }

    /// By the code where the engine's words are for those who type, else in its words.
    fn of(code: &str, words: &str) -> Self {
        let own = match code {
            "no-entity" => {
                "This item does not exist any more: it may have been removed on another device. Go back to the list."
            }
            "several-entities" | "no-id" => {
                "More than one item, or none, is meant by that. Choose one from the list."
            }
            "no-device" => {
                "This device is not paired any more: it may have been removed meanwhile. Look at the list of devices again."
            }
            "several-devices" => "More than one device has that name. Choose it from the list of devices.",
            "too-many-devices" => {
                "As many devices are paired already as fit. Remove one of them, then pair again."
            }
            "no-kind" => "This kind of item is not known here. Update the app on this device.",
            "nothing-to-decide" => {
                "This was settled already, perhaps on another device. Nothing is left to decide here."
            }
            "no-such-choice" | "which-field" => {
                "What was to be decided has changed meanwhile. Look at it again, then choose."
            }
            "no-line" => {
                "This line of the history is too old: it was dropped, and nothing was changed. Look at the history again."
            }
            "no-sweep" => "This was answered already. Nothing is left to do here.",
            "deleted" => "The item is deleted. Put the item back first, then its older values.",
            "already-so" => "It is so already. Nothing was changed.",
            "not-here-alone" => {
                "Your other devices may have this already, and what they have stays there. Make a new one that stays here, then \
                 delete this one everywhere."
            }
            "not-a-bundle" => {
                "This file was not written for sync by this app. Choose one that another of your devices wrote, with the ending .whphbundle."
            }
            "bundle-too-big" => "This file is larger than any that the app writes. Choose another one.",
            "no-bundle-key" => {
                "The two devices were paired by a version that could not do this yet. Pair them once more: what they hold stays."
            }
            "not-a-backup" => "This file is no backup of this app. Choose one with the ending .whphbackup.",
            "no-recovery-key" => "There is no recovery key yet. Make one first.",
            "backup-too-big" => "One item is larger than a backup can hold. Shorten it, then try again.",
            "already-set-up" => "This device is set up already. Start the app again.",
            "folder-not-empty" => {
                "The data folder holds other files. Move them away, or choose another folder, then try again."
            }
            "device-name" => "A device needs a name that can be seen. Give it one, such as “laptop”.",
            "not-set-up" => return Self::not_set_up(),
            _ => return Self::new(code, sentence(&words.replace(" with --data", ""))),
        };
        Self::new(code, own)
    }
}

/// `text` as one or more whole sentences.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    // A path keeps its spelling.
    let mut sentence = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect::<String>(),
        None => return String::new(),
    };
    if !sentence.ends_with(['.', '!', '?', '”']) {
        sentence.push('.');
    }
    sentence
}

impl From<EngineError> for AppError {
    fn from(error: EngineError) -> Self {
        if let EngineError::Refused(sync_engine::Refusal::Rule { violation, .. }) = &error {
            let (field, rule) = (crate::words::label(&violation.field), &violation.rule);
            return Self::new(error.code(), format!("{field} {rule}. Nothing was changed."));
        }
        Self::of(error.code(), &error.to_string())
    }
}

impl From<InitError> for AppError {
    fn from(error: InitError) -> Self {
        Self::of(error.code(), &error.to_string())
    }
}

impl From<OpenError> for AppError {
    fn from(error: OpenError) -> Self {
        Self::of(error.code(), &error.to_string())
    }
}

impl From<OnlineError> for AppError {
    fn from(error: OnlineError) -> Self {
        match error {
            OnlineError::Listen(error) => Self::of("listen-address", &error.to_string()),
            OnlineError::Engine(error) => error.into(),
        }
    }
}

impl From<JoinError> for AppError {
    fn from(error: JoinError) -> Self {
        use sync_core::pairing::LinkError;
        let code = match &error {
            JoinError::Link(LinkError::Own) => "own-invite",
            JoinError::Link(LinkError::NewerVersion(_)) => "newer-invite",
            JoinError::Link(LinkError::NotALink | LinkError::Damaged) | JoinError::Code(_) => "not-an-invite",
            JoinError::Derivation(_) => "internal",
        };
        Self::of(code, &error.to_string())
    }
}

impl From<BundleError> for AppError {
    fn from(error: BundleError) -> Self {
        match error {
            BundleError::Engine(error) => error.into(),
            BundleError::NoKey { .. }
            | BundleError::NotAgreed { .. }
            | BundleError::Refused { .. }
            | BundleError::File(_) => Self::of(error.code(), &error.to_string()),
        }
    }
}

impl From<BackupError> for AppError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Engine(error) => error.into(),
            BackupError::NoKey
            | BackupError::Refused { .. }
            | BackupError::Unsealed { .. }
            | BackupError::File(_) => Self::of(error.code(), &error.to_string()),
        }
    }
}

impl From<WordsError> for AppError {
    fn from(error: WordsError) -> Self {
        Self::of("recovery-words", &error.to_string())
    }
}

impl From<ImportError> for AppError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Engine(error) => error.into(),
            ImportError::Read { .. } | ImportError::Whph { .. } => Self::of("file", &error.to_string()),
        }
    }
}

impl From<ExportError> for AppError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Engine(error) => error.into(),
            error @ ExportError::Folder { .. } => Self::of("file", &error.to_string()),
            ExportError::Write(error) => Self::of(
                "file",
                &format!("the file could not be written ({error}). Choose another place, or make room there"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::entity::EntityKey;
    use sync_core::schema::Violation;
    use sync_engine::Refusal;
    use uuid::Uuid;

    #[test]
    fn no_message_speaks_of_what_is_typed() {
        let key = || EntityKey::new("task", Uuid::nil());
        let (kind, id, device) = (|| "task".to_owned(), || "ab".to_owned(), || "bob".to_owned());
        let errors = [
            EngineError::NoEntity { kind: kind(), id: id() },
            EngineError::SeveralEntities { kind: kind(), id: id(), count: 2 },
            EngineError::NoId { id: id() },
            EngineError::NoDevice { device: device() },
            EngineError::SeveralDevices { device: device() },
            EngineError::TooManyDevices,
            EngineError::NoName,
            EngineError::NoKind { kind: kind() },
            EngineError::NothingToDecide { key: key() },
            EngineError::NoSuchChoice { key: key(), choice: "that number" },
            EngineError::WhichField { key: key(), fields: vec![] },
        ];
        let inits = [
            InitError::Already { dir: "d".into() },
            InitError::NotEmpty { dir: "d".into() },
            InitError::Folder { dir: "d".into(), source: std::io::ErrorKind::PermissionDenied.into() },
            InitError::Name,
        ];
        let all = errors.into_iter().map(AppError::from).chain(inits.into_iter().map(AppError::from));
        for error in all.chain([OpenError::NotSetUp { dir: "d".into() }.into()]) {
            assert!(!error.message.contains("whph ") && !error.message.contains("--"), "{error:?}");
            assert!(error.message.ends_with('.'), "{error:?}");
        }
    }

    #[test]
    fn a_refused_value_is_named_as_the_form_names_it() {
        let violation = Violation::new("estimated_minutes", "must be a whole number from 0 to 9");
        let refused = Refusal::Rule { key: EntityKey::new("task", Uuid::nil()), violation };
        let error = AppError::from(EngineError::Refused(refused));
        assert_eq!(error.code, "refused");
        assert_eq!(error.message, "Estimate must be a whole number from 0 to 9. Nothing was changed.");
    }
}
