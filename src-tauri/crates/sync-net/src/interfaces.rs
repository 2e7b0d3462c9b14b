//! Which addresses of this machine others may reach it at.

use std::net::{IpAddr, SocketAddr};

/// Where a listener bound to `bound` can be reached, best first, at most `most`: the address itself when it is one, else the
/// addresses of every interface that is up. Loopback counts only when there is nothing else.
#[must_use]
pub fn reachable_addresses(bound: SocketAddr, most: usize) -> Vec<SocketAddr> {
    if !bound.ip().is_unspecified() {
        return vec![bound];
    }
    let found = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> = found
        .iter()
        .filter(|interface| interface.is_oper_up())
        .map(if_addrs::Interface::ip)
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
}
