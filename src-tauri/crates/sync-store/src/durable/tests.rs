use crate::testing::{NOW, entity, fresh_id, new_replica, schema, set, title};
use crate::{Edit, Store};
use std::sync::Arc;
use sync_core::time::Wall;

fn on_disk(dir: &std::path::Path) -> Store {
    let path = dir.join("whph.db");
    Store::create(&path, &new_replica(1)).unwrap();
    Store::open(&path, Arc::new(schema()), fresh_id()).unwrap()
}

fn write(store: &mut Store) {
    let edit = Edit { key: entity("task", 1), change: set(title("water the plants")) };
    store.write(&[edit], Wall(NOW)).unwrap();
}

#[test]
fn what_was_written_has_to_be_flushed_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = on_disk(dir.path());
    let mut log = store.defer_flushes().unwrap().unwrap();
    assert!(!store.take_unflushed(), "nothing was written");

    write(&mut store);
    assert!(store.take_unflushed());
    assert!(!store.take_unflushed(), "it was told already");
    log.flush().unwrap();
}

#[test]
fn a_note_that_may_be_lost_does_not_hide_a_write_that_may_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = on_disk(dir.path());
    store.defer_flushes().unwrap().unwrap();
    let note = |store: &mut Store| store.relaxed(|store| store.set_setting("seen", Some("x")));

    note(&mut store).unwrap();
    assert!(!store.take_unflushed());
    write(&mut store);
    note(&mut store).unwrap();
    assert!(store.take_unflushed());
}

#[test]
fn a_database_in_memory_has_no_log() {
    let mut store = Store::in_memory(&new_replica(1), Arc::new(schema()), fresh_id()).unwrap();
    assert!(store.defer_flushes().unwrap().is_none());
}
