//! Two devices on one link, always the same ones: what an honest one says is known byte for byte.

use sync_core::channel::{Admission, Channel, ChannelError, ChannelEvent, Dial, Mode, SeenEphemerals};
use sync_core::identity::{Identity, InviteSecret, PairSecret, SecretKey};
use sync_core::time::Mono;

pub(crate) const NOW: Mono = Mono(1_000);
pub(crate) const ALICE: [u8; 32] = [1; 32];
pub(crate) const BOB: [u8; 32] = [2; 32];
pub(crate) const PAIR_SECRET: [u8; 32] = [5; 32];
const INVITE_SECRET: [u8; 32] = [6; 32];

/// Where alice must wait for bob: her preamble and first message.
pub(crate) const OPENING: usize = 8 + 2 + 48;

/// Alice's channel, who dials.
pub(crate) fn alice(mode: Mode) -> Channel {
    let bob = device(BOB).channel.public();
    let dial = match mode {
        Mode::Session => Dial::Session { peer: bob, secret: PairSecret::from_bytes(PAIR_SECRET) },
        Mode::Pair => Dial::Pair { secret: InviteSecret::from_bytes(INVITE_SECRET), expected: Some(bob) },
    };
    Channel::initiate(&device(ALICE), dial, [11; 32], NOW).unwrap()
}

/// Bob's channel, who answers.
pub(crate) fn bob() -> Channel {
    Channel::accept(&device(BOB), [12; 32], NOW)
}

/// What came of bytes.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) result: Result<(), ChannelError>,
    pub(crate) events: Vec<ChannelEvent>,
    pub(crate) sent: Vec<u8>,
}

impl Outcome {
    pub(crate) fn is_established(&self) -> bool {
        self.events.iter().any(|event| matches!(event, ChannelEvent::Established { .. }))
    }

    pub(crate) fn messages(self) -> Vec<(u8, Vec<u8>)> {
        let message = |event| match event {
            ChannelEvent::Message { kind, body } => Some((kind, body)),
            ChannelEvent::Knock { .. } | ChannelEvent::Established { .. } => None,
        };
        self.events.into_iter().filter_map(message).collect()
    }
}

/// Feeds a channel chunk by chunk, and lets in whom bob knows. An error must have closed it for good.
pub(crate) fn feed<'a>(channel: &mut Channel, chunks: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut outcome = Outcome { result: Ok(()), events: Vec::new(), sent: Vec::new() };
    for chunk in chunks {
        outcome.result = channel.receive(chunk, NOW);
        while let Some(event) = channel.poll_event() {
            let knocks = matches!(event, ChannelEvent::Knock { .. });
            outcome.events.push(event);
            if knocks && outcome.result.is_ok() {
                outcome.result = admit(channel);
            }
        }
        outcome.sent.extend(channel.take_outgoing());
        if outcome.result.is_err() {
            assert_eq!(channel.receive(&[0], NOW), Err(ChannelError::Closed));
            assert_eq!(channel.send(1, &[]), Err(ChannelError::Closed));
            assert_eq!(channel.poll_event(), None);
            assert!(channel.take_outgoing().is_empty());
            break;
        }
    }
    outcome
}

/// Both ends of a finished handshake, and what each said in it.
pub(crate) fn established(mode: Mode) -> [(Channel, Vec<u8>); 2] {
    let (mut alice, mut bob) = (alice(mode), bob());
    let opening = alice.take_outgoing();
    let answer = feed(&mut bob, [&opening[..]]);
    let reply = feed(&mut alice, [&answer.sent[..]]);
    let proved = feed(&mut bob, [&reply.sent[..]]);
    assert!(reply.is_established() && proved.is_established());
    [(alice, [opening, reply.sent].concat()), (bob, answer.sent)]
}

fn admit(channel: &mut Channel) -> Result<(), ChannelError> {
    let peers = [(device(ALICE).channel.public(), PairSecret::from_bytes(PAIR_SECRET))];
    let invite_secrets = [InviteSecret::from_bytes(INVITE_SECRET)];
    let admission = Admission { peers: &peers, invite_secrets: &invite_secrets };
    channel.admit(admission, &mut SeenEphemerals::new(), NOW)
}

fn device(key: [u8; 32]) -> Identity {
    let key = SecretKey::from_bytes(&key);
    Identity { channel: key.clone(), bundle: key }
}
