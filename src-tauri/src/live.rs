//! Follows the engine while it runs, and tells the page and the tray what has changed. Whatever happened, the state is read
//! anew and compared with what was told last, so a notice that was missed costs nothing.

use std::time::Duration;

use sync_core::time::Wall;
use sync_engine::EngineError;
use sync_engine::online::{LinkId, Notice, PairFailure};
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;

use crate::app::Device;
use crate::commands::devices::{Peer, peers};
use crate::error::{AppError, sentence};
use crate::events::{DataChanged, DevicesChanged, PairingEvent, StatusChanged};
use crate::host;
use crate::status::{Status, status};

/// What comes within this time is told as one: a sync tells of itself with each batch.
const TOGETHER: Duration = Duration::from_millis(250);
/// How often to look when nothing happens: a disk that was full may have room again.
const LOOK: Duration = Duration::from_secs(30);

/// What is to be seen of the app beside its page.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) status: Status,
    /// When, and with whom, this device was last proved equal.
    pub(crate) last_sync: Option<(Wall, String)>,
}

/// What was told last.
#[derive(Default)]
struct Told {
    head: Option<u64>,
    turn: Option<u64>,
    status: Option<Status>,
    peers: Vec<Peer>,
}

/// Tells of changes until the device goes offline.
pub(crate) async fn follow(handle: AppHandle, device: Device) {
    let mut live = device.net.live();
    let mut told = Told::default();
    loop {
        live.mark_unchanged();
        if let Err(error) = tell(&handle, &device, &mut told).await {
            log::error!("how things stand cannot be read: {}", error.code);
            // Nobody may go on believing what was told last.
            told.status = None;
            tell_problem(&handle, &error);
        }
        // Time itself changes nothing that cannot wait for the next look.
        if matches!(tokio::time::timeout(LOOK, live.changed()).await, Ok(Err(_))) {
            return tell_problem(&handle, &AppError::offline());
        }
        tokio::time::sleep(TOGETHER).await;
    }
}

/// Tells the page and the tray that nothing works, and why.
pub(crate) fn tell_problem(handle: &AppHandle, error: &AppError) {
    let status = Status::of_failure(error);
    emit(StatusChanged(status.clone()).emit(handle));
    host::show(handle, Shown { status, last_sync: None });
}

async fn tell(handle: &AppHandle, device: &Device, told: &mut Told) -> Result<(), AppError> {
    let live = device.net.live().borrow().clone();
    if told.head.replace(live.head) != Some(live.head) {
        emit(DataChanged { head: live.head }.emit(handle));
    }
    let overview = device.engine.overview().await?;
    let status = status(&overview, &live);
    let known = device.engine.peers().await?;
    let peers: Vec<Peer> = peers(&overview, known, &live).into_iter().map(Peer::without_time).collect();
    if told.turn.replace(live.devices) != Some(live.devices) || told.peers != peers {
        told.peers = peers;
        emit(DevicesChanged.emit(handle));
    }
    if told.status.as_ref() != Some(&status) {
        if told.status.as_ref().map(|told| told.state) != Some(status.state) {
            log::info!("{:?}, {} pending, {} to review", status.state, status.pending, status.reviews);
        }
        told.status = Some(status.clone());
        emit(StatusChanged(status.clone()).emit(handle));
    }
    let synced =
        overview.peers.iter().filter_map(|peer| Some((peer.status.last_sync?, peer.status.name.clone())));
    host::show(handle, Shown { status, last_sync: synced.max_by_key(|(at, _)| *at) });
    Ok(())
}

/// Tells the page what goes on in pairings.
pub(crate) async fn follow_pairing(handle: AppHandle, device: Device) {
    let mut notices = device.net.notices();
    loop {
        match notices.recv().await {
            Ok(notice) => {
                if let Some(event) = pairing(notice) {
                    emit(event.emit(&handle));
                }
            }
            Err(RecvError::Lagged(missed)) => log::warn!("{missed} notices were missed"),
            Err(RecvError::Closed) => return,
        }
    }
}

fn pairing(notice: Notice) -> Option<PairingEvent> {
    match notice {
        Notice::InviteClosed { used } => Some(PairingEvent::InviteClosed { used }),
        Notice::WrongCode => Some(PairingEvent::WrongCode),
        Notice::Compare { link: LinkId(link), name, digits, displaying } => {
            Some(PairingEvent::Compare { link, name, digits, displaying })
        }
        Notice::Paired { link: LinkId(link), peer, name } => {
            Some(PairingEvent::Paired { link, device: peer.to_string(), name })
        }
        Notice::PairingFailed { link: LinkId(link), reason } => {
            let code = match &reason {
                PairFailure::NoAnswer => "no-answer",
                PairFailure::Refused => "refused",
                PairFailure::Interrupted => "interrupted",
                PairFailure::Channel(_) | PairFailure::Pairing(_) => "channel",
                PairFailure::Rejected => "rejected",
                PairFailure::Incompatible { .. } => "incompatible",
                PairFailure::Storage(why) if is_full(why) => "too-many-devices",
                PairFailure::Storage(_) => "storage",
            };
            log::warn!("a pairing came to nothing: {code}");
            Some(PairingEvent::Failed { link, code: code.to_owned(), message: words(&reason) })
        }
        Notice::InviteOpened { .. }
        | Notice::Connected { .. }
        | Notice::Unreachable { .. }
        | Notice::Session { .. }
        | Notice::Ended { .. } => None,
    }
}

/// A storage failure comes as words; these are the ones that a person can do something about.
fn is_full(why: &str) -> bool {
    why == EngineError::TooManyDevices.to_string()
}

fn words(reason: &PairFailure) -> String {
    match reason {
        PairFailure::Storage(why) if is_full(why) => {
            "As many devices are paired already as fit, here or there. Remove one of them, then pair again."
                .to_owned()
        }
        PairFailure::NoAnswer
        | PairFailure::Refused
        | PairFailure::Interrupted
        | PairFailure::Channel(_)
        | PairFailure::Pairing(_)
        | PairFailure::Rejected
        | PairFailure::Incompatible { .. }
        | PairFailure::Storage(_) => sentence(&reason.to_string()),
    }
}

/// A page that is not there needs no telling.
fn emit(emitted: tauri::Result<()>) {
    if emitted.is_err() {
        log::warn!("an event could not be told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_pairing_has_a_code_and_whole_sentences() {
        let failed = |reason| match pairing(Notice::PairingFailed { link: LinkId(3), reason }) {
            Some(PairingEvent::Failed { link: 3, code, message }) => (code, message),
            other => panic!("{other:?}"),
        };
        assert_eq!(failed(PairFailure::NoAnswer).0, "no-answer");
        let (code, message) = failed(PairFailure::Rejected);
        assert_eq!(
            (code.as_str(), message.as_str()),
            ("rejected", "The pairing was rejected; nothing was stored.")
        );
        let full = sync_engine::EngineError::TooManyDevices.to_string();
        let (code, message) = failed(PairFailure::Storage(full));
        assert!(code == "too-many-devices" && !message.contains("whph "), "{message}");
    }

    #[test]
    fn an_invite_is_never_told_as_an_event() {
        let opened = Notice::InviteOpened { link: "secret".into(), code: "secret".into(), open_ms: 1 };
        assert_eq!(pairing(opened), None);
    }
}
