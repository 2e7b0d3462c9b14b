use super::*;
use crate::testing::{Person, entity, fresh_id, new_replica, pair, schema, sync, title};
use std::fs;
use std::sync::Arc;

#[test]
fn finds_a_flipped_byte_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.db");
    Store::create(&path, &new_replica(1)).unwrap();
    let open = || Person::of(Store::open(&path, Arc::new(schema()), fresh_id()).unwrap());
    let mut alice = open();
    for id in 0..50 {
        alice.set("note", id, title(&format!("note number {id} needle")));
    }
    assert_eq!(alice.store.check().unwrap(), Checkup { entities: 50, problems: vec![] });
    drop(alice);
    let mut bytes = fs::read(&path).unwrap();
    let needle = b"number 17 needle";
    // Also in what SQLite left behind when it moved the row.
    let found: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(needle)).collect();
    for at in found {
        bytes[at] ^= 1;
    }
    fs::write(&path, bytes).unwrap();
    let problems = open().store.check().unwrap().problems;
    assert_eq!(problems, [Problem::Checksum { key: entity("note", 17) }]);
}

#[test]
fn finds_whatever_does_not_follow_from_the_entities() {
    let (mut alice, mut bob) = pair();
    for id in 0..5 {
        alice.set("note", id, title("x"));
    }
    sync(&mut alice, &mut bob);
    let spoil = |sql: &str| {
        bob.store.conn.execute_batch(&format!("SAVEPOINT whole; {sql}")).unwrap();
        let problems = check(&bob.store.conn, &bob.store.schema).unwrap().problems;
        bob.store.conn.execute_batch("ROLLBACK TO whole; RELEASE whole").unwrap();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(spoil(""), "");
    assert!(spoil("UPDATE entity SET version = 1 WHERE seq = 2").contains("version is wrong"));
    assert!(spoil("UPDATE entity SET died = 1 WHERE seq = 2").contains("death is wrong"));
    assert!(spoil("UPDATE entity SET review = 1 WHERE seq = 2").contains("open questions is wrong"));
    assert!(spoil("UPDATE entity SET meta = '{}' WHERE seq = 2").contains("cannot be read"));
    assert!(spoil("UPDATE digest SET sums = zeroblob(1024)").contains("5 of the digests of note are wrong"));
    assert!(spoil("DELETE FROM entity WHERE seq = 3").contains("1 of the digests of note are wrong"));
    bob.assert_sound();
}
