//! What is around this device: how it shows itself, whom it sees, and what to do when the network becomes another one.

use super::Shell;
use crate::clock::now;
use rand_core::OsRng;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use sync_core::discovery::{
    Announcement, BEACON_PORT, Keys, RENEW_AFTER, SERVICE, Who, recognise_datagram, recognise_name,
};
use sync_core::identity::{DeviceId, InviteSecret, PairSecret};
use sync_core::node::{Command, Input, LinkId};
use sync_core::pairing::ADDRESSES_MAX;
use sync_core::time::{Mono, Now, SECOND};
use sync_net::{Announce, Discovery, Interfaces, MeteredWatch, NetworkWatch, Sighting, reachable_addresses};
use tokio::sync::mpsc;

/// What was seen lately and might be recognised later, when a code is typed.
const SIGHTINGS_MAX: usize = 32;
/// While somebody is missing, the datagram is broadcast this often.
const REPEAT_AFTER: u64 = 30 * SECOND;
/// The calendar has moved on by so much more than our timers, in milliseconds: the machine slept, or its clock was set.
const SLEPT: u64 = 3 * SECOND;
/// How many addresses of one who is sought may wait to be dialled.
const FOUND_MAX: usize = 8;

/// What a device knows of its surroundings.
pub(super) struct Neighbours {
    discovery: Option<Discovery>,
    network: NetworkWatch,
    /// Only for who syncs by itself: what a person asks for does not look at what it costs.
    costs: Option<MeteredWatch>,
    /// The network costs by volume.
    pub(super) metered: bool,
    /// What is recognised: the paired devices, and the code that was typed here.
    keys: Keys,
    /// Whom links look for that are being dialled.
    sought: Vec<(LinkId, Who, mpsc::Sender<SocketAddr>)>,
    seen: Vec<Sighting>,
    /// What the present announcement rests on.
    shown: Option<Shown>,
    shown_at: Mono,
    repeated_at: Mono,
    looked: Now,
}

/// What an announcement rests on: when it is another, so is the announcement.
#[derive(PartialEq, Eq)]
struct Shown {
    port: u16,
    peers: Vec<DeviceId>,
    invite: bool,
}

/// What goes on around this device.
pub(super) enum Around {
    Sighted(Sighting),
    NetworkChanged,
    /// The network costs by volume now, or no longer.
    Costs {
        metered: bool,
    },
}

impl Neighbours {
    /// `outside`: whether this device may be reached from outside of its machine, and so look there.
    pub(super) fn new(outside: bool, keep_connected: bool) -> Self {
        Self {
            discovery: outside.then(|| Discovery::start(SERVICE, BEACON_PORT)),
            network: NetworkWatch::start(),
            costs: keep_connected.then(MeteredWatch::start),
            metered: false,
            keys: Keys::default(),
            sought: Vec::new(),
            seen: Vec::new(),
            shown: None,
            shown_at: Mono(0),
            repeated_at: Mono(0),
            looked: now(),
        }
    }

    /// What happens next. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Around {
        let Self { discovery, network, costs, .. } = self;
        let heard = async {
            match discovery {
                Some(discovery) => discovery.heard().await,
                None => std::future::pending().await,
            }
        };
        let cost = async {
            match costs {
                Some(costs) => costs.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            sighting = heard => Around::Sighted(sighting),
            () = network.changed() => Around::NetworkChanged,
            metered = cost => Around::Costs { metered },
        }
    }

    /// These are the devices that may be recognised, and may recognise us.
    pub(super) fn set_secrets(&mut self, secrets: Vec<(DeviceId, PairSecret)>) {
        self.keys.peers = secrets;
    }

    /// Looks for whoever the link is to reach, for as long as it is dialled; `None` where nobody can be seen.
    pub(super) fn seek(&mut self, link: LinkId, who: Who) -> Option<mpsc::Receiver<SocketAddr>> {
        self.discovery.as_ref()?;
        let (tell, found) = mpsc::channel(FOUND_MAX);
        for sighting in &self.seen {
            if let Some((seen, addresses)) = self.recognise(sighting)
                && seen == who
            {
                for address in addresses {
                    let _ = tell.try_send(address);
                }
            }
        }
        self.sought.push((link, who, tell));
        Some(found)
    }

    /// A code was typed here.
    pub(super) fn set_typed(&mut self, secret: InviteSecret) {
        self.keys.invite = Some(secret);
    }

    /// The link is open or given up.
    pub(super) fn sought_enough(&mut self, link: LinkId) {
        self.sought.retain(|(other, ..)| *other != link);
        if !self.sought.iter().any(|(_, who, _)| *who == Who::Inviter) {
            self.keys.invite = None;
        }
    }

    fn recognise(&self, sighting: &Sighting) -> Option<(Who, Vec<SocketAddr>)> {
        recognise(sighting, &self.keys)
    }

    /// Says goodbye to the neighbours.
    pub(super) async fn stop(self) {
        if let Some(discovery) = self.discovery {
            discovery.stop().await;
        }
    }
}

/// Who that is, and where. Nothing of ours listens on a port of the system: whoever names one wants us to knock elsewhere.
fn recognise(sighting: &Sighting, keys: &Keys) -> Option<(Who, Vec<SocketAddr>)> {
    let (who, port, addresses) = match sighting {
        Sighting::Name { name, port, addresses } => {
            (recognise_name(name, *port, keys)?, *port, addresses.clone())
        }
        Sighting::Datagram { bytes, from } => {
            let (who, port) = recognise_datagram(bytes, keys)?;
            (who, port, vec![SocketAddr::new(*from, port)])
        }
    };
    (port >= 1_024).then_some((who, addresses))
}

impl Shell {
    pub(super) fn around(&mut self, around: Around) {
        match around {
            Around::Sighted(sighting) => self.sighted(sighting),
            Around::NetworkChanged => self.network_changed(),
            Around::Costs { metered } => {
                self.neighbours.metered = metered;
                self.hold();
            }
        }
    }

    fn sighted(&mut self, sighting: Sighting) {
        if let Some((who, addresses)) = self.neighbours.recognise(&sighting) {
            for address in addresses {
                for (_, sought, tell) in &self.neighbours.sought {
                    if *sought == who {
                        // Whoever has many to try already does without one more.
                        let _ = tell.try_send(address);
                    }
                }
                if let Who::Peer(peer) = who {
                    self.manager.sighted(peer, address, now().mono);
                }
            }
        }
        let seen = &mut self.neighbours.seen;
        seen.retain(|other| *other != sighting);
        seen.truncate(SIGHTINGS_MAX - 1);
        seen.insert(0, sighting);
    }

    /// Other addresses, or this machine has slept: sessions over addresses that are gone are over, the others show soon that
    /// they live, and everybody is looked for anew.
    fn network_changed(&mut self) {
        let interfaces = Interfaces::now();
        let gone = |ip: &IpAddr| !ip.is_loopback() && !interfaces.has(*ip);
        let dead: Vec<LinkId> = self.local.iter().filter(|(_, ip)| gone(ip)).map(|(link, _)| *link).collect();
        for link in dead {
            self.lose(link);
        }
        self.handle(Input::Command(Command::Probe));
        let addresses = reachable_addresses(self.engine.device().listen, ADDRESSES_MAX);
        self.handle(Input::Command(Command::SetAddresses(addresses)));
        self.neighbours.seen.clear();
        if let Some(discovery) = &mut self.neighbours.discovery {
            discovery.restart();
        }
        self.neighbours.shown = None;
        self.announce();
        self.manager.begin_anew(now().mono);
    }

    /// Shows this device to those who may find it: the paired ones while it keeps connected, whoever typed the code while an
    /// invite is open.
    pub(super) fn announce(&mut self) {
        let Some(discovery) = &mut self.neighbours.discovery else { return };
        let secrets = if self.keep_connected { self.neighbours.keys.peers.as_slice() } else { &[] };
        let keys = Keys { peers: secrets.to_vec(), invite: self.node.invite_secret().cloned() };
        let port = self.listener.as_ref().map(|listener| listener.bound().port());
        let shown = port.filter(|_| !keys.peers.is_empty() || keys.invite.is_some()).map(|port| Shown {
            port,
            peers: keys.peers.iter().map(|(peer, _)| *peer).collect(),
            invite: keys.invite.is_some(),
        });
        if shown == self.neighbours.shown {
            return;
        }
        let announce = shown.as_ref().map(|shown| {
            let own = self.engine.device().id;
            let Announcement { name, datagram, port } = Announcement::new(own, shown.port, &keys, &mut OsRng);
            Announce { name, datagram: datagram.to_vec(), port }
        });
        discovery.announce(announce.as_ref());
        self.neighbours.shown = shown;
        self.neighbours.shown_at = now().mono;
        self.neighbours.repeated_at = now().mono;
    }

    /// Every few seconds: notices a sleep that is over, and renews what is shown.
    pub(super) fn pulse(&mut self) {
        let now = now();
        let before = std::mem::replace(&mut self.neighbours.looked, now);
        let passed = now.mono.0.saturating_sub(before.mono.0);
        if now.wall.0.saturating_sub(before.wall.0) > passed + SLEPT {
            return self.network_changed();
        }
        let since = |at: Mono| now.mono.0.saturating_sub(at.0);
        if since(self.neighbours.shown_at) >= RENEW_AFTER {
            self.neighbours.shown = None;
            self.announce();
        } else if self.keep_connected
            && self.manager.misses_somebody()
            && since(self.neighbours.repeated_at) >= REPEAT_AFTER
            && let Some(discovery) = &mut self.neighbours.discovery
        {
            self.neighbours.repeated_at = now.mono;
            discovery.repeat();
        }
    }
}

/// How long somebody who answers at no known address is looked for.
pub(super) fn patience(who: Who) -> Duration {
    match who {
        // It may announce itself only now.
        Who::Inviter => Duration::from_secs(15),
        Who::Peer(_) => Duration::from_secs(4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_looked_for_at_a_port_of_the_system() {
        let device = DeviceId::from_bytes([1; 16]);
        let keys = Keys { peers: vec![(device, PairSecret::from_bytes([2; 32]))], invite: None };
        for (port, known) in [(22, false), (1_023, false), (1_024, true), (47_421, true)] {
            let shown = Announcement::new(device, port, &keys, &mut OsRng);
            let from = IpAddr::from([192, 168, 1, 7]);
            let found = Some((Who::Peer(device), vec![SocketAddr::new(from, port)])).filter(|_| known);
            let datagram = Sighting::Datagram { bytes: shown.datagram.to_vec(), from };
            assert_eq!(recognise(&datagram, &keys), found);
            let addresses = vec![SocketAddr::new(from, port)];
            assert_eq!(recognise(&Sighting::Name { name: shown.name, port, addresses }, &keys), found);
        }
    }
}
