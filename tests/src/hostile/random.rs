//! Whatever is said, in whatever order: no panic, a database in order, and alice's own data as it was.

use super::{DIGEST, Mallory, Scene, batch, digests, good_batch, hello};
use proptest::prelude::*;
use sync_core::digest::{BUCKETS, Digest};
use sync_core::node::storage::Cursors;
use sync_core::wire::batch::Batch;
use sync_core::wire::{Bye, ByeReason, Check, Hello, Message, Prove};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0u64..6, 1 => any::<u64>()]
}

fn a_batch() -> impl Strategy<Value = Batch> {
    let odd = (0u128..4, ".{0,30}", ".{0,30}")
        .prop_map(|(n, fields, meta)| batch(n, &fields.replace('\n', " "), &meta.replace('\n', " ")));
    prop_oneof![
        3 => (0u128..6).prop_map(good_batch),
        1 => Just(Batch::default()),
        1 => odd,
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let check = (number(), number(), 0u32..3, any::<bool>()).prop_map(|(sent, applied, repairs, empty)| {
        Check { sent, applied, repairs, digest: if empty { Digest::default() } else { DIGEST } }
    });
    let prove = (number(), number(), number())
        .prop_map(|(proofs, sent, applied)| Prove { proofs, sent, applied })
        .boxed();
    let a_hello = (number(), number(), any::<bool>()).prop_map(|(head, base, off)| Hello {
        head,
        cursors: Cursors { base, ..Cursors::default() },
        off: if off { ["task".into()].into() } else { Default::default() },
        ..hello()
    });
    prop_oneof![
        1 => a_hello.prop_map(|hello| Message::Hello(Box::new(hello))),
        4 => (number(), number(), a_batch()).prop_map(|(upto, more, batch)| {
            Message::Batch { upto, head: upto.saturating_add(more), batch }
        }),
        4 => Just(Message::Ack),
        4 => check.prop_map(Message::Check),
        2 => any::<bool>().prop_map(|empty| Message::Digests(if empty { Default::default() } else { digests() })),
        1 => Just(Message::Buckets { kind: "task".into(), digests: vec![Digest(1); BUCKETS] }),
        2 => Just(Message::BucketsEnd),
        2 => a_batch().prop_map(Message::Repair),
        2 => Just(Message::RepairEnd),
        2 => prove.clone().prop_map(Message::Prove),
        1 => prove.prop_map(Message::Proved),
        1 => Just(Message::Ping),
        1 => Just(Message::Pong),
        1 => Just(Message::Bye(Bye { reason: ByeReason::Done })),
    ]
}

fn side() -> impl Strategy<Value = Mallory> {
    prop_oneof![Just(Mallory::Dials), Just(Mallory::Answers)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn well_formed_messages_in_any_order(side in side(), greeted in prop::bool::weighted(0.9), script in prop::collection::vec(prop::option::weighted(0.7, message()), 1..30)) {
        let mut scene = if greeted { Scene::greeted(side) } else { Scene::new(side) };
        for message in script {
            match message {
                Some(message) if message.encode().is_ok() => scene.say(&message),
                Some(_) | None => scene.echo(),
            }
        }
        scene.assert_unharmed();
    }

    #[test]
    fn kinds_and_bodies_at_random(side in side(), greeted in any::<bool>(), script in prop::collection::vec((0u8..17, prop::collection::vec(any::<u8>(), 0..80)), 1..8)) {
        let mut scene = if greeted { Scene::greeted(side) } else { Scene::new(side) };
        for (kind, body) in script {
            scene.utter(kind, &body);
        }
        scene.assert_unharmed();
    }

    #[test]
    fn messages_with_a_byte_changed(side in side(), message in message(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut scene = Scene::greeted(side);
        if let Ok((kind, mut body)) = message.encode() {
            if !body.is_empty() {
                let at = at.index(body.len());
                body[at] ^= 1 << bit;
            }
            scene.utter(kind, &body);
        }
        scene.assert_unharmed();
    }
}
