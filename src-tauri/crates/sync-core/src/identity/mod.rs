//! Who a device is. An id is nothing but the hash of a key, so that the two can never be mismatched:
//! whoever proves the key in a handshake has the id, and nobody can claim it in a message.

pub(crate) mod crockford;
mod public_key;
mod secrets;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use blake2::{Blake2s256, Digest};
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub(crate) use public_key::base64_key;
pub use public_key::{KeyError, PublicKey};
pub use secrets::{InviteSecret, PairSecret, SecretKey};

/// The id of a device: the first 16 bytes of BLAKE2s-256 over a label and its channel key.
///
/// Written as 26 lower-case Crockford base32 characters, in text and in serde alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceId([u8; 16]);

impl DeviceId {
    /// The id of the device that holds `channel_key`.
    pub fn of(channel_key: &PublicKey) -> Self {
        let hash = blake2s(b"whph device id v1", &[channel_key.as_bytes()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self(id)
    }

    /// From its raw 16 bytes, as the database keeps it.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The raw 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first 8 characters: enough to tell one's own few devices apart, never enough to trust one.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crockford::encode(u128::from_be_bytes(self.0), DEVICE_ID_SYMBOLS))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}

/// Refuses upper case too: an id that is a map key somewhere must have one spelling.
impl FromStr for DeviceId {
    type Err = InvalidDeviceId;

    fn from_str(text: &str) -> Result<Self, InvalidDeviceId> {
        if text.len() != DEVICE_ID_SYMBOLS as usize {
            return Err(InvalidDeviceId);
        }
        crockford::decode(text).map(|value| Self(value.to_be_bytes())).ok_or(InvalidDeviceId)
    }
}

impl TryFrom<String> for DeviceId {
    type Error = InvalidDeviceId;

    fn try_from(text: String) -> Result<Self, InvalidDeviceId> {
        text.parse()
    }
}

impl From<DeviceId> for String {
    fn from(id: DeviceId) -> Self {
        id.to_string()
    }
}

/// The text is not a device id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a device id: an id has 26 characters, digits and lower-case letters")]
pub struct InvalidDeviceId;

/// The two long-term keys of this device. They are made separately, so that a flaw in the one use
/// says nothing about the other.
#[derive(Clone)]
pub struct Identity {
    /// Proves who we are on a live channel; the device id derives from it.
    pub channel: SecretKey,
    /// Opens bundles carried by hand.
    pub bundle: SecretKey,
}

impl Identity {
    /// A new identity.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        Self { channel: SecretKey::generate(rng), bundle: SecretKey::generate(rng) }
    }

    /// The id of this device.
    pub fn device_id(&self) -> DeviceId {
        self.channel.public().device_id()
    }

    /// The device id in groups of four, for two people to read to each other.
    pub fn fingerprint(&self) -> String {
        self.channel.public().fingerprint()
    }

    /// The form for the key store: version ‖ channel key ‖ bundle key ‖ 4 bytes of checksum (69 bytes).
    ///
    /// The checksum is there because any 64 bytes are valid keys: without it a damaged entry would
    /// quietly turn this device into another one.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(STORED_LEN));
        bytes.push(STORED_VERSION);
        bytes.extend_from_slice(self.channel.as_bytes());
        bytes.extend_from_slice(self.bundle.as_bytes());
        let sum = stored_checksum(&bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// Reads [`Identity::to_bytes`] back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdentityError> {
        match bytes.first() {
            None => return Err(IdentityError::Damaged),
            Some(&STORED_VERSION) => {}
            Some(&other) => return Err(IdentityError::UnknownVersion(other)),
        }
        let (keys, sum) = bytes.split_last_chunk::<4>().ok_or(IdentityError::Damaged)?;
        if bytes.len() != STORED_LEN || stored_checksum(keys) != *sum {
            return Err(IdentityError::Damaged);
        }
        let secret = |at: usize| {
            let mut key = Zeroizing::new([0; 32]);
            key.copy_from_slice(&keys[at..at + 32]);
            SecretKey::from_bytes(&key)
        };
        Ok(Self { channel: secret(1), bundle: secret(33) })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}, …)", self.device_id())
    }
}

/// Why the key store's entry is no identity. Neither may be answered by making a new identity
/// unasked: that would cut this device off from all its peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Written by a later version of the app.
    #[error("this device's keys were saved by a newer version of WHPH (format {0}): update the app")]
    UnknownVersion(u8),
    /// Wrong length or checksum.
    #[error(
        "this device's keys are damaged: restore the key store from a backup, or reset sync and pair again"
    )]
    Damaged,
}

/// BLAKE2s-256 over a label and parts. Every part must have a fixed length, or the parts would run
/// into each other.
pub(crate) fn blake2s(label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Blake2s256::new_with_prefix(label);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

const DEVICE_ID_SYMBOLS: u32 = 26;
const STORED_VERSION: u8 = 1;
const STORED_LEN: usize = 1 + 32 + 32 + 4;

fn stored_checksum(bytes: &[u8]) -> [u8; 4] {
    let hash = blake2s(b"whph identity v1", &[bytes]);
    [hash[0], hash[1], hash[2], hash[3]]
}
