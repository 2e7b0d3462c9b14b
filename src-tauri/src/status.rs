//! How things stand, in one word and one line: a pure function of what the database says and of what goes on now.

mod words;

pub(crate) use words::{problem, unreachable};

use serde::Serialize;
use specta::Type;
use sync_core::node::storage::Report;
use sync_engine::online::{Hold, Live};
use sync_engine::{Overview, PeerOverview, Sweep};

use crate::error::AppError;
use crate::language::Language;
use words::tell;

/// How things stand with this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Status {
    pub(crate) state: SyncState,
    /// One line on what is happening now.
    pub(crate) line: String,
    /// Why it does not work.
    pub(crate) why: Option<String>,
    /// What to do then.
    pub(crate) next: Option<String>,
    /// Changes that some device still lacks.
    pub(crate) pending: u64,
    /// Items that wait for a decision.
    pub(crate) reviews: u64,
    /// Paired devices …
    pub(crate) peers: u64,
    /// … and how many of them are connected.
    pub(crate) connected: u64,
    pub(crate) progress: Option<Progress>,
    /// Deletions of many items at once by another device that a person has not answered yet, newest first.
    pub(crate) sweeps: Vec<BulkDelete>,
    /// What the paired devices are called: names that a person gave, in the lines above too.
    #[serde(skip)]
    pub(crate) names: Vec<String>,
}

/// Many items that another device deleted at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct BulkDelete {
    /// Which answer is about it.
    number: u64,
    /// What the device is called here.
    device: String,
    at: u64,
    deleted: u64,
    /// How many there were before.
    living: u64,
}

impl From<&Sweep> for BulkDelete {
    fn from(sweep: &Sweep) -> Self {
        let Sweep { number, name, at, deleted, living, device: _ } = sweep;
        Self { number: *number, device: name.clone(), at: at.0, deleted: *deleted, living: *living }
    }
}

impl Status {
    /// Nothing works, and this is why.
    pub(crate) fn of_failure(error: &AppError) -> Self {
        Self {
            state: SyncState::Problem,
            line: "WHPH Sync does not work".to_owned(),
            why: Some(error.message.clone()),
            next: None,
            pending: 0,
            reviews: 0,
            peers: 0,
            connected: 0,
            progress: None,
            sweeps: Vec::new(),
            names: Vec::new(),
        }
    }

    /// What is happening now, in a language.
    pub(crate) fn line_in(&self, language: Language) -> String {
        language.say_of(&self.line, &self.names)
    }
}

/// Items that moved, and how many there are to move, if that can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Progress {
    pub(crate) done: u64,
    pub(crate) total: Option<u64>,
}

/// In one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SyncState {
    /// No device is paired.
    Alone,
    UpToDate,
    Syncing,
    Waiting,
    NeedsReview,
    Paused,
    Problem,
}

/// How things stand with one paired device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum PeerState {
    /// Proved equal by digest, connected or not.
    UpToDate,
    Syncing {
        done: u64,
        total: Option<u64>,
    },
    /// Not reachable now; with the reason in words.
    Waiting {
        reason: Option<String>,
    },
    Paused,
    NeedsReview {
        count: u64,
    },
    Problem {
        reason: String,
        next: String,
    },
}

/// Why nothing moves before a first merge.
const WAITS_FOR_OK: &str =
    "Waits for your OK: both devices hold data of their own, and nobody has agreed yet to put it together.";

/// Why nothing moves on such a network.
const METERED: &str = "This network is metered, so sync waits for another one.";

/// How things stand.
pub(crate) fn status(overview: &Overview, live: &Live) -> Status {
    let states: Vec<(&PeerOverview, PeerState)> =
        overview.peers.iter().map(|peer| (peer, peer_state(peer, live))).collect();
    let reviews = overview.status.reviews;
    let mut status = Status {
        state: state(overview, &states),
        line: String::new(),
        why: None,
        next: None,
        pending: overview.peers.iter().map(|peer| peer.status.pending).max().unwrap_or(0),
        reviews,
        peers: overview.peers.len() as u64,
        connected: states.iter().filter(|(peer, _)| live.session(peer.status.device).is_some()).count()
            as u64,
        progress: progress(&states),
        sweeps: overview.sweeps.iter().map(BulkDelete::from).collect(),
        names: overview.peers.iter().map(|peer| peer.status.name.clone()).collect(),
    };
    tell(&mut status, &states);
    status
}

/// How things stand with one paired device.
pub(crate) fn peer_state(peer: &PeerOverview, live: &Live) -> PeerState {
    if live.is_paused() {
        return PeerState::Paused;
    }
    let PeerOverview { status, state } = peer;
    let asked = live.previews.values().any(|(device, _)| *device == status.device);
    if asked || *state == sync_engine::PeerState::WaitsForOk {
        return PeerState::Waiting { reason: Some(WAITS_FOR_OK.to_owned()) };
    }
    if let Some(session) = live.session(status.device) {
        let moved = session.moved();
        let done = moved.sent + moved.received.entities();
        let waits = matches!(state, sync_engine::PeerState::Waiting);
        // What it still has for us nobody can know before it came.
        let total =
            (moved.received == Report::default() && status.pending > 0).then(|| status.pending.max(done));
        if done > 0 || status.pending > 0 || waits {
            return PeerState::Syncing { done, total };
        }
    }
    match state {
        sync_engine::PeerState::UpToDate => PeerState::UpToDate,
        sync_engine::PeerState::NeedsReview(count) => PeerState::NeedsReview { count: *count },
        sync_engine::PeerState::Waiting | sync_engine::PeerState::WaitsForOk => {
            let unreachable = || live.unreachable.get(&status.device).map(unreachable);
            let reason = match live.hold {
                Some(Hold::Metered) => Some(METERED.to_owned()),
                Some(Hold::Pause) | None => unreachable(),
            };
            PeerState::Waiting { reason }
        }
        sync_engine::PeerState::Problem(reason) => {
            let (reason, next) = problem(reason);
            PeerState::Problem { reason, next }
        }
    }
}

fn state(overview: &Overview, states: &[(&PeerOverview, PeerState)]) -> SyncState {
    let any = |wanted: fn(&PeerState) -> bool| states.iter().any(|(_, state)| wanted(state));
    if any(|state| matches!(state, PeerState::Paused)) || overview.paused && states.is_empty() {
        SyncState::Paused
    } else if states.is_empty() && overview.status.reviews == 0 {
        SyncState::Alone
    } else if any(|state| matches!(state, PeerState::Problem { .. })) {
        SyncState::Problem
    } else if any(|state| matches!(state, PeerState::Syncing { .. })) {
        SyncState::Syncing
    } else if overview.status.reviews > 0 {
        SyncState::NeedsReview
    } else if any(|state| matches!(state, PeerState::Waiting { .. })) {
        SyncState::Waiting
    } else {
        SyncState::UpToDate
    }
}

fn progress(states: &[(&PeerOverview, PeerState)]) -> Option<Progress> {
    let mut moving = states.iter().filter_map(|(_, state)| match state {
        PeerState::Syncing { done, total } => Some(Progress { done: *done, total: *total }),
        PeerState::UpToDate
        | PeerState::Waiting { .. }
        | PeerState::Paused
        | PeerState::NeedsReview { .. }
        | PeerState::Problem { .. } => None,
    });
    let first = moving.next()?;
    Some(moving.fold(first, |all, one| Progress {
        done: all.done + one.done,
        total: all.total.zip(one.total).map(|(all, one)| all + one),
    }))
}

#[cfg(test)]
mod tests;
