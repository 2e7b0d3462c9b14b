//! How things stand, in one word and one line: a pure function of what the database says and of what goes on now.

use serde::Serialize;
use specta::Type;
use sync_core::node::storage::Report;
use sync_engine::online::{ConnectFailure, Hold, Live};
use sync_engine::{Overview, PeerOverview, Sweep};

use crate::error::{AppError, sentence};
use crate::words::count;

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
        }
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

fn tell(status: &mut Status, states: &[(&PeerOverview, PeerState)]) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use sync_core::identity::DeviceId;
    use sync_core::session::Event;
    use sync_core::time::Wall;
    use sync_engine::PeerStatus;
    use sync_engine::online::{LinkId, Notice};

    fn device(n: u8) -> DeviceId {
        DeviceId::from_bytes([n; 16])
    }

    fn peer(n: u8, state: sync_engine::PeerState, pending: u64) -> PeerOverview {
        let status = PeerStatus {
            failure: None,
            skew: None,
            device: device(n),
            name: format!("device {n}"),
            pending,
            last_seen: None,
            last_sync: Some(Wall(1)),
            asks: false,
        };
        PeerOverview { status, state }
    }

    fn overview(peers: Vec<PeerOverview>, reviews: u64) -> Overview {
        let status = sync_engine::Status { reviews, ..Default::default() };
        Overview { status, peers, paused: false, sweeps: Vec::new() }
    }

    fn connected(n: u8, events: Vec<Event>) -> Live {
        let (link, peer) = (LinkId(1), device(n));
        let mut live = Live::default();
        live.hear(&Notice::Connected { link, peer });
        events.into_iter().for_each(|event| live.hear(&Notice::Session { link, peer, event }));
        live
    }

    fn sent(sent: u64) -> sync_core::session::Progress {
        sync_core::session::Progress { sent, ..Default::default() }
    }

    use sync_engine::PeerState as Known;

    #[test]
    fn each_word_is_said_when_it_is_true() {
        let nobody = Live::default();
        let paused = Live { hold: Some(Hold::Pause), ..Live::default() };
        let problem = || Known::Problem("the other device stopped answering; sync again".into());
        for (said, overview, live) in [
            (SyncState::Alone, overview(vec![], 0), &nobody),
            (SyncState::UpToDate, overview(vec![peer(1, Known::UpToDate, 0)], 0), &nobody),
            (
                SyncState::Waiting,
                overview(vec![peer(1, Known::UpToDate, 0), peer(2, Known::Waiting, 3)], 0),
                &nobody,
            ),
            (SyncState::NeedsReview, overview(vec![peer(1, Known::NeedsReview(2), 0)], 2), &nobody),
            (SyncState::NeedsReview, overview(vec![peer(1, Known::Waiting, 0)], 2), &nobody),
            (
                SyncState::Problem,
                overview(vec![peer(1, problem(), 0), peer(2, Known::Waiting, 0)], 1),
                &nobody,
            ),
            (SyncState::Paused, overview(vec![peer(1, problem(), 0)], 0), &paused),
        ] {
            let status = status(&overview, live);
            assert_eq!(status.state, said);
            assert!(status.line.ends_with('.'), "{}", status.line);
            has_german(&status);
        }
    }

    fn has_german(status: &Status) {
        for text in [Some(&status.line), status.why.as_ref(), status.next.as_ref()].into_iter().flatten() {
            assert_ne!(&Language::German.say(text), text);
        }
    }

    #[test]
    fn however_many_devices_and_items_there_are_it_is_said_in_german() {
        for peers in 1..4 {
            for pending in [0, 1, 7] {
                for state in [Known::UpToDate, Known::Waiting, Known::WaitsForOk] {
                    let all = (0..peers).map(|n| peer(n, state.clone(), pending)).collect();
                    let overview = overview(all, 0);
                    has_german(&status(&overview, &Live::default()));
                    for moved in [0, 1, 3] {
                        let mut live = Live::default();
                        for n in 0..peers {
                            let (link, peer) = (LinkId(n.into()), device(n));
                            live.hear(&Notice::Connected { link, peer });
                            live.hear(&Notice::Session { link, peer, event: Event::Progress(sent(moved)) });
                        }
                        has_german(&status(&overview, &live));
                    }
                }
            }
        }
        [1, 2]
            .into_iter()
            .for_each(|reviews| has_german(&status(&overview(vec![], reviews), &Live::default())));
        assert_ne!(
            Language::German.say(&Status::of_failure(&AppError::paused()).line),
            "WHPH Sync does not work"
        );
    }

    #[test]
    fn on_a_metered_network_it_says_so_and_what_can_be_done() {
        let live = Live { hold: Some(Hold::Metered), ..Live::default() };
        let waiting = status(&overview(vec![peer(1, Known::Waiting, 2)], 0), &live);
        assert_eq!(waiting.state, SyncState::Waiting);
        has_german(&waiting);
        assert!(waiting.why.unwrap().contains("metered") && waiting.next.unwrap().contains("Sync now"));
    }

    #[test]
    fn up_to_date_is_not_said_while_anything_waits_to_be_compared() {
        let waiting = overview(vec![peer(1, Known::Waiting, 0)], 0);
        assert_eq!(status(&waiting, &connected(1, vec![])).state, SyncState::Syncing);
        let moving = overview(vec![peer(1, Known::UpToDate, 0)], 0);
        let live = connected(1, vec![Event::UpToDate(sent(0)), Event::Progress(sent(1))]);
        assert_eq!(status(&moving, &live).state, SyncState::Syncing);
    }

    #[test]
    fn progress_has_a_total_while_only_we_send() {
        let all = overview(vec![peer(1, Known::Waiting, 10)], 0);
        let live = connected(1, vec![Event::Progress(sent(4))]);
        let now = status(&all, &live);
        assert_eq!(now.progress, Some(Progress { done: 4, total: Some(10) }));
        assert_eq!(now.line, "Syncing with device 1: 4 of 10.");
        assert_eq!((now.connected, now.pending), (1, 10));
    }

    #[test]
    fn a_problem_says_why_and_what_to_do() {
        let (reason, next) = problem("the other device stopped answering; sync again when it is reachable");
        assert_eq!(reason, "The other device stopped answering.");
        assert_eq!(next, "Sync again when it is reachable.");
        let (_, next) = problem("stopped");
        assert!(next.contains("Sync now"));
        for words in [
            "what this device shares with it is gone from the key store; `whph forget \"bob\"`, then pair anew",
            "the two devices still differ in task after 2 repairs; run `whph check` on both",
            &ConnectFailure::NoAnswer.to_string(),
        ] {
            let (reason, next) = problem(words);
            assert!(!reason.contains('`') && !next.contains('`'), "{reason} {next}");
        }
        let refused = ConnectFailure::Refused.to_string();
        let (reason, next) = problem(&refused);
        assert!(
            reason.starts_with("It answered and hung up") && next.starts_with("Try again"),
            "{reason} | {next}"
        );
    }
}
