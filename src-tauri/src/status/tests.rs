use super::*;
use sync_core::identity::DeviceId;
use sync_core::session::Event;
use sync_core::time::Wall;
use sync_engine::PeerStatus;
use sync_engine::online::ConnectFailure;
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
        (SyncState::Problem, overview(vec![peer(1, problem(), 0), peer(2, Known::Waiting, 0)], 1), &nobody),
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
    [1, 2].into_iter().for_each(|reviews| has_german(&status(&overview(vec![], reviews), &Live::default())));
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
