use crate::Count;
use crate::testing::{Person, title};
use serde_json::json;
use sync_core::entity::write::Change;

#[test]
fn counts_what_lives_and_what_is_deleted() {
    let mut alice = Person::new(1);
    assert_eq!(alice.store.status().unwrap(), Default::default());
    for id in 0..3 {
        alice.set("note", id, title("x"));
    }
    alice.set("task", 1, title("x"));
    alice.set("setting", 1, json!({"key": "locale"}));
    alice.change("note", 1, Change::Delete);
    let status = alice.store.status().unwrap();
    let counts: Vec<_> = status.kinds.iter().map(|(kind, count)| (&**kind, *count)).collect();
    assert_eq!(
        counts,
        [("note", Count { living: 2, deleted: 1 }), ("task", Count { living: 1, deleted: 0 })]
    );
    assert_eq!(status.head, 5);
}
