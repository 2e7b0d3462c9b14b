//! Our changes on their way to the peer: fetched in change order, a few batches ahead, never sent twice.

use super::{End, Session};
use crate::limits::{BATCH_CREDIT, BATCH_ENTITIES, FIRST_BATCH_ENTITIES};
use crate::node::storage::{Ask, Cursors};
use crate::wire::Message;
use crate::wire::batch::Batch;
use std::collections::{BTreeSet, VecDeque};

/// The state of our stream.
#[derive(Debug, Default)]
pub(super) struct Outflow {
    /// How far the peer will be once it has applied what was sent.
    position: Cursors,
    /// Everything up to here was sent.
    pub(super) sent: u64,
    /// Our highest seq.
    pub(super) head: u64,
    /// Writers with a number below this were introduced.
    pub(super) introduced: u32,
    /// Batches that held entities.
    batches: u32,
    /// A question for changes is with the store; there are some that were not sent.
    pub(super) fetching: bool,
    /// Entities in each batch that is not acknowledged yet, oldest first.
    pub(super) in_flight: VecDeque<usize>,
    /// Entities that the peer has committed.
    pub(super) acknowledged_entities: u64,
}

impl Outflow {
    pub(super) fn begin(&mut self, position: Cursors, off: &BTreeSet<Box<str>>) {
        self.sent = position.lowest(off);
        self.position = position;
    }

    pub(super) fn unacknowledged(&self) -> bool {
        !self.in_flight.is_empty()
    }

    pub(super) fn is_done(&self) -> bool {
        self.sent >= self.head && self.in_flight.is_empty()
    }

    /// How many entities the next batch may hold.
    fn most(&self) -> usize {
        let doublings = self.batches.min(usize::BITS / 2);
        FIRST_BATCH_ENTITIES.saturating_mul(1 << doublings).min(BATCH_ENTITIES)
    }

    pub(super) fn has_credit(&self) -> bool {
        !self.fetching && self.in_flight.len() < BATCH_CREDIT
    }
}

impl Session {
    pub(super) fn fetch_more(&mut self) {
        if self.out.sent >= self.out.head || !self.out.has_credit() || self.repair.is_some() {
            return;
        }
        self.out.fetching = true;
        self.ask(Ask::Changes {
            peer: self.peer,
            replica: self.their_replica(),
            after: self.out.position.clone(),
            off: self.off.clone(),
            introduced: self.out.introduced,
            most: self.out.most(),
        });
    }

    pub(super) fn changes(&mut self, batch: Batch, upto: u64, more: bool, introduced: u32) {
        self.out.fetching = false;
        self.out.introduced = introduced;
        self.out.position.advance(upto, &self.off);
        self.out.sent = self.out.sent.max(upto);
        self.out.head = self.out.head.max(upto + u64::from(more));
        if batch.entities > 0 {
            self.out.in_flight.push_back(batch.entities);
            self.out.batches += 1;
        }
        let head = self.out.head;
        self.send(Message::Batch { upto, head, batch });
    }

    pub(super) fn ack(&mut self) {
        let Some(entities) = self.out.in_flight.pop_front() else {
            return self.fail(End::Protocol("an acknowledgement of nothing".into()));
        };
        self.out.acknowledged_entities += entities as u64;
        self.report_progress();
    }
}
