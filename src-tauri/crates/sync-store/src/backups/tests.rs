use super::*;
use crate::testing::{Person, entity, pair, set, sync, title};
use serde_json::json;

fn backup(person: &mut Person) -> Vec<Item> {
    let mut items = Vec::new();
    person
        .store
        .back_up(|item| {
            items.push(item);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    items
}

fn restore(person: &mut Person, items: &[Item], how: Restore) -> Restored {
    person.wall += 1;
    let restored = person.store.restore(items, how, Wall(person.wall)).unwrap();
    person.assert_sound();
    restored
}

fn counts(restored: &Restored) -> [u64; 3] {
    [restored.back, restored.same, restored.differ]
}

const AS_IT_IS: Restore = Restore { overwrite: false, check: false };

#[test]
fn a_fresh_device_gets_everything_back() {
    let mut alice = Person::new(1);
    let full = json!({"title": "one", "content": "long", "order": 0.1, "tags": ["a", "b"]});
    alice.set("note", 1, full.clone());
    alice.set("task", 2, json!({"title": "plan", "start": "2026-01-01"}));
    alice.set("note", 3, title("gone"));
    alice.change("note", 3, Change::Delete);
    let items = backup(&mut alice);
    let mut fresh = Person::new(2);
    assert_eq!(counts(&restore(&mut fresh, &items, AS_IT_IS)), [2, 0, 0]);
    assert_eq!(fresh.shows("note", 1), full);
    assert_eq!(fresh.shows("task", 2), alice.shows("task", 2));
    assert_eq!(fresh.view("note", 3), None);
    assert_eq!(backup(&mut fresh), items);
    assert_eq!(counts(&restore(&mut fresh, &items, AS_IT_IS)), [0, 2, 0]);
}

#[test]
fn what_was_deleted_comes_back_as_a_new_edit_that_wins() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("one"));
    let items = backup(&mut alice);
    sync(&mut alice, &mut bob);
    bob.change("note", 1, Change::Delete);
    sync(&mut alice, &mut bob);
    assert_eq!(counts(&restore(&mut alice, &items, AS_IT_IS)), [1, 0, 0]);
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows("note", 1), title("one"));
}

#[test]
fn what_is_here_stays_unless_it_is_to_be_overwritten_and_then_the_history_has_it() {
    let mut alice = Person::new(1);
    alice.set("note", 1, json!({"title": "then", "tags": ["a"]}));
    let items = backup(&mut alice);
    alice.set("note", 1, json!({"title": "now", "content": "added"}));
    assert_eq!(counts(&restore(&mut alice, &items, AS_IT_IS)), [0, 0, 1]);
    assert_eq!(alice.shows("note", 1)["title"], "now");
    let overwrite = Restore { overwrite: true, check: false };
    assert_eq!(counts(&restore(&mut alice, &items, overwrite)), [0, 0, 1]);
    assert_eq!(alice.shows("note", 1), json!({"title": "then", "content": "added", "tags": ["a"]}));
    assert!(alice.holds("now"));
    assert_eq!(counts(&restore(&mut alice, &items, overwrite)), [0, 1, 0]);
}

#[test]
fn a_check_says_the_same_and_does_nothing() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("then"));
    alice.set("note", 2, title("gone"));
    alice.set("note", 3, title("same"));
    let items = backup(&mut alice);
    alice.set("note", 1, title("now"));
    alice.change("note", 2, Change::Delete);
    let before = (alice.store.head().unwrap(), alice.store.marker().unwrap(), alice.digests());
    for overwrite in [false, true] {
        let checked = restore(&mut alice, &items, Restore { overwrite, check: true });
        assert_eq!(counts(&checked), [1, 1, 1]);
    }
    assert_eq!((alice.store.head().unwrap(), alice.store.marker().unwrap(), alice.digests()), before);
    assert_eq!(counts(&restore(&mut alice, &items, AS_IT_IS)), [1, 1, 1]);
}

#[test]
fn two_devices_that_restore_the_same_come_together_without_a_question() {
    let mut old = Person::new(9);
    old.set("note", 1, json!({"title": "one", "content": "long", "tags": ["a", "b"]}));
    old.set("task", 2, title("plan"));
    let items = backup(&mut old);
    let (mut alice, mut bob) = pair();
    for person in [&mut alice, &mut bob] {
        assert_eq!(counts(&restore(person, &items, AS_IT_IS)), [2, 0, 0]);
    }
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows("note", 1), old.shows("note", 1));
    assert_eq!((alice.store.reviews().unwrap(), bob.store.reviews().unwrap()), (vec![], vec![]));
}

#[test]
fn what_belongs_to_one_device_neither_leaves_nor_enters() {
    let mut alice = Person::new(1);
    alice.set("note", 1, json!({"title": "one", "scroll": 7}));
    alice.set("setting", 2, json!({"key": "secret.token", "value": "hush"}));
    alice.set("setting", 3, json!({"key": "theme", "value": "dark"}));
    let items = backup(&mut alice);
    let text = serde_json::to_string(&items).unwrap();
    assert!(text.contains("dark") && !text.contains("hush") && !text.contains("scroll"), "{text}");
    let item = |kind: &str, id, fields| Item {
        kind: kind.into(),
        id: entity(kind, id).id,
        fields: crate::testing::fields(fields),
        here: false,
    };
    let forged = [
        item("setting", 4, json!({"key": "secret.token", "value": "theirs"})),
        item("note", 5, json!({"title": "five", "scroll": 9})),
    ];
    let restored = restore(&mut alice, &forged, AS_IT_IS);
    assert_eq!((counts(&restored), restored.refused.len()), ([1, 0, 0], 1));
    assert_eq!((alice.view("setting", 4), alice.shows("note", 5)), (None, title("five")));
}

#[test]
fn what_stays_here_comes_back_as_that() {
    let (mut alice, mut bob) = pair();
    let edit = Edit { key: entity("note", 1), change: set(title("private")) };
    alice.store.write_here(&[edit], &entity("note", 1), Wall(alice.wall)).unwrap();
    let items = backup(&mut alice);
    assert!(items[0].here);
    let mut carol = Person::new(3);
    crate::testing::befriend(&mut carol, &mut bob);
    restore(&mut carol, &items, AS_IT_IS);
    sync(&mut carol, &mut bob);
    assert_eq!((carol.shows("note", 1), bob.view("note", 1)), (title("private"), None));
}

#[test]
fn one_item_that_breaks_a_rule_keeps_no_other_out() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("one"));
    alice.set("note", 2, title("two"));
    let mut items = backup(&mut alice);
    items[0].fields.insert("order".into(), json!("first"));
    let mut fresh = Person::new(2);
    let restored = restore(&mut fresh, &items, AS_IT_IS);
    assert_eq!((counts(&restored), restored.refused.len()), ([1, 0, 0], 1));
    assert!(restored.refused[0].1.contains("order"), "{restored:?}");
}
