//! Everything the node can hear and do. Two closed lists: whoever drives a node, a shell with sockets or a simulator,
//! handles exactly these.

use super::storage::{Answer, Ask, SessionRecord};
use crate::channel::ChannelError;
use crate::identity::{DeviceId, InviteSecret, PairSecret, PublicKey};
use crate::pairing::{PairedPeer, PairingError};
use crate::session::{End, Event, Progress};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// A link: one open byte stream. Numbered by the node, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// What the node hears.
#[derive(Debug)]
pub enum Input {
    /// Somebody wants something done.
    Command(Command),
    /// Somebody opened a link to us; `link` is from [`super::Node::new_link`].
    Accepted {
        /// The link.
        link: LinkId,
        /// Where from.
        from: IpAddr,
    },
    /// A link that we dialled is open.
    LinkUp {
        /// The link.
        link: LinkId,
    },
    /// Bytes arrived.
    Received {
        /// The link.
        link: LinkId,
        /// The bytes, cut anywhere.
        bytes: Vec<u8>,
    },
    /// A link closed, or could not be opened.
    LinkDown {
        /// The link.
        link: LinkId,
        /// Whether it had been open.
        reached: bool,
    },
    /// More waits to be sent on a link than it may hold, and it was closed at once.
    Clogged {
        /// The link.
        link: LinkId,
    },
    /// The store answered.
    Answered {
        /// The link it asked for.
        link: LinkId,
        /// The answer.
        answer: Answer,
    },
    /// A newly paired device was stored, or could not be.
    Remembered {
        /// The link it was paired on.
        link: LinkId,
        /// Which device.
        peer: DeviceId,
        /// Why not.
        error: Option<String>,
    },
    /// The time that [`super::Node::poll_timeout`] named has come.
    Timeout,
}

/// What a person or the application wants.
#[derive(Debug)]
pub enum Command {
    /// These are the paired devices, all of them. Links of others are cut at once.
    SetPeers(Vec<Peer>),
    /// What this device is called from now on; the next sessions and pairings tell it.
    SetName(String),
    /// These kinds are not shared with these devices, as it is now. Sessions that began otherwise end; the next ones begin so.
    SetOff(BTreeMap<DeviceId, BTreeSet<Box<str>>>),
    /// Sync with a paired device.
    Sync {
        /// A number from [`super::Node::new_link`].
        link: LinkId,
        /// Which.
        peer: DeviceId,
        /// Where to try, in order.
        addresses: Vec<SocketAddr>,
        /// Whether to stay connected and pass changes on as they come.
        stay: bool,
    },
    /// Show a new invite, replacing any other.
    OpenInvite {
        /// Where this device can be reached; at most four.
        addresses: Vec<SocketAddr>,
    },
    /// Show no invite any more.
    CloseInvite,
    /// Answer another device's invite.
    Join {
        /// A number from [`super::Node::new_link`].
        link: LinkId,
        /// Its secret: of the link, or derived from the typed code.
        secret: InviteSecret,
        /// The channel key in the link; a typed code has none.
        expected: Option<PublicKey>,
        /// Where to try, in order.
        addresses: Vec<SocketAddr>,
    },
    /// The person has compared the digits of that link's pairing.
    Decide {
        /// The link.
        link: LinkId,
        /// Whether they are the same and the device is wanted.
        accept: bool,
    },
    /// The person agrees to the first merge that a session on that link waits for.
    Agree {
        /// The link.
        link: LinkId,
    },
    /// The person does not agree to it for now.
    Decline {
        /// The link.
        link: LinkId,
    },
    /// With these devices it was agreed to, as it is now; another process of this device may have been told. Sessions that
    /// wait go on.
    SetAgreed(BTreeSet<DeviceId>),
    /// Something changed in our database.
    Changed {
        /// Its highest seq now.
        head: u64,
    },
    /// The network is another one, or time has passed unnoticed: whoever a session is with must show soon that it is there.
    Probe,
    /// This is where this device listens now; the next sessions tell it.
    SetAddresses(Vec<SocketAddr>),
    /// End every session.
    Stop,
    /// Wait no longer for what the store still has of sessions that are over.
    GiveUp,
}

/// A paired device.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its channel key; its id follows from it.
    pub key: PublicKey,
    /// What we share with it.
    pub secret: PairSecret,
}

/// What the node wants done.
#[derive(Debug)]
pub enum Output {
    /// Open a link to the first of these that answers; then [`Input::LinkUp`] or [`Input::LinkDown`].
    Dial {
        /// Its number.
        link: LinkId,
        /// Where to try, in order.
        addresses: Vec<SocketAddr>,
    },
    /// Write these bytes.
    Send {
        /// To which link.
        link: LinkId,
        /// What.
        bytes: Vec<u8>,
    },
    /// Close the link once everything sent is written. The node hears nothing of it any more.
    Close {
        /// Which.
        link: LinkId,
    },
    /// Put this to the store; then [`Input::Answered`]. Questions of one link keep their order.
    Ask {
        /// On whose behalf.
        link: LinkId,
        /// The question.
        ask: Ask,
    },
    /// Store this device and its secret durably; then [`Input::Remembered`].
    Remember {
        /// On whose behalf.
        link: LinkId,
        /// The device.
        peer: Box<PairedPeer>,
    },
    /// The other side never learnt that it was stored, or said no meanwhile: forget it again.
    Forget {
        /// Which device.
        peer: DeviceId,
    },
    /// Tell whoever watches.
    Notify(Notice),
}

/// What the node tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// An invite is open. Both forms open it once, within the time.
    InviteOpened {
        /// The link, for QR and paste.
        link: String,
        /// The code, for typing.
        code: String,
        /// How long it stays open, in milliseconds.
        open_ms: u64,
    },
    /// The invite was used or its time is over.
    InviteClosed {
        /// Whether a device was paired by it.
        used: bool,
    },
    /// Somebody tried a wrong code.
    WrongCode,
    /// Both screens must now show the same digits.
    Compare {
        /// The link; goes into [`Command::Decide`].
        link: LinkId,
        /// What the other device calls itself; cleaned of control characters.
        name: String,
        /// Six digits.
        digits: String,
        /// Whether this is the displaying side, which must accept.
        displaying: bool,
    },
    /// Another device is paired and stored.
    Paired {
        /// The link it was paired on; its first session goes on there.
        link: LinkId,
        /// Its id.
        peer: DeviceId,
        /// Its name.
        name: String,
    },
    /// A pairing came to nothing. Nothing was stored.
    PairingFailed {
        /// The link.
        link: LinkId,
        /// Why.
        reason: PairFailure,
    },
    /// A session with that device began.
    Connected {
        /// The link.
        link: LinkId,
        /// With whom.
        peer: DeviceId,
    },
    /// No session came about.
    Unreachable {
        /// The link.
        link: LinkId,
        /// With whom.
        peer: DeviceId,
        /// Why.
        reason: ConnectFailure,
    },
    /// Something happened in a session.
    Session {
        /// The link.
        link: LinkId,
        /// With whom.
        peer: DeviceId,
        /// What.
        event: Event,
    },
    /// A session is over.
    Ended {
        /// The link.
        link: LinkId,
        /// With whom.
        peer: DeviceId,
        /// How.
        end: End,
        /// What it did in all.
        progress: Progress,
        /// Bytes sent and received.
        bytes: [u64; 2],
        /// What the history keeps of its last stretch, if that is worth a line.
        record: Option<SessionRecord>,
    },
}

/// Why no session came about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectFailure {
    /// No address answered.
    #[error("no address of it answered; is it on, on this network, and running `whph serve`?")]
    NoAnswer,
    /// It answered and hung up during the handshake: it does not know us (any more).
    #[error(
        "it answered and hung up: it is busy, or it does not know this device (any more). Try again; if that stays so, forget it \
         here and pair anew"
    )]
    Refused,
    /// The handshake failed.
    #[error("{0}")]
    Channel(#[from] ChannelError),
    /// The device is not paired.
    #[error("this device is not paired with it; pair them first")]
    NotPaired,
}

/// Why a pairing came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairFailure {
    /// No address answered.
    #[error("the other device did not answer; is it still showing the code, on the same network?")]
    NoAnswer,
    /// It hung up during the handshake: the code is wrong, used or too old.
    #[error(
        "the other device refused the code: it is mistyped, already used or older than two minutes. Show a new one"
    )]
    Refused,
    /// The link broke halfway.
    #[error(
        "the connection broke before both devices had confirmed; nothing was stored. Show a new code and try again"
    )]
    Interrupted,
    /// The handshake failed.
    #[error("{0}")]
    Channel(#[from] ChannelError),
    /// The conversation failed.
    #[error("{0}")]
    Pairing(#[from] PairingError),
    /// A person said no, here or there.
    #[error("the pairing was rejected; nothing was stored")]
    Rejected,
    /// The session protocols do not overlap.
    #[error(
        "the other device speaks sync protocol {}–{}, this one {}–{}: update the older app, then pair again",
        theirs[0], theirs[1], ours[0], ours[1]
    )]
    Incompatible {
        /// What this device speaks.
        ours: [u32; 2],
        /// What the other speaks.
        theirs: [u32; 2],
    },
    /// The new device could not be stored.
    #[error("the new device could not be stored: {0}")]
    Storage(String),
}
