//! Numbers at their limits, where additions overflow and databases wrap around.

use super::{Mallory, Scene, batch, good_batch, hello};
use serde_json::{Map, json};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::hlc::Hlc;
use sync_core::node::storage::Cursors;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::{DAY, Wall};
use sync_core::wire::batch::{Builder, Writer};
use sync_core::wire::{Check, Hello, Message, Prove};
use sync_store::Edit;
use uuid::Uuid;

const EXTREMES: [u64; 6] = [0, 1, (1 << 53) + 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX];

#[test]
fn hellos_at_the_limits_panic_nobody() {
    for side in [Mallory::Dials, Mallory::Answers] {
        for n in EXTREMES {
            let mut scene = Scene::new(side);
            let replica = scene.replica();
            let variants = [
                Hello { head: n, ..hello() },
                Hello { wall: n, ..hello() },
                Hello { seen: vec![(WriterId([1; 8]), n)], ..hello() },
                Hello { proofs: n, ..hello() },
                Hello {
                    peer_replica: Some(replica),
                    cursors: Cursors { base: n, behind: [("task".into(), n / 2)].into() },
                    ..hello()
                },
            ];
            for variant in variants {
                let mut scene = Scene::new(side);
                scene.say(&Message::Hello(Box::new(variant)));
                talk_on(&mut scene);
                scene.assert_unharmed();
            }
        }
    }
}

/// What a peer says that means to come to a proof.
fn talk_on(scene: &mut Scene) {
    let mut said = 0;
    while said < scene.heard.len() && scene.end().is_none() && said < 50 {
        let answer = match scene.heard[said].clone() {
            Message::Batch { batch, .. } if batch.entities > 0 => Some(Message::Ack),
            Message::Check(Check { sent, applied, repairs, digest }) => {
                Some(Message::Check(Check { sent: applied, applied: sent, repairs, digest }))
            }
            Message::Prove(prove) => Some(Message::Proved(prove)),
            _ => None,
        };
        said += 1;
        if let Some(answer) = answer {
            scene.say(&answer);
        }
    }
}

#[test]
fn a_proof_with_a_count_at_the_limit_does_no_harm_now_or_later() {
    for n in EXTREMES {
        let mut scene = Scene::greeted(Mallory::Dials);
        talk_on(&mut scene);
        let check = scene.heard.iter().find_map(|message| match message {
            Message::Check(check) => Some(*check),
            _ => None,
        });
        let check = check.expect("a check of alice's");
        scene.say(&Message::Prove(Prove { proofs: n, sent: check.applied, applied: check.sent }));
        scene.assert_unharmed();
        // The next session begins with what was stored.
        let mut again = Scene::new(Mallory::Answers);
        std::mem::swap(&mut again.store, &mut scene.store);
        let replica = again.replica();
        again.say(&Message::Hello(Box::new(Hello { peer_replica: Some(replica), proofs: n, ..hello() })));
        talk_on(&mut again);
        again.assert_unharmed();
    }
}

#[test]
fn positions_at_the_limits_harm_nobody_else() {
    for n in EXTREMES {
        let mut scene = Scene::greeted(Mallory::Dials);
        scene.say(&Message::Batch { upto: n, head: n, batch: good_batch(1) });
        scene.say(&Message::Batch { upto: n, head: u64::MAX, batch: Default::default() });
        scene.say(&Message::Check(Check { sent: n, applied: n, repairs: 0, digest: super::DIGEST }));
        scene.say(&Message::Check(Check { sent: n, applied: 1, repairs: u32::MAX, digest: super::DIGEST }));
        scene.assert_unharmed();
        let mut again = Scene::new(Mallory::Dials);
        std::mem::swap(&mut again.store, &mut scene.store);
        again.say(&Message::Hello(Box::new(Hello { replica: ReplicaId([0xee; 8]), head: n, ..hello() })));
        talk_on(&mut again);
        again.assert_unharmed();
    }
}

#[test]
fn a_stamp_from_the_end_of_time_moves_no_clock_and_loses_to_the_next_edit() {
    let mut scene = Scene::greeted(Mallory::Dials);
    let meta = format!(r#"{{"v":[[1,{}]]}}"#, Hlc::MAX.bits());
    scene.say(&Message::Batch { upto: 1, head: 1, batch: batch(1, r#"{"title":"For ever"}"#, &meta) });
    let key = EntityKey::new("task", Uuid::from_u128(0x1001));
    assert_eq!(scene.store.get(&key).unwrap().unwrap().fields["title"], "For ever");
    assert!(scene.store.marker().unwrap().clock.wall() < Wall(super::NOW.wall.0 + DAY));
    let change = Change::Set(Map::from_iter([("title".to_owned(), json!("Not for ever"))]));
    scene.store.write(&[Edit { key: key.clone(), change }], super::NOW.wall).unwrap();
    let view = scene.store.get(&key).unwrap().unwrap();
    assert_eq!(view.fields["title"], "Not for ever");
    assert_eq!(view.reviews, []);
    scene.assert_unharmed();
}

#[test]
fn stamps_forged_in_alices_name_swallow_none_of_her_edits() {
    let mut scene = Scene::greeted(Mallory::Dials);
    let hlc = Hlc::at(Wall(super::NOW.wall.0 + 3_650 * DAY)).bits();
    let device = scene.store.device().unwrap();
    let mut builder = Builder::default();
    builder.introduce(Writer { number: 2, id: WriterId([1; 8]), device });
    let key = super::alices_task();
    builder.push(&key.kind, key.id, r#"{"title":"Forged"}"#, &format!(r#"{{"v":[[2,{hlc}]]}}"#));
    let forged = builder.finish();
    scene.say(&Message::Batch { upto: 1, head: 3, batch: forged.clone() });
    let set = |title: &str| Edit {
        key: key.clone(),
        change: Change::Set(Map::from_iter([("title".to_owned(), json!(title))])),
    };
    scene.store.write(&[set("Mine")], super::NOW.wall).unwrap();
    // The forgery comes again, as it would from every device that has it.
    scene.say(&Message::Batch { upto: 2, head: 3, batch: forged });
    assert_eq!(scene.store.get(&key).unwrap().unwrap().fields["title"], "Mine");
}
