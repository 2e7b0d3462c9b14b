//! How a session ends: in which order it is told, and in words that a person can act on.

use super::{REPAIRS_MAX, Session, Step};
use crate::node::storage::Answer;
use crate::wire::{ByeReason, PROTOCOL};

/// Both sides end a first merge that nobody agreed to with the same words.
const NOT_NOW: &str = "it waits for a go-ahead: both devices hold data of their own, and nobody has agreed yet to put the two together. \
                       Nothing was changed on either; sync again and say yes on one of them";

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum End {
    /// Both sides hold the same, and said goodbye.
    #[error("up to date")]
    Proved,
    /// The peer said goodbye before that.
    #[error("the other device ended the session: {}", bye_words(*.0))]
    Left(ByeReason),
    /// The session protocols do not overlap.
    #[error(
        "the other device speaks sync protocol {}–{}, this one {}–{}: update the older app on both devices",
        theirs[0], theirs[1], PROTOCOL[0], PROTOCOL[1]
    )]
    OtherVersion {
        /// The versions it speaks.
        theirs: [u32; 2],
    },
    /// This device was restored from a backup: it has taken a new writer, and the next session compares everything.
    #[error("this device was restored from a backup; everything is compared anew in the next sync")]
    Restart,
    /// The keys are due for renewal, or other kinds are shared now: connect again.
    #[error("the connection was due to be made anew; sync again to continue")]
    Renew,
    /// Still unequal after repairs.
    #[error(
        "the two devices still differ in {} after {REPAIRS_MAX} repairs{}; run `whph check` on both",
        kinds.join(", "), quarantined_words(*quarantined)
    )]
    Unequal {
        /// Kinds that differ.
        kinds: Vec<String>,
        /// Entities that could not be read here.
        quarantined: u64,
    },
    /// The store could not do it.
    #[error("the database could not be used: {0}")]
    Storage(String),
    /// The peer broke the protocol.
    #[error("the other device sent something it should not have: {0}")]
    Protocol(String),
    /// Nothing moved for too long.
    #[error("the other device stopped answering; sync again when it is reachable")]
    Stalled,
    /// A person stopped it here.
    #[error("stopped")]
    Stopped,
    /// A person here did not agree to the first merge for now.
    #[error("{NOT_NOW}")]
    NotNow,
    /// The two dialled each other at once, and their other link goes on.
    #[error("the other connection between the two goes on")]
    Settled,
    /// The peer has raised the alarm of a restore too often.
    #[error(
        "the other device says again and again that this one was restored from a backup, so nothing is compared with it for an \
         hour. If you did not restore anything, run `whph forget` for that device, and look after it"
    )]
    Alarms,
    /// The link broke.
    #[error("the connection broke; what arrived is kept, and the next sync goes on from there")]
    Lost,
}

impl End {
    /// Whether this is a way to part that leaves standing what was proved before, and that another try may go beyond.
    #[must_use]
    pub fn is_parting(&self) -> bool {
        match self {
            Self::Proved | Self::Renew | Self::Stalled | Self::Stopped | Self::Settled | Self::Lost => true,
            Self::Left(reason) => match reason {
                ByeReason::Done
                | ByeReason::Renew
                | ByeReason::Stalled
                | ByeReason::Stopped
                | ByeReason::Settled => true,
                ByeReason::OtherVersion
                | ByeReason::Restart
                | ByeReason::Unequal
                | ByeReason::Storage
                | ByeReason::Protocol
                | ByeReason::NotNow => false,
            },
            Self::OtherVersion { .. }
            | Self::Restart
            | Self::Unequal { .. }
            | Self::Storage(_)
            | Self::Protocol(_)
            | Self::Alarms
            | Self::NotNow => false,
        }
    }

    /// Whether only one of several links between the two is over.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Settled | Self::Left(ByeReason::Settled))
    }

    /// Whether a first merge waits for a person who said: not now, here or there.
    #[must_use]
    pub fn waits_for_agreement(&self) -> bool {
        matches!(self, Self::NotNow | Self::Left(ByeReason::NotNow))
    }

    /// What the peer is told.
    pub(super) fn reason(&self) -> ByeReason {
        match self {
            Self::Proved => ByeReason::Done,
            Self::Left(reason) => *reason,
            Self::OtherVersion { .. } => ByeReason::OtherVersion,
            Self::Restart => ByeReason::Restart,
            Self::Renew => ByeReason::Renew,
            Self::Unequal { .. } => ByeReason::Unequal,
            Self::Storage(_) => ByeReason::Storage,
            Self::Protocol(_) => ByeReason::Protocol,
            Self::Stalled => ByeReason::Stalled,
            Self::NotNow => ByeReason::NotNow,
            Self::Settled => ByeReason::Settled,
            Self::Stopped | Self::Alarms | Self::Lost => ByeReason::Stopped,
        }
    }
}

impl Session {
    pub(super) fn end(&mut self, end: End) {
        self.ended = Some(end);
        if self.inn.applying > 0 {
            // What the store still has was not compared.
            self.proof.forget();
        }
        self.steps.push_back(Step::Close);
        self.part();
    }

    /// What the store still has belongs to this session: how it ended is told with that.
    fn part(&mut self) {
        if self.inn.applying == 0
            && let Some(end) = &self.ended
        {
            self.steps.push_back(Step::End(end.clone()));
        }
    }

    /// Nobody waits any longer for what the store still has of it: how it ended is told without that.
    pub fn give_up(&mut self) {
        if self.ended.is_some() && self.inn.applying > 0 {
            self.inn.applying = 0;
            self.part();
        }
    }

    /// The store answered a session that is over.
    pub(super) fn answered_late(&mut self, answer: &Answer) {
        let heard = match answer {
            Answer::Applied { report, .. } => self.inn.stored(*report),
            Answer::Failed(_) => self.inn.not_stored(),
            Answer::Opening(_)
            | Answer::Changes { .. }
            | Answer::Digests { .. }
            | Answer::Buckets(_)
            | Answer::Repair { .. }
            | Answer::Outline { .. }
            | Answer::Agreement { .. }
            | Answer::Done => false,
        };
        if heard {
            self.part();
        }
    }
}

fn bye_words(reason: ByeReason) -> &'static str {
    match reason {
        ByeReason::Done => "it has finished",
        ByeReason::OtherVersion => "it speaks another version of the sync protocol; update the older app",
        ByeReason::Restart => "it was restored from a backup and begins anew; sync again",
        ByeReason::Renew => "the connection was due to be made anew; sync again to continue",
        ByeReason::Unequal => "it still differs after repairs; run `whph check` on both",
        ByeReason::Storage => "its database could not be used; look at its status",
        ByeReason::Protocol => "it did not understand this one; update the older app",
        ByeReason::Stalled => "it waited too long; sync again",
        ByeReason::Stopped => "it was stopped there",
        ByeReason::NotNow => NOT_NOW,
        ByeReason::Settled => "another connection between the two goes on",
    }
}

fn quarantined_words(quarantined: u64) -> String {
    if quarantined == 0 { String::new() } else { format!(" ({quarantined} could not be read here)") }
}
