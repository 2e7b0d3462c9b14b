//! Public keys, checked once at the border: a value of this type is a key that can be used.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use x25519_dalek::{PublicKey as Point, StaticSecret};

use super::DeviceId;

/// An X25519 public key: canonical and not of low order. In serde it is base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Accepts a key that a peer sent: 32 bytes, canonical, not of low order, and not `own` thrown
    /// back at us.
    pub fn parse(bytes: &[u8], own: &PublicKey) -> Result<Self, KeyError> {
        let key = Self::try_from(bytes)?;
        if key == *own { Err(KeyError::Own) } else { Ok(key) }
    }

    /// The raw 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The id of the device whose channel key this is.
    pub fn device_id(&self) -> DeviceId {
        DeviceId::of(self)
    }

    /// The device id in groups of four, for two people to read to each other.
    pub fn fingerprint(&self) -> String {
        let id = self.device_id().to_string();
        let groups: Vec<&str> = (0..id.len()).step_by(4).map(|at| &id[at..id.len().min(at + 4)]).collect();
        groups.join(" ")
    }

    /// The key of a secret we hold, which needs no check.
    pub(super) fn of(secret: &StaticSecret) -> Self {
        Self(Point::from(secret).to_bytes())
    }
}

/// Every check but the one for our own key; for keys that were stored after [`PublicKey::parse`].
impl TryFrom<&[u8]> for PublicKey {
    type Error = KeyError;

    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Invalid)?;
        // Any scalar shows a low-order point: clamping makes it a multiple of the cofactor.
        let probe = StaticSecret::from([1; 32]).diffie_hellman(&Point::from(bytes));
        if is_canonical(&bytes) && probe.was_contributory() {
            Ok(Self(bytes))
        } else {
            Err(KeyError::Invalid)
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", BASE64URL_NOPAD.encode(&self.0))
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64_key::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = base64_key::deserialize(deserializer)?;
        Self::try_from(bytes.as_slice()).map_err(serde::de::Error::custom)
    }
}

/// Why bytes are no public key of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Wrong length, not canonical, all zero or of low order.
    #[error("this is not a usable public key")]
    Invalid,
    /// Our own key.
    #[error("this is this device's own key: use the key of the other device")]
    Own,
}

/// 32 bytes as base64url text without padding, for `#[serde(with)]`. The text is wiped after use,
/// because secret shares take this way too.
pub(crate) mod base64_key {
    use data_encoding::BASE64URL_NOPAD;
    use serde::{Deserialize, Deserializer, Serializer, de};
    use zeroize::Zeroizing;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(BASE64URL_NOPAD.encode(bytes)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| de::Error::custom("not base64url"))?;
        <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| de::Error::custom("not 32 bytes"))
    }
}

/// Whether the number is below p = 2^255 − 19. The curve takes larger ones for the same key, and
/// one key with two spellings would have two device ids.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    let above = *last == 0x7f && *first >= 0xed && middle.iter().all(|byte| *byte == 0xff);
    *last < 0x80 && !above
}
