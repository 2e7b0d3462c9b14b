//! The messages of the pairing conversation, as JSON.
//!
//! They travel inside the channel, but the peer is a stranger until both people have said yes, so every
//! message is bounded: in length before it is parsed, in each string by its type, and no type nests. A
//! key that comes twice and a message we do not know are refused; a key we do not know is passed over, so
//! that a later version may say more.

use std::fmt;

use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{DeviceName, PairingError};
use crate::identity::{PublicKey, base64_key, blake2s};

/// Most bytes of one pairing message.
pub const MESSAGE_MAX: usize = 4 * 1024;

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingMessage {
    /// Joiner: who I am, and a commitment to my share.
    Offer(Offer),
    /// Displayer: who I am, and my share.
    Answer(Answer),
    /// Joiner: the share I committed to.
    Reveal {
        /// The share.
        share: Share,
    },
    /// Joiner: the person here says the digits are equal.
    Confirm,
    /// Displayer: the person here accepts the device.
    Accept,
    /// Displayer: both have said yes. Store the pair.
    Paired,
    /// Joiner: stored. Store it too.
    PairedAck,
    /// Either: the person here says no.
    Reject,
    /// Displayer: we have no session protocol in common.
    Incompatible {
        /// The lowest and highest version that the displayer speaks.
        protocol: [u32; 2],
    },
}

/// The joiner's first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What the device calls itself.
    pub name: DeviceName,
    /// The lowest and highest session protocol it speaks.
    pub protocol: [u32; 2],
    /// The version of its schema.
    pub schema: u32,
    /// Its key for bundles.
    pub bundle_key: PublicKey,
    /// The hash of the share it will reveal.
    pub commitment: Commitment,
}

/// The displayer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the device calls itself.
    pub name: DeviceName,
    /// The session protocol both will speak.
    pub protocol: u32,
    /// The version of its schema.
    pub schema: u32,
    /// Its key for bundles.
    pub bundle_key: PublicKey,
    /// Its share.
    pub share: Share,
}

impl PairingMessage {
    /// The message as JSON.
    pub fn encode(&self) -> Result<Vec<u8>, PairingError> {
        serde_json::to_vec(self).map_err(|_| PairingError::Malformed)
    }

    /// Reads a message of a peer.
    pub fn decode(bytes: &[u8]) -> Result<Self, PairingError> {
        if bytes.len() > MESSAGE_MAX {
            return Err(PairingError::Malformed);
        }
        serde_json::from_slice(bytes).map_err(|_| PairingError::Malformed)
    }
}

/// 32 random bytes of one side, from which the digits and the pair secret are made. In JSON base64url
/// without padding.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(#[serde(with = "wiped")] Zeroizing<[u8; 32]>);

impl Share {
    /// A new share.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self(bytes)
    }

    /// What binds its owner to it before the other side has shown its own.
    pub fn commitment(&self) -> Commitment {
        Commitment(blake2s(b"whph commitment v1", &[self.as_bytes()]))
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Share(…)")
    }
}

/// The hash of a [`Share`]. In JSON base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(#[serde(with = "base64_key")] [u8; 32]);

mod wiped {
    use serde::{Deserializer, Serializer};
    use zeroize::Zeroizing;

    use crate::identity::base64_key;

    pub(super) fn serialize<S: Serializer>(
        bytes: &Zeroizing<[u8; 32]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        base64_key::serialize(bytes, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Zeroizing<[u8; 32]>, D::Error> {
        base64_key::deserialize(deserializer).map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests;
