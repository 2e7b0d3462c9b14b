//! Why an edit is refused, in words for the person who made it.

use crate::error::StoreError;
use sync_core::entity::EntityKey;
use sync_core::entity::row::RowError;
use sync_core::schema::Violation;

/// Why an edit was refused. The entity is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A value breaks a rule of its field or of its kind.
    #[error("{key}: {violation}")]
    Rule {
        /// The entity.
        key: EntityKey,
        /// The field and the rule.
        violation: Violation,
    },
    /// The entity would break a bound.
    #[error("{key} would be more than this program can hold: {error}")]
    Bound {
        /// The entity.
        key: EntityKey,
        /// The bound.
        error: RowError,
    },
    /// There is no such entity to change in that way.
    #[error("there is no {key}")]
    Missing {
        /// What was named.
        key: EntityKey,
    },
    /// It was deleted so long ago that nothing is left to take back.
    #[error(
        "{key} was deleted long ago and its content is gone; its last values may still be in the history"
    )]
    Gone {
        /// The entity.
        key: EntityKey,
    },
    /// A kind is named with `a`–`z`, `0`–`9` and `_`.
    #[error("{kind:?} cannot be the name of a kind")]
    Kind {
        /// What was given.
        kind: Box<str>,
    },
    /// The history has no such line, or no longer.
    #[error(
        "the history has no line {number}: it was dropped after 90 days, or never there. `whph history KIND/ID` shows the numbers"
    )]
    NoLine {
        /// What was named.
        number: u64,
    },
    /// The line says that a delete was taken back: it kept nothing.
    #[error(
        "line {number} of the history says that {key} was put back, and keeps no value. `whph rm {key}` deletes it again"
    )]
    NothingKept {
        /// The line.
        number: u64,
        /// The entity.
        key: EntityKey,
    },
    /// A value was to be put back into something deleted.
    #[error("{key} is deleted. Put it back first: `whph history {key}` shows the number of that line")]
    Deleted {
        /// The entity.
        key: EntityKey,
    },
    /// What was to be put back is there.
    #[error("{key} is so already")]
    AlreadySo {
        /// The entity.
        key: EntityKey,
    },
    /// It was to stay here, and others may have it.
    #[error(
        "{key} may be on your other devices already, and what they have stays there. `whph add … --here` makes a new one that \
         stays here; `whph rm {key}` then deletes this one everywhere"
    )]
    Elsewhere {
        /// The entity.
        key: EntityKey,
    },
    /// It was to stay here, and other devices would make the same.
    #[error(
        "{key} cannot stay here alone: each device that makes the same {} makes it under the same id, so it belongs to all of \
         them. `whph kinds off {}` stops sharing the whole kind", key.kind.replace('_', " "), key.kind
    )]
    Common {
        /// The entity.
        key: EntityKey,
    },
    /// No such sweep waits.
    #[error("no deletion of many at once waits under the number {number}. `whph status` shows those that do")]
    NoSweep {
        /// What was named.
        number: u64,
    },
}

/// Why writing failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// An edit was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
