//! A datagram, broadcast in each network: for networks that drop multicast. Nothing is ever answered.

use super::{Announce, Sighting};
use crate::Interfaces;
use socket2::{Domain, Protocol, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Broadcasts get lost, on Wi-Fi above all: a new one is sent at these times.
const SENT_AFTER: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(7)];
/// More than the longest datagram that anybody should send, so that longer ones show.
const BUFFER: usize = 128;
/// How long to wait after an error of the socket.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Beacon {
    socket: Arc<UdpSocket>,
    port: u16,
    interfaces: Interfaces,
    shown: Option<Vec<u8>>,
    listener: JoinHandle<()>,
    sender: Option<JoinHandle<()>>,
}

impl Beacon {
    pub(super) fn start(port: u16, interfaces: Interfaces, tell: mpsc::Sender<Sighting>) -> Option<Self> {
        let socket = Arc::new(open(port).ok()?);
        let listener = tokio::spawn(listen(Arc::clone(&socket), interfaces.clone(), tell));
        Some(Self { socket, port, interfaces, shown: None, listener, sender: None })
    }

    pub(super) fn announce(&mut self, announce: Option<&Announce>) {
        self.shown = announce.map(|announce| announce.datagram.clone());
        self.send(&SENT_AFTER);
    }

    pub(super) fn repeat(&mut self) {
        self.send(&SENT_AFTER[..1]);
    }

    fn send(&mut self, after: &'static [Duration]) {
        if let Some(sender) = self.sender.take() {
            sender.abort();
        }
        let Some(datagram) = self.shown.clone() else { return };
        let (socket, port) = (Arc::clone(&self.socket), self.port);
        let to: Vec<Ipv4Addr> = self.interfaces.broadcasts().collect();
        self.sender = Some(tokio::spawn(async move {
            let begin = tokio::time::Instant::now();
            for after in after {
                tokio::time::sleep_until(begin + *after).await;
                for ip in &to {
                    // A network that is just going away is no reason to leave out the next.
                    drop(socket.send_to(&datagram, SocketAddr::new((*ip).into(), port)).await);
                }
            }
        }));
    }
}

impl Drop for Beacon {
    fn drop(&mut self) {
        self.listener.abort();
        if let Some(sender) = &self.sender {
            sender.abort();
        }
    }
}

async fn listen(socket: Arc<UdpSocket>, interfaces: Interfaces, tell: mpsc::Sender<Sighting>) {
    let mut buffer = [0; BUFFER];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((len, from)) if interfaces.is_near(from.ip()) => {
                // Whoever floods us loses the rest: the next of a paired device comes again.
                drop(tell.try_send(Sighting::Datagram { bytes: buffer[..len].to_vec(), from: from.ip() }));
            }
            Ok(_) => {}
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

fn open(port: u16) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    // The application and the command line of one device may both listen.
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.set_broadcast(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port).into())?;
    UdpSocket::from_std(socket.into())
}
