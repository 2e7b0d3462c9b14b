//! The Noise handshakes, as types: each value is one point of a handshake, and a message moves it on by
//! value. Keys exist only where they have been proved.
//!
//! Pairing is `XXpsk0` under an invite secret: neither side knows the other's key. A session is `KKpsk0`
//! under the pair secret: both do, so it takes one round trip and no key travels. Every handshake message
//! has an empty payload, which fixes its length.

mod noise;

use snow::{HandshakeState, TransportState};
use zeroize::Zeroizing;

use super::preamble::Preamble;
use super::records::TAG_LEN;
use super::{ChannelError, Mode, SeenEphemerals};
use crate::identity::{InviteSecret, PairSecret, PublicKey, SecretKey};
use noise::{Start, build};

/// How many paired devices a responder tries; a device must not have more.
pub const MAX_PEERS: usize = 16;
/// How many invite secrets a responder tries: that of the link and that of the typed code.
pub const MAX_INVITE_SECRETS: usize = 2;

/// Whom an initiator wants to reach.
#[derive(Debug, Clone)]
pub enum Dial {
    /// A paired device.
    Session {
        /// Its channel key.
        peer: PublicKey,
        /// What we share with it.
        secret: PairSecret,
    },
    /// A device that shows an invite.
    Pair {
        /// The secret of the link, or of the typed code.
        secret: InviteSecret,
        /// The channel key in the link; a typed code has none.
        expected: Option<PublicKey>,
    },
}

/// Whom a responder would let in at the moment somebody knocks.
#[derive(Debug, Clone, Copy)]
pub struct Admission<'a> {
    /// The paired devices; the first [`MAX_PEERS`] are tried.
    pub peers: &'a [(PublicKey, PairSecret)],
    /// The secrets of the open invite; the first [`MAX_INVITE_SECRETS`] are tried.
    pub invite_secrets: &'a [InviteSecret],
}

/// A finished handshake.
pub(super) struct Secured {
    pub(super) transport: TransportState,
    pub(super) peer: PublicKey,
    pub(super) handshake_hash: [u8; 32],
}

/// The side that opened the link, with its first message on the way.
pub(super) struct Initiator {
    noise: Box<HandshakeState>,
    own: PublicKey,
    goal: Goal,
}

/// Whose key must come out.
enum Goal {
    Session { peer: PublicKey },
    Pair { expected: Option<PublicKey> },
}

impl Initiator {
    /// Writes the preamble and the first message.
    pub(super) fn start(
        secret_key: &SecretKey,
        dial: Dial,
        seed: [u8; 32],
        out: &mut Vec<u8>,
    ) -> Result<Self, ChannelError> {
        let own = secret_key.public();
        let seed = Zeroizing::new(seed);
        let (noise, goal) = match dial {
            Dial::Session { peer, secret } => {
                if peer == own {
                    return Err(ChannelError::Imposter);
                }
                let start = Start::Session { peer: &peer, secret: &secret };
                (build(true, start, secret_key, &seed)?, Goal::Session { peer })
            }
            Dial::Pair { secret, expected } => {
                (build(true, Start::Pair(&secret), secret_key, &seed)?, Goal::Pair { expected })
            }
        };
        let mut initiator = Self { noise, own, goal };
        out.extend_from_slice(&Preamble::Ours(initiator.mode()).encode());
        noise::write(&mut initiator.noise, out)?;
        Ok(initiator)
    }

    pub(super) fn mode(&self) -> Mode {
        match self.goal {
            Goal::Session { .. } => Mode::Session,
            Goal::Pair { .. } => Mode::Pair,
        }
    }

    /// The length of the second message.
    pub(super) fn reply_len(&self) -> usize {
        match self.goal {
            Goal::Session { .. } => KEY_LEN + TAG_LEN,
            Goal::Pair { .. } => KEY_LEN + (KEY_LEN + TAG_LEN) + TAG_LEN,
        }
    }

    /// The responder must answer with the preamble we sent. It is not part of the transcript, so it
    /// decides nothing but when to give up.
    pub(super) fn check_answer(&self, answer: Preamble) -> Result<(), ChannelError> {
        match answer {
            Preamble::Ours(mode) if mode == self.mode() => Ok(()),
            Preamble::Ours(_) | Preamble::Refusal => Err(ChannelError::NotOurs),
            Preamble::Foreign { major } => {
                Err(ChannelError::OtherVersion { ours: super::PROTOCOL_MAJOR, theirs: major })
            }
        }
    }

    /// Reads the second message and writes the proof: in a pairing only to the key we expect, because
    /// there the proof tells who we are.
    pub(super) fn read_reply(mut self, reply: &[u8], out: &mut Vec<u8>) -> Result<Secured, ChannelError> {
        let unproved = match self.goal {
            Goal::Session { .. } => ChannelError::Imposter,
            Goal::Pair { .. } => ChannelError::WrongCode,
        };
        noise::check_ephemeral(reply)?;
        noise::read(&mut self.noise, reply).map_err(|_| unproved)?;
        match self.goal {
            Goal::Session { peer } => {
                let mut secured = noise::finish(self.noise, peer)?;
                noise::write_proof(&mut secured.transport, out)?;
                Ok(secured)
            }
            Goal::Pair { expected } => {
                let peer = noise::remote_key(&self.noise, &self.own)?;
                if expected.is_some_and(|expected| expected != peer) {
                    return Err(ChannelError::Imposter);
                }
                noise::write(&mut self.noise, out)?;
                noise::finish(self.noise, peer)
            }
        }
    }
}

/// The side that accepted the link.
pub(super) struct Responder {
    secret_key: SecretKey,
    seed: Zeroizing<[u8; 32]>,
}

impl Responder {
    /// The length of the first message, in both modes.
    pub(super) const HELLO_LEN: usize = KEY_LEN + TAG_LEN;

    pub(super) fn new(secret_key: SecretKey, seed: [u8; 32]) -> Self {
        Self { secret_key, seed: Zeroizing::new(seed) }
    }

    pub(super) fn read_hello(self, mode: Mode, hello: &[u8]) -> Result<Knock, ChannelError> {
        let ephemeral = *noise::check_ephemeral(hello)?;
        let hello = <[u8; Self::HELLO_LEN]>::try_from(hello).map_err(|_| ChannelError::BadHandshake)?;
        Ok(Knock { responder: self, mode, ephemeral, hello })
    }
}

/// A first message that nobody has judged yet.
pub(super) struct Knock {
    responder: Responder,
    mode: Mode,
    ephemeral: [u8; 32],
    hello: [u8; Responder::HELLO_LEN],
}

impl Knock {
    /// Finds who knocks by trying everybody it could be, and answers. Nothing is written otherwise.
    pub(super) fn admit(
        self,
        admission: Admission<'_>,
        seen: &mut SeenEphemerals,
        out: &mut Vec<u8>,
    ) -> Result<Confirming, ChannelError> {
        if seen.contains(&self.ephemeral) {
            return Err(ChannelError::Replayed);
        }
        let own = self.responder.secret_key.public();
        match self.mode {
            Mode::Session => {
                let known = admission.peers.iter().take(MAX_PEERS).filter(|(key, _)| *key != own);
                let mut tried = known.filter_map(|(peer, secret)| {
                    self.try_start(Start::Session { peer, secret }).map(|noise| (noise, *peer))
                });
                let (mut noise, peer) = tried.next().ok_or(ChannelError::Stranger)?;
                self.answer(&mut noise, seen, out)?;
                Ok(Confirming::Session(noise::finish(noise, peer)?))
            }
            Mode::Pair => {
                let secrets = &admission.invite_secrets;
                if secrets.is_empty() {
                    return Err(ChannelError::Stranger);
                }
                let mut tried = secrets.iter().take(MAX_INVITE_SECRETS);
                let mut noise = tried
                    .find_map(|secret| self.try_start(Start::Pair(secret)))
                    .ok_or(ChannelError::WrongCode)?;
                self.answer(&mut noise, seen, out)?;
                Ok(Confirming::Pair { noise, own })
            }
        }
    }

    fn try_start(&self, start: Start<'_>) -> Option<Box<HandshakeState>> {
        let mut noise = build(false, start, &self.responder.secret_key, &self.responder.seed).ok()?;
        noise::read(&mut noise, &self.hello).ok()?;
        Some(noise)
    }

    fn answer(
        &self,
        noise: &mut HandshakeState,
        seen: &mut SeenEphemerals,
        out: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        seen.insert(self.ephemeral);
        out.extend_from_slice(&Preamble::Ours(self.mode).encode());
        noise::write(noise, out)
    }
}

/// The responder, until the initiator has shown that it is there now: a recorded first message gets this
/// far, but not further.
pub(super) enum Confirming {
    /// The third message of `KK` that Noise lacks: an empty record, which only the live peer can make.
    Session(Secured),
    /// The third message of `XX`, which holds the initiator's key.
    Pair { noise: Box<HandshakeState>, own: PublicKey },
}

impl Confirming {
    pub(super) fn mode(&self) -> Mode {
        match self {
            Self::Session(_) => Mode::Session,
            Self::Pair { .. } => Mode::Pair,
        }
    }

    /// The length of the third message.
    pub(super) fn proof_len(&self) -> usize {
        match self {
            Self::Session(_) => TAG_LEN,
            Self::Pair { .. } => KEY_LEN + TAG_LEN + TAG_LEN,
        }
    }

    pub(super) fn read_proof(self, proof: &[u8]) -> Result<Secured, ChannelError> {
        match self {
            Self::Session(mut secured) => {
                noise::read_proof(&mut secured.transport, proof)?;
                Ok(secured)
            }
            Self::Pair { mut noise, own } => {
                noise::read(&mut noise, proof)?;
                let peer = noise::remote_key(&noise, &own)?;
                noise::finish(noise, peer)
            }
        }
    }
}

const KEY_LEN: usize = 32;
