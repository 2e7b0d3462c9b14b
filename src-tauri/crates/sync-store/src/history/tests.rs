use crate::testing::{NOW, Person, entity, line, pair, pull, set, sync, title};
use crate::{Event, HistoryEntry, HistoryFilter};
use serde_json::{Value, json};
use sync_core::entity::write::Change;
use sync_core::identity::DeviceId;
use sync_core::time::DAY;
use sync_core::time::Wall;

fn all(person: &mut Person) -> Vec<HistoryEntry> {
    person.store.history(&HistoryFilter::default(), 100).unwrap()
}

/// `field: from → to`, oldest first.
fn told(person: &mut Person) -> Vec<String> {
    let word = |entry: HistoryEntry| match entry.event {
        Event::Replaced { field, from, to } => {
            format!("{field}: {} → {}", from.text(), to.map_or("?".into(), |to| to.text().to_owned()))
        }
        Event::Deleted => "deleted".to_owned(),
        Event::PutBack => "put back".to_owned(),
    };
    all(person).into_iter().rev().map(word).collect()
}

#[test]
fn every_replaced_value_is_kept_with_what_replaced_it() {
    let mut alice = Person::new(1);
    alice.set("note", 1, json!({"title": "one", "tags": ["a"]}));
    assert_eq!(told(&mut alice), [""; 0]);
    alice.set("note", 1, title("two"));
    alice.set("note", 1, title("three"));
    alice.change("note", 1, Change::Remove("tags".into(), json!("a")));
    alice.change("note", 1, Change::Delete);
    alice.change("note", 1, Change::Keep);
    alice.set("note", 1, json!({"content": "new fields replace nothing"}));
    assert_eq!(
        told(&mut alice),
        [r#"title: "one" → "two""#, r#"title: "two" → "three""#, r#"tags: "a" → ?"#, "deleted", "put back"]
    );
    let entry = all(&mut alice).pop().unwrap();
    assert_eq!((entry.key, entry.author, entry.through), (entity("note", 1), Some(alice.device), None));
    assert_eq!((entry.at, entry.made), (Wall(NOW + 2), Wall(NOW + 2)));
}

#[test]
fn it_says_who_changed_what_and_through_whom_it_came() {
    let (mut alice, mut bob) = pair();
    let mut carol = Person::new(3);
    crate::testing::befriend(&mut bob, &mut carol);
    alice.set("note", 1, title("one"));
    sync(&mut alice, &mut bob);
    sync(&mut bob, &mut carol);
    alice.wall += 5_000;
    alice.set("note", 1, title("two"));
    sync(&mut alice, &mut bob);
    carol.wall += 60_000;
    sync(&mut bob, &mut carol);
    let entry = all(&mut carol).pop().unwrap();
    assert_eq!((entry.author, entry.through), (Some(alice.device), Some(bob.device)));
    assert_eq!((entry.at.0, entry.made.0), (carol.wall, alice.wall));
    let from = |device: DeviceId| HistoryFilter { from: Some(device), ..HistoryFilter::default() };
    assert_eq!(carol.store.history(&from(bob.device), 9).unwrap().len(), 1);
    assert_eq!(carol.store.history(&from(carol.device), 9).unwrap().len(), 0);
    assert_eq!(alice.store.history(&from(alice.device), 9).unwrap().len(), 1);
}

#[test]
fn a_settled_conflict_leaves_both_values_and_the_choice() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("base"));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, title("alice"));
    bob.set("note", 1, title("bob"));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, title("both"));
    let told = told(&mut alice);
    assert!(told.contains(&r#"title: "alice" → "both""#.to_owned()), "{told:?}");
    assert!(told.contains(&r#"title: "bob" → "both""#.to_owned()), "{told:?}");
}

#[test]
fn what_a_shrunk_tombstone_drops_stays_in_the_history() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "old plan", "tags": ["x"]}));
    sync(&mut alice, &mut bob);
    alice.change("note", 1, Change::Delete);
    alice.wall += 91 * DAY;
    alice.store.tidy(Wall(alice.wall - DAY)).unwrap();
    alice.store.tidy(Wall(alice.wall)).unwrap();
    // Bob was away for as long; his copy still had its content.
    pull(&mut alice, &mut bob);
    assert_eq!(bob.shows("note", 1), Value::Null);
    assert_eq!(told(&mut bob), [r#"title: "old plan" → ?"#, r#"tags: "x" → ?"#, "deleted"]);
}

#[test]
fn it_is_searched_by_entity_text_and_time_and_paged() {
    let mut alice = Person::new(1);
    for id in 0..3 {
        for n in 0..4 {
            alice.set("note", id, title(&format!("Note {id} version {n}")));
        }
    }
    let mut find = |filter: HistoryFilter, limit| alice.store.history(&filter, limit).unwrap();
    assert_eq!(find(HistoryFilter::default(), 100).len(), 9);
    assert_eq!(find(HistoryFilter { entity: Some(entity("note", 1)), ..Default::default() }, 100).len(), 3);
    assert_eq!(find(HistoryFilter { entity: Some(entity("other", 1)), ..Default::default() }, 100).len(), 0);
    assert_eq!(find(HistoryFilter { text: Some("VERSION 2".into()), ..Default::default() }, 100).len(), 3);
    let between = Some((Wall(NOW + 5), Wall(NOW + 8)));
    assert_eq!(find(HistoryFilter { between, ..Default::default() }, 100).len(), 3);
    let first = find(HistoryFilter::default(), 5);
    let before = first.last().map(|entry| entry.number);
    let second = find(HistoryFilter { before, ..Default::default() }, 5);
    let numbers: Vec<u64> = first.iter().chain(&second).map(|entry| entry.number).collect();
    assert_eq!(numbers, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn any_old_value_can_be_put_back() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("good"));
    alice.set("note", 1, title("worse"));
    let Event::Replaced { field, from, .. } = all(&mut alice).remove(0).event else { panic!("a value") };
    alice.change("note", 1, set(json!({ &*field: from.value() })));
    assert_eq!(alice.shows("note", 1), title("good"));
}

#[test]
fn what_vanishes_without_a_new_write_is_kept_too() {
    let (alice, mut bob) = pair();
    let meta = format!("{{\"v\":[[1,{}]],\"t\":{{\"tags\":[]}}}}", sync_core::hlc::Hlc::at(Wall(NOW)).bits());
    for tags in [json!(["travel"]), json!([])] {
        bob.apply(line(&alice, &bob, "note", 1, &json!({"title": "Trip", "tags": tags}), &meta));
    }
    assert_eq!(bob.shows("note", 1), title("Trip"));
    let [HistoryEntry { event: Event::Replaced { field, from, .. }, .. }] = &all(&mut bob)[..] else {
        panic!("one entry")
    };
    assert_eq!((&**field, from.text()), ("tags", "\"travel\""));
}
