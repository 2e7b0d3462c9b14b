//! How nodes, wires and stores work on each other: whatever a node wants done is carried out here.

use super::device::{Claim, address, ip};
use super::network::{Apart, Cargo, End as WireEnd, Parcel};
use super::promises::Broken;
use super::world::{DIALLING, Digests, Happening, Who, World};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use sync_core::entity::EntityKey;
use sync_core::node::storage::{Answer, Ask};
use sync_core::node::{Command, Input, LinkId, Notice, Output, Peer};
use sync_core::session::{End, Event};
use sync_core::wire::batch::{Batch, Writers};
use sync_store::NewPeer;

impl World {
    pub(super) fn hear(&mut self, who: Who, input: Input) {
        let now = self.devices[who].now(self.now);
        self.devices[who].node.handle(input, now);
        while let Some(output) = self.devices[who].node.poll_output() {
            self.carry_out(who, output);
        }
    }

    fn carry_out(&mut self, who: Who, output: Output) {
        let life = self.devices[who].life;
        match output {
            Output::Dial { link, addresses } => {
                let to = addresses.iter().find_map(|address| self.listener(who, *address));
                let silent = to.is_none();
                let delay = if silent { DIALLING / 2 } else { self.dice.between(1, 40) };
                self.later(self.now + delay, Happening::Dialled { who, life, link, to });
            }
            Output::Send { link, bytes } => {
                if let Some(&(wire, side)) = self.devices[who].links.get(&link) {
                    let parcels = self.network.send(wire, side, &bytes, self.now, &mut self.dice);
                    self.post(parcels);
                }
            }
            Output::Close { link } => {
                if let Some((wire, side)) = self.devices[who].links.remove(&link) {
                    let parcel = self.network.close(wire, side, self.now, &mut self.dice);
                    self.post(parcel);
                }
            }
            Output::Ask { link, ask } => {
                self.devices[who].asks.push_back((link, ask));
                self.put_to_work(who);
            }
            Output::Remember { link, peer } => {
                let new = NewPeer {
                    name: peer.name.as_str().to_owned(),
                    channel_key: peer.key,
                    bundle_key: Some(peer.bundle_key),
                    addresses: Vec::new(),
                };
                let device = &mut self.devices[who];
                let now = device.now(self.now);
                let error = device.store.add_peer(&new, now.wall).err().map(|error| error.to_string());
                device.peers.push(Peer { key: peer.key, secret: peer.secret.clone() });
                let peers = device.peers.clone();
                device.node.handle(Input::Command(Command::SetPeers(peers)), now);
                let peer = peer.key.device_id();
                device.node.handle(Input::Remembered { link, peer, error }, now);
            }
            Output::Forget { peer } => {
                let device = &mut self.devices[who];
                device.store.remove_peer(peer).expect("forgotten");
                device.peers.retain(|known| known.key.device_id() != peer);
                let (peers, now) = (device.peers.clone(), device.now(self.now));
                device.node.handle(Input::Command(Command::SetPeers(peers)), now);
            }
            Output::Notify(notice) => self.noticed(who, notice),
        }
    }

    fn listener(&self, from: Who, at: SocketAddr) -> Option<Who> {
        let to = (0..self.devices.len()).find(|&who| address(who) == at)?;
        (self.network.apart(from, to) != Some(Apart::Silent)).then_some(to)
    }

    pub(super) fn dialled(&mut self, who: Who, link: LinkId, to: Option<Who>) {
        let Some(to) = to.filter(|&to| self.network.apart(who, to).is_none()) else {
            return self.hear(who, Input::LinkDown { link, reached: false });
        };
        let accepted = self.devices[to].node.new_link();
        let ends = [
            WireEnd { device: who, link, life: self.devices[who].life },
            WireEnd { device: to, link: accepted, life: self.devices[to].life },
        ];
        let wire = self.network.connect(ends);
        self.devices[who].links.insert(link, (wire, 0));
        self.devices[to].links.insert(accepted, (wire, 1));
        self.hear(to, Input::Accepted { link: accepted, from: ip(who) });
        self.hear(who, Input::LinkUp { link });
    }

    pub(super) fn deliver(&mut self, parcel: Parcel) {
        let end = self.network.end(parcel.wire, parcel.to);
        let device = &mut self.devices[end.device];
        if device.life != end.life || !device.links.contains_key(&end.link) {
            return;
        }
        let input = match parcel.cargo {
            Cargo::Bytes(bytes) => Input::Received { link: end.link, bytes },
            Cargo::Down => {
                device.links.remove(&end.link);
                Input::LinkDown { link: end.link, reached: true }
            }
        };
        self.hear(end.device, input);
    }

    fn put_to_work(&mut self, who: Who) {
        let device = &mut self.devices[who];
        if !device.busy && !device.asks.is_empty() {
            device.busy = true;
            let life = device.life;
            let delay = self.dice.between(device.store_delay.0, device.store_delay.1);
            self.later(self.now + delay, Happening::Work { who, life });
        }
    }

    pub(super) fn work(&mut self, who: Who) {
        let device = &mut self.devices[who];
        device.busy = false;
        let Some((link, ask)) = device.asks.pop_front() else { return };
        if self.trace {
            eprintln!("{:>8} {} {link:?} asks {}", self.now, device.name, short(&format!("{ask:?}")));
        }
        let before = device.store.head().expect("a head");
        let Some(answer) = device.at_risk(|store| store.answer(ask.clone())) else {
            let after = device.store.head().expect("a head");
            if let (Ask::Apply { batch, writers, .. }, true) = (&ask, after != before) {
                // It was committed, and nobody heard of it.
                self.applied(who, batch, writers);
            }
            return self.power_went(who, after != before);
        };
        if self.trace {
            eprintln!("{:>8} {} {link:?} answer {}", self.now, device.name, short(&format!("{answer:?}")));
        }
        match (&ask, &answer) {
            (_, Answer::Failed(reason)) => self.break_promise(format!("a store failed: {reason}")),
            (Ask::Apply { batch, writers, .. }, Answer::Applied { report, .. }) => {
                self.devices[who].applied.add(*report);
                self.applied(who, batch, writers);
            }
            (Ask::Proved { peer, acked, applied, off, .. }, Answer::Done) => {
                let claim = Claim { peer: *peer, acked: *acked, applied: *applied, off: off.clone() };
                self.devices[who].claims.insert(link, claim);
            }
            (Ask::Repair { .. }, _) => {
                self.tally.note("repairs");
                if !self.trouble_expected && !self.skipped {
                    self.break_promise("only a comparison found what a cursor had passed over");
                }
            }
            (Ask::Renew, _) => self.tally.note("restores found out by peers"),
            _ => {}
        }
        if matches!(ask, Ask::Apply { .. } | Ask::Renew) {
            self.take_moment(who);
        }
        let device = &mut self.devices[who];
        let delay = self.dice.between(device.store_delay.0, device.store_delay.1);
        device.answers_at = device.answers_at.max(self.now + delay);
        let (at, life) = (device.answers_at, device.life);
        self.later(at, Happening::Answer { who, life, link, answer });
        if matches!(ask, Ask::Apply { .. }) {
            // Other sessions of this device have something to send now.
            self.announce(who);
        }
        self.put_to_work(who);
    }

    /// A batch is in the database now.
    fn applied(&mut self, who: Who, batch: &Batch, writers: &Writers) {
        self.oracle.learned(who, batch, writers);
        let keys: Vec<EntityKey> = batch.rows().filter_map(|row| row.ok().map(|(key, _)| key)).collect();
        self.read_back(who, &keys);
        self.check_decisions(who, &keys);
    }

    /// Tells the oracle what it cannot work out: what a device wrote anew when a shrunk tombstone met an edit, and what it holds
    /// where two lives wrote as one.
    pub(super) fn read_back(&mut self, who: Who, keys: &[EntityKey]) {
        let unknown = |key: &&EntityKey| self.oracle.may_be_reasserted(key) || self.oracle.is_doubtful(key);
        if !keys.iter().any(|key| unknown(&key)) {
            return;
        }
        let state = self.state(who);
        for (key, entity) in keys.iter().filter_map(|key| Some((key, state.get(key)?))) {
            if self.oracle.is_doubtful(key) {
                self.oracle.holds(who, key, entity);
            } else if self.oracle.may_be_reasserted(key) {
                match self.oracle.reasserted(who, key, entity) {
                    Some(times) => self.tally.count("written anew after a shrunk tombstone", times),
                    None => self.break_promise(format!("{key} was written anew, and not as it was")),
                }
            }
        }
    }

    /// Remembers the digests of this moment, to hold proofs against.
    pub(super) fn take_moment(&mut self, who: Who) {
        if let Answer::Digests { digests, head } =
            self.devices[who].store.answer(Ask::Digests { off: BTreeSet::new() })
        {
            self.moments[who].last_mut().expect("a list").insert(head, digests);
        }
    }

    fn noticed(&mut self, who: Who, notice: Notice) {
        if self.trace {
            eprintln!("{:>8} {} {}", self.now, self.devices[who].name, short(&format!("{notice:?}")));
        }
        match &notice {
            Notice::Session { link, event: Event::UpToDate(_), .. } => self.hold_to_claim(who, *link),
            Notice::Ended { end, .. } if !self.trouble_expected => match end {
                End::Protocol(_)
                | End::Unequal { .. }
                | End::Storage(_)
                | End::Restart
                | End::OtherVersion { .. } => {
                    self.break_promise(format!("a session of {} ended so: {end}", self.devices[who].name));
                }
                End::Left(_)
                | End::Proved
                | End::Renew
                | End::Stalled
                | End::Stopped
                | End::Settled
                | End::Alarms
                | End::NotNow
                | End::Lost => {}
            },
            _ => {}
        }
        if let Notice::Session { link, event: Event::Preview(_), .. } = &notice {
            self.tally.note("first merges shown");
            if self.people_agree {
                self.command(who, Command::Agree { link: *link });
            }
        }
        self.devices[who].notices.push(notice);
    }

    /// "Up to date" was said: the moments that were compared must have been equal.
    fn hold_to_claim(&mut self, who: Who, link: LinkId) {
        let Some(claim) = self.devices[who].claims.get(&link).cloned() else {
            return self.break_promise("up to date was said without a proof");
        };
        // Copies of one device are one peer.
        let others = (0..self.devices.len()).filter(|&other| self.id(other) == claim.peer);
        let shared = |who: Who, seq: u64| -> BTreeSet<Vec<(Box<str>, u128)>> {
            let at = self.moments[who].iter().filter_map(|moments| moments.get(&seq));
            let of_shared = |all: &Digests| {
                let kinds = all.iter().filter(|(kind, digest)| !claim.off.contains(*kind) && digest.0 != 0);
                kinds.map(|(kind, digest)| (kind.clone(), digest.0)).collect()
            };
            at.map(of_shared).collect()
        };
        let (ours, theirs): (_, BTreeSet<_>) =
            (shared(who, claim.acked), others.flat_map(|other| shared(other, claim.applied)).collect());
        self.tally.note("proofs");
        if ours.is_disjoint(&theirs) {
            let name = self.devices[who].name;
            self.break_promise(format!("{name} was told it is up to date when it was not: {claim:?}"));
        }
    }

    pub(crate) fn break_promise(&mut self, what: impl Into<String>) {
        let at = self.now;
        self.broken.get_or_insert_with(|| Broken(format!("after {at} ms: {}", what.into())));
    }
}

fn short(text: &str) -> String {
    text.chars().take(400).collect()
}
