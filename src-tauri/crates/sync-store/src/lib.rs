//! The replica on disk: one SQLite file, and the only crate that speaks SQL.
//!
//! Tables are generic: they hold any kind of entity, also ones this version has never heard of. The table of
//! entities is itself the order of changes (`seq`), and each peer has a cursor into it, so there is no queue
//! that goes stale: `sync_queue` is a view. Everything that follows from an entity (its digests, its history,
//! its place in the order, the cursor of a batch) changes in the transaction that changes it.
//!
//! Every call blocks on the disk: use a [`Store`] from one thread of its own. Several processes may have the
//! same file open: nothing is remembered from one transaction to the next.

mod apply;
mod backups;
mod bundles;
mod changes;
mod check;
mod decisions;
mod durable;
mod error;
#[cfg(feature = "faults")]
mod faults;
mod here;
mod history;
mod migrate;
mod names;
mod open;
mod outline;
mod overlay;
mod peers;
mod pending;
mod put_back;
mod quarantine;
mod ready;
mod refusal;
mod replica;
mod reviews;
mod sessions;
mod sharing;
mod status;
mod sums;
mod sweeps;
#[cfg(test)]
mod testing;
mod tidy;
mod txn;
mod view;
mod write;

pub use backups::{Restore, Restored};
pub use bundles::{Begin, Greeting, Packed, Taken};
pub use check::{Checkup, Problem};
pub use decisions::Decision;
pub use durable::Log;
pub use error::{OpenError, StoreError};
pub use history::{Event, HistoryEntry, HistoryFilter};
pub use migrate::schema_sql;
pub use open::{NewReplica, PRAGMAS};
pub use peers::{ADDRESSES_MAX, NewPeer, Peer};
pub use pending::{Operation, Pending};
pub use quarantine::Quarantined;
pub use ready::Ready;
pub use refusal::{Refusal, WriteError};
pub use sessions::Marker;
pub use status::{Count, Failure, PeerStatus, SKEW_TOLD, Skew, Status};
pub use sweeps::Sweep;
pub use tidy::Tidied;
pub use view::{View, Which};
pub use write::{Edit, Outcome};

use apply::Received;
use changes::head;
use rusqlite::Connection;
use std::sync::Arc;
use sync_core::node::storage::{Answer, Ask};
use sync_core::schema::Schema;

/// Where random ids come from.
pub type FreshId = Box<dyn FnMut() -> [u8; 8] + Send>;

/// An open database.
pub struct Store {
    conn: Connection,
    schema: Arc<Schema>,
    fresh_id: FreshId,
    /// Commits do not wait for the disk: somebody flushes the log.
    deferred: bool,
    /// The count of changed rows when it was last asked whether the log has to be flushed.
    flushed: u64,
}

impl Store {
    /// Answers the node. A failure comes back as [`Answer::Failed`] with its reason in words, and changed
    /// nothing.
    pub fn answer(&mut self, ask: impl Into<Ready>) -> Answer {
        let Ready { ask, arrivals } = ask.into();
        let answer = match ask {
            Ask::Open { peer } => self.opening(peer),
            Ask::Changes { peer, replica, after, off, introduced, most } => {
                let given = changes::Given { introduced, most };
                self.changes(peer, Some(replica), &after, &off, given)
            }
            Ask::Apply { peer, replica, writers, batch, upto, off, wall } => {
                let (writers, lines, off) = (&*writers, &*batch.lines, &off);
                self.apply(&Received { peer, replica, writers, lines, upto, off, wall }, arrivals)
            }
            Ask::Digests { off } => self.digests(&off),
            Ask::Buckets { kinds } => self.buckets(kinds),
            Ask::Repair { buckets, after, introduced } => self.repair(&buckets, after, introduced),
            Ask::Proved { peer, replica, acked, applied, proofs, off, wall } => {
                // What was compared is on the disk; without the note of it the two only compare once more.
                let proof = sessions::Proof { peer, replica, acked, applied, proofs, off: &off };
                self.relaxed(|store| store.proved(&proof, wall))
            }
            Ask::Outline { off, after } => self.outline(&off, after),
            Ask::Agreement { peer, agreed } => self.agreement(peer, agreed),
            Ask::Renew => self.renew().map(|_| Answer::Done),
            Ask::Record(record) => self.record(&record),
        };
        answer.unwrap_or_else(|error| Answer::Failed(error.to_string()))
    }

    /// Answers several questions, each as [`Self::answer`] would; batches alone are taken in one transaction.
    pub fn answer_together(&mut self, questions: Vec<Ready>) -> Vec<Answer> {
        let (asks, arrivals): (Vec<Ask>, Vec<_>) =
            questions.into_iter().map(|Ready { ask, arrivals }| (ask, arrivals)).unzip();
        let batches: Option<Vec<Received<'_>>> = asks.iter().map(Received::of).collect();
        let Some(batches) = batches.filter(|batches| batches.len() > 1) else {
            let each = asks.into_iter().zip(arrivals);
            return each.map(|(ask, arrivals)| self.answer(Ready { ask, arrivals })).collect();
        };
        let together = self.apply_together(batches.into_iter().zip(arrivals).collect());
        // One that the database cannot take must not keep the others out.
        together.unwrap_or_else(|_| asks.into_iter().map(|ask| self.answer(ask)).collect())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
