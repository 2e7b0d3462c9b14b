//! The encrypted channel over one link: bytes of the link in, messages out, and the reverse.
//!
//! One [`Channel`] is one link's life: preamble, Noise handshake, records. It reads no clock, draws no
//! randomness and owns no socket. The caller feeds it what arrived ([`Channel::receive`]), writes what
//! it holds ([`Channel::take_outgoing`]) and acts on its events ([`Channel::poll_event`]).
//!
//! Nothing is believed before it is proved: a responder sends no byte until the other side has shown
//! that it holds a pair secret or an invite secret, and the first byte that is wrong closes the channel
//! for good. After an error the caller writes what `take_outgoing` still holds and closes the link.

mod error;
mod handshake;
mod preamble;
mod reader;
mod records;
mod seen;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;

pub use error::ChannelError;
pub use handshake::{Admission, Dial, MAX_INVITE_SECRETS, MAX_PEERS};
use handshake::{Confirming, Initiator, Knock, Responder, Secured};
use preamble::Preamble;
pub use preamble::{Mode, PROTOCOL_MAJOR};
use reader::{Reader, Unit};
use records::Records;
pub use seen::SeenEphemerals;

use crate::identity::{Identity, PublicKey};
use crate::time::{MINUTE, Mono};

/// How long a handshake may take in all, in milliseconds.
pub const HANDSHAKE_MS: u64 = 5_000;
/// A channel older than this, in milliseconds, is due for a new handshake …
pub const RENEW_AFTER_MS: u64 = 60 * MINUTE;
/// … and so is one that carried this many bytes, both directions together.
pub const RENEW_AFTER_BYTES: u64 = 1 << 30;

/// What a channel tells its caller.
#[derive(PartialEq, Eq)]
pub enum ChannelEvent {
    /// Somebody sent a first handshake message. Answer with [`Channel::admit`], or drop the channel.
    Knock {
        /// What they ask for.
        mode: Mode,
    },
    /// The handshake is done: `peer` has proved its key, the secret of this mode, and that it is there
    /// now.
    Established {
        /// The other device's channel key.
        peer: PublicKey,
        /// What the channel is for.
        mode: Mode,
        /// A value both sides share and no other channel has.
        handshake_hash: [u8; 32],
    },
    /// A whole message.
    Message {
        /// Its first byte, which says what the body is.
        kind: u8,
        /// The rest.
        body: Vec<u8>,
    },
}

/// Bodies may hold secrets, so only their length is shown.
impl fmt::Debug for ChannelEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Knock { mode } => write!(f, "Knock({mode:?})"),
            Self::Established { peer, mode, .. } => write!(f, "Established({}, {mode:?})", peer.device_id()),
            Self::Message { kind, body } => write!(f, "Message({kind}, {} bytes)", body.len()),
        }
    }
}

/// The channel of one link.
pub struct Channel {
    state: State,
    reader: Reader,
    outgoing: Vec<u8>,
    events: VecDeque<ChannelEvent>,
    deadline: Mono,
    bytes_sent: u64,
    bytes_received: u64,
}

impl Channel {
    /// Starts a channel over a link that we opened.
    ///
    /// `seed` must be 32 fresh random bytes for every channel: the ephemeral key comes from it.
    pub fn initiate(
        identity: &Identity,
        dial: Dial,
        seed: [u8; 32],
        now: Mono,
    ) -> Result<Self, ChannelError> {
        let mut outgoing = Vec::new();
        let initiator = Initiator::start(&identity.channel, dial, seed, &mut outgoing)?;
        Ok(Self::new(State::AwaitPreamble(initiator), outgoing, now))
    }

    /// Starts a channel over a link that somebody opened to us. `seed` as in [`Channel::initiate`].
    pub fn accept(identity: &Identity, seed: [u8; 32], now: Mono) -> Self {
        let responder = Responder::new(identity.channel.clone(), seed);
        Self::new(State::AwaitOpening(responder), Vec::new(), now)
    }

    /// Takes bytes from the link, cut anywhere. Events of what came before an error still stand.
    pub fn receive(&mut self, bytes: &[u8], now: Mono) -> Result<(), ChannelError> {
        self.check_deadline(now)?;
        self.bytes_received += bytes.len() as u64;
        let mut rest = bytes;
        loop {
            let state = std::mem::replace(&mut self.state, State::Closed);
            let unit = state.expected_unit()?;
            let Some(unit) = self.reader.next(&mut rest, unit)? else {
                self.state = state;
                return Ok(());
            };
            self.state = state.step(unit, now, &mut self.outgoing, &mut self.events)?;
        }
    }

    /// Answers a [`ChannelEvent::Knock`] with whom we would let in at this moment.
    ///
    /// Nobody of them: [`ChannelError::Stranger`] or [`ChannelError::WrongCode`], and not a byte is sent.
    pub fn admit(
        &mut self,
        admission: Admission<'_>,
        seen: &mut SeenEphemerals,
        now: Mono,
    ) -> Result<(), ChannelError> {
        self.check_deadline(now)?;
        let State::Knocking(knock) = std::mem::replace(&mut self.state, State::Closed) else {
            return Err(ChannelError::Closed);
        };
        self.state = State::AwaitProof(knock.admit(admission, seen, &mut self.outgoing)?);
        Ok(())
    }

    /// The next event, in order.
    pub fn poll_event(&mut self) -> Option<ChannelEvent> {
        self.events.pop_front()
    }

    /// Queues one message. `body` and the kind byte together are at most
    /// [`MESSAGE_MAX`](crate::limits::MESSAGE_MAX) bytes. Before the channel is established there is
    /// nobody to send to: that closes it like every other error.
    pub fn send(&mut self, kind: u8, body: &[u8]) -> Result<(), ChannelError> {
        let State::Open(mut open) = std::mem::replace(&mut self.state, State::Closed) else {
            return Err(ChannelError::Closed);
        };
        open.records.seal(kind, body, &mut self.outgoing)?;
        self.state = State::Open(open);
        Ok(())
    }

    /// The bytes to write to the link, in order; empty when there are none. All that was queued waits
    /// here in memory, so a caller with much to send takes these between messages.
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        let bytes = std::mem::take(&mut self.outgoing);
        self.bytes_sent += bytes.len() as u64;
        bytes
    }

    /// When the handshake must be done; `None` once it is.
    pub fn deadline(&self) -> Option<Mono> {
        (!matches!(self.state, State::Open(_) | State::Closed)).then_some(self.deadline)
    }

    /// Refuses a channel that is closed, or whose handshake is overdue. To be called when
    /// [`Channel::deadline`] passes without a byte; [`Channel::receive`] checks by itself.
    pub fn check_deadline(&mut self, now: Mono) -> Result<(), ChannelError> {
        if matches!(self.state, State::Closed) {
            return Err(ChannelError::Closed);
        }
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.state = State::Closed;
            return Err(ChannelError::Timeout);
        }
        Ok(())
    }

    /// Bytes taken for the link so far.
    pub fn bytes_sent(&self) -> u64 {
        self.bytes_sent
    }

    /// Bytes fed from the link so far.
    pub fn bytes_received(&self) -> u64 {
        self.bytes_received
    }

    /// Whether this channel has lived or carried so much that a new link with new keys should take
    /// over. The channel itself keeps working.
    pub fn needs_renewal(&self, now: Mono) -> bool {
        match &self.state {
            State::Open(open) => {
                now.0.saturating_sub(open.since.0) >= RENEW_AFTER_MS
                    || self.bytes_sent + self.bytes_received >= RENEW_AFTER_BYTES
            }
            State::AwaitPreamble(_)
            | State::AwaitReply(_)
            | State::AwaitOpening(_)
            | State::AwaitHello(..)
            | State::Knocking(_)
            | State::AwaitProof(_)
            | State::Closed => false,
        }
    }

    fn new(state: State, outgoing: Vec<u8>, now: Mono) -> Self {
        Self {
            state,
            reader: Reader::default(),
            outgoing,
            events: VecDeque::new(),
            deadline: Mono(now.0.saturating_add(HANDSHAKE_MS)),
            bytes_sent: 0,
            bytes_received: 0,
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::AwaitPreamble(_) => "AwaitPreamble",
            State::AwaitReply(_) => "AwaitReply",
            State::AwaitOpening(_) => "AwaitOpening",
            State::AwaitHello(..) => "AwaitHello",
            State::Knocking(_) => "Knocking",
            State::AwaitProof(_) => "AwaitProof",
            State::Open(_) => "Open",
            State::Closed => "Closed",
        };
        write!(f, "Channel({state})")
    }
}

/// Where a channel stands. A step takes its state by value and leaves `Closed` behind, so a step that
/// fails has closed the channel.
enum State {
    /// Initiator, preamble and first message sent: the responder's preamble comes.
    AwaitPreamble(Initiator),
    /// Initiator: the second handshake message comes.
    AwaitReply(Initiator),
    /// Responder: the initiator's preamble comes.
    AwaitOpening(Responder),
    /// Responder: the first handshake message comes.
    AwaitHello(Responder, Mode),
    /// Responder: the caller decides.
    Knocking(Knock),
    /// Responder: the initiator's proof comes.
    AwaitProof(Confirming),
    /// The handshake is done.
    Open(Open),
    /// Failed.
    Closed,
}

struct Open {
    records: Records,
    since: Mono,
}

impl State {
    fn expected_unit(&self) -> Result<Unit, ChannelError> {
        match self {
            Self::AwaitPreamble(_) | Self::AwaitOpening(_) => Ok(Unit::Preamble),
            Self::AwaitReply(initiator) => Ok(Unit::Handshake(initiator.reply_len())),
            Self::AwaitHello(..) => Ok(Unit::Handshake(Responder::HELLO_LEN)),
            Self::AwaitProof(confirming) => Ok(Unit::Handshake(confirming.proof_len())),
            Self::Knocking(_) => Ok(Unit::Nothing),
            Self::Open(_) => Ok(Unit::Record),
            Self::Closed => Err(ChannelError::Closed),
        }
    }

    fn step(
        self,
        unit: &[u8],
        now: Mono,
        outgoing: &mut Vec<u8>,
        events: &mut VecDeque<ChannelEvent>,
    ) -> Result<Self, ChannelError> {
        match self {
            Self::AwaitPreamble(initiator) => {
                initiator.check_answer(Preamble::parse(unit)?)?;
                Ok(Self::AwaitReply(initiator))
            }
            Self::AwaitReply(initiator) => {
                let mode = initiator.mode();
                Ok(Self::open(initiator.read_reply(unit, outgoing)?, mode, now, events))
            }
            Self::AwaitOpening(responder) => match Preamble::parse(unit)? {
                Preamble::Ours(mode) => Ok(Self::AwaitHello(responder, mode)),
                Preamble::Refusal => Err(ChannelError::NotOurs),
                Preamble::Foreign { major } => {
                    outgoing.extend_from_slice(&Preamble::Refusal.encode());
                    Err(ChannelError::OtherVersion { ours: PROTOCOL_MAJOR, theirs: major })
                }
            },
            Self::AwaitHello(responder, mode) => {
                let knock = responder.read_hello(mode, unit)?;
                events.push_back(ChannelEvent::Knock { mode });
                Ok(Self::Knocking(knock))
            }
            Self::AwaitProof(confirming) => {
                let mode = confirming.mode();
                Ok(Self::open(confirming.read_proof(unit)?, mode, now, events))
            }
            Self::Open(mut open) => {
                if let Some((kind, body)) = open.records.open(unit)? {
                    events.push_back(ChannelEvent::Message { kind, body });
                }
                Ok(Self::Open(open))
            }
            Self::Knocking(_) | Self::Closed => Err(ChannelError::Closed),
        }
    }

    fn open(secured: Secured, mode: Mode, now: Mono, events: &mut VecDeque<ChannelEvent>) -> Self {
        let Secured { transport, peer, handshake_hash } = secured;
        events.push_back(ChannelEvent::Established { peer, mode, handshake_hash });
        Self::Open(Open { records: Records::new(transport), since: now })
    }
}
