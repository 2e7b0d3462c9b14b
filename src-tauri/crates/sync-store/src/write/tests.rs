use super::*;
use crate::testing::{NOW, Person, entity, fields, pair, pull, set, sync, title};
use serde_json::json;
use std::collections::BTreeSet;
use sync_core::hlc::SET_BACK;

#[test]
fn a_written_entity_is_shown_with_who_and_when() {
    let mut alice = Person::new(1);
    assert_eq!(alice.set("note", 1, json!({"title": "Plan", "tags": ["b", "a"]})), Outcome::Created);
    assert_eq!(alice.set("note", 1, json!({"title": "Plan B"})), Outcome::Changed);
    assert_eq!(alice.set("note", 1, json!({"title": "Plan B"})), Outcome::Unchanged);
    let view = alice.view("note", 1).unwrap();
    assert_eq!(view.fields, fields(json!({"title": "Plan B", "tags": ["a", "b"]})));
    assert_eq!((view.title.as_deref(), view.deleted), (Some("Plan B"), false));
    assert_eq!((view.version.wall().0, view.modified_by), (NOW + 2, Some(alice.device)));
    assert_eq!(alice.change("note", 1, Change::Remove("tags".into(), json!("a"))), Outcome::Changed);
    assert_eq!(alice.change("note", 1, Change::Delete), Outcome::Changed);
    assert!(alice.view("note", 1).unwrap().deleted);
    assert_eq!(alice.change("note", 1, Change::Keep), Outcome::Created);
    assert_eq!(alice.shows("note", 1), json!({"title": "Plan B", "tags": ["b"]}));
    alice.assert_sound();
}

#[test]
fn an_unchanged_entity_does_not_move() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("Plan"));
    let (marker, head) = (alice.store.marker().unwrap(), alice.store.head().unwrap());
    alice.set("note", 1, title("Plan"));
    assert_eq!((alice.store.marker().unwrap(), alice.store.head().unwrap()), (marker, head));
}

#[test]
fn a_refusal_names_the_entity_the_field_and_the_rule_and_nothing_of_the_edits_stays() {
    let mut alice = Person::new(1);
    let edits = [
        Edit { key: entity("note", 1), change: set(title("good")) },
        Edit { key: entity("note", 2), change: set(json!({"title": "t", "order": "first"})) },
    ];
    let error = alice.store.write(&edits, Wall(NOW)).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: order: must be a number", entity("note", 2)));
    assert_eq!((alice.view("note", 1), alice.store.head().unwrap()), (None, 0));

    let outcomes = alice.store.write_each(&edits, Wall(NOW)).unwrap();
    assert!(matches!(&outcomes[..], [Ok(Outcome::Created), Err(Refusal::Rule { .. })]), "{outcomes:?}");
    assert_eq!(alice.shows("note", 1), title("good"));
    alice.assert_sound();
}

#[test]
fn what_follows_from_something_read_is_not_written_once_that_has_changed() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("read"));
    sync(&mut alice, &mut bob);
    let head = alice.store.head().unwrap();
    let edits = [Edit { key: entity("note", 2), change: set(title("follows")) }];
    let write = |alice: &mut Person, read: u128| {
        let read = BTreeSet::from([entity("note", read)]);
        alice.store.write_unless_changed(&edits, &read, head, Wall(alice.wall)).unwrap()
    };
    bob.set("note", 1, title("changed"));
    bob.set("note", 2, title("his"));
    sync(&mut bob, &mut alice);
    // Neither what was there nor what was not.
    assert_eq!((write(&mut alice, 1), write(&mut alice, 2)), (None, None));
    assert_eq!(alice.shows("note", 2), title("his"));
    assert_eq!(write(&mut alice, 3), Some(vec![Outcome::Changed]));
}

#[test]
fn every_rule_is_held() {
    let mut alice = Person::new(1);
    let mut refused = |change: Change| alice.try_change("task", 1, change).unwrap_err().to_string();
    assert!(refused(set(json!({"start": "2026-01-01"}))).contains("title: is required"));
    let turned = json!({"title": "t", "start": "2026-02-01", "end": "2026-01-01"});
    assert!(refused(set(turned)).contains("end: must not be before start"));
    assert!(refused(set(json!({"title": "t", "A b": 1}))).contains("name"));
    assert!(refused(Change::Add("title".into(), json!("x"))).contains("is not a list"));
    assert!(refused(Change::Delete).contains("there is no task/"));
    assert!(refused(Change::Keep).contains("there is no task/"));
    let refused = alice.try_change("Not a kind", 1, set(title("t"))).unwrap_err().to_string();
    assert!(refused.contains("cannot be the name of a kind"), "{refused}");
    assert_eq!(alice.store.head().unwrap(), 0);
}

#[test]
fn a_rule_that_was_broken_before_does_not_keep_a_person_from_other_changes() {
    let (mut alice, mut bob) = pair();
    alice.set("task", 1, json!({"title": "t", "start": "2026-01-01", "end": "2026-03-01"}));
    sync(&mut alice, &mut bob);
    alice.set("task", 1, json!({"start": "2026-02-01"}));
    bob.set("task", 1, json!({"end": "2026-01-15"}));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.set("task", 1, title("renamed")), Outcome::Changed);
    assert_eq!(alice.set("task", 1, json!({"end": "2026-02-02"})), Outcome::Changed);
    assert!(alice.try_change("task", 1, set(json!({"end": "2026-01-15"}))).is_err());
}

#[test]
fn an_entity_too_large_for_any_peer_is_refused() {
    let mut alice = Person::new(1);
    let long = "x".repeat(VALUE_MAX - 10);
    let many: Map<String, Value> = (0..9).map(|n| (format!("f{n}"), json!(long))).collect();
    let refused = alice.try_change("story", 1, Change::Set(many)).unwrap_err();
    assert!(matches!(refused, WriteError::Refused(Refusal::Bound { .. })), "{refused}");
    let many: Vec<String> = (0..2_000).map(|n| n.to_string()).collect();
    let refused = alice.try_change("note", 1, set(json!({"title": "t", "tags": many}))).unwrap_err();
    assert!(refused.to_string().contains("items"), "{refused}");
    alice.assert_sound();
}

#[test]
fn writing_what_is_so_already_after_the_clock_was_set_back_takes_one_writer_for_all() {
    let mut alice = Person::new(1);
    alice.wall = NOW + SET_BACK + 100;
    alice.set("note", 1, title("Plan"));
    let again = vec![Edit { key: entity("note", 1), change: set(title("Plan")) }; 3];
    for _ in 0..3 {
        let outcomes = alice.store.write_each(&again, Wall(NOW)).unwrap();
        assert_eq!(outcomes, vec![Ok(Outcome::Unchanged); 3]);
    }
    let writers: u32 =
        alice.store.conn.query_row("SELECT count(*) FROM writer", [], |row| row.get(0)).unwrap();
    assert_eq!(writers, 2);
    alice.assert_sound();
}

#[test]
fn a_clock_set_back_gives_a_new_writer_and_todays_time() {
    let mut alice = Person::new(1);
    alice.wall = NOW + SET_BACK + 100;
    alice.set("note", 1, title("from next week"));
    let before = alice.store.marker().unwrap();
    alice.wall = NOW;
    alice.set("note", 1, title("today"));
    let after = alice.store.marker().unwrap();
    assert_ne!(after.writer, before.writer);
    assert_eq!((after.replica, after.clock.wall().0), (before.replica, NOW + 1));
    assert_eq!((alice.shows("note", 1), alice.view("note", 1).unwrap().reviews), (title("today"), vec![]));
    alice.assert_sound();
}

#[test]
fn a_small_step_back_keeps_the_writer_and_the_order() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("one"));
    let before = alice.store.marker().unwrap();
    alice.wall -= 60_000;
    alice.set("note", 1, title("two"));
    let after = alice.store.marker().unwrap();
    assert_eq!(after.writer, before.writer);
    assert!(after.clock > before.clock);
}

#[test]
fn edits_of_a_text_start_from_what_others_may_know() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "t", "content": "Middle."}));
    sync(&mut alice, &mut bob);
    // Handed out, although nobody acknowledged it: bob may know it.
    alice.set("note", 1, json!({"content": "Middle.\nEnd."}));
    pull(&mut alice, &mut bob);
    alice.set("note", 1, json!({"content": "Middle.\nThe end."}));
    bob.set("note", 1, json!({"content": "Top.\nMiddle.\nEnd."}));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows("note", 1)["content"], "Top.\nMiddle.\nThe end.");
    assert_eq!(bob.store.reviews().unwrap(), []);
}

#[test]
fn several_edits_that_nobody_saw_count_as_one() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "t", "content": "Middle."}));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, json!({"content": "Middle.\nE"}));
    alice.set("note", 1, json!({"content": "Middle.\nEnd."}));
    bob.set("note", 1, json!({"content": "Top.\nMiddle."}));
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows("note", 1)["content"], "Top.\nMiddle.\nEnd.");
}

#[test]
fn local_fields_and_entities_stay_here_and_are_shown() {
    let (mut alice, mut bob) = pair();
    assert_eq!(alice.set("note", 1, json!({"title": "t", "scroll": 40})), Outcome::Created);
    assert_eq!(alice.set("note", 1, json!({"scroll": 50})), Outcome::Changed);
    assert_eq!(alice.set("note", 1, json!({"scroll": 50})), Outcome::Unchanged);
    assert_eq!(alice.set("setting", 2, json!({"key": "secret.token", "value": "s3cret"})), Outcome::Created);
    assert_eq!(alice.set("setting", 2, json!({"value": "n3wer"})), Outcome::Changed);
    alice.set("setting", 3, json!({"key": "theme", "value": "dark"}));
    assert_eq!(alice.shows("note", 1), json!({"title": "t", "scroll": 50}));
    let secret = alice.view("setting", 2).unwrap();
    assert!(secret.local);
    assert_eq!(secret.fields["value"], "n3wer");

    let sent = pull(&mut alice, &mut bob);
    let lines: String = sent.batches.iter().map(|batch| batch.lines.as_str()).collect();
    assert!(!lines.contains("scroll") && !lines.contains("n3wer") && !lines.contains("s3cret"), "{lines}");
    assert_eq!(bob.shows("note", 1), title("t"));
    assert_eq!(bob.view("setting", 2), None);
    sync(&mut alice, &mut bob);
    let tables = ["entity", "history", "sync_queue"];
    for table in tables {
        let sql =
            format!("SELECT count(*) FROM {table} t WHERE instr(quote(t.{}), 's3cret')", field_of(table));
        let found: i64 = alice.store.conn.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(found, 0, "{table}");
    }

    let all: Vec<_> = alice.store.list("setting", crate::Which::Living, None, 10).unwrap();
    assert_eq!(all.iter().map(|view| view.local).collect::<Vec<_>>(), [true, false]);
    assert_eq!(alice.change("setting", 2, Change::Delete), Outcome::Changed);
    assert_eq!(alice.view("setting", 2), None);
    assert!(alice.try_change("note", 1, set(json!({"scroll": 101}))).is_err());
    assert!(alice.try_change("note", 9, set(json!({"scroll": 1}))).is_err());
    alice.assert_sound();
}

fn field_of(table: &str) -> &str {
    match table {
        "history" => "value",
        "entity" => "fields",
        _ => "entity",
    }
}

#[test]
fn an_import_of_many_keeps_what_is_good() {
    let mut alice = Person::new(1);
    let edits: Vec<Edit> = (0..1_203)
        .map(|n| Edit {
            key: entity("note", n),
            change: set(if n % 400 == 7 { json!({}) } else { title(&n.to_string()) }),
        })
        .collect();
    let outcomes = alice.store.write_each(&edits, Wall(NOW)).unwrap();
    let refused: BTreeSet<usize> = (0..outcomes.len()).filter(|&n| outcomes[n].is_err()).collect();
    assert_eq!(refused, BTreeSet::from([7, 407, 807]));
    assert_eq!(alice.store.status().unwrap().kinds["note"].living, 1_200);
    alice.assert_sound();
}
