//! Tries to refute the merge laws on histories that devices can really produce.

use super::row::{decode, encode};
use super::view::{Review, reviews, shown_fields};
use super::write::{Change, reassert, write};
use super::*;
use crate::hlc::{Clock, Hlc};
use crate::schema::{Field, Kind, Rule, Shape};
use crate::stamp::WriterId;
use crate::time::Wall;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod words;

fn kind() -> Kind {
    let text = Shape::Text { max: 10_000, line: false };
    let field = |name, rule| Field { name, rule, shape: text, required: false };
    Kind {
        name: "note",
        fields: vec![
            field("title", Rule::Register),
            field("content", Rule::Text),
            field("order", Rule::Quiet),
            field("due", Rule::Derived { with: "made", from: "source" }),
            field("made", Rule::Quiet),
            field("source", Rule::Quiet),
            field("tags", Rule::Set),
        ],
        title: "title",
        natural_key: &[],
        local_when: None,
        check: None,
    }
}

/// A device with one entity: its copy, its clock, and whether the copy as it stands was given to anyone.
#[derive(Clone)]
pub(crate) struct Device {
    writer: WriterId,
    clock: Clock,
    wall: u64,
    pub(crate) entity: Entity,
    shared: bool,
    /// Every value that was replaced or dropped here, by whom it may be.
    history: Vec<Json>,
}

impl Device {
    fn new(n: u8, wall: u64) -> Self {
        let entity = Entity::default();
        Self {
            writer: WriterId([n; 8]),
            clock: Clock::default(),
            wall,
            entity,
            shared: false,
            history: Vec::new(),
        }
    }

    fn stamp(&mut self) -> Stamp {
        self.wall += 1;
        Stamp { hlc: self.clock.tick(Wall(self.wall)).unwrap(), writer: self.writer }
    }

    fn change(&mut self, change: &Change) {
        let stamp = self.stamp();
        if let Some(gone) = write(&mut self.entity, Some(&kind()), change, stamp, self.shared).unwrap() {
            self.history.extend(gone.into_iter().map(|r| r.value));
            self.shared = false;
        }
    }

    fn set(&mut self, field: &str, value: &str) {
        self.change(&Change::Set(Map::from_iter([(field.to_owned(), json!(value))])));
    }

    fn add(&mut self, item: &str) {
        self.change(&Change::Add("tags".into(), json!(item)));
    }

    fn receive(&mut self, other: &mut Self) {
        if other.entity.vv.is_empty() {
            return;
        }
        other.shared = true;
        if let Some(newest) = other.entity.vv.newest() {
            self.clock.observe(newest.hlc, Wall(self.wall));
        }
        let before = self.entity.clone();
        let ours = (!before.vv.is_empty()).then_some(&before);
        let applied = apply(ours, other.entity.clone());
        self.history.extend(applied.replaced.into_iter().map(|r| r.value));
        self.entity = applied.entity;
        if applied.verdict != Verdict::Unchanged {
            self.shared = true;
        }
        if applied.reassert {
            let stamp = self.stamp();
            reassert(&mut self.entity, &before, stamp);
            self.shared = false;
        }
    }

    fn shows(&self) -> Value {
        Value::Object(shown_fields(&self.entity))
    }

    fn reviews(&self) -> Vec<Review> {
        reviews(&self.entity, Some(&kind()))
    }
}

fn sync(a: &mut Device, b: &mut Device) {
    for _ in 0..3 {
        b.receive(a);
        a.receive(b);
    }
    assert_eq!(a.entity, b.entity);
}

fn pair() -> (Device, Device) {
    (Device::new(1, 1_000), Device::new(2, 1_000))
}

#[test]
fn a_text_that_grew_too_long_by_merging_can_be_edited_again() {
    let base = Some(Json::of(&json!("Middle.")));
    let mut entity = Entity::default();
    let half = |side: u8| "x".repeat(150 * 1024) + &side.to_string();
    for (side, text) in [(1, format!("{}\nMiddle.", half(1))), (2, format!("Middle.\n{}", half(2)))] {
        let stamp = Stamp { hlc: Hlc::at(Wall(5)), writer: WriterId([side; 8]) };
        let sibling = Sibling { stamp, value: Json::of(&json!(text)), base: base.clone() };
        entity.fields.entry("content".into()).or_default().insert(sibling);
        entity.vv.observe(stamp);
    }
    assert!(shown_fields(&entity)["content"].as_str().unwrap().len() > crate::limits::VALUE_MAX);
    let stamp = Stamp { hlc: Hlc::at(Wall(6)), writer: WriterId([1; 8]) };
    let edit = Change::Set(Map::from_iter([("content".into(), json!("Shorter."))]));
    write(&mut entity, Some(&kind()), &edit, stamp, true).unwrap();
    let row = encode(&entity, |writer| writer.0[0].into());
    assert_eq!(decode(&row.fields, &row.meta, |n| Some(WriterId([n as u8; 8]))), Ok(entity));
}

#[test]
fn edits_of_a_text_by_eight_devices_merge_and_by_nine_a_person_is_asked() {
    let line = |n: usize| format!("Line {n}.\n");
    let base: Vec<String> = (0..20).map(line).collect();
    let edited_by = |devices: usize| {
        let mut entity = Entity::default();
        for device in 0..devices {
            let mut text = base.clone();
            text[2 * device] = format!("Device {device} was here.\n");
            let stamp = Stamp { hlc: Hlc::at(Wall(5)), writer: WriterId([device as u8; 8]) };
            let (value, base) = (Json::of(&json!(text.concat())), Some(Json::of(&json!(base.concat()))));
            entity.fields.entry("content".into()).or_default().insert(Sibling { stamp, value, base });
            entity.vv.observe(stamp);
        }
        entity
    };
    let edits =
        |entity: &Entity| shown_fields(entity)["content"].as_str().unwrap().matches("was here").count();
    let (eight, nine) = (edited_by(8), edited_by(9));
    assert_eq!((edits(&eight), reviews(&eight, Some(&kind()))), (8, vec![]));
    assert_eq!(edits(&nine), 1, "the newest");
    let asked = reviews(&nine, Some(&kind()));
    assert!(matches!(&asked[..], [Review::Field { candidates, .. }] if candidates.len() == 9), "{asked:?}");
}

#[test]
fn edits_of_different_fields_merge_without_a_question() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Plan");
    sync(&mut alice, &mut bob);
    alice.set("title", "Plan the trip");
    bob.set("order", "2");
    bob.add("travel");
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows(), json!({"title": "Plan the trip", "order": "2", "tags": ["travel"]}));
    assert_eq!(bob.reviews(), []);
}

#[test]
fn what_was_replaced_before_a_delete_elsewhere_is_in_the_history() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Plan");
    sync(&mut alice, &mut bob);
    bob.set("title", "Plan B");
    bob.change(&Change::Delete);
    alice.receive(&mut bob);
    assert!(alice.entity.is_dead());
    assert_eq!(alice.history, [Json::of(&json!("Plan"))]);
}

#[test]
fn edits_of_one_field_are_put_up_for_review_and_a_resolution_clears_everywhere() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Plan");
    sync(&mut alice, &mut bob);
    alice.set("title", "Plan A");
    bob.wall += 10;
    bob.set("title", "Plan B");
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows()["title"], "Plan B");
    let [Review::Field { candidates, .. }] = &alice.reviews()[..] else { panic!("one review") };
    assert_eq!(candidates.iter().map(|c| c.value.value()).collect::<Vec<_>>(), ["Plan B", "Plan A"]);
    alice.set("title", "Plan B");
    sync(&mut alice, &mut bob);
    assert_eq!(bob.reviews(), []);
    sync(&mut bob, &mut alice);
    assert_eq!(alice.reviews(), []);
}

#[test]
fn nobody_chooses_between_values_that_were_derived_from_the_same() {
    let (mut alice, mut bob) = pair();
    bob.wall += 10;
    let derived = |due: &str, made: &str, source: &str| {
        let fields = [("due", due), ("made", made), ("source", source)];
        Change::Set(fields.map(|(name, value)| (name.to_owned(), json!(value))).into_iter().collect())
    };
    let asked = |device: &Device| {
        let reviews = device.reviews();
        matches!(&reviews[..], [Review::Field { field, .. }] if &**field == "due")
    };
    alice.change(&derived("on Monday", "1", "the first"));
    bob.change(&derived("on Tuesday", "2", "the first"));
    sync(&mut alice, &mut bob);
    assert_eq!((&alice.shows()["due"], alice.reviews()), (&json!("on Tuesday"), vec![]));

    // Taken back and derived once more: what it was derived from did not change.
    alice.change(&Change::Delete);
    alice.change(&derived("on Wednesday", "3", "the first"));
    bob.change(&derived("on Thursday", "4", "the first"));
    sync(&mut alice, &mut bob);
    assert_eq!(alice.reviews(), []);

    // From different things; by a person beside the application; by persons alone.
    alice.change(&derived("at nine", "5", "nine"));
    bob.change(&derived("at ten", "6", "ten"));
    sync(&mut alice, &mut bob);
    assert!(asked(&alice));
    alice.change(&derived("on Friday", "7", "the last"));
    sync(&mut alice, &mut bob);
    alice.set("due", "by hand");
    bob.change(&derived("on Saturday", "8", "the last"));
    sync(&mut alice, &mut bob);
    assert!(asked(&alice));
    alice.set("due", "decided");
    sync(&mut alice, &mut bob);
    assert_eq!(alice.reviews(), []);
    alice.set("due", "by hand");
    bob.set("due", "by another hand");
    sync(&mut alice, &mut bob);
    assert!(asked(&alice));
}

#[test]
fn equal_values_are_no_conflict() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Same");
    bob.set("title", "Same");
    sync(&mut alice, &mut bob);
    assert_eq!(alice.reviews(), []);
}

#[test]
fn a_later_edit_beats_a_clock_from_2050() {
    let (mut alice, mut bob) = pair();
    bob.wall = 2_524_608_000_000;
    bob.set("title", "From the future");
    sync(&mut alice, &mut bob);
    alice.set("title", "Later");
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows()["title"], "Later");
    assert_eq!(bob.reviews(), []);
}

#[test]
fn a_notes_two_ends_merge_on_every_device_without_a_write() {
    let (mut alice, mut bob) = pair();
    alice.set("content", "Body.");
    sync(&mut alice, &mut bob);
    alice.set("content", "Top.\nBody.");
    alice.set("content", "The top.\nBody.");
    bob.set("content", "Body.\nEnd.");
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows()["content"], "The top.\nBody.\nEnd.");
    assert_eq!(bob.shows(), alice.shows());
    assert_eq!(alice.reviews(), []);
    alice.set("content", "The top.\nBody!\nEnd.");
    bob.set("content", "The top.\nBody.\nEnd. Really.");
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows()["content"], "The top.\nBody!\nEnd. Really.");
}

#[test]
fn an_edit_beats_a_delete_that_had_not_seen_it_and_is_asked_about() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Keep me?");
    sync(&mut alice, &mut bob);
    alice.change(&Change::Delete);
    bob.set("title", "Still needed");
    sync(&mut alice, &mut bob);
    assert!(!alice.entity.is_dead());
    assert!(matches!(&bob.reviews()[..], [Review::Deleted { .. }]));
    bob.change(&Change::Keep);
    sync(&mut alice, &mut bob);
    assert_eq!((alice.reviews(), alice.entity.is_dead()), (vec![], false));
    alice.change(&Change::Delete);
    sync(&mut alice, &mut bob);
    assert!(bob.entity.is_dead());
}

#[test]
fn a_delete_of_a_year_ago_stays_deleted_until_someone_puts_it_back() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Old");
    sync(&mut alice, &mut bob);
    alice.change(&Change::Delete);
    alice.entity.shrink();
    bob.wall += 31_536_000_000;
    sync(&mut bob, &mut alice);
    assert!(bob.entity.is_dead());
    assert_eq!(bob.entity.checksum(&key()), alice.entity.checksum(&key()));
    alice.set("title", "Back");
    sync(&mut alice, &mut bob);
    assert_eq!((bob.shows(), bob.reviews()), (json!({"title": "Back"}), vec![]));
}

#[test]
fn the_other_side_of_a_conflict_outlives_a_shrunk_tombstone_in_the_history() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Plan A");
    bob.set("title", "Plan B");
    sync(&mut alice, &mut bob);
    alice.change(&Change::Delete);
    alice.entity.shrink();
    bob.set("order", "1");
    sync(&mut bob, &mut alice);
    assert_eq!(bob.shows(), json!({"title": "Plan B", "order": "1"}));
    assert_eq!(bob.history, [Json::of(&json!("Plan A"))]);
}

#[test]
fn what_another_tombstone_takes_along_is_in_the_history() {
    let (mut alice, mut bob) = pair();
    alice.set("title", "Trip");
    alice.add("travel");
    alice.change(&Change::Delete);
    sync(&mut alice, &mut bob);
    alice.change(&Change::Keep);
    alice.change(&Change::Delete);
    alice.entity.shrink();
    sync(&mut alice, &mut bob);
    assert!(bob.entity.is_dead());
    assert_eq!(bob.history, ["Trip", "travel"].map(|value| Json::of(&json!(value))));
}

#[test]
fn what_is_put_back_keeps_its_tags_although_another_tombstone_has_shrunk() {
    let edit = Change::Set(Map::from_iter([("title".to_owned(), json!("Trip to Rome"))]));
    for put_back in [Change::Keep, edit] {
        let (mut alice, mut bob) = pair();
        alice.set("title", "Trip");
        alice.add("travel");
        alice.change(&Change::Delete);
        sync(&mut alice, &mut bob);
        alice.entity.shrink();
        bob.change(&put_back);
        let shown = bob.shows();
        alice.receive(&mut bob);
        bob.receive(&mut alice);
        sync(&mut alice, &mut bob);
        assert_eq!(shown["tags"], json!(["travel"]));
        assert_eq!((alice.shows(), bob.shows()), (shown.clone(), shown));
    }
}

#[test]
fn a_shrunk_tombstone_that_meets_an_edit_gets_its_other_fields_back() {
    for carol_first in [false, true] {
        let (mut alice, mut bob) = pair();
        let mut carol = Device::new(3, 1_000);
        alice.set("title", "Trip");
        alice.set("order", "7");
        alice.add("travel");
        sync(&mut alice, &mut bob);
        sync(&mut alice, &mut carol);
        alice.change(&Change::Delete);
        alice.entity.shrink();
        bob.set("title", "Trip to Rome");
        if carol_first {
            // Alice and carol both hold the tombstone before either meets the edit.
            sync(&mut alice, &mut carol);
            carol.entity.shrink();
        }
        alice.receive(&mut bob);
        bob.receive(&mut alice);
        sync(&mut alice, &mut bob);
        sync(&mut bob, &mut carol);
        sync(&mut alice, &mut carol);
        assert_eq!(alice.shows(), json!({"title": "Trip to Rome", "order": "7", "tags": ["travel"]}));
        assert_eq!(alice.entity, carol.entity);
        assert!(matches!(&carol.reviews()[..], [Review::Deleted { .. }]));
    }
}

#[test]
fn removing_one_of_two_items_added_together_leaves_the_other() {
    let (mut alice, mut bob) = pair();
    alice.change(&Change::Set(Map::from_iter([("tags".to_owned(), json!(["home", "work"]))])));
    sync(&mut alice, &mut bob);
    bob.change(&Change::Remove("tags".into(), json!("home")));
    alice.add("urgent");
    sync(&mut alice, &mut bob);
    assert_eq!(alice.shows(), json!({"tags": ["urgent", "work"]}));
}

#[test]
fn one_stamp_with_two_contents_keeps_both() {
    // A clone that nobody noticed: two devices gave out the same stamp.
    let (mut alice, mut bob) = pair();
    bob.writer = alice.writer;
    alice.set("title", "one");
    bob.set("title", "two");
    sync(&mut alice, &mut bob);
    assert!(matches!(&alice.reviews()[..], [Review::Field { candidates, .. }] if candidates.len() == 2));
}

#[test]
fn writing_what_is_there_already_changes_nothing() {
    let mut alice = Device::new(1, 0);
    alice.set("title", "Plan");
    let before = alice.entity.clone();
    alice.set("title", "Plan");
    alice.change(&Change::Set(Map::from_iter([("tags".to_owned(), Value::Null)])));
    assert_eq!(alice.entity, before);
}

fn key() -> EntityKey {
    EntityKey::new("note", Uuid::nil())
}

/// What a person does, and to which of three devices.
#[derive(Clone, Debug)]
enum Step {
    Set(usize, &'static str, u32),
    Text(usize, bool, u32),
    Add(usize, u32),
    Remove(usize, u32),
    Delete(usize),
    Keep(usize),
    Skew(usize, u64),
    Send(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..3usize;
    prop_oneof![
        6 => (who.clone(), prop::sample::select(vec!["title", "order"]), 0..1000u32).prop_map(|(d, f, v)| Step::Set(d, f, v)),
        3 => (who.clone(), any::<bool>(), 0..1000u32).prop_map(|(d, top, v)| Step::Text(d, top, v)),
        3 => (who.clone(), 0..4u32).prop_map(|(d, v)| Step::Add(d, v)),
        2 => (who.clone(), 0..4u32).prop_map(|(d, v)| Step::Remove(d, v)),
        1 => who.clone().prop_map(Step::Delete),
        1 => who.clone().prop_map(Step::Keep),
        1 => (who.clone(), 0..1u64 << 42).prop_map(|(d, wall)| Step::Skew(d, wall)),
        6 => (who.clone(), who).prop_map(|(a, b)| Step::Send(a, b)),
    ]
}

struct World {
    devices: Vec<Device>,
    typed: Vec<(usize, Json)>,
}

fn play(steps: &[Step]) -> World {
    let mut world = World { devices: (1..=3).map(|n| Device::new(n, 1_000)).collect(), typed: Vec::new() };
    for step in steps.iter().cloned() {
        match step {
            Step::Set(d, field, v) => {
                let value = format!("{field}-{v}-{}", world.typed.len());
                world.typed.push((d, Json::of(&json!(value))));
                world.devices[d].set(field, &value);
            }
            Step::Text(d, top, v) => {
                let device = &mut world.devices[d];
                let old =
                    device.shows().get("content").and_then(Value::as_str).unwrap_or("middle").to_owned();
                let line = format!("line {v} {}", world.typed.len());
                device.set("content", &if top { format!("{line}\n{old}") } else { format!("{old}\n{line}") });
            }
            Step::Add(d, v) => world.devices[d].add(&format!("tag{v}")),
            Step::Remove(d, v) => {
                world.devices[d].change(&Change::Remove("tags".into(), json!(format!("tag{v}"))))
            }
            Step::Delete(d) if !world.devices[d].entity.vv.is_empty() => {
                world.devices[d].change(&Change::Delete)
            }
            Step::Keep(d) => world.devices[d].change(&Change::Keep),
            Step::Skew(d, wall) => world.devices[d].wall = wall,
            Step::Send(a, b) if a != b => {
                let mut from = world.devices[a].clone();
                world.devices[b].receive(&mut from);
                world.devices[a].shared = from.shared;
            }
            Step::Delete(_) | Step::Send(..) => {}
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn merge_is_commutative_associative_and_idempotent(steps in prop::collection::vec(step(), 1..60)) {
        let world = play(&steps);
        let [a, b, c] = [0, 1, 2].map(|i| &world.devices[i].entity);
        prop_assert_eq!(&merge(a, b), &merge(b, a));
        prop_assert_eq!(merge(&merge(a, b), c), merge(a, &merge(b, c)));
        prop_assert_eq!(&merge(a, a), a);
        let ab = merge(a, b);
        prop_assert_eq!(&merge(&ab, b), &ab);
        prop_assert_eq!(ab.checksum(&key()), merge(b, a).checksum(&key()));
    }

    #[test]
    fn devices_that_exchanged_everything_are_equal_and_no_typed_value_vanished(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = play(&steps);
        for _ in 0..3 {
            for (a, b) in [(0, 1), (1, 2), (0, 2)] {
                let mut from = world.devices[a].clone();
                world.devices[b].receive(&mut from);
                let mut from = world.devices[b].clone();
                world.devices[a].receive(&mut from);
            }
        }
        prop_assert_eq!(&world.devices[0].entity, &world.devices[1].entity);
        prop_assert_eq!(&world.devices[0].entity, &world.devices[2].entity);
        for (d, value) in &world.typed {
            let held = world.devices.iter().any(|device| {
                device.history.contains(value) || device.entity.fields.values().flatten().any(|s| s.value == *value)
            });
            prop_assert!(held, "{value:?}, typed on device {d}, is nowhere");
        }
    }

    #[test]
    fn a_row_gives_back_the_entity(steps in prop::collection::vec(step(), 1..60)) {
        let world = play(&steps);
        let all = merge(&merge(&world.devices[0].entity, &world.devices[1].entity), &world.devices[2].entity);
        for entity in world.devices.iter().map(|d| &d.entity).chain([&all]) {
            if entity.vv.is_empty() {
                continue;
            }
            let row = encode(entity, |writer| u32::from(writer.0[0]));
            let back = decode(&row.fields, &row.meta, |n| Some(WriterId([n as u8; 8])));
            prop_assert_eq!(back.as_ref(), Ok(entity), "{} {}", row.fields, row.meta);
        }
    }

    #[test]
    fn no_text_makes_decoding_panic(fields in ".{0,80}", meta in ".{0,80}") {
        let _ = decode(&fields, &meta, |n| Some(WriterId([n as u8; 8])));
    }
}

#[test]
fn a_fresh_entity_takes_few_bytes_of_meta() {
    let mut alice = Device::new(1, 1_700_000_000_000);
    alice.change(&Change::Set(Map::from_iter([
        ("title".to_owned(), json!("Plan")),
        ("order".to_owned(), json!("1")),
    ])));
    let row = encode(&alice.entity, |_| 0);
    assert_eq!(row.fields, r#"{"order":"1","title":"Plan"}"#);
    assert_eq!(row.meta, format!(r#"{{"v":[[0,{}]]}}"#, Hlc::at(Wall(1_700_000_000_001)).bits()));
}

#[test]
fn a_row_that_breaks_a_rule_is_refused_with_the_rule() {
    let writer = |n| (n == 0).then_some(WriterId([7; 8]));
    let refused = |fields: &str, meta: &str| decode(fields, meta, writer).unwrap_err().to_string();
    assert!(refused(r#"{"b":1,"a":2}"#, r#"{"v":[[0,5]]}"#).contains("ascending"));
    assert!(refused(r#"{"a":1,"a":2}"#, r#"{"v":[[0,5]]}"#).contains("ascending"));
    assert!(refused(r#"{"a":1}"#, r#"{"v":[[1,5]]}"#).contains("unknown writer 1"));
    assert!(refused(r#"{"a":1}"#, r#"{"v":[[0,5]],"d":[0,6]}"#).contains("has not seen"));
    assert!(refused(r#"{"a":1}"#, r#"{"v":[[0,9223372036854775808]]}"#).contains("range"));
    assert!(refused(r#"{"a":1e999}"#, r#"{"v":[[0,5]]}"#).contains("a: "));
    assert!(refused(r#"{"A b":1}"#, r#"{"v":[[0,5]]}"#).contains("name"));
    assert!(refused(r#"{}"#, r#"{"v":[]}"#).contains("has not seen"));
    assert!(refused(r#"{"a":1}"#, r#"{"v":[[0,5]],"s":{"b":[[0,5]]}}"#).contains("no value"));
}
