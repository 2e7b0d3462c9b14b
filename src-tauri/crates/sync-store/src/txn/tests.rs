use super::ROW_MAX;
use crate::testing::{NOW, Person, pair, set, sync, title};
use serde_json::json;
use sync_core::entity::Entity;
use sync_core::entity::write::write;
use sync_core::hlc::Hlc;
use sync_core::stamp::{Stamp, WriterId};
use sync_core::time::Wall;

/// An entity of many fields, this many bytes longer than a short one.
fn padded(bytes: usize) -> Entity {
    let stamp = Stamp { hlc: Hlc::at(Wall(NOW)), writer: WriterId([1; 8]) };
    let piece = 200 * 1024;
    let mut fields = json!({});
    for n in 0..10 {
        let length = bytes.saturating_sub(n * piece).min(piece);
        fields[format!("field_{n}")] = json!("x".repeat(length));
    }
    let mut entity = Entity::default();
    write(&mut entity, None, &set(fields), stamp, true).unwrap();
    entity
}

#[test]
fn a_row_may_be_as_long_as_the_limit_and_no_longer() {
    let mut alice = Person::new(1);
    let mut txn = alice.store.begin(Wall(NOW)).unwrap();
    let short = txn.encode_proved(&padded(0)).unwrap();
    let room = ROW_MAX - short.fields.len() - short.meta.len();
    let longest = txn.encode_proved(&padded(room)).unwrap();
    assert_eq!(longest.fields.len() + longest.meta.len(), 2 * 1024 * 1024 - 64 * 1024);
    assert!(txn.encode_proved(&padded(room + 1)).is_err());
}

#[test]
fn what_comes_back_with_our_own_latest_stamp_makes_us_no_new_writer() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("Plan"));
    sync(&mut alice, &mut bob);
    let before = alice.store.marker().unwrap().writer;
    bob.set("note", 1, json!({"order": 3}));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.store.marker().unwrap().writer, before);
}

#[test]
fn each_renewal_is_another_replica_with_another_writer() {
    let mut alice = Person::new(1);
    let mut lives = vec![alice.store.marker().unwrap()];
    for _ in 0..2 {
        lives.push(alice.store.renew().unwrap());
    }
    for (n, life) in lives.iter().enumerate() {
        for other in &lives[..n] {
            assert!(life.replica != other.replica && life.writer != other.writer);
        }
    }
}
