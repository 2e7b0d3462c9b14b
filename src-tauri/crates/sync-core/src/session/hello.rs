//! The beginning: what each side says of itself, whether both are who they were, and where the two streams begin.

use super::{End, Event, Role, Session, Step};
use crate::node::storage::{Ask, Opening};
use crate::pairing::is_dialable;
use crate::wire::{ASKS, Hello, LASTING, Message, PROTOCOL};

impl Session {
    pub(super) fn opened(&mut self, opening: Opening) {
        if self.doubted {
            return self.reconsider(&opening);
        }
        self.out.head = opening.head;
        let stays = self.role == Role::Initiator && self.settings.stay;
        let features = [(asks(&opening), ASKS), (stays, LASTING)];
        let features =
            features.into_iter().filter(|(said, _)| *said).map(|(_, feature)| feature.into()).collect();
        self.send(Message::Hello(Box::new(Hello {
            protocol: PROTOCOL,
            schema: self.settings.schema,
            name: self.settings.name.clone(),
            replica: opening.replica,
            head: opening.head,
            peer_replica: opening.peer_replica,
            cursors: opening.cursors.clone(),
            off: opening.off.clone(),
            proofs: opening.proofs,
            seen: opening.seen.iter().map(|&(writer, hlc)| (writer, hlc.bits())).collect(),
            wall: self.wall.0,
            addresses: self.settings.addresses.clone(),
            features,
        })));
        self.ours = Some(opening);
        self.begin();
    }

    pub(super) fn hello(&mut self, hello: Hello) {
        if self.theirs.is_some() {
            return self.fail(End::Protocol("a second hello".into()));
        }
        if hello.protocol[0] > PROTOCOL[1] || hello.protocol[1] < PROTOCOL[0] {
            return self.fail(End::OtherVersion { theirs: hello.protocol });
        }
        let skew = i64::try_from(i128::from(hello.wall) - i128::from(self.wall.0)).unwrap_or(i64::MAX);
        let addresses = hello.addresses.iter().copied().filter(is_dialable).collect();
        let (name, off) = (hello.name.clone(), hello.off.clone());
        self.steps.push_back(Step::Event(Event::Greeted { name, addresses, skew, off }));
        self.theirs = Some(hello);
        self.begin();
    }

    /// Both hellos are there: settle where each stream begins, unless one of us is not who it was.
    fn begin(&mut self) {
        let (Some(ours), Some(theirs)) = (&self.ours, &self.theirs) else { return };
        if was_restored(ours, theirs) {
            // Or another session with it has moved on since we said hello.
            self.doubted = true;
            return self.ask(Ask::Open { peer: self.peer });
        }
        self.start();
    }

    fn reconsider(&mut self, opening: &Opening) {
        if self.ours.as_ref().is_none_or(|ours| ours.replica != opening.replica) {
            // Somebody else found out, and what we said of ourselves is no longer true.
            return self.fail(End::Restart);
        }
        if self.theirs.as_ref().is_none_or(|theirs| was_restored(opening, theirs)) {
            if !self.settings.heeds_alarms {
                return self.fail(End::Alarms);
            }
            self.ask(Ask::Renew);
            return self.fail(End::Restart);
        }
        self.doubted = false;
        self.start();
        for message in std::mem::take(&mut self.held) {
            if self.ended.is_none() {
                self.take(message);
            }
        }
    }

    fn start(&mut self) {
        let (Some(ours), Some(theirs)) = (&self.ours, &self.theirs) else { return };
        self.off = ours.off.union(&theirs.off).cloned().collect();
        let known_to_them = theirs.peer_replica == Some(ours.replica);
        let known_to_us = ours.peer_replica == Some(theirs.replica);
        self.out.begin(if known_to_them { theirs.cursors.clone() } else { Default::default() }, &self.off);
        self.inn.begin(if known_to_us { ours.cursors.lowest(&self.off) } else { 0 }, theirs.head);
        match ours.unagreed {
            // Decided by what both hellos said, so that both sides decide alike.
            Some(entities) if asks(ours) && theirs.features.contains(ASKS) => self.start_outline(entities),
            // Nothing of one's own meets anything of the other's.
            Some(_) => self.ask(Ask::Agreement { peer: self.peer, agreed: true }),
            None => {}
        }
    }
}

/// Whether a person is to be asked before anything is merged, if the peer says the same.
fn asks(ours: &Opening) -> bool {
    ours.unagreed.is_some_and(|entities| entities > 0)
}

/// Whether our database is older than what the peer has already seen of it.
fn was_restored(ours: &Opening, theirs: &Hello) -> bool {
    let later_stamp =
        theirs.seen.iter().any(|&(writer, hlc)| writer == ours.writer && hlc > ours.clock.bits());
    if later_stamp {
        return true;
    }
    let same_replicas =
        theirs.peer_replica == Some(ours.replica) && ours.peer_replica == Some(theirs.replica);
    if theirs.peer_replica == Some(ours.replica) && theirs.cursors.base > ours.head {
        return true;
    }
    // A crash between the two halves of a proof leaves one side one behind, and so do proofs of two sessions at once; that
    // is no restore.
    same_replicas && theirs.proofs > ours.proofs.saturating_add(1)
}
