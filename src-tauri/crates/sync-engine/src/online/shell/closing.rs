//! Links that are closing: the last words are still being written. A peer may take its time for them, and come again meanwhile, so
//! there is a bound to how many of its links are kept for that.

use sync_core::identity::DeviceId;
use sync_core::node::SESSIONS_PER_PEER_MAX;
use tokio::task::JoinHandle;

/// So many links of one peer may be closing, beside the sessions that it has.
const CLOSING_PER_PEER_MAX: usize = SESSIONS_PER_PEER_MAX;

/// The writing tasks of links that are closing, oldest first.
#[derive(Default)]
pub(super) struct Closing(Vec<(Option<DeviceId>, JoinHandle<()>)>);

impl Closing {
    /// Lets a link of that peer write what it still has. Beyond a few, its oldest one is dropped at once. A link that never got to
    /// know its peer has nothing that does not fit into the system's buffers.
    pub(super) fn add(&mut self, peer: Option<DeviceId>, writer: JoinHandle<()>) {
        self.0.retain(|(_, writer)| !writer.is_finished());
        let is_same = |(whose, _): &(Option<DeviceId>, JoinHandle<()>)| peer.is_some() && *whose == peer;
        if self.0.iter().filter(|one| is_same(one)).count() >= CLOSING_PER_PEER_MAX
            && let Some(oldest) = self.0.iter().position(is_same)
        {
            self.0.remove(oldest).1.abort();
        }
        self.0.push((peer, writer));
    }

    /// Waits for all of them. Whoever does not take our goodbye within the write time-out does without it.
    pub(super) async fn end(&mut self) {
        for (_, writer) in self.0.drain(..) {
            drop(writer.await);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: u8) -> Option<DeviceId> {
        Some(DeviceId::from_bytes([n; 16]))
    }

    #[tokio::test]
    async fn a_peer_that_does_not_read_keeps_a_few_closing_links_and_takes_none_from_others() {
        let mut closing = Closing::default();
        let never = || tokio::spawn(std::future::pending());
        for of in [peer(2), None] {
            closing.add(of, never());
        }
        let mallorys: Vec<_> = (0..50)
            .map(|_| {
                let writer = never();
                let handle = writer.abort_handle();
                closing.add(peer(1), writer);
                handle
            })
            .collect();
        tokio::task::yield_now().await;
        let open: Vec<bool> = mallorys.iter().map(|writer| !writer.is_finished()).collect();
        assert_eq!(open.iter().filter(|open| **open).count(), CLOSING_PER_PEER_MAX);
        assert!(open.ends_with(&[true; CLOSING_PER_PEER_MAX]), "the oldest give way");
        let others = |(whose, writer): &&(Option<DeviceId>, JoinHandle<()>)| {
            *whose != peer(1) && !writer.is_finished()
        };
        assert_eq!(closing.0.iter().filter(others).count(), 2);
    }

    #[tokio::test]
    async fn links_that_have_closed_do_not_count() {
        let mut closing = Closing::default();
        let slow = tokio::spawn(std::future::pending());
        let handle = slow.abort_handle();
        closing.add(peer(1), slow);
        for _ in 0..50 {
            let quick = tokio::spawn(async {});
            while !quick.is_finished() {
                tokio::task::yield_now().await;
            }
            closing.add(peer(1), quick);
        }
        tokio::task::yield_now().await;
        assert!(!handle.is_finished());
    }
}
