//! What is said in a session. Messages that carry a batch are in `entities.rs`.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::digest::{BUCKETS, Digest};
use sync_core::entity::Checksum;
use sync_core::hlc::Hlc;
use sync_core::node::storage::Cursors;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::Wall;
use sync_core::wire::{ASKS, Bye, ByeReason, Check, Hello, Mark, Message, Prove, WireError};
use uuid::Uuid;

use super::{Vector, assert_held};

const DIGEST: Digest = Digest(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);

/// The messages that `entities.rs` has.
const WITH_BATCHES: [u8; 2] = [3, 9];

#[test]
fn session_messages_stay_as_they_are() {
    let made = messages().map(|(name, message)| {
        let (kind, body) = message.encode().unwrap();
        let text = std::str::from_utf8(&body).unwrap();
        Vector::new(&name).text("byte", &kind.to_string()).text("body", text)
    });
    assert_held("1/messages.txt", &made.collect::<Vec<_>>());

    for (name, message) in messages() {
        let (kind, body) = message.encode().unwrap();
        assert_eq!(Message::decode(kind, &body), Ok(message), "{name}");
    }
}

/// What came with the preview of a first merge. Older versions neither send nor get these: only who says in its hello that it
/// asks does, and a hello without that stays as it was.
#[test]
fn messages_of_a_first_merge_stay_as_they_are() {
    let made = first_merge().map(|(name, message)| {
        let (kind, body) = message.encode().unwrap();
        let vector = Vector::new(name).text("byte", &kind.to_string());
        match std::str::from_utf8(&body) {
            Ok(text) => vector.text("body", text),
            Err(_) => vector.hex("bytes", &body),
        }
    });
    let task = Mark::new("task", Uuid::from_u128(1), Checksum([0xff; 16]), false);
    let mark = Vector::new("the mark of a deleted task with the id 00000000-0000-0000-0000-000000000001")
        .text("checksum", &"ff".repeat(16))
        .text("mark", &format!("{:016x}{:016x}", task.entity, task.state));
    assert_held("1/first_merge.txt", &made.into_iter().chain([mark]).collect::<Vec<_>>());

    for (name, message) in first_merge() {
        let (kind, body) = message.encode().unwrap();
        assert_eq!(Message::decode(kind, &body), Ok(message), "{name}");
    }
}

fn first_merge() -> [(&'static str, Message); 5] {
    let marks = vec![
        Mark { entity: 0x0011_2233_4455_6677, state: 0x8899_aabb_ccdd_eeff },
        Mark { entity: u64::MAX, state: 2 },
    ];
    let hello = Hello { features: BTreeSet::from([ASKS.into()]), ..short_hello() };
    [
        ("hello, of a device that holds data and was never asked", Message::Hello(Box::new(hello))),
        ("outline", Message::Outline(marks)),
        ("outline-end", Message::OutlineEnd { entities: 2 }),
        ("agree", Message::Agree),
        ("bye, NotNow", Message::Bye(Bye { reason: ByeReason::NotNow })),
    ]
}

#[test]
fn every_message_there_is_has_a_vector() {
    let known: BTreeSet<u8> = messages()
        .map(|(_, message)| message)
        .chain(first_merge().map(|(_, message)| message))
        .map(|message| message.encode().unwrap().0)
        .collect();
    for kind in 0..=u8::MAX {
        let exists = Message::decode(kind, b"") != Err(WireError::UnknownKind(kind));
        assert_eq!(exists, known.contains(&kind) || WITH_BATCHES.contains(&kind), "message {kind}");
    }
}

fn messages() -> impl Iterator<Item = (String, Message)> {
    let prove = Prove { proofs: 3, sent: 41, applied: 17 };
    let check = |repairs| Message::Check(Check { sent: 41, applied: 17, repairs, digest: DIGEST });
    let digests = BTreeMap::from([("note".into(), Digest(0)), ("task".into(), DIGEST)]);
    let buckets = (0..BUCKETS).map(|n| Digest(n as u128)).collect();
    let messages = [
        ("pairing", Message::Pairing(b"\"confirm\"".to_vec())),
        ("hello, with all that it can say", Message::Hello(Box::new(full_hello()))),
        ("hello, with nothing that can be left out", Message::Hello(Box::new(short_hello()))),
        ("ack", Message::Ack),
        ("check", check(0)),
        ("check, after a repair", check(1)),
        ("digests", Message::Digests(digests)),
        ("digests, of nothing", Message::Digests(BTreeMap::new())),
        ("buckets", Message::Buckets { kind: "task".into(), digests: buckets }),
        ("buckets-end", Message::BucketsEnd),
        ("repair-end", Message::RepairEnd),
        ("prove", Message::Prove(prove)),
        ("proved", Message::Proved(prove)),
        ("ping", Message::Ping),
        ("pong", Message::Pong),
    ];
    let byes = std::iter::successors(Some(ByeReason::Done), |reason| after(*reason));
    let byes = byes.map(|reason| (format!("bye, {reason:?}"), Message::Bye(Bye { reason })));
    messages.into_iter().map(|(name, message)| (name.to_owned(), message)).chain(byes)
}

/// Every reason, one after the other.
fn after(reason: ByeReason) -> Option<ByeReason> {
    match reason {
        ByeReason::Done => Some(ByeReason::OtherVersion),
        ByeReason::OtherVersion => Some(ByeReason::Restart),
        ByeReason::Restart => Some(ByeReason::Renew),
        ByeReason::Renew => Some(ByeReason::Unequal),
        ByeReason::Unequal => Some(ByeReason::Storage),
        ByeReason::Storage => Some(ByeReason::Protocol),
        ByeReason::Protocol => Some(ByeReason::Stalled),
        ByeReason::Stalled => Some(ByeReason::Stopped),
        ByeReason::Stopped | ByeReason::NotNow | ByeReason::Settled => None,
    }
}

fn short_hello() -> Hello {
    Hello {
        protocol: [1, 1],
        schema: 1,
        name: "Ålice's \"phone\"".into(),
        replica: ReplicaId([0xa1; 8]),
        head: 0,
        peer_replica: None,
        cursors: Cursors::default(),
        off: BTreeSet::new(),
        proofs: 0,
        seen: Vec::new(),
        wall: 1_770_000_000_000,
        addresses: Vec::new(),
        features: BTreeSet::new(),
    }
}

fn full_hello() -> Hello {
    Hello {
        protocol: [1, 2],
        schema: 7,
        head: u64::MAX,
        peer_replica: Some(ReplicaId([0xb2; 8])),
        cursors: Cursors { base: 17, behind: BTreeMap::from([("habit".into(), 0), ("note".into(), 3)]) },
        off: BTreeSet::from(["habit".into(), "habit_record".into()]),
        proofs: 5,
        seen: vec![
            (WriterId([0xc3; 8]), Hlc::at(Wall(1_770_000_000_000)).bits() + 2),
            (WriterId([0xd4; 8]), Hlc::MAX.bits()),
        ],
        addresses: vec!["192.168.1.7:4711".parse().unwrap(), "[2001:db8::7]:4711".parse().unwrap()],
        features: BTreeSet::from(["later".into()]),
        ..short_hello()
    }
}
