//! What people and their machines do in a world.

use super::device::address;
use super::network::{Apart, Faults};
use super::world::{DIALLING, Outcomes, Who, World};
use std::collections::BTreeSet;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::node::storage::{Answer, Ask};
use sync_core::node::{Command, Input, LinkId, Notice};
use sync_core::stamp::Stamp;
use sync_store::{Edit, Outcome, WriteError};

impl World {
    /// One edit at one device.
    pub(crate) fn write(&mut self, who: Who, key: &EntityKey, change: Change) -> Result<Outcome, WriteError> {
        let device = &mut self.devices[who];
        let wall = device.wall(self.now);
        let edit = Edit { key: key.clone(), change: change.clone() };
        let outcome = device.store.write(std::slice::from_ref(&edit), wall)?[0];
        if outcome != Outcome::Unchanged {
            let local = device.store.get(key)?.is_none_or(|view| view.local);
            let marker = device.store.marker()?;
            if !local {
                let schema = std::sync::Arc::clone(&device.schema);
                let stamp = Stamp { hlc: marker.clock, writer: marker.writer };
                self.oracle.wrote(who, &schema, key, &change, stamp);
            }
            self.take_moment(who);
            self.announce(who);
        }
        Ok(outcome)
    }

    /// Tells a device's open sessions that its database changed.
    pub(super) fn announce(&mut self, who: Who) {
        let head = self.devices[who].store.head().expect("a head");
        self.command(who, Command::Changed { head });
    }

    /// Begins a session and returns at once.
    pub(crate) fn dial(&mut self, from: Who, to: Who, stay: bool) -> LinkId {
        let link = self.devices[from].node.new_link();
        let peer = self.id(to);
        self.command(from, Command::Sync { link, peer, addresses: vec![address(to)], stay });
        link
    }

    /// Syncs two devices and waits until both are done. How it ended at `from`.
    pub(crate) fn sync(&mut self, from: Who, to: Who) -> Outcomes {
        let link = self.dial(from, to, false);
        self.run_to_the_end();
        self.outcome(from, link).unwrap_or_else(|| panic!("the session has no end"))
    }

    /// How a link ended at one side.
    pub(crate) fn outcome(&self, who: Who, link: LinkId) -> Option<Outcomes> {
        self.devices[who].notices.iter().rev().find_map(|notice| match notice {
            Notice::Ended { link: l, end, progress, .. } if *l == link => {
                Some(Outcomes::Ended(end.clone(), *progress))
            }
            Notice::Unreachable { link: l, reason, .. } if *l == link => {
                Some(Outcomes::Unreachable(reason.clone()))
            }
            _ => None,
        })
    }

    pub(crate) fn separate(&mut self, a: Who, b: Who, how: Apart) {
        if how == Apart::Refused {
            self.cut(a, b);
        }
        self.network.separate(a, b, how);
    }

    /// Every link between two devices breaks.
    pub(crate) fn cut(&mut self, a: Who, b: Who) {
        for wire in self.network.between(a, b) {
            let parcels = self.network.cut(wire, self.now, &mut self.dice);
            self.post(parcels);
        }
    }

    pub(crate) fn heal(&mut self) {
        self.network.heal();
    }

    pub(crate) fn faults(&mut self, faults: Faults) {
        self.network.faults = faults;
    }

    /// Power off and on again.
    pub(crate) fn crash(&mut self, who: Who) {
        for wire in self.network.of(who) {
            let parcels = self.network.cut(wire, self.now, &mut self.dice);
            self.post(parcels);
        }
        self.devices[who].crash(who, self.now);
    }

    pub(crate) fn set_clock(&mut self, who: Who, skew: i64) {
        self.devices[who].skew = skew;
    }

    /// Time passes and nobody does anything.
    pub(crate) fn sleep(&mut self, ms: u64) {
        self.run_for(ms);
    }

    pub(crate) fn share(&mut self, who: Who, kind: &str, on: bool) {
        self.devices[who].store.share_kind(kind, None, on).expect("a toggle");
    }

    pub(crate) fn tidy(&mut self, who: Who) {
        let wall = self.devices[who].wall(self.now);
        // A clock that has jumped is believed the second time.
        self.devices[who].store.tidy(wall).expect("tidied up");
        let tidied = self.devices[who].store.tidy(wall).expect("tidied up");
        self.pruned |= tidied.shrunk + tidied.pruned > 0;
    }

    /// A device believes to have applied everything of another, whether it has or not: what a bug or a damaged database may do.
    pub(crate) fn skip(&mut self, who: Who, of: Who) {
        let (peer, wall) = (self.id(of), self.devices[who].wall(self.now));
        let (replica, applied) =
            (self.store(of).marker().expect("a marker").replica, self.store(of).head().expect("a head"));
        let Answer::Opening(opening) = self.store(who).answer(Ask::Open { peer }) else {
            panic!("an opening")
        };
        let proofs = opening.proofs;
        let off = BTreeSet::new();
        let done =
            self.store(who).answer(Ask::Proved { peer, replica, acked: 0, applied, proofs, off, wall });
        assert_eq!(done, Answer::Done);
    }

    pub(crate) fn command(&mut self, who: Who, command: Command) {
        self.hear(who, Input::Command(command));
    }

    /// Every session ends, those too that are only about to begin.
    pub(crate) fn stop_all(&mut self) {
        self.run_for(DIALLING);
        for who in 0..self.devices.len() {
            self.command(who, Command::Stop);
        }
        self.run_to_the_end();
    }
}
