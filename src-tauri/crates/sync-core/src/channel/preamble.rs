//! The eight bytes in clear at the start of each direction. They only say "WHPH, this major version,
//! for this purpose", so that an incompatible version is a clear message on both screens and not a
//! handshake that fails for no visible reason. The initiator's is the Noise prologue: whoever alters
//! it makes the handshake fail.

use super::ChannelError;

/// The version of everything in clear and of the handshake. All finer versions are settled inside.
pub const PROTOCOL_MAJOR: u8 = 1;

pub(super) const PREAMBLE_LEN: usize = 8;

/// What a channel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Two devices that meet for the first time.
    Pair,
    /// Two paired devices.
    Session,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Preamble {
    Ours(Mode),
    /// A responder's answer to a major version it does not speak.
    Refusal,
    Foreign {
        major: u8,
    },
}

impl Preamble {
    /// Our preambles; a foreign one cannot be made, only met.
    pub(super) fn encode(self) -> [u8; PREAMBLE_LEN] {
        let (major, mode) = match self {
            Self::Refusal => (PROTOCOL_MAJOR, REFUSED),
            Self::Ours(Mode::Pair) => (PROTOCOL_MAJOR, PAIR),
            Self::Ours(Mode::Session) => (PROTOCOL_MAJOR, SESSION),
            Self::Foreign { major } => (major, REFUSED),
        };
        [b'W', b'H', b'P', b'H', major, mode, 0, 0]
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ChannelError> {
        match *bytes {
            [b'W', b'H', b'P', b'H', PROTOCOL_MAJOR, mode, 0, 0] => match mode {
                REFUSED => Ok(Self::Refusal),
                PAIR => Ok(Self::Ours(Mode::Pair)),
                SESSION => Ok(Self::Ours(Mode::Session)),
                _ => Err(ChannelError::NotOurs),
            },
            [b'W', b'H', b'P', b'H', major, ..] if major != PROTOCOL_MAJOR => Ok(Self::Foreign { major }),
            _ => Err(ChannelError::NotOurs),
        }
    }
}

const REFUSED: u8 = 0;
const PAIR: u8 = 1;
const SESSION: u8 = 2;
