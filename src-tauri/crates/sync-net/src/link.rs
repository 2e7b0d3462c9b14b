//! One link: a task that reads and a task that writes. Whoever owns the link hears what arrives through one bounded queue, so
//! that a peer which floods us waits in its own send buffer.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long the other side may refuse to take bytes before it counts as gone.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(15);

const READ_BUFFER: usize = 256 * 1024;

/// What happens on a link.
#[derive(Debug)]
pub enum LinkEvent {
    /// Bytes arrived.
    Received(Vec<u8>),
    /// It is closed, by the other side or by the network. Nothing more will be heard of it.
    Down,
}

/// An open link. Dropping it closes it at once.
#[derive(Debug)]
pub struct Link {
    outgoing: UnboundedSender<Vec<u8>>,
    reader: JoinHandle<()>,
    writer: Option<JoinHandle<()>>,
}

impl Link {
    /// Takes over a stream. Events go to `events`, each made into what its owner wants by `wrap`.
    pub fn start<E: Send + 'static>(
        stream: TcpStream,
        events: Sender<E>,
        wrap: impl Fn(LinkEvent) -> E + Send + Sync + Clone + 'static,
    ) -> Self {
        // Small messages wait for nobody; where the option cannot be set they are merely slower.
        let _ = stream.set_nodelay(true);
        let (read, write) = stream.into_split();
        let (outgoing, queue) = unbounded_channel();
        let (down, wrap_down) = (events.clone(), wrap.clone());
        let reader = tokio::spawn(async move { read_all(read, events, wrap).await });
        let writer = tokio::spawn(async move {
            if !write_all(write, queue).await {
                // The owner may be gone already; then nobody needs to know.
                let _ = down.send(wrap_down(LinkEvent::Down)).await;
            }
        });
        Self { outgoing, reader, writer: Some(writer) }
    }

    /// Queues bytes. What a link may hold is bounded by the protocol's credit, not here.
    pub fn send(&self, bytes: Vec<u8>) {
        // A closed link has told so already, or is just telling.
        let _ = self.outgoing.send(bytes);
    }

    /// Closes the link once everything queued is written.
    pub fn close(mut self) -> Option<JoinHandle<()>> {
        self.reader.abort();
        self.writer.take()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.reader.abort();
        if let Some(writer) = &self.writer {
            writer.abort();
        }
    }
}

async fn read_all<E>(mut read: OwnedReadHalf, events: Sender<E>, wrap: impl Fn(LinkEvent) -> E) {
    loop {
        let mut bytes = Vec::with_capacity(READ_BUFFER);
        match read.read_buf(&mut bytes).await {
            Ok(n) if n > 0 => {
                // Small pieces must not each hold a large buffer while they wait.
                if n < READ_BUFFER / 4 {
                    bytes.shrink_to_fit();
                }
                if events.send(wrap(LinkEvent::Received(bytes))).await.is_err() {
                    return;
                }
            }
            Ok(_) | Err(_) => {
                let _ = events.send(wrap(LinkEvent::Down)).await;
                return;
            }
        }
    }
}

/// Whether everything was written until the owner closed the link.
async fn write_all(mut write: OwnedWriteHalf, mut queue: UnboundedReceiver<Vec<u8>>) -> bool {
    while let Some(bytes) = queue.recv().await {
        if !matches!(timeout(WRITE_TIMEOUT, write.write_all(&bytes)).await, Ok(Ok(()))) {
            return false;
        }
    }
    // The other side may be gone already; closing is all that was left to do.
    let _ = timeout(WRITE_TIMEOUT, write.shutdown()).await;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Listener, dial};
    use tokio::sync::mpsc::channel;

    #[tokio::test]
    async fn what_was_sent_before_closing_arrives() {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (stream, _) = dial(&[listener.bound()]).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let (to_alice, _keep) = channel(4);
        let (to_bob, mut bob_hears) = channel(4);
        let alice = Link::start(stream, to_alice, |event| event);
        let _bob = Link::start(accepted, to_bob, |event| event);
        let sent = vec![7u8; 3_000_000];
        alice.send(sent.clone());
        drop(alice.close());
        let mut heard = Vec::new();
        while let Some(LinkEvent::Received(bytes)) = bob_hears.recv().await {
            heard.extend(bytes);
        }
        assert_eq!(heard, sent);
    }
}
