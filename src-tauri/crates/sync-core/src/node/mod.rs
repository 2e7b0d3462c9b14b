//! The node: everything a device decides about its links, as one state machine without I/O. It hears [`Input`]s, wants
//! [`Output`]s done, and says when it wants to be woken; the same seed and inputs give the same run.
//!
//! `io` lists all it can hear and do, `storage` all it asks of the database; `link` is one link's life, `session_link` and
//! `pairing_link` what happens on it.

mod io;
mod link;
mod pairing_link;
mod session_link;
pub mod storage;

pub use io::{Command, ConnectFailure, Input, LinkId, Notice, Output, PairFailure, Peer};

use crate::channel::{Channel, Dial, MAX_PEERS, SeenEphemerals};
use crate::identity::{DeviceId, Identity, InviteSecret};
use crate::node::storage::Answer;
use crate::pairing::Invite;
use crate::session::{self, Role};
use crate::time::{MINUTE, Mono, Now};
use link::{Link, Stage, Want};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Links that have not proved who they are, in all …
pub const STRANGERS_MAX: usize = 64;
/// … and from one address; a network's part of IPv6 is one, for whoever is there has as many as they like.
pub const STRANGERS_PER_ADDRESS_MAX: usize = 4;
/// Sessions that one peer may hold at once: its application and its command line, say.
pub const SESSIONS_PER_PEER_MAX: usize = 4;

/// So many times may a peer make this device compare everything with everybody …
pub const ALARMS_MAX: usize = 3;
/// … within so many milliseconds.
pub const ALARMS_WITHIN: u64 = 60 * MINUTE;

/// What a node is told of its device.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The device's name.
    pub name: String,
    /// The schema's version.
    pub schema: u32,
    /// Where this device listens; told to peers.
    pub addresses: Vec<SocketAddr>,
}

/// A device's links.
pub struct Node {
    identity: Identity,
    profile: Profile,
    peers: BTreeMap<DeviceId, Peer>,
    links: BTreeMap<LinkId, Link>,
    invite: Option<Invite>,
    /// Pairings that wait for the new device to be stored, and our part in them.
    storing: BTreeMap<LinkId, Role>,
    seen: SeenEphemerals,
    /// When each peer said that our database was an old one.
    alarms: BTreeMap<DeviceId, Vec<Mono>>,
    rng: ChaCha20Rng,
    next_link: u64,
    outputs: VecDeque<Output>,
}

impl Node {
    /// A node without peers or links. `seed`: 32 random bytes; every ephemeral key comes from it.
    #[must_use]
    pub fn new(identity: Identity, profile: Profile, seed: [u8; 32]) -> Self {
        Self {
            identity,
            profile,
            peers: BTreeMap::new(),
            links: BTreeMap::new(),
            invite: None,
            storing: BTreeMap::new(),
            seen: SeenEphemerals::new(),
            alarms: BTreeMap::new(),
            rng: ChaCha20Rng::from_seed(seed),
            next_link: 0,
            outputs: VecDeque::new(),
        }
    }

    /// What an announcement shall be recognised by beside the paired devices: the typed code's secret of the open invite.
    #[must_use]
    pub fn invite_secret(&self) -> Option<&InviteSecret> {
        self.invite.as_ref().map(Invite::code_secret)
    }

    /// A number for a new link.
    pub fn new_link(&mut self) -> LinkId {
        self.next_link += 1;
        LinkId(self.next_link)
    }

    /// Takes one input.
    pub fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Command(command) => self.command(command, now),
            Input::Accepted { link, from } => self.accepted(link, from, now),
            Input::LinkUp { link } => self.link_up(link, now),
            Input::Received { link, bytes } => self.received(link, &bytes, now),
            Input::LinkDown { link, reached } => self.link_down(link, reached, now),
            Input::Clogged { link } => self.clogged(link, now),
            Input::Answered { link, answer } => {
                let agreed = matches!(answer, Answer::Agreement { agreed: true });
                self.with_session(link, now, |session, now| session.answer(answer, now));
                if agreed {
                    self.agreed(link, now);
                }
            }
            Input::Remembered { link, peer, error } => self.remembered(link, peer, error, now),
            Input::Timeout => self.timeout(now),
        }
    }

    /// What it wants done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When it wants [`Input::Timeout`].
    #[must_use]
    pub fn poll_timeout(&self, now: Now) -> Option<Mono> {
        let invite = self.invite.as_ref().map(|invite| Mono(now.mono.0 + invite.remaining_ms(now.mono)));
        self.links.values().filter_map(Link::deadline).chain(invite).min()
    }

    fn command(&mut self, command: Command, now: Now) {
        match command {
            Command::SetPeers(peers) => self.set_peers(peers, now),
            Command::SetName(name) => self.profile.name = name,
            Command::SetOff(off) => {
                for link in self.session_links() {
                    self.with_session(link, now, |session, now| {
                        off.get(&session.peer()).into_iter().for_each(|off| session.share(off, now));
                    });
                }
            }
            Command::Sync { link, peer, addresses, stay } => self.sync(link, peer, addresses, stay),
            Command::OpenInvite { addresses } => self.open_invite(&addresses, now),
            Command::CloseInvite => self.close_invite(false),
            Command::Join { link, secret, expected, addresses } => {
                self.dial(link, Want::Join, Dial::Pair { secret, expected }, addresses);
            }
            Command::Decide { link, accept } => self.decide(link, accept, now),
            Command::Agree { link } => self.with_session(link, now, session::Session::agree),
            Command::Decline { link } => self.with_session(link, now, session::Session::decline),
            Command::SetAgreed(peers) => {
                for peer in peers {
                    self.agreed_with(peer, now);
                }
            }
            Command::Changed { head } => {
                for link in self.session_links() {
                    self.with_session(link, now, |session, now| session.changed(head, now));
                }
            }
            Command::Probe => {
                for link in self.session_links() {
                    self.with_session(link, now, session::Session::probe);
                }
            }
            Command::SetAddresses(addresses) => self.profile.addresses = addresses,
            Command::Stop => {
                for link in self.session_links() {
                    self.with_session(link, now, |session, now| session.stop(now));
                }
            }
            Command::GiveUp => {
                for link in self.session_links() {
                    self.with_session(link, now, |session, _| session.give_up());
                }
            }
        }
    }

    fn set_peers(&mut self, peers: Vec<Peer>, now: Now) {
        self.peers = peers.into_iter().take(MAX_PEERS).map(|peer| (peer.key.device_id(), peer)).collect();
        let forgotten: Vec<(LinkId, DeviceId)> = self
            .links
            .iter()
            .filter_map(|(&link, state)| Some((link, state.peer()?)))
            .filter(|(_, peer)| !self.peers.contains_key(peer))
            .collect();
        for (link, peer) in forgotten {
            if self.is_session(link) {
                self.with_session(link, now, session::Session::stop);
            } else {
                self.drop_link(link);
                self.notify(Notice::Unreachable { link, peer, reason: ConnectFailure::NotPaired });
            }
        }
    }

    fn dial(&mut self, link: LinkId, want: Want, dial: Dial, addresses: Vec<SocketAddr>) {
        self.links.insert(link, Link::dialling(want, dial));
        self.outputs.push_back(Output::Dial { link, addresses });
    }

    /// Where strangers are too many, the one that has been silent the longest makes room: whoever has the secrets proves it at
    /// once, and would else be shut out by a few who say nothing.
    fn accepted(&mut self, link: LinkId, from: IpAddr, now: Now) {
        let strangers: Vec<(LinkId, Option<IpAddr>)> = self
            .links
            .iter()
            .filter(|(_, link)| link.is_stranger())
            .map(|(&id, link)| (id, link.from()))
            .collect();
        let from = place(from);
        let mut neighbours = strangers.iter().filter(|(_, other)| *other == Some(from));
        let silent = if neighbours.clone().count() >= STRANGERS_PER_ADDRESS_MAX {
            neighbours.next()
        } else {
            strangers.first().filter(|_| strangers.len() >= STRANGERS_MAX)
        };
        if let Some(&(silent, _)) = silent {
            self.drop_link(silent);
        }
        let seed = self.seed();
        let channel = Channel::accept(&self.identity, seed, now.mono);
        self.links.insert(link, Link::accepted(channel, from));
    }

    fn timeout(&mut self, now: Now) {
        if self.invite.as_ref().is_some_and(|invite| invite.remaining_ms(now.mono) == 0) {
            self.close_invite(false);
        }
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        for link in links {
            self.check_link(link, now);
        }
    }

    fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        seed
    }

    fn notify(&mut self, notice: Notice) {
        self.outputs.push_back(Output::Notify(notice));
    }

    /// Whether a session is over but for what the store still has of it.
    #[must_use]
    pub fn is_parting(&self) -> bool {
        self.links.values().any(Link::is_parting)
    }

    fn session_links(&self) -> Vec<LinkId> {
        let in_session =
            |(&link, state): (&LinkId, &Link)| matches!(state.stage, Stage::Session(_)).then_some(link);
        self.links.iter().filter_map(in_session).collect()
    }
}

/// What of an address is its holder's: all of it, but half of one of IPv6.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("device", &self.identity.device_id())
            .field("links", &self.links.len())
            .finish()
    }
}
