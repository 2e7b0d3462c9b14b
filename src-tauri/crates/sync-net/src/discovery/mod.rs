//! Announcing this device on the networks around it, and hearing of others: by mDNS, and by broadcast datagrams where
//! multicast is dropped. What an announcement says is decided elsewhere; here it is a name and some bytes.

mod beacon;
mod mdns;

use crate::Interfaces;
use beacon::Beacon;
use mdns::Mdns;
use std::net::{IpAddr, SocketAddr};
use tokio::sync::mpsc;

/// Sightings that may wait; more are lost, and come again.
const HEARD_MAX: usize = 64;

/// What this device shows.
#[derive(Clone, Debug)]
pub struct Announce {
    /// The instance name of the mDNS service.
    pub name: String,
    /// The datagram.
    pub datagram: Vec<u8>,
    /// The port that the service is at.
    pub port: u16,
}

/// What others show. None of it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// An instance of our mDNS service.
    Name {
        /// Its name.
        name: String,
        /// Its port.
        port: u16,
        /// Where it is: neighbours only.
        addresses: Vec<SocketAddr>,
    },
    /// A datagram.
    Datagram {
        /// What it holds.
        bytes: Vec<u8>,
        /// Which neighbour sent it.
        from: IpAddr,
    },
}

/// Announces and listens until it is dropped. What cannot be opened on this machine is done without: a device is still found
/// where it was before, or by a typed address.
#[derive(Debug)]
pub struct Discovery {
    service: &'static str,
    beacon_port: u16,
    mdns: Option<Mdns>,
    beacon: Option<Beacon>,
    tell: mpsc::Sender<Sighting>,
    heard: mpsc::Receiver<Sighting>,
}

impl Discovery {
    /// Begins to listen. `service`: an mDNS service, such as `_name._tcp.local.`; `beacon_port`: where datagrams are
    /// broadcast to. Must be called within a tokio runtime.
    #[must_use]
    pub fn start(service: &'static str, beacon_port: u16) -> Self {
        let (tell, heard) = mpsc::channel(HEARD_MAX);
        let mut discovery = Self { service, beacon_port, mdns: None, beacon: None, tell, heard };
        discovery.restart();
        discovery
    }

    /// The network is another one: listens anew on every interface, and announces nothing yet.
    pub fn restart(&mut self) {
        (self.mdns, self.beacon) = (None, None);
        let interfaces = Interfaces::now();
        self.mdns = Mdns::start(self.service, interfaces.clone(), self.tell.clone());
        self.beacon = Beacon::start(self.beacon_port, interfaces, self.tell.clone());
    }

    /// Shows this from now on instead of what was shown before; `None`: nothing.
    pub fn announce(&mut self, announce: Option<&Announce>) {
        if let Some(mdns) = &mut self.mdns {
            mdns.announce(announce);
        }
        if let Some(beacon) = &mut self.beacon {
            beacon.announce(announce);
        }
    }

    /// Broadcasts the present datagram once more.
    pub fn repeat(&mut self) {
        if let Some(beacon) = &mut self.beacon {
            beacon.repeat();
        }
    }

    /// The next that is heard. May be dropped and called again.
    pub async fn heard(&mut self) -> Sighting {
        loop {
            if let Some(sighting) = self.heard.recv().await {
                return sighting;
            }
        }
    }

    /// Takes back what was announced, so that neighbours need not wait until it expires.
    pub async fn stop(mut self) {
        if let Some(mdns) = self.mdns.take() {
            mdns.stop().await;
        }
    }
}
