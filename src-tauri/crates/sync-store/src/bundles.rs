//! Bundles: what a device without a network to this one is told by a file, and what such a file does here.
//!
//! A file may be lost, read late, twice, in any order, or come from before one of the two was restored. So entities are always merged,
//! which is idempotent, and a cursor moves only where what arrived begins at or before it, in the lives of both databases that it
//! counts in. What a sender says of its own cursor is true for good in that pair of lives, however old the file is.

use crate::Store;
use crate::apply::Received;
use crate::changes::Given;
use crate::error::StoreError;
use crate::names::{i64_of, source, u64_of};
use crate::peers::Standing;
use crate::quarantine;
use crate::ready::Ready;
use crate::sessions::forget_failures;
use crate::sharing::{off_there, store_off_there};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use sync_core::bundle::{Frames, Manifest};
use sync_core::digest::Digest;
use sync_core::identity::DeviceId;
use sync_core::limits::BATCH_ENTITIES;
use sync_core::node::storage::{Answer, Ask, Cursors, Opening, Report};
use sync_core::time::Wall;
use sync_core::wire::PROTOCOL;
use sync_core::wire::batch::{Batch, Writers};

/// Where a bundle begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At what the recipient has acknowledged, without what came from it.
    Acknowledged,
    /// At the beginning: it holds everything.
    Everything,
    /// Where this one ended.
    After(Box<Manifest>),
}

/// A bundle's content.
#[derive(Debug)]
pub struct Packed {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its batches.
    pub frames: Frames,
}

/// How a bundle stands to what is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// Nobody has agreed yet to merge with its sender, and this device holds so many entities.
    Unagreed(u64),
    /// It can be taken.
    Welcome {
        /// Kinds that are not shared: to be left out.
        off: BTreeSet<Box<str>>,
        /// Its sender knew more of this device than this device does, so it took a new writer and replica.
        renewed: bool,
    },
}

/// What became of the cursors once a bundle was merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Everything that its sender has changed up to the bundle's end is here. Else something before the bundle is missing, or it
    /// was written for or in an earlier life of one of the two.
    pub gapless: bool,
    /// This device holds exactly what the sender held when it wrote the bundle: their digests are equal.
    pub equal: bool,
}

impl Store {
    /// Packs what a paired device lacks, as much as fits into `room` bytes. The manifest's `upto` is below its `head` where more
    /// follows.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub fn pack(
        &mut self,
        peer: DeviceId,
        begin: &Begin,
        room: usize,
        wall: Wall,
    ) -> Result<Packed, StoreError> {
        let (device, schema) = (self.device()?, self.schema.version);
        let opening = self.open_for(peer)?;
        let (left_out, after) = match begin {
            Begin::Acknowledged => (opening.peer_replica, Standing::load(&self.conn, peer)?.acked),
            Begin::Everything => (None, Cursors::default()),
            Begin::After(last) => {
                let mut after = last.after.clone();
                after.advance(last.upto, &last.off);
                (last.left_out, after)
            }
        };
        let Opening { off, head, .. } = opening;
        let mut manifest = Manifest {
            protocol: PROTOCOL,
            schema,
            from: device,
            to: peer,
            replica: opening.replica,
            head,
            peer_replica: opening.peer_replica,
            applied: opening.cursors,
            seen: opening.seen.iter().map(|&(writer, hlc)| (writer, hlc.bits())).collect(),
            left_out,
            upto: after.base,
            after,
            off,
            digests: None,
            wall: wall.0,
        };
        let mut frames = Frames::new(room);
        self.fill(&mut manifest, &mut frames)?;
        Ok(Packed { manifest, frames })
    }

    /// Adds changes until there are none, or no more fit; and the digests of that moment in the first case.
    fn fill(&mut self, manifest: &mut Manifest, frames: &mut Frames) -> Result<(), StoreError> {
        let (mut position, mut introduced) = (manifest.after.clone(), 0);
        let off = manifest.off.clone();
        loop {
            let given = Given { introduced, most: BATCH_ENTITIES };
            let changes = self.changes(manifest.to, manifest.left_out, &position, &off, given)?;
            let Answer::Changes { batch, upto, more, introduced: by_now } = changes else {
                return unexpected();
            };
            let fits = batch.entities == 0 || frames.push(&batch).map_err(too_large)?;
            if !fits {
                return Ok(());
            }
            position.advance(upto, &off);
            (manifest.upto, introduced) = (manifest.upto.max(upto), by_now);
            manifest.head = manifest.head.max(manifest.upto);
            if more {
                continue;
            }
            let (digests, head) = self.digests_of(&off)?;
            // Another process may have written since.
            if head <= manifest.upto {
                manifest.digests = Some(digests);
                return Ok(());
            }
            manifest.head = head;
        }
    }

    /// Looks at a bundle that was opened, before anything of it is merged. `agrees`: a person agreed to merge with its sender.
    ///
    /// # Errors
    /// When its sender is not paired, or the database fails.
    pub fn greet(&mut self, manifest: &Manifest, agrees: bool) -> Result<Greeting, StoreError> {
        let opening = self.open_for(manifest.from)?;
        let held = opening.unagreed.filter(|held| *held > 0 && !agrees);
        if let Some(held) = held {
            return Ok(Greeting::Unagreed(held));
        }
        if opening.unagreed.is_some() {
            self.agreement(manifest.from, true)?;
        }
        let renewed = knows_more(manifest, &opening);
        if renewed {
            self.renew()?;
        }
        let tx = self.conn.transaction()?;
        let mut standing = Standing::load(&tx, manifest.from)?;
        if is_entered(&tx, &standing, manifest)? {
            standing.meet(manifest.replica);
            standing.store(&tx)?;
            tx.execute(
                "INSERT OR IGNORE INTO source (device, replica) VALUES (?1, ?2)",
                params![manifest.from.as_bytes(), manifest.replica.0],
            )?;
        }
        tx.commit()?;
        Ok(Greeting::Welcome { off: opening.off.union(&manifest.off).cloned().collect(), renewed })
    }

    /// Merges a batch of a bundle. Its cursor moves with [`Self::conclude`] alone, so that one that was interrupted is read again.
    ///
    /// # Errors
    /// When its sender is not paired, or the database fails: then nothing of the batch is taken.
    pub fn take(
        &mut self,
        manifest: &Manifest,
        writers: Arc<Writers>,
        mut batch: Batch,
        off: &BTreeSet<Box<str>>,
        wall: Wall,
    ) -> Result<Report, StoreError> {
        // What is not shared with the sender it may not have known when it wrote.
        batch.leave_out(off);
        let (peer, replica) = (manifest.from, manifest.replica);
        let ask = Ask::Apply { peer, replica, writers, batch, upto: None, off: off.clone(), wall };
        let Ready { ask, arrivals } = Ready::from(ask);
        let Some(received) = Received::of(&ask) else { return unexpected() };
        let Answer::Applied { report, .. } = self.apply(&received, arrivals)? else { return unexpected() };
        Ok(report)
    }

    /// Moves the cursors once everything of a bundle was merged.
    ///
    /// # Errors
    /// When its sender is not paired, or the database fails.
    pub fn conclude(
        &mut self,
        manifest: &Manifest,
        off: &BTreeSet<Box<str>>,
        wall: Wall,
    ) -> Result<Taken, StoreError> {
        let (ours, head) = self.digests_of(off)?;
        let replica = self.marker()?.replica;
        let mut txn = self.begin(wall)?;
        let mut standing = Standing::load(&txn.sql, manifest.from)?;
        let theirs = manifest.digests.as_ref().map(|digests| shared(digests, off));
        let equal = theirs.is_some_and(|theirs| theirs == shared(&ours, off)) && head == u64_of(txn.head());
        if standing.replica != Some(manifest.replica) {
            // Where a late file of a life in between was taken for the latest, the present one was shut out. Equal digests let it in
            // again, and prove nothing yet: the file may be from a life that is over after all.
            if equal {
                standing.meet(manifest.replica);
                standing.store(&txn.sql)?;
                txn.commit()?;
            }
            return Ok(Taken { gapless: false, equal: false });
        }
        if manifest.peer_replica == Some(replica) {
            standing.acked.join(&manifest.applied);
        }
        // A file may be late: that a kind is shared again is believed at once, that it is not any more only of one that is news.
        let there: BTreeSet<Box<str>> = if manifest.upto > standing.applied.base {
            manifest.off.clone()
        } else {
            off_there(&txn.sql, standing.number)?.intersection(&manifest.off).cloned().collect()
        };
        store_off_there(&txn.sql, standing.number, &there)?;
        // What another life of this database had from the sender was left out because that life had it.
        let is_for_us = manifest.left_out.is_none_or(|left_out| left_out == replica);
        let gapless = is_for_us && standing.applied.advance_from(&manifest.after, manifest.upto, off);
        if equal {
            // Not `acked`: a bundle begins there, so it must not be ahead of what the sender itself knows to have applied.
            standing.applied.advance(manifest.upto, off);
            txn.sql.execute(
                "UPDATE pairing SET last_sync = ?2 WHERE num = ?1",
                params![standing.number, i64_of(wall.0)],
            )?;
            forget_failures(&txn.sql, manifest.from)?;
            quarantine::clear_proved(&txn.sql, standing.number, off)?;
        }
        txn.handed_out = txn.handed_out.max(i64_of(standing.acked.base).min(txn.head()));
        standing.store(&txn.sql)?;
        txn.commit()?;
        Ok(Taken { gapless: gapless || equal, equal })
    }

    fn open_for(&mut self, peer: DeviceId) -> Result<Opening, StoreError> {
        let Answer::Opening(opening) = self.opening(peer)? else { return unexpected() };
        Ok(*opening)
    }

    fn digests_of(
        &mut self,
        off: &BTreeSet<Box<str>>,
    ) -> Result<(BTreeMap<Box<str>, Digest>, u64), StoreError> {
        let Answer::Digests { digests, head } = self.digests(off)? else { return unexpected() };
        Ok((digests, head))
    }
}

/// Whether the sender's life that the bundle tells of is the present one, as far as is known here. One that was heard of before the
/// one that is held for present was left: it is not entered again by a file that comes late.
fn is_entered(conn: &Connection, standing: &Standing, manifest: &Manifest) -> Result<bool, StoreError> {
    let Some(present) = standing.replica.filter(|present| *present != manifest.replica) else {
        return Ok(true);
    };
    Ok(match (source(conn, manifest.from, manifest.replica)?, source(conn, manifest.from, present)?) {
        (None, _) => true,
        (Some(told), Some(present)) => told > present,
        // What was met in a session alone is present.
        (Some(_), None) => false,
    })
}

/// Whether the sender has had more of this database than there is in it: then it was restored, and nobody noticed.
fn knows_more(manifest: &Manifest, ours: &Opening) -> bool {
    let is_past = manifest.peer_replica == Some(ours.replica) && manifest.applied.base > ours.head;
    let is_later = |&(writer, hlc): &(_, u64)| writer == ours.writer && hlc > ours.clock.bits();
    is_past || manifest.seen.iter().any(is_later)
}

fn shared(digests: &BTreeMap<Box<str>, Digest>, off: &BTreeSet<Box<str>>) -> BTreeMap<Box<str>, Digest> {
    let counting =
        digests.iter().filter(|(kind, digest)| !off.contains(*kind) && **digest != Digest::default());
    counting.map(|(kind, digest)| (kind.clone(), *digest)).collect()
}

/// A batch of our own rows, which are bounded when they are stored.
fn too_large(error: sync_core::wire::batch::BatchError) -> StoreError {
    StoreError::Damaged(error.to_string())
}

/// Each question has one kind of answer.
fn unexpected<T>() -> Result<T, StoreError> {
    Err(StoreError::Damaged("a question was answered with another one's answer".into()))
}

#[cfg(test)]
mod tests;
