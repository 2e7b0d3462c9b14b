//! How things stand, in the words of the status line.

use sync_engine::PeerOverview;
use sync_engine::online::ConnectFailure;

use super::{METERED, PeerState, Progress, Status, SyncState, WAITS_FOR_OK};
use crate::error::sentence;
use crate::words::count;

/// Says how things stand, why, and what to do.
pub(super) fn tell(status: &mut Status, states: &[(&PeerOverview, PeerState)]) {
    let named = |wanted: fn(&PeerState) -> bool| {
        let names =
            states.iter().filter(|(_, state)| wanted(state)).map(|(peer, _)| peer.status.name.as_str());
        list(&names.collect::<Vec<_>>())
    };
    status.line = match status.state {
        SyncState::Alone => {
            status.next = Some("Pair a device of yours, and both will hold the same.".to_owned());
            "No other device is paired yet.".to_owned()
        }
        SyncState::Paused => {
            status.next = Some("Resume to send and receive again.".to_owned());
            "Paused. Nothing is sent or received.".to_owned()
        }
        SyncState::UpToDate => {
            format!("Up to date with {}.", named(|state| matches!(state, PeerState::UpToDate)))
        }
        SyncState::Syncing => {
            let with = named(|state| matches!(state, PeerState::Syncing { .. }));
            match status.progress {
                Some(Progress { done, total: Some(total) }) => {
                    format!("Syncing with {with}: {done} of {total}.")
                }
                Some(Progress { done: 0, total: None }) | None => format!("Comparing with {with}."),
                Some(Progress { done, total: None }) => {
                    format!("Syncing with {with}: {}.", count(done, "item"))
                }
            }
        }
        SyncState::NeedsReview => {
            status.next = Some("Open the review and choose what to keep.".to_owned());
            status.why = Some("The same thing was changed on two devices at once.".to_owned());
            let verb = if status.reviews == 1 { "needs" } else { "need" };
            format!("{} {verb} your decision.", count(status.reviews, "item"))
        }
        SyncState::Waiting => {
            let waiting = states.iter().find_map(|(_, state)| match state {
                PeerState::Waiting { reason } => reason.clone(),
                PeerState::UpToDate
                | PeerState::Syncing { .. }
                | PeerState::Paused
                | PeerState::NeedsReview { .. }
                | PeerState::Problem { .. } => None,
            });
            status.why = waiting;
            let next = match status.why.as_deref() {
                Some(WAITS_FOR_OK) => {
                    "Look under Devices at what it would do, then choose there, or on the other device."
                }
                Some(METERED) => "Choose “Sync now” to sync once, or allow it for good under Devices.",
                _ => "Nothing to do: it goes on by itself once both are on and can reach each other.",
            };
            status.next = Some(next.to_owned());
            let with = named(|state| matches!(state, PeerState::Waiting { .. }));
            match status.pending {
                0 => format!("Waiting for {with}."),
                pending => format!("Waiting for {with}: {} to send.", count(pending, "change")),
            }
        }
        SyncState::Problem => {
            let problem = states.iter().find_map(|(peer, state)| match state {
                PeerState::Problem { reason, next } => Some((peer, reason, next)),
                PeerState::UpToDate
                | PeerState::Syncing { .. }
                | PeerState::Paused
                | PeerState::NeedsReview { .. }
                | PeerState::Waiting { .. } => None,
            });
            let (name, reason, next) = problem.map_or_else(Default::default, |(peer, reason, next)| {
                (peer.status.name.clone(), Some(reason.clone()), Some(next.clone()))
            });
            (status.why, status.next) = (reason, next);
            format!("Sync with {name} does not work.")
        }
    };
}

/// Names as they are said: the first ones, and how many more.
fn list(names: &[&str]) -> String {
    match names {
        [] => "your devices".to_owned(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [one, others @ ..] => format!("{one} and {} more", others.len()),
    }
}

/// Why a device cannot be reached, for people who use the app on it.
pub(crate) fn unreachable(failure: &ConnectFailure) -> String {
    match failure {
        ConnectFailure::NoAnswer => {
            "No address of it answered: it may be off or asleep, on another network, or the app does not run there.".to_owned()
        }
        ConnectFailure::Refused | ConnectFailure::Channel(_) | ConnectFailure::NotPaired => {
            sentence(&failure.to_string())
        }
    }
}

/// What the engine says of a problem, as what happened and what to do. It gives both in one, the latter after a semicolon, a
/// full stop or a colon.
pub(crate) fn problem(words: &str) -> (String, String) {
    if words.contains("`whph forget") {
        let reason = "What this device shares with it is gone from the key store.";
        return (reason.to_owned(), "Remove it from the list, then pair the two again.".to_owned());
    }
    if words.contains("`whph serve`") {
        let next = "Switch it on and open the app there, in the same network: it goes on by itself then.";
        return ("No address of it answered.".to_owned(), next.to_owned());
    }
    if words.contains("`whph check`") {
        let next = "Update the app on both devices and sync again. What you entered is safe on each of them.";
        let reason = words.split(';').next().unwrap_or_default();
        return (sentence(reason), next.to_owned());
    }
    // What is set off in the middle of a sentence stays in it.
    let first =
        ["; ", ". "].iter().filter_map(|mark| words.split_once(mark)).min_by_key(|(reason, _)| reason.len());
    let cut = first.or_else(|| words.rsplit_once(": "));
    match cut {
        Some((reason, next)) => (sentence(reason), sentence(next)),
        None => (sentence(words), "Choose “Sync now” to try again.".to_owned()),
    }
}
