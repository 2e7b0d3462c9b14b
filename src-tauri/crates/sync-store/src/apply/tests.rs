use crate::testing::{NOW, Person, befriend, entity, kinds, line, pair, prove, pull, raw, set, sync, title};
use crate::testing::{Pull, fields, schema};
use crate::{Edit, Outcome};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use sync_core::entity::Entity;
use sync_core::entity::row::encode;
use sync_core::entity::write::{Change, write};
use sync_core::hlc::{DRIFT_MAX, Hlc};
use sync_core::identity::DeviceId;
use sync_core::limits::{BATCH_ENTITIES, KINDS_MAX, WRITERS_MAX};
use sync_core::node::storage::{Answer, Ask, Report};
use sync_core::stamp::{Stamp, WriterId};
use sync_core::time::{DAY, Wall};
use sync_core::wire::batch::Writer;

/// A batch's `meta` with one stamp.
fn stamped(hlc: u64) -> String {
    format!("{{\"v\":[[1,{hlc}]]}}")
}

fn now() -> String {
    stamped(Hlc::at(Wall(NOW)).bits())
}

#[test]
fn two_devices_come_to_hold_the_same() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "Plan", "tags": ["travel"]}));
    bob.set("task", 2, title("Pack"));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, title("Plan the trip"));
    bob.set("note", 1, json!({"order": 3}));
    bob.change("note", 1, Change::Add("tags".into(), json!("rome")));
    alice.change("task", 2, Change::Delete);
    sync(&mut alice, &mut bob);
    for person in [&mut alice, &mut bob] {
        assert_eq!(
            person.shows("note", 1),
            json!({"title": "Plan the trip", "order": 3, "tags": ["rome", "travel"]})
        );
        assert_eq!(person.shows("task", 2), Value::Null);
        assert_eq!(person.store.reviews().unwrap(), []);
        person.assert_sound();
    }
    let view = bob.view("task", 2).unwrap();
    assert_eq!((view.deleted, view.modified_by), (true, Some(alice.device)));
}

#[test]
fn the_report_counts_what_happened() {
    let (mut alice, mut bob) = pair();
    for id in 0..4 {
        alice.set("note", id, title("a"));
    }
    let report = pull(&mut alice, &mut bob).report;
    assert_eq!(report, Report { new: 4, ..Report::default() });
    alice.set("note", 0, title("changed"));
    alice.change("note", 1, Change::Delete);
    alice.set("note", 2, title("conflict, alice"));
    bob.set("note", 2, title("conflict, bob"));
    alice.set("note", 5, title("never seen"));
    alice.change("note", 5, Change::Delete);
    let report = pull(&mut alice, &mut bob).report;
    assert_eq!(report, Report { changed: 2, deleted: 1, conflicts: 1, unchanged: 1, ..Report::default() });
    assert_eq!(bob.store.reviews().unwrap().len(), 1);
    bob.set("note", 2, title("settled"));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.store.reviews().unwrap(), []);
}

#[test]
fn the_report_counts_questions_that_came_along_and_deletes_that_were_no_news() {
    let (mut alice, mut bob) = pair();
    let mut carol = Person::new(3);
    befriend(&mut bob, &mut carol);
    alice.set("note", 1, title("alice's"));
    sync(&mut alice, &mut bob);
    alice.set("note", 1, title("alice's own"));
    bob.set("note", 1, title("bob's own"));
    bob.set("note", 2, title("gone"));
    sync(&mut alice, &mut bob);
    assert_eq!(pull(&mut bob, &mut carol).report, Report { new: 2, conflicts: 1, ..Report::default() });
    alice.change("note", 2, Change::Delete);
    bob.change("note", 2, Change::Delete);
    assert_eq!(pull(&mut alice, &mut bob).report, Report { unchanged: 1, ..Report::default() });
}

/// Entities in a batch of small ones.
const BATCH: u64 = BATCH_ENTITIES as u64;

#[test]
fn thousands_arrive_in_batches_and_an_interruption_costs_one() {
    let (mut alice, mut bob) = pair();
    let edits: Vec<_> = (0..4 * BATCH)
        .map(|id| Edit { key: entity("note", id.into()), change: set(title(&format!("{id}"))) })
        .collect();
    alice.store.write_each(&edits, Wall(NOW)).unwrap();
    // Two batches, and the link breaks; a new session knows only what bob has stored.
    let mut first = Pull::new();
    for _ in 0..2 {
        assert!(first.step(&mut alice, &mut bob));
    }
    let second = pull(&mut alice, &mut bob);
    assert_eq!((first.report.new, second.report.new), (2 * BATCH, 2 * BATCH));
    assert_eq!(alice.digests(), bob.digests());
    assert_eq!(bob.store.status().unwrap().kinds["note"].living, 4 * BATCH);
    bob.assert_sound();
    // And nothing of it goes back.
    assert_eq!(pull(&mut bob, &mut alice).report, Report::default());
}

#[test]
fn what_came_from_a_peer_goes_on_to_others_and_not_back() {
    let (mut alice, mut bob) = pair();
    let mut carol = Person::new(3);
    befriend(&mut bob, &mut carol);
    alice.set("note", 1, title("from alice"));
    pull(&mut alice, &mut bob);
    assert_eq!(pull(&mut bob, &mut alice).report.entities(), 0);
    assert_eq!(pull(&mut bob, &mut carol).report.new, 1);
    assert_eq!(carol.view("note", 1).unwrap().modified_by, Some(alice.device));
    // Once it is merged, alice needs it too.
    alice.set("note", 1, title("alice"));
    bob.set("note", 1, json!({"order": 1}));
    pull(&mut alice, &mut bob);
    assert_eq!(pull(&mut bob, &mut alice).report.changed, 1);
    assert_eq!(alice.digests(), bob.digests());
}

#[test]
fn a_batch_that_comes_twice_changes_nothing() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("once"));
    bob.set("note", 1, title("bob's"));
    let ask = |alice: &mut Person, bob: &Person| {
        let Answer::Changes { batch, .. } = alice.ask(Ask::Changes {
            peer: bob.device,
            replica: sync_core::stamp::ReplicaId([2; 8]),
            after: Default::default(),
            off: BTreeSet::new(),
            introduced: 0,
            most: BATCH_ENTITIES,
        }) else {
            panic!("changes")
        };
        let writers = batch.writers.iter().map(|w| (w.number, w.clone())).collect();
        let (peer, wall) = (alice.device, Wall(bob.wall));
        let replica = sync_core::stamp::ReplicaId([1; 8]);
        Ask::Apply {
            peer,
            replica,
            writers: std::sync::Arc::new(writers),
            batch,
            upto: Some(1),
            off: BTreeSet::new(),
            wall,
        }
    };
    let ask = ask(&mut alice, &bob);
    bob.apply(ask.clone());
    let head = bob.store.head().unwrap();
    assert_eq!(bob.apply(ask), Report { unchanged: 1, ..Report::default() });
    assert_eq!(bob.store.head().unwrap(), head);
}

#[test]
fn kinds_switched_off_wait_and_catch_up() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, title("before"));
    sync(&mut alice, &mut bob);
    bob.store.share_kind("note", Some(alice.device), false).unwrap();
    alice.set("note", 2, title("meanwhile"));
    alice.set("task", 3, title("goes on"));
    sync(&mut alice, &mut bob);
    assert_eq!((bob.shows("note", 2), bob.shows("task", 3)), (Value::Null, title("goes on")));
    alice.set("task", 4, title("and on"));
    sync(&mut alice, &mut bob);
    bob.store.share_kind("note", Some(alice.device), true).unwrap();
    let caught_up = pull(&mut alice, &mut bob);
    assert_eq!(caught_up.report, Report { new: 1, ..Report::default() });
    sync(&mut alice, &mut bob);
    assert_eq!(alice.digests(), bob.digests());
    assert_eq!(alice.store.status().unwrap().peers[0].pending, 0);
}

#[test]
fn a_kind_that_is_off_is_refused_even_if_it_comes() {
    let (alice, mut bob) = pair();
    let Ask::Apply { peer, replica, writers, batch, upto, wall, .. } =
        line(&alice, &bob, "note", 1, &title("x"), &now())
    else {
        panic!("apply")
    };
    let off = kinds(&["note"]);
    let report = bob.apply(Ask::Apply { peer, replica, writers, batch, upto, off, wall });
    assert_eq!((report.quarantined, bob.view("note", 1)), (1, None));
}

#[test]
fn what_cannot_be_read_is_set_aside_and_the_rest_goes_on() {
    let (alice, mut bob) = pair();
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let lines = [
        format!("[\"note\",\"{}\",{{\"title\":\"good\"}},{}]", id(1), now()),
        "this is no line".to_owned(),
        format!("[\"note\",\"{}\",{{\"title\":7}},{}]", id(2), now()),
        format!("[\"note\",\"{}\",{{\"title\":[\"x\"]}},{{\"v\":[[1,5]],\"t\":{{\"title\":[]}}}}]", id(3)),
        format!("[\"note\",\"{}\",{{\"tags\":\"x\"}},{}]", id(4), now()),
        format!("[\"note\",\"{}\",{{\"title\":\"x\"}},{{\"v\":[[9,5]]}}]", id(5)),
        format!("[\"note\",\"{}\",{{\"order\":1,\"title\":\"also good\"}},{}]", id(6), now()),
    ];
    let ask = raw(&alice, &bob, &(lines.join("\n") + "\n"));
    let report = bob.apply(ask.clone());
    assert_eq!(report, Report { new: 2, quarantined: 5, ..Report::default() });
    // The same again is not kept twice.
    bob.apply(ask);
    let set_aside = bob.store.quarantined().unwrap();
    assert_eq!(set_aside.len(), 5);
    assert_eq!(bob.store.status().unwrap().quarantined, 5);
    assert!(set_aside.iter().all(|q| q.peer == alice.device && lines.contains(&q.raw)));
    let reason = |n: u128| {
        let of = set_aside.iter().find(|q| q.key == Some(entity("note", n)));
        of.map(|q| q.reason.clone()).unwrap_or_default()
    };
    assert_eq!(reason(2), "title: must be text");
    assert_eq!(reason(3), "title: must not be a list");
    assert_eq!(reason(4), "tags: must be a list");
    assert!(reason(5).contains("unknown writer 9"));
    bob.assert_sound();

    // One arrives readable, and the proof clears the rest.
    bob.apply(line(&alice, &bob, "note", 2, &title("mended"), &now()));
    assert_eq!(bob.store.quarantined().unwrap().len(), 4);
    let mut alice = alice;
    prove(&mut bob, &mut alice, &kinds(&["note"]));
    assert_eq!(bob.store.quarantined().unwrap().len(), 3, "an unshared kind was not compared");
    prove(&mut bob, &mut alice, &kinds(&[]));
    assert_eq!(bob.store.quarantined().unwrap(), []);
}

#[test]
fn garbage_without_end_does_not_fill_the_disk() {
    let (alice, mut bob) = pair();
    for round in 0..3 {
        let lines: String =
            (0..150).map(|n| format!("\"garbage {round} {n} {}\"\n", "x".repeat(n * 1_000))).collect();
        bob.apply(raw(&alice, &bob, &lines));
    }
    let kept = bob.store.quarantined().unwrap();
    assert!(kept.len() <= 200 && kept.iter().all(|q| q.raw.len() <= 64 * 1024));
    assert!(kept.iter().all(|q| q.reason.len() <= 500), "a reason quotes no more than it must");
    assert!(kept[0].raw.starts_with("\"garbage 2 149"));
}

#[test]
fn kinds_and_fields_of_a_newer_app_pass_through_byte_for_byte() {
    let (mut alice, mut bob) = pair();
    let mut carol = Person::new(3);
    befriend(&mut bob, &mut carol);
    // Bob knows neither the kind nor the field; spacing, escapes and the number's spelling are alice's.
    let future = r#"{"a":1.50,"b":{ "x" : [1e2, "\u00e9\/"] },"c":null}"#;
    let note = r#"{"sparkle":{"z":1 },"title":"t"}"#;
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let lines =
        format!("[\"dream\",\"{}\",{future},{}]\n[\"note\",\"{}\",{note},{}]\n", id(1), now(), id(2), now());
    assert_eq!(bob.apply(raw(&alice, &bob, &lines)).new, 2);
    let relayed = pull(&mut bob, &mut carol);
    let lines = &relayed.batches[0].lines;
    assert!(lines.contains(future) && lines.contains(note), "{lines}");
    assert_eq!(bob.digests(), carol.digests());
    // Editing what bob knows leaves what he does not.
    bob.set("note", 2, title("edited"));
    let sent = pull(&mut bob, &mut alice);
    assert!(sent.batches[0].lines.contains(r#""sparkle":{"z":1 }"#));
}

#[test]
fn a_peers_clock_moves_ours_by_minutes_at_most_and_is_named() {
    let (mut alice, mut bob) = pair();
    alice.wall = NOW + 400 * DAY;
    alice.set("note", 1, title("from the future"));
    pull(&mut alice, &mut bob);
    assert!(bob.store.marker().unwrap().clock.wall().0 <= NOW + DRIFT_MAX);
    let skewed = bob.store.status().unwrap().skewed;
    assert_eq!(
        skewed.iter().map(|skew| (skew.device, skew.ahead)).collect::<Vec<_>>(),
        [(alice.device, 400 * DAY + 1)]
    );
    // A later edit wins all the same.
    bob.set("note", 1, title("later"));
    sync(&mut alice, &mut bob);
    assert_eq!((alice.shows("note", 1), alice.store.reviews().unwrap()), (title("later"), vec![]));
    // Once her clock is right, nobody is named any more.
    alice.wall = NOW + 10;
    bob.wall = NOW + 10;
    alice.set("note", 2, title("today"));
    sync(&mut alice, &mut bob);
    assert_eq!(bob.store.status().unwrap().skewed, []);
}

#[test]
fn a_stamp_of_ours_that_we_never_gave_out_makes_us_a_new_writer() {
    let (alice, mut bob) = pair();
    let before = bob.store.marker().unwrap();
    let Ask::Apply { peer, replica, mut writers, batch, upto, off, wall } =
        line(&alice, &bob, "note", 1, &title("mine?"), &now())
    else {
        panic!("apply")
    };
    let writer = std::sync::Arc::make_mut(&mut writers).get_mut(&1).unwrap();
    (writer.id, writer.device) = (before.writer, bob.device);
    bob.apply(Ask::Apply { peer, replica, writers, batch, upto, off, wall });
    bob.set("note", 1, title("surely mine"));
    assert_ne!(bob.store.marker().unwrap().writer, before.writer);
    assert_eq!(bob.store.reviews().unwrap(), []);
}

#[test]
fn a_stranger_is_not_answered() {
    let (mut alice, _) = pair();
    let carol = Person::new(3);
    let failed = Answer::Failed("that device is not paired with this one".into());
    assert_eq!(alice.ask(Ask::Open { peer: carol.device }), failed);
    let ask = line(&carol, &alice, "note", 1, &title("x"), &now());
    assert_eq!(alice.ask(ask), failed);
    assert_eq!(alice.store.head().unwrap(), 0);
}

#[test]
fn what_should_never_have_left_a_device_is_not_taken_for_ours() {
    let (alice, mut bob) = pair();
    bob.set("setting", 1, json!({"key": "secret.token", "value": "bob's"}));
    let hers = json!({"key": "secret.token", "value": "alice's"});
    bob.apply(line(&alice, &bob, "setting", 1, &hers, &now()));
    bob.apply(line(&alice, &bob, "setting", 2, &json!({"key": "locale", "value": "xx"}), &now()));
    bob.apply(line(&alice, &bob, "note", 3, &json!({"scroll": 99, "title": "t"}), &now()));
    assert_eq!(bob.shows("setting", 1)["value"], "bob's");
    assert_eq!((bob.view("setting", 2), bob.shows("note", 3)), (None, title("t")));
    // Nor does an edit of bob's end up in what is shared.
    assert!(bob.try_change("setting", 2, set(json!({"value": "yy"}))).is_err());
    assert_eq!(bob.set("setting", 2, json!({"key": "locale", "value": "de"})), Outcome::Created);
    assert!(bob.view("setting", 2).unwrap().local);
    bob.assert_sound();
}

#[test]
fn an_edit_that_meets_a_shrunk_tombstone_brings_everything_back() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "Trip", "order": 7, "tags": ["travel"]}));
    sync(&mut alice, &mut bob);
    alice.change("note", 1, Change::Delete);
    alice.wall += 91 * DAY;
    alice.store.tidy(Wall(alice.wall - DAY)).unwrap();
    assert_eq!(alice.store.tidy(Wall(alice.wall)).unwrap().shrunk, 1);
    bob.wall = alice.wall;
    bob.set("note", 1, title("Trip to Rome"));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows("note", 1), json!({"title": "Trip to Rome", "order": 7, "tags": ["travel"]}));
    assert_eq!(alice.store.reviews().unwrap().len(), 1);
    alice.assert_sound();
    bob.assert_sound();
}

#[test]
fn unusually_shaped_data_is_carried_whole() {
    // Two values that merging puts together may be more than a row can hold; then neither copy is harmed.
    let (alice, mut bob) = pair();
    let long = |c: &str| c.repeat(250_000);
    for (n, c) in ["a", "b"].iter().enumerate() {
        let fields: serde_json::Map<String, Value> =
            (0..5).map(|f| (format!("f{n}{f}"), json!(long(c)))).collect();
        bob.apply(line(&alice, &bob, "story", 1, &Value::Object(fields), &stamped(5 + n as u64)));
    }
    let mine = bob.shows("story", 1);
    assert_eq!(mine.as_object().map(|fields| fields.len()), Some(5));
    bob.assert_sound();
}

#[test]
fn two_values_of_what_is_never_shown_are_no_question() {
    let (alice, mut bob) = pair();
    for value in ["one", "two"] {
        let Ask::Apply { peer, replica, mut writers, batch, upto, off, wall } =
            line(&alice, &bob, "setting", 1, &json!({"key": "locale", "value": value}), &now())
        else {
            panic!("apply")
        };
        std::sync::Arc::make_mut(&mut writers).get_mut(&1).unwrap().id.0[0] =
            value.len() as u8 + value.as_bytes()[0];
        bob.apply(Ask::Apply { peer, replica, writers, batch, upto, off, wall });
    }
    assert_eq!((bob.store.status().unwrap().reviews, bob.store.reviews().unwrap().len()), (0, 0));
    bob.assert_sound();
}

/// Announces the writers of `numbers` as ones of `device`.
fn announced(ask: &mut Ask, numbers: std::ops::Range<u32>, device: DeviceId) {
    let Ask::Apply { writers, .. } = ask else { panic!("apply") };
    let id = |number: u32| WriterId((u64::from(number) << 32).to_be_bytes());
    let writer = |number| (number, Writer { number, id: id(number), device });
    *writers = std::sync::Arc::new(numbers.map(writer).collect());
}

#[test]
fn a_peer_with_many_writers_leaves_a_table_that_others_still_take_and_are_known_by() {
    let (alice, mut bob) = pair();
    let mut carol = Person::new(3);
    befriend(&mut carol, &mut bob);
    let (alice_is, carol_is) = (alice.device, carol.device);
    let mut brings = |first: u32, device: DeviceId| {
        let vv: Vec<_> = (first..first + 100).map(|number| json!([number, 1])).collect();
        let meta = json!({ "v": vv, "d": [first, 1] }).to_string();
        let mut ask = line(&alice, &bob, "note", u128::from(first), &title("t"), &meta);
        announced(&mut ask, first..first + 100, device);
        bob.apply(ask)
    };
    let mut firsts = (1..).step_by(100);
    let mut all = |devices: &mut dyn Iterator<Item = DeviceId>| {
        let mut reports = Report::default();
        devices.zip(&mut firsts).for_each(|(device, first)| reports.add(brings(first, device)));
        (reports.new, reports.quarantined)
    };
    assert_eq!(all(&mut std::iter::repeat_n(carol_is, 10)), (10, 0), "in the name of another device");
    let made_up = (0..200_u8).map(|n| DeviceId::from_bytes([n, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]));
    assert_eq!(all(&mut made_up.into_iter()), (30, 170), "in as many names as it likes");
    assert_eq!(all(&mut std::iter::repeat_n(alice_is, 10)), (0, 10), "in its own");
    assert!(bob.opening(alice_is).seen.len() <= WRITERS_MAX, "a hello holds no more");

    carol.set("note", 7, title("of a new device"));
    pull(&mut carol, &mut bob);
    assert_eq!(bob.shows("note", 7), title("of a new device"));
    assert_eq!(bob.set("note", 1, title("mine")), Outcome::Changed);
    bob.assert_sound();
}

#[test]
fn a_peer_that_makes_up_writes_of_ours_gives_us_no_end_of_writers() {
    let (alice, mut bob) = pair();
    let mut reports = Report::default();
    for id in 1..=600_u128 {
        let mut ask =
            line(&alice, &bob, "note", id, &title("mine?"), &stamped(Hlc::at(Wall(NOW + DAY)).bits()));
        let writer = bob.store.marker().unwrap().writer;
        let Ask::Apply { writers, .. } = &mut ask else { panic!("apply") };
        let named = std::sync::Arc::make_mut(writers).get_mut(&1).unwrap();
        (named.id, named.device) = (writer, bob.device);
        reports.add(bob.apply(ask));
    }
    assert_eq!((reports.new, reports.quarantined), (511, 89));
    assert_eq!(bob.set("note", 1, title("surely mine")), Outcome::Changed);
    bob.assert_sound();
}

#[test]
fn kinds_that_a_peer_made_up_do_not_take_the_place_of_known_ones() {
    let (alice, mut bob) = pair();
    for n in 0..KINDS_MAX + 10 {
        bob.apply(line(&alice, &bob, &format!("made_up_{n}"), 1, &title("t"), &now()));
    }
    let report = bob.apply(line(&alice, &bob, "task", 1, &title("first task"), &now()));
    assert_eq!((report.new, report.quarantined), (1, 0));
    assert_eq!(bob.shows("task", 1), title("first task"));
    bob.assert_sound();
}

#[test]
fn a_field_that_is_a_list_in_one_copy_and_none_in_the_other_is_set_aside() {
    let (alice, mut bob) = pair();
    let mut arrives = |n: u8, value: Value| {
        let stamp = Stamp { hlc: Hlc::at(Wall(NOW)), writer: WriterId([n; 8]) };
        let change = if let Value::Array(items) = value {
            Change::Add("x".into(), items[0].clone())
        } else {
            set(json!({ "x": value }))
        };
        let mut entity = Entity::default();
        write(&mut entity, None, &change, stamp, true).unwrap();
        let row = encode(&entity, |_| 1);
        let mut ask = line(&alice, &bob, "habit", 1, &serde_json::from_str(&row.fields).unwrap(), &row.meta);
        if let Ask::Apply { writers, .. } = &mut ask {
            std::sync::Arc::make_mut(writers).get_mut(&1).unwrap().id = stamp.writer;
        }
        bob.apply(ask)
    };
    assert_eq!(arrives(77, json!("a")).new, 1);
    assert_eq!(arrives(78, json!(["b"])), Report { quarantined: 1, ..Report::default() });
    assert_eq!(bob.shows("habit", 1), json!({"x": "a"}));
    bob.assert_sound();
}

#[derive(Clone, Debug)]
enum Step {
    Set(usize, u128, &'static str, u32),
    Tag(usize, u128, u32),
    Remove(usize, u128),
    Keep(usize, u128),
    Skew(usize, u64),
    Pull(usize, usize),
    Tidy(usize),
    Renew(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, id) = (0..3usize, 0..4u128);
    prop_oneof![
        8 => (who.clone(), id.clone(), prop::sample::select(vec!["title", "content", "extra"]), 0..50u32)
            .prop_map(|(who, id, field, v)| Step::Set(who, id, field, v)),
        3 => (who.clone(), id.clone(), 0..4u32).prop_map(|(who, id, v)| Step::Tag(who, id, v)),
        2 => (who.clone(), id.clone()).prop_map(|(who, id)| Step::Remove(who, id)),
        1 => (who.clone(), id).prop_map(|(who, id)| Step::Keep(who, id)),
        1 => (who.clone(), 0..200u64).prop_map(|(who, days)| Step::Skew(who, NOW + days * DAY)),
        8 => (who.clone(), who.clone()).prop_map(|(a, b)| Step::Pull(a, b)),
        1 => who.clone().prop_map(Step::Tidy),
        1 => who.prop_map(Step::Renew),
    ]
}

/// Lines that are nearly right.
fn hostile() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["note", "task", "setting", "odd", "../x", ""]);
    let fields = prop::sample::select(vec![
        r#"{"title":"y"}"#,
        r#"{"tags":["x","y"],"title":"z"}"#,
        r#"{"tags":[null]}"#,
        r#"{"key":"locale"}"#,
        r#"{"title":1e999}"#,
        r#"{"title":{"a":[]}}"#,
        r#"{"a":1,"a":2}"#,
        "{}",
        "[]",
        "{",
    ]);
    let meta = prop::sample::select(vec![
        r#"{"v":[[1,9223372036854775807]]}"#,
        r#"{"v":[[1,5]]}"#,
        r#"{"v":[[1,7]],"t":{"tags":[]}}"#,
        r#"{"v":[[1,7]],"t":{"tags":[],"title":[]}}"#,
        r#"{"v":[[1,6]],"x":[[1,6,[[1,6]]]]}"#,
        r#"{"v":[[1,8]],"x":[[1,8,[[1,3]]]],"s":{"title":[[1,2,"p","q"],[1,8,"r"]]}}"#,
        r#"{"v":[[2,5]]}"#,
        r#"{"v":[]}"#,
        "null",
    ]);
    (kind, 0..3u128, fields, meta).prop_map(|(kind, id, fields, meta)| {
        format!("[\"{kind}\",\"{}\",{fields},{meta}]", uuid::Uuid::from_u128(id))
    })
}

fn two(people: &mut [Person], a: usize, b: usize) -> (&mut Person, &mut Person) {
    let [a, b] = people.get_disjoint_mut([a, b]).unwrap();
    (a, b)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_line_whatever_does_harm(lines in prop::collection::vec(hostile(), 1..6)) {
        let (alice, mut bob) = pair();
        bob.set("note", 1, json!({"title": "typed here", "tags": ["x"]}));
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        bob.apply(raw(&alice, &bob, &lines));
        bob.apply(raw(&alice, &bob, &lines));
        bob.assert_sound();
        prop_assert!(bob.holds("typed here"));
        prop_assert!(bob.store.each(crate::Which::All, |_| Ok::<_, crate::StoreError>(())).is_ok());
    }

    #[test]
    fn any_history_ends_equal_sound_and_without_loss(steps in prop::collection::vec(step(), 1..60)) {
        let mut people: Vec<Person> = (1..=3).map(|n| Person::with_schema(n, schema())).collect();
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            let (a, b) = two(&mut people, a, b);
            befriend(a, b);
        }
        let mut typed: Vec<(u128, String)> = Vec::new();
        for step in steps {
            match step {
                Step::Set(who, id, field, v) => {
                    let value = format!("{field} {v} of {}", typed.len());
                    let mut set = fields(json!({ field: value }));
                    set.entry("title").or_insert(json!("untitled"));
                    people[who].change("note", id, Change::Set(set));
                    typed.push((id, value));
                }
                Step::Tag(who, id, v) => {
                    if people[who].view("note", id).is_some_and(|view| !view.fields.is_empty()) {
                        people[who].change("note", id, Change::Add("tags".into(), json!(format!("tag {v}"))));
                    }
                }
                Step::Remove(who, id) if people[who].view("note", id).is_some() => {
                    people[who].change("note", id, Change::Delete);
                }
                Step::Keep(who, id) => drop(people[who].try_change("note", id, Change::Keep)),
                Step::Skew(who, wall) => people[who].wall = wall,
                Step::Pull(a, b) if a != b => {
                    let (a, b) = two(&mut people, a, b);
                    pull(a, b);
                }
                Step::Tidy(who) => {
                    let mut latest = people[who].wall;
                    latest += 30 * DAY;
                    // What was deleted longer ago than anything is kept may be gone for good.
                    if latest >= NOW + 90 * DAY {
                        let store = &mut people[who].store;
                        let mut is_gone =
                            |id| store.get(&entity("note", id)).unwrap().is_some_and(|note| note.deleted);
                        typed.retain(|(id, _)| !is_gone(*id));
                    }
                    people[who].store.shrink_alone(Wall(latest));
                }
                Step::Renew(who) => drop(people[who].store.renew().unwrap()),
                Step::Remove(..) | Step::Pull(..) => {}
            }
        }
        for person in &mut people {
            person.assert_sound();
        }
        for _ in 0..3 {
            for (a, b) in [(0, 1), (1, 2), (0, 2)] {
                let (a, b) = two(&mut people, a, b);
                pull(a, b);
                pull(b, a);
            }
        }
        let digests: Vec<_> = people.iter_mut().map(Person::digests).collect();
        prop_assert!(digests.iter().all(|d| *d == digests[0]), "{digests:?}");
        for person in &mut people {
            person.assert_sound();
        }
        for (_, value) in typed {
            let held = people.iter_mut().any(|person| person.holds(&value));
            prop_assert!(held, "{value:?} is nowhere");
        }
    }
}

#[test]
fn batches_taken_together_do_what_each_alone_would_have_done() {
    let [mut together, mut apart] = [(); 2].map(|()| pair());
    let lines = |alice: &Person, bob: &Person| {
        [(1, "a", now()), (2, "b", now()), (1, "a, later", stamped(Hlc::at(Wall(NOW + 1)).bits()))]
            .map(|(id, words, meta)| line(alice, bob, "note", id, &title(words), &meta))
    };
    let (alice, bob) = &mut together;
    let answers = bob.store.answer_together(lines(alice, bob).into_iter().map(crate::Ready::from).collect());
    let (alice, bob) = &mut apart;
    let alone: Vec<Answer> = lines(alice, bob).into_iter().map(|ask| bob.ask(ask)).collect();
    assert_eq!(answers, alone);
    for id in [1, 2] {
        assert_eq!(together.1.view("note", id), apart.1.view("note", id));
    }
    assert_eq!(together.1.digests(), apart.1.digests());
    together.1.assert_sound();
}

#[test]
fn a_batch_that_the_database_cannot_take_keeps_no_other_out() {
    let (alice, mut bob) = pair();
    let stranger = Person::new(3);
    let asks = [(&alice, 1), (&stranger, 2), (&alice, 3)]
        .map(|(from, id)| line(from, &bob, "note", id, &title("x"), &now()));
    let answers = bob.store.answer_together(asks.into_iter().map(crate::Ready::from).collect());
    assert!(
        matches!(&answers[..], [Answer::Applied { .. }, Answer::Failed(_), Answer::Applied { .. }]),
        "{answers:?}"
    );
    assert_eq!([1, 2, 3].map(|id| bob.view("note", id).is_some()), [true, false, true]);
}
