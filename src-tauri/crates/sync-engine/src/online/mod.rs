//! A device on the network: the shell around [`sync_core::node::Node`]. One loop carries inputs in and outputs out; every
//! decision is the node's.

mod file_watch;
mod invite;
mod live;
mod manager;
mod shell;
#[cfg(test)]
mod tests;

pub use invite::{Invitation, JoinBy, JoinError};
pub use live::{Hold, Live, LiveSession};
pub use sync_core::node::{ConnectFailure, LinkId, Notice, PairFailure};
pub use sync_core::session::Preview;
pub use sync_net::ListenError;

use crate::Engine;
use std::net::SocketAddr;
use sync_core::identity::DeviceId;
use sync_core::pairing::ADDRESSES_MAX;
use sync_core::session::{End, Progress};
use sync_net::{Listener, reachable_addresses};
use tokio::sync::{Mutex, broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How many notices a slow listener may fall behind before it misses some.
const NOTICES_KEPT: usize = 1_024;

/// How to go online.
#[derive(Clone, Copy, Debug, Default)]
pub struct Online {
    /// Where to listen, if others shall be able to reach this device.
    pub listen: Option<SocketAddr>,
    /// Whether to keep a live session with every paired device that can be reached. Who does that also takes the pauses that
    /// the person wants; a single sync is a wish of its own.
    pub keep_connected: bool,
}

/// Why a device could not go online.
#[derive(Debug, thiserror::Error)]
pub enum OnlineError {
    /// The port could not be opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The engine could not be used.
    #[error(transparent)]
    Engine(#[from] crate::EngineError),
}

/// A device that is online. Dropping it closes every link at once; [`Net::stop`] says goodbye first.
#[derive(Debug)]
pub struct Net {
    commands: mpsc::UnboundedSender<Request>,
    notices: broadcast::Sender<Notice>,
    bound: Option<SocketAddr>,
    live: watch::Receiver<Live>,
    running: Mutex<Option<JoinHandle<()>>>,
}

/// What is asked of the loop.
pub(crate) enum Request {
    Sync { peer: DeviceId, addresses: Vec<SocketAddr>, done: oneshot::Sender<SyncOutcome> },
    Invite,
    CloseInvite,
    Join { by: JoinBy, done: oneshot::Sender<LinkId> },
    Decide { link: LinkId, accept: bool },
    Agree { link: LinkId },
    Decline { link: LinkId },
    PeersChanged,
    Metered(bool),
    LookAround,
    Stop,
}

/// How a sync with one device went.
#[derive(Clone, Debug)]
pub struct SyncOutcome {
    /// With whom.
    pub peer: DeviceId,
    /// How it ended: `Ok` only when both digests were equal.
    pub end: Result<(), SyncFailure>,
    /// What it moved.
    pub progress: Progress,
    /// Bytes sent and received.
    pub bytes: [u64; 2],
}

/// Why a sync is not proved equal.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SyncFailure {
    /// No session came about.
    #[error(transparent)]
    Unreachable(#[from] ConnectFailure),
    /// The session ended early.
    #[error(transparent)]
    Ended(#[from] End),
    /// This device takes a pause.
    #[error("sync is paused on this device; resume it first")]
    Paused,
    /// This device went offline.
    #[error("this device went offline; sync again")]
    Offline,
}

impl Engine {
    /// Goes online. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be opened or the engine's data cannot be read.
    pub async fn go_online(&self, online: Online) -> Result<Net, OnlineError> {
        let listener = online.listen.map(Listener::bind).transpose()?;
        let bound = listener.as_ref().map(Listener::bound);
        let (commands, requests) = mpsc::unbounded_channel();
        let (notices, _) = broadcast::channel(NOTICES_KEPT);
        let shell = shell::Shell::new(self.clone(), listener, online.keep_connected, notices.clone()).await?;
        let live = shell.live();
        let running = Mutex::new(Some(tokio::spawn(shell.run(requests))));
        Ok(Net { commands, notices, bound, live, running })
    }
}

impl Net {
    /// Where it listens.
    #[must_use]
    pub fn bound(&self) -> Option<SocketAddr> {
        self.bound
    }

    /// Where others can reach it; empty when it does not listen.
    #[must_use]
    pub fn reachable(&self) -> Vec<SocketAddr> {
        self.bound.map_or_else(Vec::new, |bound| reachable_addresses(bound, ADDRESSES_MAX))
    }

    /// Everything that happens from now on.
    #[must_use]
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// How things stand now, and each time that they change.
    #[must_use]
    pub fn live(&self) -> watch::Receiver<Live> {
        self.live.clone()
    }

    /// Syncs once with a paired device, at these addresses or, without any, at those it was last known at.
    pub async fn sync(&self, peer: DeviceId, addresses: Vec<SocketAddr>) -> SyncOutcome {
        let (done, outcome) = oneshot::channel();
        self.request(Request::Sync { peer, addresses, done });
        outcome.await.unwrap_or(SyncOutcome {
            peer,
            end: Err(SyncFailure::Offline),
            progress: Progress::default(),
            bytes: [0, 0],
        })
    }

    /// Shows a new invite; `None` when none could be made or the device went offline.
    pub async fn invite(&self) -> Option<Invitation> {
        let mut notices = self.notices();
        self.request(Request::Invite);
        loop {
            match notices.recv().await {
                Ok(Notice::InviteOpened { link, code, open_ms }) => {
                    return Some(Invitation { link, code, open_ms });
                }
                Ok(Notice::InviteClosed { .. }) => return None,
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Shows no invite any more.
    pub fn close_invite(&self) {
        self.request(Request::CloseInvite);
    }

    /// Answers another device's invite. What becomes of it is told as notices of the returned link.
    pub async fn join(&self, by: JoinBy) -> Option<LinkId> {
        let (done, link) = oneshot::channel();
        self.request(Request::Join { by, done });
        link.await.ok()
    }

    /// The person has compared the digits of that link's pairing.
    pub fn decide(&self, link: LinkId, accept: bool) {
        self.request(Request::Decide { link, accept });
    }

    /// The person lets what both devices hold be put together, as [`sync_core::session::Event::Preview`] of that link told.
    /// Either device's person may; the other one need not.
    pub fn agree(&self, link: LinkId) {
        self.request(Request::Agree { link });
    }

    /// The person does not want that for now: the session ends, nothing was changed, and the next one asks again.
    pub fn decline(&self, link: LinkId) {
        self.request(Request::Decline { link });
    }

    /// The paired devices, what is shared with them, this device's name or its pause changed: sessions with forgotten ones are
    /// cut now, and sessions that share something else begin anew.
    pub fn peers_changed(&self) {
        self.request(Request::PeersChanged);
    }

    /// Whether the network costs by volume, where the system does not tell us itself.
    pub fn set_metered(&self, metered: bool) {
        self.request(Request::Metered(metered));
    }

    /// The network may be another one: everybody is looked for anew.
    pub fn look_around(&self) {
        self.request(Request::LookAround);
    }

    /// Says goodbye on every link and waits until that is written.
    pub async fn stop(&self) {
        self.request(Request::Stop);
        if let Some(running) = self.running.lock().await.take() {
            // A loop that panicked has closed everything already.
            drop(running.await);
        }
    }

    fn request(&self, request: Request) {
        // A loop that is gone answers by dropping what was sent along.
        drop(self.commands.send(request));
    }
}
