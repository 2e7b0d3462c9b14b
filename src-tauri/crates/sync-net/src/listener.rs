//! Listening for links.

use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};

/// An open port.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    bound: SocketAddr,
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program has it.
    #[error("port {port} is taken by another program; stop that one, or choose another port")]
    Taken {
        /// The port.
        port: u16,
    },
    /// The address is not one of this machine.
    #[error("{address} is not an address of this machine; choose one that is, or listen on all")]
    NotOurs {
        /// The address.
        address: SocketAddr,
    },
    /// The system refused.
    #[error("this device cannot listen on {address}: {source}")]
    Io {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

impl Listener {
    /// Opens a port. On `[::]` it listens on IPv4 as well; where the machine has no IPv6, on IPv4 alone.
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the port is taken, the address is not of this machine, or the system refuses.
    pub fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let opened = match open(address) {
            Err(error) if address.ip().is_unspecified() && address.is_ipv6() && !is_taken(&error) => {
                open(SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), address.port()))
            }
            other => other,
        };
        let (socket, bound) = opened.map_err(|source| {
            if is_taken(&source) {
                ListenError::Taken { port: address.port() }
            } else if source.kind() == io::ErrorKind::AddrNotAvailable {
                ListenError::NotOurs { address }
            } else {
                ListenError::Io { address, source }
            }
        })?;
        Ok(Self { socket, bound })
    }

    /// Where it listens, with the port that was chosen.
    #[must_use]
    pub fn bound(&self) -> SocketAddr {
        self.bound
    }

    /// The next link that somebody opens to us.
    ///
    /// # Errors
    /// What the system says; trying again later is right, for it is out of something.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.socket.accept().await
    }
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

fn open(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    // A port kept across restarts must not be refused because of links that are just closing.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(64)?;
    let listener = TcpListener::from_std(socket.into())?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_says_so() {
        let first = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let second = Listener::bind(first.bound());
        assert!(matches!(second, Err(ListenError::Taken { port }) if port == first.bound().port()));
    }

    #[tokio::test]
    async fn an_address_of_another_machine_says_so() {
        let error = Listener::bind("203.0.113.7:0".parse().unwrap()).unwrap_err();
        assert!(matches!(error, ListenError::NotOurs { .. }), "{error}");
    }
}
