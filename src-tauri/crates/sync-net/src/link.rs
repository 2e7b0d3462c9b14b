//! One link: a task that reads and a task that writes. Whoever owns the link hears what arrives through one bounded queue, so
//! that a peer which floods us waits in its own send buffer. What waits to be written is bounded too: a peer may make us talk and not
//! listen.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How long the other side may refuse to take bytes before it counts as gone; once a link is told to close, all that is left of them.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(15);
/// What may wait to be written on one link, in bytes. The protocol's own bounds keep a peer that listens below it: the outline
/// of a first merge has 16 MiB, the batches that it may leave unacknowledged after that 12.
pub const QUEUE_MAX: usize = 32 * 1024 * 1024;

/// What keeping a piece in the queue takes beside its bytes, roughly: many small ones must not cost more than they count.
const PIECE_COST: usize = 64;

const READ_BUFFER: usize = 256 * 1024;

/// What happens on a link.
#[derive(Debug)]
pub enum LinkEvent {
    /// Bytes arrived.
    Received(Vec<u8>),
    /// It is closed, by the other side or by the network. Nothing more will be heard of it.
    Down,
}

/// More waits to be written than a link may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clogged;

/// An open link. Dropping it closes it at once.
#[derive(Debug)]
pub struct Link {
    outgoing: UnboundedSender<Vec<u8>>,
    queued: Arc<AtomicUsize>,
    /// Tells the writing task, by being dropped, that the owner has closed the link.
    _open: oneshot::Sender<()>,
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
        Self::start_patient(stream, events, wrap, WRITE_TIMEOUT)
    }

    fn start_patient<E: Send + 'static>(
        stream: TcpStream,
        events: Sender<E>,
        wrap: impl Fn(LinkEvent) -> E + Send + Sync + Clone + 'static,
        patience: Duration,
    ) -> Self {
        // Small messages wait for nobody; where the option cannot be set they are merely slower.
        let _ = stream.set_nodelay(true);
        let (read, write) = stream.into_split();
        let (outgoing, queue) = unbounded_channel();
        let (open, closed) = oneshot::channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let waiting = Arc::clone(&queued);
        let (down, wrap_down) = (events.clone(), wrap.clone());
        let reader = tokio::spawn(async move { read_all(read, events, wrap).await });
        let write = async move {
            if !write_all(write, queue, &waiting, patience).await {
                // The owner may be gone already; then nobody needs to know.
                let _ = down.send(wrap_down(LinkEvent::Down)).await;
            }
        };
        let writer = tokio::spawn(async move {
            tokio::select! {
                () = write => {}
                () = overdue(closed, patience) => {}
            }
        });
        Self { outgoing, queued, _open: open, reader, writer: Some(writer) }
    }

    /// Queues bytes.
    ///
    /// # Errors
    /// When there is no room for them: the link is of no use any more, and to be dropped.
    pub fn send(&self, bytes: Vec<u8>) -> Result<(), Clogged> {
        let cost = bytes.len() + PIECE_COST;
        if self.queued.fetch_add(cost, Ordering::Relaxed) + cost > QUEUE_MAX {
            return Err(Clogged);
        }
        // A closed link has told so already, or is just telling.
        let _ = self.outgoing.send(bytes);
        Ok(())
    }

    /// Closes the link once everything queued is written. What is not written by [`WRITE_TIMEOUT`] from now is dropped, and so it is
    /// at once when the task that is returned is aborted.
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
async fn write_all(
    mut write: OwnedWriteHalf,
    mut queue: UnboundedReceiver<Vec<u8>>,
    queued: &AtomicUsize,
    patience: Duration,
) -> bool {
    while let Some(bytes) = queue.recv().await {
        if !matches!(timeout(patience, write.write_all(&bytes)).await, Ok(Ok(()))) {
            return false;
        }
        queued.fetch_sub(bytes.len() + PIECE_COST, Ordering::Relaxed);
    }
    // The other side may be gone already; closing is all that was left to do.
    let _ = timeout(patience, write.shutdown()).await;
    true
}

/// Ends so long after the owner closed the link. Whoever takes a little now and then would keep it for good otherwise.
async fn overdue(closed: oneshot::Receiver<()>, patience: Duration) {
    // Nothing is ever sent: it ends when the other half is dropped.
    let _ = closed.await;
    sleep(patience).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Listener, dial};
    use tokio::sync::mpsc::channel;

    async fn connected() -> [TcpStream; 2] {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (stream, _) = dial(&[listener.bound()]).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        [stream, accepted]
    }

    #[tokio::test]
    async fn what_was_sent_before_closing_arrives() {
        let [stream, accepted] = connected().await;
        let (to_alice, _keep) = channel(4);
        let (to_bob, mut bob_hears) = channel(4);
        let alice = Link::start(stream, to_alice, |event| event);
        let _bob = Link::start(accepted, to_bob, |event| event);
        let sent = vec![7u8; 3_000_000];
        alice.send(sent.clone()).unwrap();
        drop(alice.close());
        let mut heard = Vec::new();
        while let Some(LinkEvent::Received(bytes)) = bob_hears.recv().await {
            heard.extend(bytes);
        }
        assert_eq!(heard, sent);
    }

    #[tokio::test]
    async fn a_link_whose_other_side_does_not_listen_holds_so_much_and_no_more() {
        for piece in [23, 1024 * 1024] {
            let [stream, _deaf] = connected().await;
            let (to_alice, _keep) = channel(4);
            let alice = Link::start(stream, to_alice, |event| event);
            // What the system keeps in its own buffers comes on top; these tasks take turns on one thread, so it is nothing yet.
            let taken =
                std::iter::repeat_with(|| alice.send(vec![7; piece])).take_while(Result::is_ok).count();
            assert_eq!(taken, QUEUE_MAX / (piece + PIECE_COST), "pieces of {piece} bytes");
        }
    }

    #[tokio::test]
    async fn a_link_whose_other_side_listens_holds_any_amount_one_after_the_other() {
        let [stream, accepted] = connected().await;
        let (to_alice, _keep) = channel(4);
        let (to_bob, mut bob_hears) = channel(4);
        let alice = Link::start(stream, to_alice, |event| event);
        let _bob = Link::start(accepted, to_bob, |event| event);
        let mut left = 0;
        for _ in 0..40 {
            alice.send(vec![7; 1024 * 1024]).unwrap();
            left += 1024 * 1024;
            while left > 0 {
                let Some(LinkEvent::Received(bytes)) = bob_hears.recv().await else { panic!("it is open") };
                left -= bytes.len();
            }
        }
    }

    #[tokio::test]
    async fn whoever_takes_a_little_now_and_then_does_not_keep_a_closing_link_open() {
        let [stream, mut slow] = connected().await;
        let (to_alice, _keep) = channel(4);
        let alice = Link::start_patient(stream, to_alice, |event| event, Duration::from_secs(1));
        let piece = 16 * 1024;
        let pieces = QUEUE_MAX / (piece + PIECE_COST);
        for _ in 0..pieces {
            alice.send(vec![7; piece]).unwrap();
        }
        let mut writer = alice.close().unwrap();
        let (mut taken, mut some) = (0, vec![0; 64 * 1024]);
        loop {
            tokio::select! {
                closed = &mut writer => break closed.unwrap(),
                () = sleep(Duration::from_millis(100)) => taken += slow.read(&mut some).await.unwrap(),
            }
        }
        // What the system had taken over still comes.
        let mut rest = Vec::new();
        slow.read_to_end(&mut rest).await.unwrap();
        assert!(taken + rest.len() < pieces * piece, "{taken} bytes and {} more", rest.len());
    }
}
