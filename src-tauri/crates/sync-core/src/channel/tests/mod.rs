mod handshake;
mod hostile;
mod messages;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::identity::{InviteSecret, PairSecret};

const START: Mono = Mono(1_000);

fn device(number: u64) -> Identity {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(number))
}

fn alice() -> Identity {
    device(1)
}

fn bob() -> Identity {
    device(2)
}

fn mallory() -> Identity {
    device(3)
}

fn pair_secret() -> PairSecret {
    PairSecret::from_bytes([5; 32])
}

fn invite_secret() -> InviteSecret {
    InviteSecret::from_bytes([6; 32])
}

/// alice (who dials) and bob (who answers), and whom bob would let in.
struct Link {
    alice: Channel,
    bob: Channel,
    peers: Vec<(PublicKey, PairSecret)>,
    invite_secrets: Vec<InviteSecret>,
    seen: SeenEphemerals,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Side {
    Alice,
    Bob,
}

impl Link {
    fn new(dial: Dial) -> Self {
        Self {
            alice: Channel::initiate(&alice(), dial, [11; 32], START).unwrap(),
            bob: Channel::accept(&bob(), [12; 32], START),
            peers: vec![(alice().channel.public(), pair_secret())],
            invite_secrets: vec![invite_secret()],
            seen: SeenEphemerals::new(),
        }
    }

    fn session() -> Self {
        Self::new(Dial::Session { peer: bob().channel.public(), secret: pair_secret() })
    }

    fn pairing() -> Self {
        Self::new(Dial::Pair { secret: invite_secret(), expected: Some(bob().channel.public()) })
    }

    fn mode(mode: Mode) -> Self {
        match mode {
            Mode::Pair => Self::pairing(),
            Mode::Session => Self::session(),
        }
    }

    /// A link whose handshake is done and whose events are read.
    fn established(mode: Mode) -> Self {
        let mut link = Self::mode(mode);
        let (alice, bob) = link.run(usize::MAX).unwrap();
        assert!(matches!(alice[..], [ChannelEvent::Established { .. }]));
        assert!(matches!(bob[..], [ChannelEvent::Established { .. }]));
        link
    }

    /// Carries bytes in chunks of at most `chunk` until both are silent, bob letting in whom he knows.
    /// Gives the events of alice and of bob, knocks left out; or who failed first, and how.
    fn run(&mut self, chunk: usize) -> Result<(Vec<ChannelEvent>, Vec<ChannelEvent>), (Side, ChannelError)> {
        let (mut to_alice_events, mut to_bob_events) = (Vec::new(), Vec::new());
        loop {
            let to_bob = self.alice.take_outgoing();
            for part in to_bob.chunks(chunk) {
                self.bob.receive(part, START).map_err(|error| (Side::Bob, error))?;
                to_bob_events.extend(self.bob_events()?);
            }
            let to_alice = self.bob.take_outgoing();
            for part in to_alice.chunks(chunk) {
                self.alice.receive(part, START).map_err(|error| (Side::Alice, error))?;
            }
            to_alice_events.extend(std::iter::from_fn(|| self.alice.poll_event()));
            if to_bob.is_empty() && to_alice.is_empty() {
                return Ok((to_alice_events, to_bob_events));
            }
        }
    }

    fn bob_events(&mut self) -> Result<Vec<ChannelEvent>, (Side, ChannelError)> {
        let mut events = Vec::new();
        while let Some(event) = self.bob.poll_event() {
            match event {
                ChannelEvent::Knock { .. } => self.admit().map_err(|error| (Side::Bob, error))?,
                ChannelEvent::Established { .. } | ChannelEvent::Message { .. } => events.push(event),
            }
        }
        Ok(events)
    }

    fn admit(&mut self) -> Result<(), ChannelError> {
        let admission = Admission { peers: &self.peers, invite_secrets: &self.invite_secrets };
        self.bob.admit(admission, &mut self.seen, START)
    }
}

/// A closed channel refuses everything, and gives no more bytes or events.
fn assert_closed(channel: &mut Channel) {
    assert_eq!(channel.receive(&[], START), Err(ChannelError::Closed));
    assert_eq!(channel.receive(&[0; 70_000], START), Err(ChannelError::Closed));
    assert_eq!(channel.send(1, b"body"), Err(ChannelError::Closed));
    assert_eq!(channel.check_deadline(START), Err(ChannelError::Closed));
    assert_eq!(channel.deadline(), None);
    assert_eq!(channel.poll_event(), None);
    assert_eq!(channel.take_outgoing(), b"");
}
