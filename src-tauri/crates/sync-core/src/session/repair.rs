//! When checks differ although everything was exchanged (a bug, bit-rot, a copied database), both sides say the digest of each
//! kind, then the buckets of the kinds that differ; the differing buckets are sent whole, both ways, and merged. Merging is idempotent, so a repair can only bring the two closer.

use super::proof::Digests;
use super::{End, REPAIRS_MAX, Session};
use crate::digest::Digest;
use crate::node::storage::Ask;
use crate::wire::Message;
use crate::wire::batch::Batch;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

type Buckets = BTreeMap<Box<str>, Vec<Digest>>;

/// One round of repair.
#[derive(Debug)]
pub(super) struct Repair {
    /// Our digests when the checks differed.
    digests: Digests,
    /// The kinds that differ, once the peer has said its digests.
    kinds: Option<BTreeSet<Box<str>>>,
    ours: Option<Buckets>,
    theirs: Buckets,
    theirs_complete: bool,
    outgoing: Outgoing,
    received_end: bool,
}

/// Our half of the exchange.
#[derive(Debug)]
enum Outgoing {
    /// The buckets are not compared yet.
    Comparing,
    /// The store is fetching.
    Fetching(BTreeMap<Box<str>, BTreeSet<u16>>),
    /// More, after this entity, is to be fetched once there is credit.
    Paused(BTreeMap<Box<str>, BTreeSet<u16>>, Option<(Box<str>, Uuid)>),
    /// Everything was sent.
    Sent,
}

impl Repair {
    /// The peer owes us its half.
    pub(super) fn awaits_peer(&self) -> bool {
        !self.received_end
    }
}

impl Session {
    pub(super) fn start_repair(&mut self, digests: Digests) {
        if self.proof.repairs >= REPAIRS_MAX {
            let kinds = self.proof.differed.iter().map(|kind| kind.to_string()).collect();
            return self.fail(End::Unequal { kinds, quarantined: self.inn.report.quarantined });
        }
        self.proof.start_over();
        self.send(Message::Digests(digests.clone()));
        self.repair = Some(Repair {
            digests,
            kinds: None,
            ours: None,
            theirs: BTreeMap::new(),
            theirs_complete: false,
            outgoing: Outgoing::Comparing,
            received_end: false,
        });
    }

    /// The peer's digests by kind: what differs is looked at more closely.
    pub(super) fn differ(&mut self, theirs: Digests) {
        let Some(repair) = self.repair.as_mut().filter(|repair| repair.kinds.is_none()) else {
            return self.fail(End::Protocol("digests that were not asked for".into()));
        };
        if theirs.keys().any(|kind| self.off.contains(kind)) {
            // A difference in it would make us send entities that are not shared.
            return self.fail(End::Protocol("a digest of a kind that is not shared".into()));
        }
        let ours = &repair.digests;
        let kinds: BTreeSet<Box<str>> = ours
            .keys()
            .chain(theirs.keys())
            .filter(|kind| ours.get(*kind) != theirs.get(*kind))
            .cloned()
            .collect();
        if kinds.is_empty() {
            return self.fail(End::Protocol("digests that are not those of its check".into()));
        }
        repair.kinds = Some(kinds.clone());
        self.proof.differed.clone_from(&kinds);
        self.ask(Ask::Buckets { kinds });
    }

    pub(super) fn bucketed(&mut self, buckets: Buckets) {
        for (kind, digests) in &buckets {
            self.send(Message::Buckets { kind: kind.clone(), digests: digests.clone() });
        }
        self.send(Message::BucketsEnd);
        if let Some(repair) = &mut self.repair {
            repair.ours = Some(buckets);
        }
        self.exchange();
    }

    pub(super) fn buckets(&mut self, kind: Box<str>, digests: Vec<Digest>) {
        match &mut self.repair {
            Some(repair)
                if repair.kinds.as_ref().is_some_and(|kinds| kinds.contains(&kind))
                    && !repair.theirs_complete =>
            {
                repair.theirs.insert(kind, digests);
            }
            Some(_) | None => self.fail(End::Protocol("buckets that were not asked for".into())),
        }
    }

    pub(super) fn buckets_end(&mut self) {
        match &mut self.repair {
            Some(repair) if repair.kinds.is_some() && !repair.theirs_complete => {
                repair.theirs_complete = true
            }
            Some(_) | None => return self.fail(End::Protocol("buckets that were not asked for".into())),
        }
        self.exchange();
    }

    /// Both sides' buckets are known: what differs is to be sent.
    fn exchange(&mut self) {
        let Some(repair) = &mut self.repair else { return };
        let (Some(kinds), Some(ours), true) = (&repair.kinds, &repair.ours, repair.theirs_complete) else {
            return;
        };
        let buckets: BTreeMap<_, _> = kinds
            .iter()
            .map(|kind| (kind.clone(), differing(ours.get(kind), repair.theirs.get(kind))))
            .filter(|(_, buckets)| !buckets.is_empty())
            .collect();
        // Changes may be on their way that use up the credit.
        repair.outgoing = Outgoing::Paused(buckets, None);
    }

    pub(super) fn repairs(&mut self, batch: Batch, next: Option<(Box<str>, Uuid)>, introduced: u32) {
        self.out.introduced = introduced;
        if batch.entities > 0 {
            self.out.in_flight.push_back(batch.entities);
            self.send(Message::Repair(batch));
        }
        let Some(repair) = &mut self.repair else { return };
        match (std::mem::replace(&mut repair.outgoing, Outgoing::Sent), next) {
            (Outgoing::Fetching(buckets), Some(next)) => {
                repair.outgoing = Outgoing::Paused(buckets, Some(next))
            }
            (Outgoing::Fetching(_) | Outgoing::Comparing | Outgoing::Paused(..) | Outgoing::Sent, _) => {
                self.send(Message::RepairEnd);
            }
        }
    }

    pub(super) fn repair(&mut self, batch: Batch) {
        if self.repair.as_ref().is_some_and(|repair| !repair.received_end) {
            self.apply(batch, None);
        } else {
            self.fail(End::Protocol("a repair that was not asked for".into()));
        }
    }

    pub(super) fn repair_end(&mut self) {
        match &mut self.repair {
            Some(repair) if !repair.received_end => repair.received_end = true,
            Some(_) | None => self.fail(End::Protocol("the end of no repair".into())),
        }
    }

    /// Goes on with a repair: fetches more when there is credit, and closes the round once all is applied.
    pub(super) fn repair_on(&mut self) {
        let credit = self.out.has_credit();
        let Some(repair) = &mut self.repair else { return };
        if credit && let Outgoing::Paused(buckets, next) = &repair.outgoing {
            let (buckets, after) = (buckets.clone(), next.clone());
            repair.outgoing = Outgoing::Fetching(buckets.clone());
            self.ask(Ask::Repair { buckets, after, introduced: self.out.introduced });
        } else if matches!(repair.outgoing, Outgoing::Sent)
            && repair.received_end
            && self.inn.applying == 0
            && !self.out.unacknowledged()
        {
            self.repair = None;
        }
    }
}

fn differing(ours: Option<&Vec<Digest>>, theirs: Option<&Vec<Digest>>) -> BTreeSet<u16> {
    let at = |side: Option<&Vec<Digest>>, bucket: u16| {
        side.and_then(|digests| digests.get(usize::from(bucket)).copied()).unwrap_or_default()
    };
    (0..crate::digest::BUCKETS as u16).filter(|&b| at(ours, b) != at(theirs, b)).collect()
}
