//! What a bundle says of itself and of its sender: what two sides of a session would have told each other.

use super::{BundleError, malformed};
use crate::digest::Digest;
use crate::hlc::Hlc;
use crate::identity::DeviceId;
use crate::json::{is_name, unique_keys};
use crate::limits::{KINDS_MAX, WRITERS_MAX};
use crate::node::storage::Cursors;
use crate::stamp::{ReplicaId, WriterId};
use crate::wire::PROTOCOL;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most characters that are told of what is wrong with a manifest.
const ERROR_MAX: usize = 200;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Session protocols that the sender speaks, lowest and highest.
    pub protocol: [u32; 2],
    /// The version of the sender's schema; only told.
    pub schema: u32,
    /// The sender.
    pub from: DeviceId,
    /// The recipient.
    pub to: DeviceId,
    /// The sender's replica, to which `head`, `after` and `upto` refer.
    pub replica: ReplicaId,
    /// The sender's highest seq.
    pub head: u64,
    /// The recipient's replica to which `applied` refers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_replica: Option<ReplicaId>,
    /// How far the sender has applied the recipient's changes.
    pub applied: Cursors,
    /// For each writer of the recipient's device: the latest of its moments that the sender holds.
    pub seen: Vec<(WriterId, u64)>,
    /// What came unchanged from this replica of the recipient's is not in the bundle. `None`: everything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<ReplicaId>,
    /// The bundle holds what follows here …
    pub after: Cursors,
    /// … up to here.
    pub upto: u64,
    /// Kinds that the sender does not share with the recipient.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub off: BTreeSet<Box<str>>,
    /// The digests of the sender's shared kinds, where the bundle reaches its head.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "digests")]
    pub digests: Option<BTreeMap<Box<str>, Digest>>,
    /// When it was written, by the sender's clock, in Unix milliseconds; only told.
    pub wall: u64,
}

fn digests<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<Box<str>, Digest>>, D::Error> {
    unique_keys(deserializer).map(Some)
}

impl Manifest {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| BundleError::Malformed(error.to_string().chars().take(ERROR_MAX).collect()))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), BundleError> {
        if self.protocol[0] > PROTOCOL[1] || self.protocol[1] < PROTOCOL[0] {
            return Err(malformed("another protocol than this version speaks"));
        }
        let cursors = [&self.applied, &self.after];
        let digests = self.digests.iter().flat_map(BTreeMap::keys);
        let mut names =
            cursors.iter().flat_map(|cursors| cursors.behind.keys()).chain(&self.off).chain(digests);
        let count = names.clone().count();
        if count > 4 * KINDS_MAX || self.seen.len() > WRITERS_MAX || !names.all(|name| is_name(name)) {
            return Err(malformed("names or counts beyond the limits"));
        }
        if self.seen.iter().any(|&(_, hlc)| Hlc::from_bits(hlc).is_none()) {
            return Err(malformed("a time out of range"));
        }
        let is_ahead = |cursors: &&Cursors| cursors.behind.values().any(|&seq| seq > cursors.base);
        if cursors.iter().any(is_ahead) || self.after.base > self.upto || self.upto > self.head {
            return Err(malformed("positions that contradict each other"));
        }
        if self.digests.is_some() && self.upto != self.head {
            return Err(malformed("digests of another moment"));
        }
        Ok(())
    }
}
