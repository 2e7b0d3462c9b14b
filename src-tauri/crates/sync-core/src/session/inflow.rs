//! The peer's changes on their way to us: each batch is applied and moves the cursor in one transaction, then acknowledged.

use super::{End, Session};
use crate::limits::{BATCH_CREDIT, INTRODUCED_MAX};
use crate::node::storage::{Ask, Report};
use crate::wire::Message;
use crate::wire::batch::{Batch, Writers};
use std::sync::Arc;

/// The state of the peer's stream.
#[derive(Debug, Default)]
pub(super) struct Inflow {
    /// Writers the peer has introduced, by its numbers.
    writers: Arc<Writers>,
    /// Batches that are with the store.
    pub(super) applying: usize,
    /// The peer's changes were applied up to here.
    pub(super) applied: u64,
    /// The last position the peer announced as sent; may be ahead of `applied`.
    announced: u64,
    /// The peer's highest seq, as far as it told.
    head: u64,
    /// What it all did.
    pub(super) report: Report,
}

impl Inflow {
    pub(super) fn begin(&mut self, applied: u64, head: u64) {
        self.applied = applied;
        self.announced = applied;
        self.head = head;
    }

    /// Once nothing is with the store, everything announced has been applied.
    fn settle(&mut self) {
        if self.applying == 0 {
            self.applied = self.announced;
        }
    }

    /// The peer owes us changes.
    pub(super) fn awaits_peer(&self) -> bool {
        self.applying == 0 && self.applied < self.head
    }

    pub(super) fn is_done(&self) -> bool {
        self.applying == 0 && self.applied >= self.head
    }

    /// The store did this with a batch; whether there was one.
    pub(super) fn stored(&mut self, report: Report) -> bool {
        self.report.add(report);
        self.not_stored()
    }

    /// The store could not do something. If it was no batch, what the last one brings is not told, which is the lesser evil: nobody
    /// waits for an answer that never comes.
    pub(super) fn not_stored(&mut self) -> bool {
        let one_less = self.applying.checked_sub(1);
        self.applying = one_less.unwrap_or(0);
        one_less.is_some()
    }
}

impl Session {
    pub(super) fn batch(&mut self, upto: u64, head: u64, batch: Batch) {
        if upto < self.inn.announced {
            return self.fail(End::Protocol("a batch that goes back".into()));
        }
        self.inn.announced = upto;
        self.inn.head = self.inn.head.max(head);
        if batch.entities > 0 {
            self.apply(batch, Some(upto));
        } else {
            // Nothing in it for us: the stored cursor moves with the next batch or proof.
            self.inn.settle();
        }
    }

    pub(super) fn apply(&mut self, batch: Batch, upto: Option<u64>) {
        if self.inn.applying >= BATCH_CREDIT {
            return self.fail(End::Protocol("more batches than it was allowed".into()));
        }
        let writers = Arc::make_mut(&mut self.inn.writers);
        writers.extend(batch.writers.iter().map(|writer| (writer.number, writer.clone())));
        if writers.len() > INTRODUCED_MAX {
            return self.fail(End::Protocol("more writers than the limits allow".into()));
        }
        self.inn.applying += 1;
        self.ask(Ask::Apply {
            peer: self.peer,
            replica: self.their_replica(),
            writers: Arc::clone(&self.inn.writers),
            batch,
            upto,
            off: self.off.clone(),
            wall: self.wall,
        });
    }

    pub(super) fn applied(&mut self, upto: Option<u64>, report: Report, head: u64) {
        self.inn.stored(report);
        self.inn.applied = self.inn.applied.max(upto.unwrap_or(0));
        self.inn.settle();
        self.out.head = self.out.head.max(head);
        self.send(Message::Ack);
        self.report_progress();
    }
}
