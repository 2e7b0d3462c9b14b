//! Which addresses this machine has, where others may reach it, and when that changes.

use if_addrs::{IfAddr, Ifv4Addr, Interface};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::{Instant, Interval, interval, sleep_until};

/// Networks that change do so in several steps; this long after the last one they count as settled.
const SETTLED: Duration = Duration::from_millis(300);
/// Where the system tells of no changes, they are looked for this often.
const POLL: Duration = Duration::from_secs(10);

/// The addresses of this machine at one moment.
#[derive(Clone, Debug, Default)]
pub struct Interfaces(Vec<Interface>);

impl Interfaces {
    /// As it is now. Where the system does not tell, as if there were none.
    #[must_use]
    pub fn now() -> Self {
        let up = if_addrs::get_if_addrs().unwrap_or_default().into_iter().filter(Interface::is_oper_up);
        Self(up.collect())
    }

    /// Whether this is an address of this machine.
    #[must_use]
    pub fn has(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|interface| interface.ip() == ip)
    }

    /// Whether a neighbour may have this address: it is in a network that this machine is part of, and not its own.
    #[must_use]
    pub fn is_near(&self, ip: IpAddr) -> bool {
        let in_network = |interface: &Interface| match (&interface.addr, ip) {
            (IfAddr::V4(ours), IpAddr::V4(ip)) => {
                let net = |ip: Ipv4Addr| ip.to_bits() & ours.netmask.to_bits();
                net(ours.ip) == net(ip) && broadcast(ours) != Some(ip)
            }
            (IfAddr::V6(ours), IpAddr::V6(ip)) => {
                let net = |ip: std::net::Ipv6Addr| ip.to_bits() & ours.netmask.to_bits();
                net(ours.ip) == net(ip)
            }
            (IfAddr::V4(_), IpAddr::V6(_)) | (IfAddr::V6(_), IpAddr::V4(_)) => false,
        };
        let is_host = !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast();
        is_host && !self.has(ip) && self.outside().any(in_network)
    }

    /// The broadcast address of each network that this machine is part of.
    pub(crate) fn broadcasts(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.outside().filter_map(|interface| match &interface.addr {
            IfAddr::V4(ours) => broadcast(ours),
            IfAddr::V6(_) => None,
        })
    }

    fn outside(&self) -> impl Iterator<Item = &Interface> {
        self.0.iter().filter(|interface| !interface.is_loopback())
    }

    fn addresses(&self) -> BTreeSet<IpAddr> {
        self.outside().map(Interface::ip).collect()
    }
}

/// By the network's mask: the system does not always name it. A network of two or one has none.
fn broadcast(ours: &Ifv4Addr) -> Option<Ipv4Addr> {
    (ours.netmask.to_bits().count_ones() < 31)
        .then(|| Ipv4Addr::from_bits(ours.ip.to_bits() | !ours.netmask.to_bits()))
}

/// What the system tells of changes through.
#[cfg(not(target_os = "android"))]
type System = netwatcher::AsyncWatch;

#[cfg(not(target_os = "android"))]
fn system() -> Option<System> {
    netwatcher::watch_interfaces_async::<netwatcher::async_adapter::Tokio>().ok()
}

/// A phone tells the app's own Kotlin, which passes it on.
#[cfg(target_os = "android")]
enum System {}

#[cfg(target_os = "android")]
impl System {
    async fn changed(&mut self) {
        match *self {}
    }
}

#[cfg(target_os = "android")]
fn system() -> Option<System> {
    None
}

/// Tells when this machine's addresses become others.
pub struct NetworkWatch {
    system: Option<System>,
    poll: Interval,
    /// Something has changed, and may go on to change until then.
    settled: Option<Instant>,
    known: BTreeSet<IpAddr>,
}

impl NetworkWatch {
    /// Begins to watch. Must be called within a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let known = Interfaces::now().addresses();
        Self { system: system(), poll: interval(POLL), settled: None, known }
    }

    /// Waits until the addresses are others than before, and have settled. May be dropped and called again.
    pub async fn changed(&mut self) {
        loop {
            match (&mut self.system, self.settled) {
                (Some(system), Some(settled)) => tokio::select! {
                    _ = system.changed() => {
                        self.settled = Some(Instant::now() + SETTLED);
                        continue;
                    }
                    () = sleep_until(settled) => self.settled = None,
                },
                (Some(system), None) => {
                    system.changed().await;
                    self.settled = Some(Instant::now() + SETTLED);
                    continue;
                }
                (None, _) => {
                    self.poll.tick().await;
                }
            }
            let addresses = Interfaces::now().addresses();
            if addresses != self.known {
                self.known = addresses;
                return;
            }
        }
    }
}

impl std::fmt::Debug for NetworkWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NetworkWatch").field("told", &self.system.is_some()).finish_non_exhaustive()
    }
}

/// Where a listener bound to `bound` can be reached, best first, at most `most`: the address itself when it is one, else the
/// addresses of every interface that is up. Loopback counts only when there is nothing else.
#[must_use]
pub fn reachable_addresses(bound: SocketAddr, most: usize) -> Vec<SocketAddr> {
    if !bound.ip().is_unspecified() {
        return vec![bound];
    }
    let mut addresses: Vec<IpAddr> = Interfaces::now()
        .0
        .iter()
        .map(Interface::ip)
        // A link-local IPv6 address means nothing without the name of one's own interface.
        .filter(|ip| !matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local()))
        .filter(|ip| bound.is_ipv6() || ip.is_ipv4())
        .collect();
    addresses.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6()));
    if addresses.iter().any(|ip| !ip.is_loopback()) {
        addresses.retain(|ip| !ip.is_loopback());
    }
    addresses.truncate(most);
    addresses.into_iter().map(|ip| SocketAddr::new(ip, bound.port())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use if_addrs::{IfOperStatus, Ifv6Addr};

    #[test]
    fn who_listens_on_one_address_names_that_one_only() {
        let bound: SocketAddr = "127.0.0.1:4433".parse().unwrap();
        assert_eq!(reachable_addresses(bound, 4), [bound]);
    }

    #[test]
    fn who_listens_on_all_names_some_with_its_port() {
        let found = reachable_addresses("[::]:4433".parse().unwrap(), 4);
        assert!((1..=4).contains(&found.len()), "{found:?}");
        assert!(found.iter().all(|address| address.port() == 4433 && !address.ip().is_unspecified()));
    }

    fn interface(addr: IfAddr) -> Interface {
        Interface {
            name: "test".into(),
            addr,
            index: Some(1),
            oper_status: IfOperStatus::Up,
            is_p2p: false,
            #[cfg(windows)]
            adapter_name: "test".into(),
        }
    }

    fn home() -> Interfaces {
        let v4 = Ifv4Addr {
            ip: "192.168.1.7".parse().unwrap(),
            netmask: "255.255.255.0".parse().unwrap(),
            prefixlen: 24,
            broadcast: None,
        };
        let loopback = Ifv4Addr {
            ip: Ipv4Addr::LOCALHOST,
            netmask: "255.0.0.0".parse().unwrap(),
            prefixlen: 8,
            broadcast: None,
        };
        let v6 = Ifv6Addr {
            ip: "fe80::7".parse().unwrap(),
            netmask: "ffff:ffff:ffff:ffff::".parse().unwrap(),
            prefixlen: 64,
            broadcast: None,
        };
        Interfaces(vec![
            interface(IfAddr::V4(v4)),
            interface(IfAddr::V4(loopback)),
            interface(IfAddr::V6(v6)),
        ])
    }

    #[test]
    fn neighbours_are_in_our_networks_and_are_not_we() {
        let home = home();
        for near in ["192.168.1.8", "fe80::8"] {
            assert!(home.is_near(near.parse().unwrap()), "{near}");
        }
        for far in [
            "192.168.1.7",
            "192.168.1.255",
            "192.168.2.8",
            "127.0.0.1",
            "0.0.0.0",
            "8.8.8.8",
            "224.0.0.251",
            "fe80::7",
            "2001:db8::1",
            "::1",
        ] {
            assert!(!home.is_near(far.parse().unwrap()), "{far}");
        }
        assert_eq!(home.broadcasts().collect::<Vec<_>>(), ["192.168.1.255".parse::<Ipv4Addr>().unwrap()]);
    }
}
