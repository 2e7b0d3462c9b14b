//! One law each, on the smallest history that shows it.

use super::*;
use crate::limits::VALUE_MAX;

fn try_change(entity: &mut Entity, change: &Change) -> bool {
    let stamp = Stamp { hlc: Hlc::at(Wall(9_000)), writer: WriterId([1; 8]) };
    write(entity, Some(&kind()), change, stamp, true).is_ok()
}

fn set(field: &str, value: Value) -> Change {
    Change::Set(Map::from_iter([(field.to_owned(), value)]))
}

/// Texts that were written without knowing of each other, each from its own start.
fn texts(of: &[(&str, &str)]) -> Entity {
    let mut entity = Entity::default();
    for (n, (base, text)) in (1..).zip(of) {
        let stamp = Stamp { hlc: Hlc::at(Wall(5)), writer: WriterId([n; 8]) };
        let sibling = Sibling { stamp, value: Json::of(&json!(text)), base: Some(Json::of(&json!(base))) };
        entity.fields.entry("content".into()).or_default().insert(sibling);
        entity.vv.observe(stamp);
    }
    entity
}

#[test]
fn what_equals_theirs_need_not_go_back_to_them() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Plan");
    sync(&mut alice, &mut bob);
    alice.set("title", "Plan A");
    let verdict = |ours: &Device, theirs: &Device| apply(Some(&ours.entity), theirs.entity.clone()).verdict;
    assert_eq!((verdict(&bob, &alice), verdict(&alice, &bob)), (Verdict::Theirs, Verdict::Unchanged));
    bob.set("order", "2");
    assert_eq!((verdict(&bob, &alice), verdict(&alice, &bob)), (Verdict::Both, Verdict::Both));
}

#[test]
fn a_tag_that_another_device_removed_is_in_the_history() {
    let (mut alice, mut bob) = pair();
    alice.add("home");
    alice.add("work");
    sync(&mut alice, &mut bob);
    bob.change(&Change::Remove("tags".into(), json!("home")));
    alice.receive(&mut bob);
    assert_eq!(alice.history, [Json::of(&json!("home"))]);
}

#[test]
fn three_titles_for_one_note_are_one_question_with_three_candidates() {
    let (mut alice, mut bob) = pair();
    let mut carol = Device::new(3, 1_000);
    for (device, title) in [(&mut alice, "A"), (&mut bob, "B"), (&mut carol, "C")] {
        device.set("title", title);
    }
    sync(&mut alice, &mut bob);
    sync(&mut bob, &mut carol);
    assert!(matches!(&carol.reviews()[..], [Review::Field { candidates, .. }] if candidates.len() == 3));
}

#[test]
fn the_question_of_a_delete_names_the_delete_and_only_what_it_had_not_seen() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Keep me?");
    alice.set("order", "1");
    sync(&mut alice, &mut bob);
    alice.change(&Change::Delete);
    bob.set("title", "Still needed");
    let newest = |device: &Device| device.entity.vv.newest().unwrap();
    let question = Review::Deleted { deletes: vec![newest(&alice)], edits: vec![newest(&bob)] };
    sync(&mut alice, &mut bob);
    assert_eq!(alice.reviews(), [question]);
}

#[test]
fn another_edit_does_not_answer_the_question_of_a_delete() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Keep me?");
    sync(&mut alice, &mut bob);
    alice.change(&Change::Delete);
    bob.set("title", "Still needed");
    sync(&mut alice, &mut bob);
    bob.set("order", "2");
    assert!(matches!(&bob.reviews()[..], [Review::Deleted { .. }]));
}

#[test]
fn texts_that_started_from_different_ones_are_not_merged_but_asked_about() {
    let (one, other) = ("One.\n-\nTwo.", "One.\n-\nTwo?");
    let entity = texts(&[(one, "One!\n-\nTwo."), (other, "One.\n-\nTwo!")]);
    assert!(matches!(&reviews(&entity, Some(&kind()))[..], [Review::Field { .. }]));
    assert_eq!(shown_fields(&entity)["content"], "One.\n-\nTwo!");
}

#[test]
fn a_text_that_three_devices_went_on_with_merges_all_three() {
    let base = "One.\n-\nTwo.\n-\nThree.";
    let edit = |from: &str, to: &str| base.replace(from, to);
    let (one, two, three) = (edit("One.", "One!"), edit("Two.", "Two!"), edit("Three.", "Three!"));
    let entity = texts(&[(base, &one), (base, &two), (base, &three)]);
    assert_eq!(shown_fields(&entity)["content"], "One!\n-\nTwo!\n-\nThree!");
    assert_eq!(reviews(&entity, Some(&kind())), []);
}

#[test]
fn an_item_cannot_be_added_to_what_is_no_list() {
    let add = |field: &str| Change::Add(field.into(), json!("x"));
    let mut entity = Entity::default();
    assert!(!try_change(&mut entity, &add("title")), "by the schema, before there is a title");
    assert!(try_change(&mut entity, &set("newer", json!("a field of a newer version"))));
    assert!(!try_change(&mut entity, &add("newer")), "by what is there");
    assert!(try_change(&mut entity, &add("tags")));
}

#[test]
fn a_value_of_the_wrong_shape_is_refused_and_clearing_is_not() {
    let mut entity = Entity::default();
    assert!(!try_change(&mut entity, &set("title", json!(7))));
    assert!(try_change(&mut entity, &set("title", json!("Plan"))));
    assert!(try_change(&mut entity, &set("title", Value::Null)));
    assert_eq!(shown_fields(&entity), Map::new());
}

#[test]
fn a_value_may_be_as_long_as_the_limits_allow_and_no_longer() {
    let text = |bytes: usize| json!("x".repeat(bytes - "\"\"".len()));
    assert!(try_change(&mut Entity::default(), &set("newer", text(VALUE_MAX))));
    assert!(!try_change(&mut Entity::default(), &set("newer", text(VALUE_MAX + 1))));
}
