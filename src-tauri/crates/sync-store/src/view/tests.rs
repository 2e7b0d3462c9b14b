use super::*;
use crate::testing::{Person, entity, pair, sync, title};
use crate::{Edit, StoreError};
use serde_json::json;
use sync_core::entity::write::Change;

#[test]
fn a_review_names_the_devices_and_the_count_is_the_lists_length() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("base"));
    alice.set("note", 2, title("other"));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, title("alice"));
    bob.set("note", 1, title("bob"));
    alice.change("note", 2, Change::Delete);
    bob.set("note", 2, title("edited"));
    sync(&mut alice, &mut bob);
    let waiting = alice.store.reviews().unwrap();
    assert_eq!(alice.store.status().unwrap().reviews, waiting.len() as u64);
    let [first, second] = &waiting[..] else { panic!("{waiting:?}") };
    let [Review::Field { candidates, .. }] = &first.reviews[..] else { panic!("{first:?}") };
    let authors: Vec<_> = candidates.iter().map(|c| first.authors[&c.stamp.writer]).collect();
    assert_eq!(authors.len(), 2);
    assert!(authors.contains(&alice.device) && authors.contains(&bob.device));
    assert!(matches!(&second.reviews[..], [Review::Deleted { .. }]));
    assert_eq!(second.title.as_deref(), Some("edited"));
}

#[test]
fn lists_are_paged_in_the_order_of_ids() {
    let mut alice = Person::new(1);
    for id in [5, 3, 9, 1, 7] {
        alice.set("note", id, title(&id.to_string()));
    }
    alice.change("note", 3, Change::Delete);
    let mut ids = |which, after: Option<u128>, limit| {
        let page = alice.store.list("note", which, after.map(Uuid::from_u128), limit).unwrap();
        page.into_iter().map(|view| view.key.id.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(ids(Which::Living, None, 3), [1, 5, 7]);
    assert_eq!(ids(Which::Living, Some(7), 3), [9]);
    assert_eq!(ids(Which::Deleted, None, 9), [3]);
    assert_eq!(ids(Which::All, Some(1), 2), [3, 5]);
    assert_eq!(ids(Which::All, None, 0), [0; 0]);
    assert_eq!(alice.store.list("unheard_of", Which::All, None, 9).unwrap(), []);
}

#[test]
fn everything_is_given_in_the_order_of_kinds_and_ids() {
    let mut alice = Person::new(1);
    alice.set("task", 1, title("a task"));
    alice.set("note", 2, json!({"title": "a note", "content": null}));
    alice.set("setting", 3, json!({"key": "locale", "value": "de"}));
    alice.set("note", 1, title("gone"));
    alice.change("note", 1, Change::Delete);
    let mut seen = Vec::new();
    alice
        .store
        .each(Which::Living, |view| {
            seen.push((view.key, view.local));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(seen, [(entity("note", 2), false), (entity("setting", 3), true), (entity("task", 1), false)]);
    let stopped = alice.store.each(Which::All, |_| Err(StoreError::DiskFull));
    assert!(matches!(stopped, Err(StoreError::DiskFull)));
}

#[test]
fn a_new_schema_asks_its_own_questions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.db");
    Store::create(&path, &crate::testing::new_replica(1)).unwrap();
    let open =
        |schema: Schema| Person::of(Store::open(&path, schema.into(), crate::testing::fresh_id()).unwrap());
    let (mut alice, mut bob) = (open(crate::testing::schema()), Person::new(2));
    crate::testing::befriend(&mut alice, &mut bob);
    alice.set("note", 1, json!({"title": "t", "mood": "fine"}));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, json!({"mood": "good"}));
    bob.set("note", 1, json!({"mood": "bad"}));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.store.reviews().unwrap(), [], "nobody is asked about an unknown field");
    drop(alice);
    let mut newer = crate::testing::schema();
    newer.version += 1;
    let mut mood = newer.kinds[0].fields[0].clone();
    (mood.name, mood.required) = ("mood", false);
    newer.kinds[0].fields.push(mood);
    let mut alice = open(newer);
    assert_eq!(alice.store.reviews().unwrap().len(), 1);
    alice.assert_sound();
}

#[test]
fn settings_of_the_device_are_remembered() {
    let mut alice = Person::new(1);
    assert_eq!(alice.store.setting("listen").unwrap(), None);
    alice.store.set_setting("listen", Some("0.0.0.0:4711")).unwrap();
    alice.store.set_setting("listen", Some("127.0.0.1:4711")).unwrap();
    assert_eq!(alice.store.setting("listen").unwrap().as_deref(), Some("127.0.0.1:4711"));
    alice.store.set_setting("listen", None).unwrap();
    assert_eq!(alice.store.setting("listen").unwrap(), None);
    alice.store.rename("Alice's laptop").unwrap();
    assert_eq!(alice.store.name().unwrap(), "Alice's laptop");
    let none: [Edit; 0] = [];
    assert_eq!(alice.store.write(&none, sync_core::time::Wall(1)).unwrap(), []);
}

#[test]
fn what_changed_is_told_once_as_it_is_now_and_page_by_page() {
    let mut alice = Person::new(1);
    for id in 1..=4 {
        alice.set("note", id, title(&id.to_string()));
    }
    alice.set("note", 1, title("again"));
    alice.change("note", 2, Change::Delete);
    let ids = |views: &[View]| views.iter().map(|view| view.key.id.as_u128()).collect::<Vec<_>>();
    let (page, upto, more) = alice.store.changed_since(0, 3).unwrap();
    assert_eq!((ids(&page), more), (vec![3, 4, 1], true));
    let (page, head, more) = alice.store.changed_since(upto, 3).unwrap();
    assert_eq!((ids(&page), page[0].deleted, more), (vec![2], true, false));
    assert_eq!(head, alice.store.head().unwrap());
    assert_eq!(alice.store.changed_since(head, 3).unwrap(), (vec![], head, false));
    let (page, _, more) = alice.store.changed_since(0, 4).unwrap();
    assert_eq!((page.len(), more), (4, false));
}

#[test]
fn the_screens_views_say_who_by_the_name_that_is_used_here() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("one"));
    sync(&mut alice, &mut bob);
    bob.set("note", 1, title("two"));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, title("three"));
    let lines = |alice: &mut Person| {
        let sql = "SELECT title, value, author, through FROM history_line ORDER BY number";
        let mut statement = alice.store.conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        rows.unwrap().collect::<Result<Vec<(String, String, Option<String>, Option<String>)>, _>>().unwrap()
    };
    let own = alice.store.name().unwrap();
    let his = alice.store.peers().unwrap()[0].own_name.clone();
    let line = |value: &str, author: &str, through: Option<&str>| {
        ("three".to_owned(), value.to_owned(), Some(author.to_owned()), through.map(str::to_owned))
    };
    assert_eq!(lines(&mut alice), [line(r#""one""#, &his, Some(&his)), line(r#""two""#, &own, None)]);
    alice.store.label_peer(bob.device, Some("the phone")).unwrap();
    assert_eq!(lines(&mut alice)[0], line(r#""one""#, "the phone", Some("the phone")));
    let peer = &alice.store.peers().unwrap()[0];
    assert_eq!((peer.name.as_str(), peer.own_name.as_str()), ("the phone", his.as_str()));
    assert_eq!(alice.store.status().unwrap().peers[0].name, "the phone");
    alice.store.remove_peer(bob.device).unwrap();
    let removed = &lines(&mut alice)[0];
    assert_eq!((removed.2.as_deref(), removed.3.as_deref()), (None, Some("a device that was removed")));
}
