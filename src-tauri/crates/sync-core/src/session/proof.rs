//! "Up to date" is said only here: once both sides have sent and applied everything they know of, they compare digests.
//! Equal: both store the proof. Unequal: [`super::repair`], and again.

use super::{End, Event, Role, Session, Step};
use crate::digest::Digest;
use crate::node::storage::Ask;
use crate::wire::{Check, Message, Prove};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Checks of ours that the peer's may still be compared with. A few, because edits go on while checks travel.
const CHECKS_KEPT: usize = 8;
/// Equal checks that the initiator may still prove: more than it can fall behind.
const EQUALS_KEPT: usize = 64;

/// The digest of each kind that both share.
pub(super) type Digests = BTreeMap<Box<str>, Digest>;

/// The state of proving.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// Our latest checks, newest last, and what their digests are the sums of.
    ours: VecDeque<(Check, Digests)>,
    /// The peer's latest.
    theirs: Option<Check>,
    digesting: bool,
    /// The responder's side of the latest equal checks: the initiator may prove any of them, while edits already lead on.
    equal: VecDeque<(u64, u64)>,
    /// Repairs begun so far.
    pub(super) repairs: u32,
    /// The kinds that the last of them was about.
    pub(super) differed: BTreeSet<Box<str>>,
    /// The equal check that is being stored and confirmed.
    pending: Option<Pending>,
    /// Our side of the last proof: sent and applied.
    proved: Option<(u64, u64)>,
}

#[derive(Debug)]
struct Pending {
    prove: Prove,
    /// Our own `sent` and `applied`.
    ours: (u64, u64),
    stored: bool,
}

impl Proof {
    /// A proof is being stored or confirmed.
    pub(super) fn is_open(&self) -> bool {
        self.pending.is_some()
    }

    /// The peer owes us a check or a confirmation.
    pub(super) fn awaits_peer(&self) -> bool {
        match &self.pending {
            Some(pending) => pending.stored,
            None => self.ours.back().is_some_and(|(ours, _)| Some((ours.sent, ours.applied)) != self.proved),
        }
    }

    /// Nothing said so far counts any more: a repair changes what both hold.
    pub(super) fn start_over(&mut self) {
        self.ours.clear();
        self.theirs = None;
        self.equal.clear();
        self.repairs += 1;
    }

    /// Nothing counts as proved any more.
    pub(super) fn forget(&mut self) {
        self.proved = None;
    }
}

impl Session {
    /// Whether the last proof still says how things are.
    pub(super) fn is_proved(&self) -> bool {
        self.proof.proved == Some((self.out.sent, self.inn.applied)) && self.is_quiet()
    }

    pub(super) fn check_when_quiet(&mut self) {
        if !self.is_quiet() || self.proof.digesting || self.repair.is_some() {
            return;
        }
        let here = (self.out.sent, self.inn.applied);
        if self.proof.ours.back().is_none_or(|(check, _)| (check.sent, check.applied) != here) {
            self.proof.digesting = true;
            self.ask(Ask::Digests { off: self.off.clone() });
        }
    }

    pub(super) fn digested(&mut self, mut digests: Digests, head: u64) {
        self.proof.digesting = false;
        self.out.head = self.out.head.max(head);
        if !self.is_quiet() || self.repair.is_some() {
            return;
        }
        digests.retain(|_, digest| *digest != Digest::default());
        let digest = digests.values().copied().fold(Digest::default(), Digest::join);
        let (sent, applied, repairs) = (self.out.sent, self.inn.applied, self.proof.repairs);
        let check = Check { sent, applied, repairs, digest };
        self.send(Message::Check(check));
        self.proof.ours.push_back((check, digests));
        if self.proof.ours.len() > CHECKS_KEPT {
            self.proof.ours.pop_front();
        }
        self.compare();
    }

    pub(super) fn checked(&mut self, check: Check) {
        self.proof.theirs = Some(check);
        self.compare();
    }

    /// Compares the peer's latest check with ours of the same moment, if there is one.
    fn compare(&mut self) {
        if self.role == Role::Initiator && self.proof.is_open() {
            // One proof at a time; concluding it comes back here.
            return;
        }
        let Some(theirs) = &self.proof.theirs else { return };
        let same_moment = |(ours, _): &&(Check, Digests)| {
            ours.sent == theirs.applied && ours.applied == theirs.sent && ours.repairs == theirs.repairs
        };
        let Some((ours, digests)) = self.proof.ours.iter().rev().find(same_moment) else { return };
        let equal = ours.digest == theirs.digest;
        let here = (ours.sent, ours.applied);
        self.proof.theirs = None;
        if !equal {
            let digests = digests.clone();
            return self.start_repair(digests);
        }
        if self.role == Role::Initiator {
            let Some((ours, theirs)) = self.ours.as_mut().zip(self.theirs.as_mut()) else { return };
            // Above the lower of the two: a proof that never reached the other side is counted anew, so that however many
            // are lost the two are never more than one apart.
            let proofs = ours.proofs.min(theirs.proofs).saturating_add(1);
            (ours.proofs, theirs.proofs) = (proofs, proofs);
            self.store_proof(Prove { proofs, sent: here.0, applied: here.1 }, here);
        } else {
            self.proof.equal.push_back(here);
            if self.proof.equal.len() > EQUALS_KEPT {
                self.proof.equal.pop_front();
            }
        }
    }

    /// The initiator has stored the proof; the responder does the same, if it found the digests equal too.
    pub(super) fn prove(&mut self, prove: Prove) {
        let here = (prove.applied, prove.sent);
        let at = self.proof.equal.iter().position(|equal| *equal == here);
        let Some(at) = at.filter(|_| self.role == Role::Responder) else {
            return self.fail(End::Protocol("a proof of what was not compared".into()));
        };
        self.proof.equal.drain(..=at);
        self.store_proof(prove, here);
    }

    pub(super) fn proved(&mut self, prove: Prove) {
        match self.proof.pending.take() {
            Some(pending) if self.role == Role::Initiator && pending.stored && pending.prove == prove => {
                self.conclude(pending.ours);
            }
            Some(_) | None => self.fail(End::Protocol("a confirmation of nothing".into())),
        }
    }

    pub(super) fn done(&mut self) {
        let Some(pending) = &mut self.proof.pending else { return };
        let (prove, ours) = (pending.prove, pending.ours);
        if self.role == Role::Initiator {
            pending.stored = true;
            self.send(Message::Prove(prove));
        } else {
            self.proof.pending = None;
            self.send(Message::Proved(prove));
            self.conclude(ours);
        }
    }

    fn store_proof(&mut self, prove: Prove, ours: (u64, u64)) {
        if self.proof.pending.is_some() {
            return self.fail(End::Protocol("a proof before the last one was confirmed".into()));
        }
        self.proof.pending = Some(Pending { prove, ours, stored: false });
        self.ask(Ask::Proved {
            peer: self.peer,
            replica: self.their_replica(),
            acked: ours.0,
            applied: ours.1,
            proofs: prove.proofs,
            off: self.off.clone(),
            wall: self.wall,
        });
    }

    fn conclude(&mut self, ours: (u64, u64)) {
        self.waiting = None;
        self.proof.proved = Some(ours);
        if self.is_proved() {
            let progress = self.progress();
            self.steps.push_back(Step::Event(Event::UpToDate(progress)));
        }
        self.compare();
    }
}
