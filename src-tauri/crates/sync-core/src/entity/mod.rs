//! One entity as merging sees it: for each field the writes that nobody has superseded yet, and a version
//! vector that says which writes this copy has seen. The laws are in `MERGE.md`.
//!
//! Nothing here asks the schema anything: a device merges kinds and fields it has never heard of.
//! What a person sees of an entity is in [`view`], what this device writes in [`write`].

mod checksum;
mod merge;
mod ordered;
pub mod row;
pub mod view;
pub mod write;

pub use checksum::Checksum;
pub use merge::{Applied, Replaced, Verdict, apply, merge};
pub use ordered::Ordered;

use crate::json::Json;
use crate::stamp::{Stamp, VersionVector};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which entity: its kind and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityKey {
    /// A name as [`crate::json::is_name`] allows it.
    pub kind: Box<str>,
    /// Unique within the kind.
    pub id: Uuid,
}

impl EntityKey {
    /// The entity of that kind and id.
    #[must_use]
    pub fn new(kind: &str, id: Uuid) -> Self {
        Self { kind: kind.into(), id }
    }
}

impl std::fmt::Display for EntityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// The state of one entity: all that merging needs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Entity {
    /// What this copy has seen. Covers every stamp below.
    pub vv: VersionVector,
    /// For each field its siblings: one normally, more after concurrent writes. Never empty.
    pub fields: BTreeMap<Box<str>, Ordered<Sibling>>,
    /// For each set its members; an empty set is a set all the same.
    pub sets: BTreeMap<Box<str>, Ordered<Member>>,
    /// Deletes and put-backs that nobody has superseded yet; empty for an entity that was never deleted.
    pub removals: Ordered<Removal>,
}

/// One write of one field that nobody has superseded. Ordered by stamp.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sibling {
    /// Which write.
    pub stamp: Stamp,
    /// What was written.
    pub value: Json,
    /// For a text: the text it started from.
    pub base: Option<Json>,
}

/// One item of a set, as one write added it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The item.
    pub item: Json,
    /// Which write added it.
    pub stamp: Stamp,
}

/// A delete, or the taking back of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Which write.
    pub stamp: Stamp,
    /// For a delete: everything it saw, and so deletes. For a put-back: nothing.
    pub seen: Option<VersionVector>,
}

impl PartialOrd for Removal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Removal {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |r: &Self| (r.stamp, r.seen.as_ref().map(|vv| vv.iter().collect::<Vec<_>>()));
        key(self).cmp(&key(other))
    }
}

impl Entity {
    /// Whether it is deleted: some delete exists, and the deletes together have seen every other write there is.
    /// An edit made elsewhere meanwhile therefore beats the delete.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        let mut seen = VersionVector::default();
        let mut deleted = false;
        for removal in &self.removals {
            if let Some(vv) = &removal.seen {
                seen.join(vv);
                deleted = true;
            }
        }
        deleted && self.writes().all(|stamp| seen.covers(stamp))
    }

    /// Drops what a dead entity held, keeping its id, its version vector and the delete, for good.
    pub fn shrink(&mut self) {
        debug_assert!(self.is_dead());
        self.fields.clear();
        self.sets.clear();
    }

    /// The stamps of every surviving write, put-backs among them, deletes not.
    fn writes(&self) -> impl Iterator<Item = Stamp> + '_ {
        let fields = self.fields.values().flatten().map(|sibling| sibling.stamp);
        let members = self.sets.values().flatten().map(|member| member.stamp);
        let put_backs = self.removals.iter().filter(|r| r.seen.is_none()).map(|r| r.stamp);
        fields.chain(members).chain(put_backs)
    }

    /// Every stamp in it, deletes among them.
    fn stamps(&self) -> impl Iterator<Item = Stamp> + '_ {
        self.writes().chain(self.removals.iter().filter(|r| r.seen.is_some()).map(|r| r.stamp))
    }
}

#[cfg(test)]
pub(crate) mod tests;
