//! Opening a link to one of several addresses.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long one address may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How long the next address waits for the one before it, so that the best usually wins.
const HEAD_START: Duration = Duration::from_millis(250);

/// Dials the addresses, each a little after the one before; the first that answers wins. `None` when none does.
pub async fn dial(addresses: &[SocketAddr]) -> Option<(TcpStream, SocketAddr)> {
    Attempts::new(addresses).first().await
}

/// Dials the addresses, and those that are found meanwhile; gives up when none has answered and no more come within
/// `patience` from now.
pub async fn seek(
    addresses: &[SocketAddr],
    mut found: mpsc::Receiver<SocketAddr>,
    patience: Duration,
) -> Option<(TcpStream, SocketAddr)> {
    let over = tokio::time::Instant::now() + patience;
    let mut attempts = Attempts::new(addresses);
    loop {
        tokio::select! {
            Some(attempt) = attempts.0.join_next() => {
                if let Ok(Some(open)) = attempt {
                    return Some(open);
                }
            }
            Some(address) = found.recv() => attempts.add(address, Duration::ZERO),
            () = tokio::time::sleep_until(over) => break,
        }
    }
    // What is on its way may still answer.
    attempts.first().await
}

struct Attempts(JoinSet<Option<(TcpStream, SocketAddr)>>);

impl Attempts {
    fn new(addresses: &[SocketAddr]) -> Self {
        let mut attempts = Self(JoinSet::new());
        for (turn, address) in (0u32..).zip(addresses.iter().copied()) {
            attempts.add(address, HEAD_START * turn);
        }
        attempts
    }

    /// The first that answers; `None` when none does.
    async fn first(mut self) -> Option<(TcpStream, SocketAddr)> {
        while let Some(attempt) = self.0.join_next().await {
            if let Ok(Some(open)) = attempt {
                return Some(open);
            }
        }
        None
    }

    fn add(&mut self, address: SocketAddr, after: Duration) {
        self.0.spawn(async move {
            sleep(after).await;
            let stream = tokio::time::timeout(ANSWER, TcpStream::connect(address)).await.ok()?.ok()?;
            // A port of our own can answer itself on loopback when nobody listens there.
            let itself = stream.local_addr().ok()? == stream.peer_addr().ok()?;
            (!itself).then_some((stream, address))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Listener;

    #[tokio::test]
    async fn reaches_the_one_address_that_answers() {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let closed = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap().bound();
        let (_, address) = dial(&[closed, listener.bound()]).await.unwrap();
        assert_eq!(address, listener.bound());
        assert!(dial(&[closed]).await.is_none());
        assert!(dial(&[]).await.is_none());
    }

    #[tokio::test]
    async fn goes_on_to_what_is_found_meanwhile() {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let closed = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap().bound();
        let (tell, found) = mpsc::channel(1);
        let sought = tokio::spawn(async move { seek(&[closed], found, Duration::from_secs(60)).await });
        tell.send(listener.bound()).await.unwrap();
        assert_eq!(sought.await.unwrap().unwrap().1, listener.bound());
        let (_tell, found) = mpsc::channel(1);
        assert!(seek(&[closed], found, Duration::from_millis(10)).await.is_none());
    }
}
