//! What the node asks of the database, and what comes back: values, never a connection. Each question is answered in one
//! transaction, in the order they were asked for one link.

use crate::digest::Digest;
use crate::hlc::Hlc;
use crate::identity::DeviceId;
use crate::stamp::{ReplicaId, WriterId};
use crate::time::Wall;
use crate::wire::Mark;
use crate::wire::batch::{Batch, Writers};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// How far one replica has applied another's change order. Kinds normally move together; one that was switched off
/// meanwhile stays behind on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursors {
    /// Every kind not named in `behind`.
    pub base: u64,
    /// Kinds that are not as far as `base`.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_keys"
    )]
    pub behind: BTreeMap<Box<str>, u64>,
}

impl Cursors {
    /// How far that kind is.
    #[must_use]
    pub fn of(&self, kind: &str) -> u64 {
        self.behind.get(kind).copied().unwrap_or(self.base)
    }

    /// The lowest of all kinds but those in `off`.
    #[must_use]
    pub fn lowest(&self, off: &BTreeSet<Box<str>>) -> u64 {
        let behind = self.behind.iter().filter(|(kind, _)| !off.contains(*kind)).map(|(_, seq)| *seq);
        behind.chain([self.base]).min().unwrap_or(self.base)
    }

    /// As [`Self::advance`], for changes that begin after `after` and may have come out of order: a kind that is not so far yet
    /// stays where it is, because something between is missing. Whether none was held back.
    pub fn advance_from(&mut self, after: &Self, upto: u64, off: &BTreeSet<Box<str>>) -> bool {
        if after.base > self.base {
            return false;
        }
        let missing: BTreeSet<Box<str>> = self
            .behind
            .iter()
            .filter(|(kind, seq)| after.of(kind) > **seq && !off.contains(*kind))
            .map(|(kind, _)| kind.clone())
            .collect();
        self.advance(upto, &off.union(&missing).cloned().collect());
        missing.is_empty()
    }

    /// As far as the further one of both, kind by kind.
    pub fn join(&mut self, other: &Self) {
        let base = self.base.max(other.base);
        let behind = self
            .behind
            .keys()
            .chain(other.behind.keys())
            .map(|kind| (kind.clone(), self.of(kind).max(other.of(kind))))
            .filter(|(_, seq)| *seq < base)
            .collect();
        *self = Self { base, behind };
    }

    /// Everything up to `upto` has been applied, but for the kinds in `off`, which stay where they are.
    pub fn advance(&mut self, upto: u64, off: &BTreeSet<Box<str>>) {
        let before = self.base;
        self.base = self.base.max(upto);
        if self.base > before {
            for kind in off {
                self.behind.entry(kind.clone()).or_insert(before);
            }
        }
        self.behind.retain(|kind, seq| {
            if !off.contains(kind) {
                *seq = (*seq).max(upto);
            }
            *seq < self.base
        });
    }
}

/// What a session needs to know before its first word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Our present writer.
    pub writer: WriterId,
    /// The latest moment our clock gave out or observed.
    pub clock: Hlc,
    /// Our present replica.
    pub replica: ReplicaId,
    /// Our highest seq.
    pub head: u64,
    /// The peer's replica that `cursors` refers to, once there was a session.
    pub peer_replica: Option<ReplicaId>,
    /// How far we have applied the peer's changes.
    pub cursors: Cursors,
    /// Kinds that we do not share with this peer.
    pub off: BTreeSet<Box<str>>,
    /// How often the two were proved equal. A database from a backup shows fewer.
    pub proofs: u64,
    /// For each writer of the peer's device: the latest of its moments that we hold.
    pub seen: Vec<(WriterId, Hlc)>,
    /// While nobody has agreed to merge what we hold with what the peer holds: how many entities of shared kinds we hold,
    /// deleted ones too. `None` once somebody has.
    pub unagreed: Option<u64>,
}

/// A question to the store, on behalf of one link.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// What the session needs to begin. Answered by [`Answer::Opening`].
    Open {
        /// With whom.
        peer: DeviceId,
    },
    /// The next changes for a peer, in change order. Answered by [`Answer::Changes`].
    Changes {
        /// For whom: what came from there unchanged is left out.
        peer: DeviceId,
        /// The replica of the peer's that counts as "there".
        replica: ReplicaId,
        /// How far the peer is.
        after: Cursors,
        /// Kinds to leave out.
        off: BTreeSet<Box<str>>,
        /// Writers with a number below this were introduced already.
        introduced: u32,
        /// The most entities to give.
        most: usize,
    },
    /// Applies a batch and moves the cursor, in one transaction. Answered by [`Answer::Applied`].
    Apply {
        /// From whom.
        peer: DeviceId,
        /// The peer's replica.
        replica: ReplicaId,
        /// The writers it has introduced so far.
        writers: Arc<Writers>,
        /// The entities.
        batch: Batch,
        /// Where the cursor moves; `None` for repairs, which do not follow the change order.
        upto: Option<u64>,
        /// Kinds that are not shared: refused if the batch holds any, and their cursor stays.
        off: BTreeSet<Box<str>>,
        /// Our wall clock.
        wall: Wall,
    },
    /// The digest of every kind but those in `off`, kinds without entities left out. Answered by [`Answer::Digests`].
    Digests {
        /// Kinds to leave out.
        off: BTreeSet<Box<str>>,
    },
    /// All bucket digests of these kinds. Answered by [`Answer::Buckets`].
    Buckets {
        /// Which kinds.
        kinds: BTreeSet<Box<str>>,
    },
    /// The entities of some buckets, in order of kind and id. Answered by [`Answer::Repair`].
    Repair {
        /// Which buckets of which kinds.
        buckets: BTreeMap<Box<str>, BTreeSet<u16>>,
        /// Continue after this entity.
        after: Option<(Box<str>, Uuid)>,
        /// Writers with a number below this were introduced already.
        introduced: u32,
    },
    /// The peer's digest equals ours: remember that, and how far the peer is. Answered by [`Answer::Done`].
    Proved {
        /// With whom.
        peer: DeviceId,
        /// The peer's replica.
        replica: ReplicaId,
        /// The peer has applied our changes up to here.
        acked: u64,
        /// We have applied the peer's changes up to here: stretches that held nothing for us move the cursor only now.
        applied: u64,
        /// How often the two were proved equal by now.
        proofs: u64,
        /// Kinds that were not compared.
        off: BTreeSet<Box<str>>,
        /// Our wall clock.
        wall: Wall,
    },
    /// Some of the entities of every kind but those in `off`, deleted ones too, in order of kind and id. Answered by
    /// [`Answer::Outline`].
    Outline {
        /// Kinds to leave out.
        off: BTreeSet<Box<str>>,
        /// Continue after this entity.
        after: Option<(Box<str>, Uuid)>,
    },
    /// Whether what we hold may be merged with what the peer holds. Once agreed to, that stays. Answered by
    /// [`Answer::Agreement`].
    Agreement {
        /// With whom.
        peer: DeviceId,
        /// Whether it was agreed to; else a person is being asked.
        agreed: bool,
    },
    /// We were restored from a backup: take a new writer and replica, and compare everything anew with everybody.
    /// Answered by [`Answer::Done`].
    Renew,
    /// Writes a finished session to the history. Answered by [`Answer::Done`].
    Record(SessionRecord),
}

/// An answer of the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To [`Ask::Open`].
    Opening(Box<Opening>),
    /// To [`Ask::Changes`].
    Changes {
        /// The entities; may be empty.
        batch: Batch,
        /// The batch holds every change up to here.
        upto: u64,
        /// Whether more may follow at once.
        more: bool,
        /// Writers introduced by now: pass it to the next question.
        introduced: u32,
    },
    /// To [`Ask::Apply`].
    Applied {
        /// As asked.
        upto: Option<u64>,
        /// What the batch did.
        report: Report,
        /// Our highest seq now.
        head: u64,
    },
    /// To [`Ask::Digests`].
    Digests {
        /// By kind.
        digests: BTreeMap<Box<str>, Digest>,
        /// Our highest seq at that moment.
        head: u64,
    },
    /// To [`Ask::Buckets`].
    Buckets(BTreeMap<Box<str>, Vec<Digest>>),
    /// To [`Ask::Repair`].
    Repair {
        /// The entities.
        batch: Batch,
        /// Where to continue; `None` when all were given.
        next: Option<(Box<str>, Uuid)>,
        /// Writers introduced by now.
        introduced: u32,
    },
    /// To [`Ask::Outline`].
    Outline {
        /// The entities, at most [`crate::limits::OUTLINE_PAGE`] of them.
        marks: Vec<Mark>,
        /// Where to continue; `None` when all were given.
        next: Option<(Box<str>, Uuid)>,
    },
    /// To [`Ask::Agreement`].
    Agreement {
        /// Whether it is agreed to by now: another session may have been told.
        agreed: bool,
    },
    /// To [`Ask::Proved`], [`Ask::Renew`] and [`Ask::Record`].
    Done,
    /// The store could not do it: the session ends with this reason. Nothing was changed.
    Failed(String),
}

/// What applied batches did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Entities that are new here.
    pub new: u64,
    /// Entities that changed.
    pub changed: u64,
    /// Entities that were deleted by it.
    pub deleted: u64,
    /// Entities that we had already.
    pub unchanged: u64,
    /// Entities that now wait for review and did not before.
    pub conflicts: u64,
    /// Entities that could not be read and were set aside.
    pub quarantined: u64,
}

impl Report {
    /// Adds another report to this one.
    pub fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.deleted += other.deleted;
        self.unchanged += other.unchanged;
        self.conflicts += other.conflicts;
        self.quarantined += other.quarantined;
    }

    /// What came on top of an earlier report of the same session.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            new: self.new - earlier.new,
            changed: self.changed - earlier.changed,
            deleted: self.deleted - earlier.deleted,
            unchanged: self.unchanged - earlier.unchanged,
            conflicts: self.conflicts - earlier.conflicts,
            quarantined: self.quarantined - earlier.quarantined,
        }
    }

    /// Entities in all.
    #[must_use]
    pub fn entities(&self) -> u64 {
        self.new + self.changed + self.deleted + self.unchanged + self.quarantined
    }
}

/// One session as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// With whom.
    pub peer: DeviceId,
    /// When it began, in Unix milliseconds.
    pub started: u64,
    /// When it ended.
    pub ended: u64,
    /// Entities sent.
    pub sent: u64,
    /// What arrived did.
    pub received: Report,
    /// Bytes sent and received, as they went over the link.
    pub bytes: [u64; 2],
    /// Whether it ended with equal digests.
    pub proved: bool,
    /// Why it ended if not.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(kinds: &[&str]) -> BTreeSet<Box<str>> {
        kinds.iter().map(|kind| (*kind).into()).collect()
    }

    #[test]
    fn a_kind_switched_off_stays_behind_and_catches_up() {
        let mut cursors = Cursors::default();
        cursors.advance(10, &set(&[]));
        cursors.advance(20, &set(&["note"]));
        assert_eq!((cursors.of("task"), cursors.of("note"), cursors.lowest(&set(&[]))), (20, 10, 10));
        assert_eq!(cursors.lowest(&set(&["note"])), 20);
        cursors.advance(15, &set(&[]));
        assert_eq!((cursors.of("task"), cursors.of("note")), (20, 15));
        cursors.advance(25, &set(&[]));
        assert_eq!(cursors, Cursors { base: 25, behind: BTreeMap::new() });
    }

    fn at(base: u64, behind: &[(&str, u64)]) -> Cursors {
        Cursors { base, behind: behind.iter().map(|(kind, seq)| ((*kind).into(), *seq)).collect() }
    }

    #[test]
    fn a_gap_is_never_stepped_over() {
        let mut cursors = at(20, &[("note", 10)]);
        assert!(!cursors.advance_from(&at(21, &[]), 30, &set(&[])));
        assert_eq!(cursors, at(20, &[("note", 10)]));
        // Notes between 10 and 15 are missing, of the rest nothing is.
        assert!(!cursors.advance_from(&at(20, &[("note", 15)]), 30, &set(&[])));
        assert_eq!(cursors, at(30, &[("note", 10)]));
        assert!(cursors.advance_from(&at(30, &[("note", 10)]), 40, &set(&["note"])));
        assert_eq!(cursors, at(40, &[("note", 10)]));
        assert!(cursors.advance_from(&at(5, &[]), 35, &set(&[])));
        assert_eq!(cursors, at(40, &[("note", 35)]));
    }

    #[test]
    fn what_was_heard_late_takes_nothing_back() {
        let mut cursors = at(20, &[("note", 10), ("task", 12)]);
        cursors.join(&at(30, &[("note", 5), ("tag", 7)]));
        assert_eq!(cursors, at(30, &[("note", 10), ("tag", 20)]));
        cursors.join(&at(3, &[]));
        assert_eq!(cursors, at(30, &[("note", 10), ("tag", 20)]));
    }
}
