//! Multicast DNS: one service instance with a name that means something to paired devices only.

use super::{Announce, Sighting};
use crate::Interfaces;
use mdns_sd::{Receiver, ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo};
use std::net::{SocketAddr, SocketAddrV6};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The version of what an instance offers: all that its TXT record says.
const TXT: [(&str, &str); 1] = [("v", "1")];
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_millis(300);

#[derive(Debug)]
pub(super) struct Mdns {
    daemon: Daemon,
    service: &'static str,
    shown: Option<String>,
    listener: JoinHandle<()>,
}

/// Ends with its owner.
struct Daemon(ServiceDaemon);

impl Mdns {
    pub(super) fn start(
        service: &'static str,
        interfaces: Interfaces,
        tell: mpsc::Sender<Sighting>,
    ) -> Option<Self> {
        let daemon = Daemon(ServiceDaemon::new().ok()?);
        // We are told of changes and begin anew; looking for them every few seconds would only wake the machine.
        daemon.0.set_ip_check_interval(0).ok()?;
        let events = daemon.0.browse(service).ok()?;
        let listener = tokio::spawn(listen(events, service, interfaces, tell));
        Some(Self { daemon, service, shown: None, listener })
    }

    pub(super) fn announce(&mut self, announce: Option<&Announce>) {
        if let Some(before) = self.shown.take() {
            // Whatever does not reach the daemon ends with it.
            drop(self.daemon.0.unregister(&before));
        }
        let Some(announce) = announce else { return };
        // The host's name shall tell as little as the instance's, and is as new.
        let host: String = announce.name.chars().take(16).collect();
        let info = ServiceInfo::new(
            self.service,
            &announce.name,
            &format!("{host}.local."),
            "",
            announce.port,
            TXT.as_slice(),
        );
        if let Ok(info) = info {
            let mut info = info.enable_addr_auto();
            // Names are random and as long as they can be: nobody else has this one, so it can be shown at once.
            info.set_requires_probe(false);
            let name = info.get_fullname().to_owned();
            if self.daemon.0.register(info).is_ok() {
                self.shown = Some(name);
            }
        }
    }

    pub(super) async fn stop(mut self) {
        if let Some(name) = self.shown.take()
            && let Ok(gone) = self.daemon.0.unregister(&name)
        {
            drop(tokio::time::timeout(GOODBYE, gone.recv_async()).await);
        }
    }
}

impl Drop for Mdns {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It says goodbye for what is still registered.
        drop(self.0.shutdown());
    }
}

impl std::fmt::Debug for Daemon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Daemon(…)")
    }
}

async fn listen(
    events: Receiver<ServiceEvent>,
    service: &'static str,
    interfaces: Interfaces,
    tell: mpsc::Sender<Sighting>,
) {
    while let Ok(event) = events.recv_async().await {
        if let ServiceEvent::ServiceResolved(found) = event
            && let Some(sighting) = sighting(&found, service, &interfaces)
            && tell.send(sighting).await.is_err()
        {
            return;
        }
    }
}

fn sighting(found: &ResolvedService, service: &str, interfaces: &Interfaces) -> Option<Sighting> {
    let name = found.get_fullname().strip_suffix(service)?.strip_suffix('.')?.to_owned();
    let port = found.get_port();
    let addresses: Vec<SocketAddr> = found
        .get_addresses()
        .iter()
        .filter(|ip| interfaces.is_near(ip.to_ip_addr()))
        .filter_map(|ip| address(ip, port))
        .collect();
    (!addresses.is_empty()).then_some(Sighting::Name { name, port, addresses })
}

fn address(ip: &ScopedIp, port: u16) -> Option<SocketAddr> {
    match ip {
        ScopedIp::V4(ip) => Some(SocketAddr::new((*ip.addr()).into(), port)),
        // Which interface a link-local address is on is part of it.
        ScopedIp::V6(ip) => {
            let scope = if ip.addr().is_unicast_link_local() { ip.scope_id().index } else { 0 };
            Some(SocketAddrV6::new(*ip.addr(), port, 0, scope).into())
        }
        _ => None,
    }
}
