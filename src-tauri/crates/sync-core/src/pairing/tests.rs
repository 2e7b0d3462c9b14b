//! Pairing from the screen to the first session: invite, link or code, channel, conversation.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::channel::{Admission, Channel, ChannelError, ChannelEvent, Dial, SeenEphemerals};
use crate::identity::{Identity, InviteSecret, PairSecret, PublicKey};
use crate::time::Mono;

const OPENED: Mono = Mono(1_000);
const KIND: u8 = 7;

/// alice shows an invite.
struct Alice {
    identity: Identity,
    rng: ChaCha20Rng,
    invite: Invite,
    seen: SeenEphemerals,
    peers: Vec<(PublicKey, PairSecret)>,
}

impl Alice {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let identity = Identity::generate(&mut rng);
        let invite = Invite::open(&mut rng, OPENED).unwrap();
        Self { identity, rng, invite, seen: SeenEphemerals::new(), peers: Vec::new() }
    }

    fn link(&self) -> String {
        let addresses = ["192.168.1.7:4711".parse().unwrap()];
        PairLink::new(self.identity.channel.public(), self.invite.link_secret().clone(), &addresses).to_text()
    }

    /// Lets a dial through to her, as far as the channel; its both ends.
    fn dialled(
        &mut self,
        from: &Identity,
        dial: Dial,
        seed: u8,
        now: Mono,
    ) -> Result<(Channel, Channel), ChannelError> {
        let mut here = Channel::accept(&self.identity, [seed; 32], now);
        let mut there = Channel::initiate(from, dial, [seed + 100; 32], now)?;
        here.receive(&there.take_outgoing(), now)?;
        assert!(matches!(here.poll_event(), Some(ChannelEvent::Knock { .. })));
        let invite_secrets = self.invite.attempt(now);
        let admission = Admission { peers: &self.peers, invite_secrets: &invite_secrets };
        here.admit(admission, &mut self.seen, now)?;
        there.receive(&here.take_outgoing(), now)?;
        here.receive(&there.take_outgoing(), now)?;
        Ok((here, there))
    }
}

fn bob() -> Identity {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(2))
}

fn by_link(text: &str) -> Dial {
    let link = PairLink::parse(text, &bob().channel.public()).unwrap();
    Dial::Pair { secret: link.secret().clone(), expected: Some(link.key()) }
}

fn binding(channel: &mut Channel) -> Binding {
    match channel.poll_event() {
        Some(ChannelEvent::Established { peer, handshake_hash, .. }) => Binding { peer, handshake_hash },
        other => panic!("{other:?}"),
    }
}

fn introduction(name: &str, identity: &Identity) -> Introduction {
    let bundle_key = identity.bundle.public();
    Introduction { name: DeviceName::clean(name), protocol: [1, 1], schema: 35, bundle_key }
}

/// Both people say yes as soon as they are asked. Gives what each side stores.
fn talk(alice: &mut Alice, mut here: Channel, mut there: Channel) -> (PairedPeer, PairedPeer) {
    let mut at_alice =
        Exchange::display(introduction("alice", &alice.identity), binding(&mut here), &mut alice.rng);
    let (mut at_bob, offer) =
        Exchange::join(introduction("bob", &bob()), binding(&mut there), &mut alice.rng);
    there.send(KIND, &offer.encode().unwrap()).unwrap();
    let (mut stored_by_alice, mut stored_by_bob) = (None, None);
    while stored_by_alice.is_none() {
        here.receive(&there.take_outgoing(), OPENED).unwrap();
        step(&mut at_alice, &mut here, &mut stored_by_alice);
        there.receive(&here.take_outgoing(), OPENED).unwrap();
        step(&mut at_bob, &mut there, &mut stored_by_bob);
    }
    (stored_by_alice.unwrap(), stored_by_bob.unwrap())
}

fn step(exchange: &mut Exchange, channel: &mut Channel, stored: &mut Option<PairedPeer>) {
    while let Some(ChannelEvent::Message { kind, body }) = channel.poll_event() {
        assert_eq!(kind, KIND);
        let mut outputs = exchange.handle(PairingMessage::decode(&body).unwrap()).unwrap();
        while !outputs.is_empty() {
            match outputs.remove(0) {
                PairingOutput::Send(message) => channel.send(KIND, &message.encode().unwrap()).unwrap(),
                PairingOutput::Compare { .. } => outputs.extend(exchange.decide(true).unwrap()),
                PairingOutput::Paired(peer) => *stored = Some(peer),
                PairingOutput::Rejected | PairingOutput::Incompatible { .. } => panic!("not paired"),
            }
        }
    }
}

#[test]
fn two_devices_pair_by_link_and_then_hold_a_session() {
    let mut alice = Alice::new();
    let (here, there) = alice.dialled(&bob(), by_link(&alice.link()), 1, OPENED).unwrap();
    alice.invite.use_up();
    let (bobs, alices) = talk(&mut alice, here, there);
    assert_eq!((bobs.key, alices.key), (bob().channel.public(), alice.identity.channel.public()));

    alice.peers = vec![(bobs.key, bobs.secret)];
    let dial = Dial::Session { peer: alices.key, secret: alices.secret };
    assert!(alice.dialled(&bob(), dial, 2, Mono(900_000)).is_ok());
}

#[test]
fn two_devices_pair_by_typed_code() {
    let mut alice = Alice::new();
    let typed = alice.invite.code().grouped().to_lowercase().replace('-', " ");
    let secret = TypedCode::parse(&typed).unwrap().secret().unwrap();
    let dial = Dial::Pair { secret, expected: None };
    let (here, there) = alice.dialled(&bob(), dial, 1, OPENED).unwrap();
    let (bobs, alices) = talk(&mut alice, here, there);
    assert_eq!(bobs.secret, alices.secret);
}

#[test]
fn a_link_works_once() {
    let mut alice = Alice::new();
    let link = alice.link();
    assert!(alice.dialled(&bob(), by_link(&link), 1, OPENED).is_ok());
    alice.invite.use_up();
    assert_eq!(alice.dialled(&bob(), by_link(&link), 2, OPENED).err(), Some(ChannelError::Stranger));
}

#[test]
fn a_link_is_over_after_two_minutes() {
    let mut alice = Alice::new();
    let link = alice.link();
    let late = Mono(OPENED.0 + 121_000);
    assert_eq!(alice.dialled(&bob(), by_link(&link), 1, late).err(), Some(ChannelError::Stranger));
}

#[test]
fn wrong_codes_do_not_keep_bob_out() {
    let mut alice = Alice::new();
    for seed in 0..50 {
        let dial = Dial::Pair { secret: InviteSecret::from_bytes([seed; 32]), expected: None };
        let refused = alice.dialled(&bob(), dial, seed, OPENED).err();
        assert_eq!(refused, Some(ChannelError::WrongCode));
    }
    let link = alice.link();
    assert!(alice.dialled(&bob(), by_link(&link), 90, OPENED).is_ok());
}

#[test]
fn the_link_of_the_last_invite_does_not_open_the_next() {
    let mut alice = Alice::new();
    let old = alice.link();
    alice.invite = Invite::open(&mut alice.rng, OPENED).unwrap();
    assert_eq!(alice.dialled(&bob(), by_link(&old), 1, OPENED).err(), Some(ChannelError::WrongCode));
}
