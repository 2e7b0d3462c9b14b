//! The paired devices, and what is shared with them.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;
use specta::Type;
use sync_core::identity::DeviceId;
use sync_engine::online::{LinkId, Live, Preview, SyncFailure};
use sync_engine::{Overview, clock};
use tauri::State;

use super::device_id;
use super::start::ThisDevice;
use crate::app::{App, Device};
use crate::error::{AppError, sentence};
use crate::status::{self, PeerState, Status};

/// A paired device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Peer {
    id: String,
    /// What it is called here …
    name: String,
    /// … and by itself.
    own_name: String,
    fingerprint: String,
    state: PeerState,
    connected: bool,
    last_seen: Option<u64>,
    last_sync: Option<u64>,
    /// Changes that it still lacks.
    pending: u64,
    /// How far its clock goes ahead of ours, in milliseconds, if that is much; negative: behind.
    clock_ahead: Option<i64>,
    addresses: Vec<String>,
    added: u64,
    /// What putting the two together would do, while that waits for a person.
    first_merge: Option<FirstMerge>,
}

/// What a first merge would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct FirstMerge {
    /// Which answer is about it.
    link: u64,
    /// `None`: there are too many items to compare them beforehand.
    compared: Option<Compared>,
}

/// Items of both devices, by where they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Compared {
    /// Only there.
    new_here: u64,
    /// Only here.
    new_there: u64,
    /// On both, and not alike.
    differ: u64,
    /// On both, alike.
    same: u64,
}

impl FirstMerge {
    fn of(device: DeviceId, live: &Live) -> Option<Self> {
        let (LinkId(link), (_, preview)) = live.previews.iter().find(|(_, (other, _))| *other == device)?;
        let compared = match *preview {
            Preview::Compared { new_here, new_there, differ, same } => {
                Some(Compared { new_here, new_there, differ, same })
            }
            Preview::TooMany { .. } => None,
        };
        Some(Self { link: *link, compared })
    }
}

/// With whom a kind is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct KindSharing {
    kind: String,
    /// Whether this version knows it.
    known: bool,
    living: u64,
    on: bool,
    /// Devices that it is not shared with although it is on.
    off_with: Vec<String>,
}

/// This device and the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Devices {
    this: ThisDevice,
    peers: Vec<Peer>,
    kinds: Vec<KindSharing>,
}

/// What a sync moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Moved {
    device: String,
    sent: u64,
    /// Received: new here …
    fresh: u64,
    changed: u64,
    deleted: u64,
    conflicts: u64,
    /// Whether both were proved equal.
    proved: bool,
    /// Why not.
    reason: Option<String>,
    bytes: u64,
    ms: u32,
}

impl Moved {
    /// Whether both were proved equal.
    #[cfg(desktop)]
    pub(crate) fn is_proved(&self) -> bool {
        self.proved
    }
}

/// All of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn devices(app: State<'_, App>) -> Result<Devices, AppError> {
    all(&app.device().await?, &app).await
}

/// Syncs once with one device, or with every one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(app: State<'_, App>, device: Option<String>) -> Result<Vec<Moved>, AppError> {
    let wanted = device.as_deref().map(device_id).transpose()?;
    sync(&app.device().await?, wanted).await
}

/// Calls a device by this name here; `null`: by its own again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn label_peer(
    app: State<'_, App>,
    device: String,
    name: Option<String>,
) -> Result<Devices, AppError> {
    let here = app.device().await?;
    here.engine.label_peer(device_id(&device)?, name.as_deref()).await?;
    changed(&here, &app).await
}

/// Removes a device: from then on it is refused.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget(app: State<'_, App>, device: String) -> Result<Devices, AppError> {
    let here = app.device().await?;
    here.engine.forget(device_id(&device)?).await?;
    log::info!("a device was removed");
    changed(&here, &app).await
}

/// Shares a kind or stops sharing it, with one device or with all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn share_kind(
    app: State<'_, App>,
    kind: String,
    device: Option<String>,
    on: bool,
) -> Result<Devices, AppError> {
    let here = app.device().await?;
    let peer = device.as_deref().map(device_id).transpose()?;
    here.engine.share_kind(&kind, peer, on).await?;
    changed(&here, &app).await
}

/// Takes a pause, or ends it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_paused(app: State<'_, App>, on: bool) -> Result<Status, AppError> {
    pause(&app.device().await?, on).await
}

/// Takes a pause, or ends it. Returns once the network does so.
pub(crate) async fn pause(device: &Device, on: bool) -> Result<Status, AppError> {
    device.engine.set_paused(on).await?;
    device.net.peers_changed();
    let mut live = device.net.live();
    live.wait_for(|live| live.is_paused() == on).await.map_err(|_| AppError::offline())?;
    log::info!("{}", if on { "paused" } else { "resumed" });
    super::start::now(device).await
}

/// Syncs once with the device wanted, or with every one, one after another.
pub(crate) async fn sync(here: &Device, wanted: Option<DeviceId>) -> Result<Vec<Moved>, AppError> {
    if here.net.live().borrow().is_paused() {
        return Err(AppError::paused());
    }
    let peers = here.engine.peers().await?.into_iter().map(|peer| peer.device);
    let peers: Vec<DeviceId> = peers.filter(|peer| wanted.is_none_or(|wanted| wanted == *peer)).collect();
    if let (Some(wanted), []) = (wanted, peers.as_slice()) {
        return Err(sync_engine::EngineError::NoDevice { device: wanted.to_string() }.into());
    }
    let mut all = Vec::new();
    for peer in peers {
        let begun = Instant::now();
        let outcome = here.net.sync(peer, Vec::new()).await;
        let received = outcome.progress.received;
        all.push(Moved {
            device: peer.to_string(),
            sent: outcome.progress.sent,
            fresh: received.new,
            changed: received.changed,
            deleted: received.deleted,
            conflicts: received.conflicts,
            proved: outcome.end.is_ok(),
            reason: outcome.end.err().map(|failure| reason(&failure)),
            bytes: outcome.bytes[0] + outcome.bytes[1],
            ms: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
        });
    }
    Ok(all)
}

fn reason(failure: &SyncFailure) -> String {
    match failure {
        SyncFailure::Unreachable(failure) => status::unreachable(failure),
        SyncFailure::Ended(end) => {
            let (reason, next) = status::problem(&end.to_string());
            format!("{reason} {next}")
        }
        SyncFailure::Paused | SyncFailure::Offline => sentence(&failure.to_string()),
    }
}

/// The person has seen what a first merge would do, and wants it or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_first_merge(
    app: State<'_, App>,
    link: u64,
    agree: bool,
) -> Result<Devices, AppError> {
    let here = app.device().await?;
    if agree {
        here.net.agree(LinkId(link));
    } else {
        here.net.decline(LinkId(link));
    }
    all(&here, &app).await
}

async fn changed(here: &Device, app: &App) -> Result<Devices, AppError> {
    here.net.peers_changed();
    all(here, app).await
}

async fn all(here: &Device, app: &App) -> Result<Devices, AppError> {
    let overview = here.engine.overview().await?;
    let kinds = here.engine.kinds().await?.into_iter().map(|sharing| KindSharing {
        kind: sharing.kind,
        known: sharing.known,
        living: sharing.living,
        on: sharing.on,
        off_with: sharing.off_with.iter().map(ToString::to_string).collect(),
    });
    let kinds = kinds.collect();
    let live = here.net.live().borrow().clone();
    let peers = peers(&overview, here.engine.peers().await?, &live);
    Ok(Devices { this: ThisDevice::of(here, app), peers, kinds })
}

/// The paired devices, by the time of their pairing.
pub(crate) fn peers(overview: &Overview, known: Vec<sync_engine::Peer>, live: &Live) -> Vec<Peer> {
    let ahead = |here: &sync_engine::PeerStatus| {
        let stamps = overview.status.skewed.iter().find(|skew| skew.device == here.device);
        stamps.map(|skew| i64::try_from(skew.ahead).unwrap_or(i64::MAX)).or(here.skew)
    };
    let mut known: BTreeMap<DeviceId, sync_engine::Peer> =
        known.into_iter().map(|peer| (peer.device, peer)).collect();
    let peer = |here: &sync_engine::PeerOverview| {
        // One that was paired between the two looks comes with the next.
        let peer = known.remove(&here.status.device)?;
        let connected = live.session(peer.device).is_some();
        Some(Peer {
            id: peer.device.to_string(),
            name: peer.name,
            own_name: peer.own_name,
            fingerprint: peer.channel_key.fingerprint().to_uppercase(),
            state: status::peer_state(here, live),
            connected,
            last_seen: if connected { Some(clock::now().wall.0) } else { peer.last_seen.map(|at| at.0) },
            last_sync: peer.last_sync.map(|at| at.0),
            pending: here.status.pending,
            clock_ahead: ahead(&here.status),
            addresses: peer.addresses,
            added: peer.added.0,
            first_merge: FirstMerge::of(peer.device, live),
        })
    };
    overview.peers.iter().filter_map(peer).collect()
}

impl Peer {
    /// The same but for what time alone changes.
    pub(crate) fn without_time(mut self) -> Self {
        if self.connected {
            self.last_seen = None;
        }
        self
    }
}
