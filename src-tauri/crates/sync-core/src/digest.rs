//! Digests: one number for everything of a kind, kept up to date as entities change, so that two devices can prove
//! that they hold the same without listing it.

use crate::entity::Checksum;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use uuid::Uuid;

/// Buckets per kind. When digests differ, the differing buckets alone are exchanged.
pub const BUCKETS: usize = 1_024;

/// The sum, modulo 2^128, of the checksums of a set of entities. Order does not matter, and an entity is taken out by
/// subtraction; nothing at all is zero.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(pub u128);

impl Digest {
    /// With this entity added.
    #[must_use]
    pub const fn plus(self, checksum: Checksum) -> Self {
        Self(self.0.wrapping_add(u128::from_be_bytes(checksum.0)))
    }

    /// With this entity taken out.
    #[must_use]
    pub const fn minus(self, checksum: Checksum) -> Self {
        Self(self.0.wrapping_sub(u128::from_be_bytes(checksum.0)))
    }

    /// Of both sets together.
    #[must_use]
    pub const fn join(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

/// The bucket of an entity: the last ten bits of its id.
#[must_use]
pub fn bucket(id: Uuid) -> u16 {
    let [.., high, low] = *id.as_bytes();
    u16::from_be_bytes([high, low]) % BUCKETS as u16
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0.to_be_bytes()))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(|bytes| Self(u128::from_be_bytes(bytes)))
            .ok_or_else(|| serde::de::Error::custom("expected 32 hexadecimal digits"))
    }
}
