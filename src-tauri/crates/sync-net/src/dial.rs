//! Opening a link to one of several addresses.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long one address may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How long the next address waits for the one before it, so that the best usually wins.
const HEAD_START: Duration = Duration::from_millis(250);

/// Dials the addresses, each a little after the one before; the first that answers wins. `None` when none does.
pub async fn dial(addresses: &[SocketAddr]) -> Option<(TcpStream, SocketAddr)> {
    let mut attempts = JoinSet::new();
    for (turn, address) in (0u32..).zip(addresses.iter().copied()) {
        attempts.spawn(async move {
            sleep(HEAD_START * turn).await;
            let stream = tokio::time::timeout(ANSWER, TcpStream::connect(address)).await.ok()?.ok()?;
            // A port of our own can answer itself on loopback when nobody listens there.
            let itself = stream.local_addr().ok()? == stream.peer_addr().ok()?;
            (!itself).then_some((stream, address))
        });
    }
    while let Some(attempt) = attempts.join_next().await {
        if let Ok(Some(open)) = attempt {
            return Some(open);
        }
    }
    None
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
}
