//! Each rule of the session, broken.

use super::{DIGEST, Mallory, Scene, batch, digests, good_batch, hello};
use std::collections::BTreeSet;
use sync_core::digest::{BUCKETS, Digest};
use sync_core::entity::EntityKey;
use sync_core::limits::{BATCH_CREDIT, BATCH_OUTPUT_MAX};
use sync_core::session::End;
use sync_core::wire::batch::Batch;
use sync_core::wire::{ASKS, Check, Hello, Mark, Message, Prove};
use uuid::Uuid;

const BOTH: [Mallory; 2] = [Mallory::Dials, Mallory::Answers];

/// Mallory says these after both hellos, and is thrown out for the last of them.
#[track_caller]
fn thrown_out_for(messages: &[Message]) {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        let (last, before) = messages.split_last().expect("a message");
        before.iter().for_each(|message| scene.say(message));
        assert_eq!(scene.end(), None, "{side:?}: not yet");
        scene.say(last);
        scene.assert_thrown_out();
    }
}

fn check(sent: u64, applied: u64) -> Check {
    Check { sent, applied, repairs: 0, digest: DIGEST }
}

fn prove() -> Prove {
    Prove { proofs: 1, sent: 0, applied: 0 }
}

#[test]
fn a_message_before_hello() {
    for side in BOTH {
        for message in [
            Message::Ack,
            Message::Batch { upto: 1, head: 1, batch: good_batch(1) },
            Message::Check(check(0, 0)),
            Message::BucketsEnd,
            Message::Repair(good_batch(1)),
            Message::Prove(prove()),
        ] {
            let mut scene = Scene::new(side);
            scene.say(&message);
            scene.assert_thrown_out();
            scene.assert_untouched();
        }
    }
}

#[test]
fn whatever_merges_before_a_person_agreed_to_the_first_merge() {
    for side in BOTH {
        for message in [
            Message::Batch { upto: 1, head: 1, batch: good_batch(1) },
            Message::Ack,
            Message::Check(check(0, 0)),
            Message::Digests(digests()),
            Message::Repair(good_batch(1)),
            Message::RepairEnd,
            Message::Prove(prove()),
        ] {
            let mut scene = Scene::new(side);
            let asking = Hello { features: BTreeSet::from([ASKS.into()]), ..hello() };
            scene.say(&Message::Hello(Box::new(asking)));
            let mark = Mark { entity: 1, state: 1 };
            scene.say(&Message::Outline(vec![mark]));
            scene.say(&Message::OutlineEnd { entities: 1 });
            assert_eq!(scene.end(), None, "{side:?}: alice's person is being asked");
            scene.say(&message);
            scene.assert_thrown_out();
            scene.assert_untouched();
        }
    }
}

#[test]
fn a_second_hello() {
    thrown_out_for(&[Message::Hello(Box::new(hello()))]);
}

#[test]
fn a_pairing_message_in_a_session() {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.utter(1, b"\"confirm\"");
        assert!(scene.closed);
        scene.assert_untouched();
    }
}

#[test]
fn a_kind_of_message_that_there_is_not() {
    for side in BOTH {
        for kind in [0, 16, 77, 255] {
            let mut scene = Scene::greeted(side);
            scene.utter(kind, b"{}");
            scene.assert_thrown_out();
            scene.assert_untouched();
        }
    }
}

#[test]
fn bodies_that_are_none() {
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"null",
        b"{\"reason\":\"nonsense\"}",
        b"\xff\xfe\x00",
        &[b'['; 20_000],
        b"{\"reason\":\"done\",\"reason\":\"done\"}",
        b"{\"sent\":1e999,\"applied\":-1}",
    ];
    for side in BOTH {
        for kind in 2..=15 {
            for body in bodies {
                let empty_is_right = matches!(kind, 4 | 8 | 10 | 13 | 14);
                if body.is_empty() && empty_is_right {
                    continue;
                }
                let mut scene = Scene::greeted(side);
                scene.utter(kind, body);
                scene.assert_thrown_out();
                scene.assert_untouched();
            }
        }
    }
}

#[test]
fn a_batch_that_goes_back() {
    let batch = |upto| Message::Batch { upto, head: 9, batch: good_batch(upto.into()) };
    thrown_out_for(&[batch(5), batch(4)]);
}

#[test]
fn a_batch_that_ends_past_its_senders_last_change() {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.say(&Message::Batch { upto: 9, head: 3, batch: good_batch(1) });
        scene.assert_thrown_out();
        scene.assert_untouched();
    }
}

#[test]
fn more_batches_than_allowed() {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.stuck = true;
        for n in 1..=BATCH_CREDIT as u64 {
            scene.say(&Message::Batch { upto: n, head: 99, batch: good_batch(n.into()) });
        }
        assert_eq!(scene.end(), None);
        scene.say(&Message::Batch { upto: 10, head: 99, batch: good_batch(10) });
        assert!(scene.closed, "at once");
        scene.give_up();
        scene.assert_thrown_out();
        scene.assert_untouched();
    }
}

#[test]
fn a_batch_of_nothing_that_is_blown_up() {
    let plain = format!("{{\"entities\":0{}}}\n", " ".repeat(BATCH_OUTPUT_MAX - 16));
    let packed = zstd::bulk::compress(plain.as_bytes(), 1).unwrap();
    assert!(packed.len() < 1_000, "it costs mallory nothing");
    let length = (plain.len() as u32).to_be_bytes();
    let body = [&1u64.to_be_bytes()[..], &9u64.to_be_bytes(), &length, &packed].concat();
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.utter(3, &body);
        scene.assert_thrown_out();
        scene.assert_untouched();
    }
}

#[test]
fn nothing_is_read_of_what_comes_after_the_end() {
    let heard = |after: u64| {
        let mut scene = Scene::greeted(Mallory::Dials);
        scene.stuck = true;
        for n in 1..=BATCH_CREDIT as u64 + 1 {
            scene.say(&Message::Batch { upto: n, head: 99, batch: good_batch(n.into()) });
        }
        assert!(scene.closed);
        for n in 0..after {
            scene.say_anyway(&Message::Batch { upto: n, head: 99, batch: good_batch(n.into()) });
        }
        scene.give_up();
        scene.assert_thrown_out();
        scene.bytes_heard()
    };
    assert_eq!(heard(0), heard(10));
}

#[test]
fn an_acknowledgement_of_nothing() {
    // One batch of alice's is on its way; the second acknowledgement is of nothing.
    thrown_out_for(&[Message::Ack, Message::Ack]);
}

#[test]
fn a_proof_or_a_confirmation_of_nothing() {
    thrown_out_for(&[Message::Prove(prove())]);
    thrown_out_for(&[Message::Proved(prove())]);
    thrown_out_for(&[Message::Ack, Message::Prove(Prove { applied: 1, ..prove() })]);
}

#[test]
fn a_proof_of_unequal_digests() {
    let prove = Prove { applied: 1, ..prove() };
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.say(&Message::Ack);
        scene.say(&Message::Check(check(0, 1)));
        scene.say(&Message::Prove(prove));
        scene.assert_thrown_out();
        scene.assert_untouched();
    }
}

#[test]
fn repairs_and_buckets_that_nobody_asked_for() {
    let buckets = |kind: &str| Message::Buckets { kind: kind.into(), digests: vec![Digest(1); BUCKETS] };
    thrown_out_for(&[Message::Repair(good_batch(1))]);
    thrown_out_for(&[Message::RepairEnd]);
    thrown_out_for(&[Message::BucketsEnd]);
    thrown_out_for(&[Message::Digests(digests())]);
    thrown_out_for(&[buckets("task")]);
    // Buckets before the digests that say of which kinds.
    let differs = [Message::Ack, Message::Check(check(0, 1))];
    thrown_out_for(&[&differs[..], &[buckets("task")]].concat());
    thrown_out_for(&[&differs[..], &[Message::BucketsEnd]].concat());
    // In a repair of tasks, buckets of notes.
    let unequal = [&differs[..], &[Message::Digests(digests())]].concat();
    thrown_out_for(&[&unequal[..], &[Message::Digests(digests())]].concat());
    thrown_out_for(&[&unequal[..], &[buckets("note")]].concat());
    thrown_out_for(&[&unequal[..], &[Message::BucketsEnd, Message::BucketsEnd]].concat());
    thrown_out_for(&[&unequal[..], &[Message::RepairEnd, Message::RepairEnd]].concat());
}

#[test]
fn digests_that_never_agree_end_in_words_not_in_circles() {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.say(&Message::Ack);
        for repairs in 0..5 {
            scene.say(&Message::Check(Check { repairs, ..check(0, 1) }));
            if scene.end().is_some() {
                break;
            }
            scene.say(&Message::Digests(digests()));
            scene.say(&Message::BucketsEnd);
            scene.say(&Message::RepairEnd);
            // Alice sends her bucket; mallory acknowledges it.
            scene.say(&Message::Ack);
        }
        assert!(matches!(scene.end(), Some(End::Unequal { .. })), "{:?}", scene.end());
        scene.assert_untouched();
    }
}

#[test]
fn a_batch_that_declares_more_or_less_than_it_holds() {
    let whole = good_batch(1).encode().unwrap();
    let (_, packed) = whole.split_at(4);
    let body = |declared: u32| {
        [&1u64.to_be_bytes()[..], &1u64.to_be_bytes(), &declared.to_be_bytes(), packed].concat()
    };
    for side in BOTH {
        for declared in [0, 1, 10, BATCH_OUTPUT_MAX as u32, BATCH_OUTPUT_MAX as u32 + 1, u32::MAX] {
            let mut scene = Scene::greeted(side);
            scene.utter(3, &body(declared));
            scene.assert_thrown_out();
            scene.assert_untouched();
        }
    }
}

#[test]
fn a_message_cut_short_anywhere() {
    let (kind, body) = Message::Batch { upto: 1, head: 1, batch: good_batch(1) }.encode().unwrap();
    for end in 0..body.len() {
        let mut scene = Scene::greeted(Mallory::Dials);
        scene.utter(kind, &body[..end]);
        scene.assert_thrown_out();
        scene.assert_untouched();
    }
}

#[test]
fn a_batch_of_more_entities_than_it_counts() {
    let mut batch = good_batch(1);
    batch.lines.push_str(&good_batch(2).lines);
    for entities in [0, 1, 3, 501] {
        let mut scene = Scene::greeted(Mallory::Dials);
        scene.say(&Message::Batch { upto: 1, head: 1, batch: Batch { entities, ..batch.clone() } });
        scene.assert_thrown_out();
        scene.assert_untouched();
    }
}

#[test]
fn entities_that_are_none_are_set_aside_and_the_rest_is_taken() {
    let hlc = 116_150_973_235_200_000u64;
    let meta = format!(r#"{{"v":[[1,{hlc}]]}}"#);
    let deep = format!(r#"{{"title":{}1{}}}"#, "[".repeat(100), "]".repeat(100));
    let bad = [
        ("{", meta.as_str()),
        ("[]", &meta),
        (r#"{"title":1}"#, &meta),
        (r#"{"title":"a","title":"b"}"#, &meta),
        (r#"{"Title":"not a name"}"#, &meta),
        (r#"{"title":"\ud800"}"#, &meta),
        (r#"{"tags":"no list"}"#, &meta),
        (deep.as_str(), &meta),
        (r#"{"title":"nobody wrote this"}"#, r#"{"v":[]}"#),
        (r#"{"title":"an unknown writer"}"#, r#"{"v":[[9,1]]}"#),
        (r#"{"title":"a time that is none"}"#, r#"{"v":[[1,18446744073709551615]]}"#),
        (r#"{"title":"not covered"}"#, r#"{"v":[[1,5]],"s":{"title":[[1,9]]}}"#),
        ("{}", r#"{"v":[[1,5]],"x":[[1,5,[[1,99]]]],"q":1}"#),
    ];
    for (number, (fields, meta)) in bad.into_iter().enumerate() {
        let mut scene = Scene::greeted(Mallory::Dials);
        let mut both = batch(7, fields, meta);
        both.lines.push_str(&good_batch(8).lines);
        both.entities = 2;
        scene.say(&Message::Batch { upto: 2, head: 2, batch: both });
        assert_eq!(scene.end(), None, "{number}: the session goes on");
        let taken = EntityKey::new("task", Uuid::from_u128(0x1008));
        assert!(scene.store.get(&taken).unwrap().is_some(), "{number}: the good one is taken");
        let set_aside = scene.store.quarantined().unwrap();
        assert_eq!(set_aside.len(), 1, "{number}: {fields} {meta}");
        assert!(!set_aside[0].reason.is_empty());
        scene.assert_unharmed();
    }
}

#[test]
fn kinds_that_alice_does_not_share_are_neither_taken_nor_shown() {
    for side in BOTH {
        let mut scene = Scene::before_the_handshake();
        scene.store.share_kind("task", None, false).unwrap();
        scene.meet(side);
        scene.say(&Message::Hello(Box::new(hello())));
        scene.say(&Message::Batch { upto: 1, head: 1, batch: good_batch(1) });
        scene.say(&Message::Check(check(1, 1)));
        scene.say(&Message::Digests(digests()));
        scene.say(&Message::Buckets { kind: "task".into(), digests: vec![Digest(1); BUCKETS] });
        scene.say(&Message::BucketsEnd);
        for message in &scene.heard {
            match message {
                Message::Batch { batch, .. } | Message::Repair(batch) => assert_eq!(batch.entities, 0),
                Message::Check(check) => assert_eq!(check.digest, Digest::default()),
                Message::Digests(digests) => assert!(digests.is_empty()),
                Message::Buckets { .. } => panic!("buckets are told of nothing that is off"),
                _ => {}
            }
        }
        let offered = EntityKey::new("task", Uuid::from_u128(0x1001));
        assert_eq!(scene.store.get(&offered).unwrap(), None);
        scene.assert_unharmed();
    }
}
