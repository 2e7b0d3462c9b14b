//! The checksum of an entity's state: equal on two devices exactly when they hold the same. It finds bugs and
//! bit-rot; security is the channel's work.

use super::{Entity, EntityKey};
use crate::json::Json;
use crate::stamp::{Stamp, VersionVector};

/// The first 128 bits of BLAKE3 over the canonical state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Checksum(pub [u8; 16]);

impl Entity {
    /// The checksum of this state. A dead entity counts as id, version vector and deletes alone, so that devices
    /// may drop a tombstone's content each in its own time. Layout: `PROTOCOL.md`, "Checksums".
    #[must_use]
    pub fn checksum(&self, key: &EntityKey) -> Checksum {
        let mut state = Canonical(Vec::with_capacity(1024));
        state.bytes(key.kind.as_bytes());
        state.0.extend(key.id.as_bytes());
        state.version_vector(&self.vv);
        let dead = self.is_dead();
        let fields = if dead { 0 } else { self.fields.len() };
        state.count(fields);
        for (name, siblings) in self.fields.iter().take(fields) {
            state.bytes(name.as_bytes());
            state.count(siblings.len());
            for sibling in siblings {
                state.stamp(sibling.stamp);
                state.json(&sibling.value);
                state.optional(sibling.base.as_ref(), Canonical::json);
            }
        }
        let sets = if dead { 0 } else { self.sets.len() };
        state.count(sets);
        for (name, members) in self.sets.iter().take(sets) {
            state.bytes(name.as_bytes());
            state.count(members.len());
            for member in members {
                state.stamp(member.stamp);
                state.json(&member.item);
            }
        }
        state.count(self.removals.len());
        for removal in &self.removals {
            state.stamp(removal.stamp);
            state.optional(removal.seen.as_ref(), Canonical::version_vector);
        }
        let mut checksum = Checksum([0; 16]);
        blake3::Hasher::new().update(&state.0).finalize_xof().fill(&mut checksum.0);
        checksum
    }
}

/// Length-prefixed bytes, so that no two states share an encoding.
struct Canonical(Vec<u8>);

impl Canonical {
    fn count(&mut self, n: usize) {
        self.0.extend((n as u32).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend(bytes);
    }

    fn json(&mut self, json: &Json) {
        self.bytes(json.text().as_bytes());
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.0.extend(stamp.hlc.bits().to_be_bytes());
        self.0.extend(stamp.writer.0);
    }

    fn version_vector(&mut self, vv: &VersionVector) {
        self.count(vv.len());
        vv.iter().for_each(|(writer, hlc)| self.stamp(Stamp { hlc, writer }));
    }

    fn optional<T>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }
}
