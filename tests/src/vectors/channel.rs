//! Preambles, handshakes and records. In each, alice dials and bob answers.

use sync_core::channel::{Admission, Channel, ChannelError, ChannelEvent, Dial, SeenEphemerals};
use sync_core::identity::{Identity, InviteSecret, PairSecret, SecretKey};
use sync_core::time::Mono;

use super::{Vector, assert_held, bytes, hex};

const START: Mono = Mono(1_000);
const ALICES_SEED: [u8; 32] = [0x0b; 32];
const BOBS_SEED: [u8; 32] = [0x0c; 32];
const PAIR_SECRET: [u8; 32] = [5; 32];
const INVITE_SECRET: [u8; 32] = [6; 32];

/// The plaintext of a full record.
const FULL: usize = 65_519;

#[test]
fn channels_stay_as_they_are() {
    let secret = PairSecret::from_bytes(PAIR_SECRET);
    let session = conversation(
        "a session",
        Dial::Session { peer: device(2).channel.public(), secret },
        ("pair secret", PAIR_SECRET),
    );
    let secret = InviteSecret::from_bytes(INVITE_SECRET);
    let pair = conversation(
        "a pairing",
        Dial::Pair { secret, expected: Some(device(2).channel.public()) },
        ("invite secret", INVITE_SECRET),
    );
    assert_held("1/channel.txt", &[session, pair, refusal()]);
}

/// A handshake, and then messages of one and of two records.
fn conversation(name: &str, dial: Dial, secret: (&str, [u8; 32])) -> Vector {
    let mut alice = Channel::initiate(&device(1), dial, ALICES_SEED, START).unwrap();
    let mut bob = Channel::accept(&device(2), BOBS_SEED, START);

    let opening = carry(&mut alice, &mut bob);
    assert!(matches!(bob.poll_event(), Some(ChannelEvent::Knock { .. })));
    let peers = [(device(1).channel.public(), PairSecret::from_bytes(PAIR_SECRET))];
    let invite_secrets = [InviteSecret::from_bytes(INVITE_SECRET)];
    let admission = Admission { peers: &peers, invite_secrets: &invite_secrets };
    bob.admit(admission, &mut SeenEphemerals::new(), START).unwrap();
    let answer = carry(&mut bob, &mut alice);
    let proof = carry(&mut alice, &mut bob);

    let [Some(at_alice), Some(at_bob)] = [&mut alice, &mut bob].map(Channel::poll_event) else { panic!() };
    let ChannelEvent::Established { handshake_hash, .. } = at_alice else { panic!() };
    assert!(
        matches!(at_bob, ChannelEvent::Established { handshake_hash: same, .. } if same == handshake_hash)
    );

    let [alices, bobs] = [say(&mut alice, &mut bob, 7, b"hello"), say(&mut bob, &mut alice, 7, b"hello")];
    // Length and kind take five bytes of the first record; ten bytes are left for a second one.
    let long = say(&mut alice, &mut bob, 8, &[b'x'; FULL - 5 + 10]);
    let (first, second) = long.split_at(2 + FULL + 16);

    Vector::new(name)
        .hex("alice's channel secret key", &[1; 32])
        .hex("alice's seed", &ALICES_SEED)
        .hex("bob's channel secret key", &[2; 32])
        .hex("bob's seed", &BOBS_SEED)
        .hex(secret.0, &secret.1)
        .hex("alice opens", &opening)
        .hex("bob answers", &answer)
        .hex("alice proves", &proof)
        .hex("handshake hash", &handshake_hash)
        .hex("alice says 7, hello", &alices)
        .hex("bob says 7, hello", &bobs)
        .hex("alice says 8, 65524 times x", first)
        .hex("and its second record", second)
}

/// What meets another major version, at either end.
fn refusal() -> Vector {
    let (ours, other) = (bytes("5748504801000000"), bytes("5748504802000000"));
    let mut bob = Channel::accept(&device(2), BOBS_SEED, START);
    let refused = bob.receive(&[&other[..], &[0; 50]].concat(), START);
    assert_eq!(refused, Err(ChannelError::OtherVersion { ours: 1, theirs: 2 }));
    assert_eq!(hex(&bob.take_outgoing()), hex(&ours));

    let secret = PairSecret::from_bytes(PAIR_SECRET);
    let dial = Dial::Session { peer: device(2).channel.public(), secret };
    let mut alice = Channel::initiate(&device(1), dial, ALICES_SEED, START).unwrap();
    let refused = alice.receive(&other, START);
    assert_eq!(refused, Err(ChannelError::OtherVersion { ours: 1, theirs: 2 }));

    Vector::new("another major version").hex("alice opens or refuses", &other).hex("bob refuses", &ours)
}

fn say(from: &mut Channel, to: &mut Channel, kind: u8, body: &[u8]) -> Vec<u8> {
    from.send(kind, body).unwrap();
    let bytes = carry(from, to);
    assert_eq!(to.poll_event(), Some(ChannelEvent::Message { kind, body: body.to_vec() }));
    bytes
}

fn carry(from: &mut Channel, to: &mut Channel) -> Vec<u8> {
    let bytes = from.take_outgoing();
    to.receive(&bytes, START).unwrap();
    bytes
}

fn device(byte: u8) -> Identity {
    let key = SecretKey::from_bytes(&[byte; 32]);
    Identity { channel: key.clone(), bundle: key }
}
