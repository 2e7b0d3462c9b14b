//! Who wrote what when, and who has seen what.

use crate::hlc::Hlc;
use data_encoding::HEXLOWER;
use std::fmt;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 8]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                HEXLOWER
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok().map(Self))
                    .ok_or_else(|| serde::de::Error::custom("expected 16 hexadecimal digits"))
            }
        }
    };
}

random_id! {
    /// One incarnation of a device as an author of edits. A device takes a new one whenever it cannot be sure that it
    /// never gave out a stamp before: after a restore, a clone, or its clock being set back.
    WriterId
}
random_id! {
    /// One life of a device's database. Its change order (`seq`) means something only within it.
    ReplicaId
}

/// The identity of one write: when, and by whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// When; compared first, so that the newest of concurrent writes is shown.
    pub hlc: Hlc,
    /// By whom; breaks ties, the same way on every device.
    pub writer: WriterId,
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{}", self.hlc, self.writer)
    }
}

/// What a copy has seen: for each writer, the latest of its moments.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct VersionVector(Vec<(WriterId, Hlc)>);

impl VersionVector {
    /// Whether the write with that stamp has been seen.
    #[must_use]
    pub fn covers(&self, stamp: Stamp) -> bool {
        self.get(stamp.writer).is_some_and(|seen| stamp.hlc <= seen)
    }

    /// The latest moment seen of that writer.
    #[must_use]
    pub fn get(&self, writer: WriterId) -> Option<Hlc> {
        self.position(writer).ok().map(|at| self.0[at].1)
    }

    /// Takes note of one write.
    pub fn observe(&mut self, stamp: Stamp) {
        match self.position(stamp.writer) {
            Ok(at) => self.0[at].1 = self.0[at].1.max(stamp.hlc),
            Err(at) => self.0.insert(at, (stamp.writer, stamp.hlc)),
        }
    }

    /// The pointwise maximum.
    pub fn join(&mut self, other: &Self) {
        for (writer, hlc) in other.iter() {
            self.observe(Stamp { hlc, writer });
        }
    }

    /// Its entries, by writer.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (WriterId, Hlc)> + '_ {
        self.0.iter().copied()
    }

    /// The latest moment seen of anyone.
    #[must_use]
    pub fn newest(&self) -> Option<Stamp> {
        self.iter().map(|(writer, hlc)| Stamp { hlc, writer }).max()
    }

    /// Number of writers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, writer: WriterId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&writer, |&(writer, _)| writer)
    }
}

impl FromIterator<Stamp> for VersionVector {
    fn from_iter<I: IntoIterator<Item = Stamp>>(stamps: I) -> Self {
        let mut vv = Self::default();
        stamps.into_iter().for_each(|stamp| vv.observe(stamp));
        vv
    }
}

impl fmt::Debug for VersionVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
