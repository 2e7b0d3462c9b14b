//! One link's life: dialled or accepted, secured, then a pairing or a session, then gone.

use super::{ConnectFailure, LinkId, Node, Notice, Output, PairFailure};
use crate::channel::{Admission, Channel, ChannelError, ChannelEvent, Dial, Mode};
use crate::identity::{DeviceId, PublicKey};
use crate::pairing::{Exchange, PairingOutput};
use crate::session::{Role, Session};
use crate::time::{Mono, Now};
use crate::wire::Message;
use std::net::IpAddr;

/// A link.
pub(super) struct Link {
    pub(super) stage: Stage,
    channel: Option<Channel>,
    from: Option<IpAddr>,
}

/// How far a link is.
pub(super) enum Stage {
    /// Waiting for the dialled address to answer.
    Dialling(Want, Box<Dial>),
    /// The handshake of a link that we dialled.
    Securing(Want),
    /// The handshake of a link that somebody opened to us.
    Unknown,
    /// Two people compare digits.
    Pairing(Box<PairingLink>),
    /// A session.
    Session(Box<Session>),
}

/// Why we dialled.
#[derive(Clone, Copy)]
pub(super) enum Want {
    /// To sync with that device.
    Sync { peer: DeviceId, stay: bool },
    /// To answer an invite.
    Join,
}

/// A pairing on a link.
pub(super) struct PairingLink {
    pub(super) exchange: Exchange,
    /// The joiner opened the link; the displaying side answered.
    pub(super) role: Role,
    /// What waits until the new device is stored.
    pub(super) held: Vec<PairingOutput>,
    /// The new device, while it is being stored.
    pub(super) stored: Option<(PublicKey, String)>,
    /// Words of the first session that came before that.
    pub(super) early: Vec<Message>,
    pub(super) deadline: Mono,
}

impl Link {
    pub(super) fn dialling(want: Want, dial: Dial) -> Self {
        Self { stage: Stage::Dialling(want, Box::new(dial)), channel: None, from: None }
    }

    pub(super) fn accepted(channel: Channel, from: IpAddr) -> Self {
        Self { stage: Stage::Unknown, channel: Some(channel), from: Some(from) }
    }

    pub(super) fn from(&self) -> Option<IpAddr> {
        self.from
    }

    /// Whether it has not proved yet who it is.
    pub(super) fn is_stranger(&self) -> bool {
        matches!(self.stage, Stage::Unknown)
    }

    /// The paired device at its other end, or that it is to reach.
    pub(super) fn peer(&self) -> Option<DeviceId> {
        match &self.stage {
            Stage::Dialling(Want::Sync { peer, .. }, _) | Stage::Securing(Want::Sync { peer, .. }) => {
                Some(*peer)
            }
            Stage::Session(session) => Some(session.peer()),
            Stage::Dialling(Want::Join, _)
            | Stage::Securing(Want::Join)
            | Stage::Unknown
            | Stage::Pairing(_) => None,
        }
    }

    /// Whether it had a session that is over, but for what the store still has of it.
    pub(super) fn is_parting(&self) -> bool {
        matches!(&self.stage, Stage::Session(session) if session.ended().is_some())
    }

    pub(super) fn deadline(&self) -> Option<Mono> {
        let handshake = self.channel.as_ref().and_then(Channel::deadline);
        let stage = match &self.stage {
            Stage::Session(session) => session.deadline().map(Mono),
            Stage::Pairing(pairing) => Some(pairing.deadline),
            Stage::Dialling(..) | Stage::Securing(_) | Stage::Unknown => None,
        };
        handshake.into_iter().chain(stage).min()
    }

    /// Bytes sent and received.
    pub(super) fn bytes(&self) -> [u64; 2] {
        self.channel.as_ref().map_or([0, 0], |channel| [channel.bytes_sent(), channel.bytes_received()])
    }
}

impl Node {
    pub(super) fn link_up(&mut self, link: LinkId, now: Now) {
        let seed = self.seed();
        let Some(state) = self.links.get_mut(&link) else { return };
        let Stage::Dialling(want, dial) = &state.stage else { return };
        let want = *want;
        match Channel::initiate(&self.identity, (**dial).clone(), seed, now.mono) {
            Ok(channel) => {
                state.channel = Some(channel);
                state.stage = Stage::Securing(want);
                self.flush(link);
            }
            Err(error) => self.channel_failed(link, error, now),
        }
    }

    pub(super) fn received(&mut self, link: LinkId, bytes: &[u8], now: Now) {
        if self.is_over(link) {
            // Reading it is work that would lead nowhere.
            return;
        }
        let Some(channel) = self.links.get_mut(&link).and_then(|state| state.channel.as_mut()) else {
            return;
        };
        let received = channel.receive(bytes, now.mono);
        self.channel_events(link, now);
        match received {
            Ok(()) => self.flush(link),
            Err(error) => self.channel_failed(link, error, now),
        }
    }

    fn channel_events(&mut self, link: LinkId, now: Now) {
        while let Some(event) =
            self.links.get_mut(&link).and_then(|state| state.channel.as_mut()).and_then(Channel::poll_event)
        {
            match event {
                ChannelEvent::Knock { mode } => self.knock(link, mode, now),
                ChannelEvent::Established { peer, mode: Mode::Session, .. } => {
                    self.session_open(link, &peer, now)
                }
                ChannelEvent::Established { peer, mode: Mode::Pair, handshake_hash } => {
                    self.pairing_open(link, peer, handshake_hash, now);
                }
                ChannelEvent::Message { .. } if self.is_over(link) => {}
                ChannelEvent::Message { kind, body } => match Message::decode(kind, &body) {
                    Ok(Message::Pairing(body)) => self.pairing_message(link, &body, now),
                    Ok(message) => self.session_message(link, message, now),
                    Err(error) => self.bad_message(link, error.to_string(), now),
                },
            }
        }
    }

    fn knock(&mut self, link: LinkId, mode: Mode, now: Now) {
        let displaying = self.is_displaying();
        let invite_secrets = match (mode, &mut self.invite) {
            (Mode::Pair, Some(invite)) if !displaying => invite.attempt(now.mono),
            (Mode::Pair, Some(_) | None) | (Mode::Session, _) => Vec::new(),
        };
        let peers: Vec<_> = self.peers.values().map(|peer| (peer.key, peer.secret.clone())).collect();
        let admission = Admission { peers: &peers, invite_secrets: &invite_secrets };
        let Some(channel) = self.links.get_mut(&link).and_then(|state| state.channel.as_mut()) else {
            return;
        };
        if let Err(error) = channel.admit(admission, &mut self.seen, now.mono) {
            if error == ChannelError::WrongCode {
                self.notify(Notice::WrongCode);
            }
            self.channel_failed(link, error, now);
        }
    }

    /// Queues a message and whatever else waits to be written.
    pub(super) fn send(&mut self, link: LinkId, message: &Message, now: Now) {
        let Some(channel) = self.links.get_mut(&link).and_then(|state| state.channel.as_mut()) else {
            return;
        };
        let sent = message
            .encode()
            .map_err(|_| ChannelError::TooLarge)
            .and_then(|(kind, body)| channel.send(kind, &body));
        match sent {
            Ok(()) => self.flush(link),
            Err(error) => self.channel_failed(link, error, now),
        }
    }

    pub(super) fn flush(&mut self, link: LinkId) {
        let Some(channel) = self.links.get_mut(&link).and_then(|state| state.channel.as_mut()) else {
            return;
        };
        let bytes = channel.take_outgoing();
        if !bytes.is_empty() {
            self.outputs.push_back(Output::Send { link, bytes });
        }
    }

    pub(super) fn link_down(&mut self, link: LinkId, reached: bool, now: Now) {
        if self.is_session(link) {
            return self.with_session(link, now, Session::lost);
        }
        let Some(state) = self.links.remove(&link) else { return };
        match state.stage {
            Stage::Dialling(Want::Sync { peer, .. }, _) | Stage::Securing(Want::Sync { peer, .. }) => {
                let reason = if reached { ConnectFailure::Refused } else { ConnectFailure::NoAnswer };
                self.notify(Notice::Unreachable { link, peer, reason });
            }
            Stage::Dialling(Want::Join, _) | Stage::Securing(Want::Join) => {
                let reason = if reached { PairFailure::Refused } else { PairFailure::NoAnswer };
                self.notify(Notice::PairingFailed { link, reason });
            }
            Stage::Unknown => {}
            Stage::Pairing(_) => {
                self.notify(Notice::PairingFailed { link, reason: PairFailure::Interrupted })
            }
            Stage::Session(_) => {}
        }
    }

    /// The other side does not take what it is sent.
    pub(super) fn clogged(&mut self, link: LinkId, now: Now) {
        if self.is_session(link) {
            self.with_session(link, now, Session::clogged);
        } else {
            self.link_down(link, true, now);
        }
    }

    /// The channel failed: it is closed for good, and the link with it.
    pub(super) fn channel_failed(&mut self, link: LinkId, error: ChannelError, now: Now) {
        self.flush(link);
        if self.is_session(link) {
            return self.with_session(link, now, Session::lost);
        }
        let Some(state) = self.links.remove(&link) else { return };
        self.outputs.push_back(Output::Close { link });
        match state.stage {
            Stage::Dialling(Want::Sync { peer, .. }, _) | Stage::Securing(Want::Sync { peer, .. }) => {
                self.notify(Notice::Unreachable { link, peer, reason: error.into() });
            }
            Stage::Dialling(Want::Join, _) | Stage::Securing(Want::Join) => {
                self.notify(Notice::PairingFailed { link, reason: error.into() });
            }
            Stage::Unknown => {
                if matches!(error, ChannelError::OtherVersion { .. }) {
                    self.notify(Notice::PairingFailed { link, reason: error.into() });
                }
            }
            Stage::Pairing(_) => self.notify(Notice::PairingFailed { link, reason: error.into() }),
            Stage::Session(_) => {}
        }
    }

    fn bad_message(&mut self, link: LinkId, error: String, now: Now) {
        match self.links.get(&link).map(|state| &state.stage) {
            Some(Stage::Session(_)) => {
                self.with_session(link, now, |session, now| session.garbage(error, now))
            }
            Some(Stage::Dialling(..) | Stage::Securing(_) | Stage::Unknown | Stage::Pairing(_)) | None => {
                self.channel_failed(link, ChannelError::BadRecord, now);
            }
        }
    }

    /// Closes a link without a word to anybody.
    pub(super) fn drop_link(&mut self, link: LinkId) {
        if self.links.remove(&link).is_some() {
            self.outputs.push_back(Output::Close { link });
        }
    }

    pub(super) fn is_session(&self, link: LinkId) -> bool {
        matches!(self.links.get(&link).map(|state| &state.stage), Some(Stage::Session(_)))
    }

    fn is_over(&self, link: LinkId) -> bool {
        self.links.get(&link).is_some_and(Link::is_parting)
    }

    pub(super) fn check_link(&mut self, link: LinkId, now: Now) {
        let Some(state) = self.links.get_mut(&link) else { return };
        if let Some(Err(error)) = state.channel.as_mut().map(|channel| channel.check_deadline(now.mono)) {
            return self.channel_failed(link, error, now);
        }
        match &state.stage {
            Stage::Session(_) => self.session_timeout(link, now),
            Stage::Pairing(pairing) if now.mono >= pairing.deadline => {
                self.drop_link(link);
                self.notify(Notice::PairingFailed { link, reason: PairFailure::Interrupted });
            }
            Stage::Pairing(_) | Stage::Dialling(..) | Stage::Securing(_) | Stage::Unknown => {}
        }
    }

    /// Whether the channel of a session is due for new keys.
    pub(super) fn is_due(&self, link: LinkId, now: Now) -> bool {
        self.links
            .get(&link)
            .and_then(|state| state.channel.as_ref())
            .is_some_and(|c| c.needs_renewal(now.mono))
    }
}
