use super::*;
use crate::testing::{NOW, Person, entity, line, pair, set, sync, title};
use crate::{Edit, HistoryFilter, Refusal, WriteError};
use serde_json::json;
use sync_core::entity::write::Change;
use sync_core::node::storage::{Ask, Report, SessionRecord};

#[test]
fn a_tombstone_keeps_its_content_for_90_days_and_itself_for_ever() {
    let (mut alice, mut bob) = pair();
    alice.set("note", 1, json!({"title": "old", "scroll": 3, "tags": ["x"]}));
    alice.set("note", 2, title("lives"));
    alice.change("note", 1, Change::Delete);
    sync(&mut alice, &mut bob);
    assert_eq!(alice.store.tidy(Wall(NOW + 89 * DAY)).unwrap().shrunk, 0);
    alice.change("note", 1, Change::Keep);
    assert_eq!(alice.shows("note", 1), json!({"title": "old", "scroll": 3, "tags": ["x"]}));
    alice.change("note", 1, Change::Delete);
    sync(&mut alice, &mut bob);

    let digests = alice.digests();
    assert_eq!(alice.store.tidy(Wall(NOW + 91 * DAY)).unwrap().shrunk, 1);
    assert_eq!(alice.store.tidy(Wall(NOW + 91 * DAY)).unwrap(), Tidied::default());
    let view = alice.view("note", 1).unwrap();
    assert!(view.deleted && view.fields.is_empty());
    // Bob still holds it whole, and both still hold the same.
    assert_eq!((alice.digests(), bob.digests()), (digests.clone(), digests));
    assert!(bob.holds("old") && !alice.holds("old"));
    let gone = alice.try_change("note", 1, Change::Keep).unwrap_err();
    assert!(matches!(gone, WriteError::Refused(Refusal::Gone { .. })), "{gone}");
    alice.assert_sound();
    sync(&mut alice, &mut bob);
    assert!(bob.view("note", 1).unwrap().deleted);
    // What is written anew under that id lives again.
    alice.set("note", 1, title("again"));
    sync(&mut alice, &mut bob);
    assert_eq!(bob.shows("note", 1), title("again"));
}

#[test]
fn many_tombstones_take_several_transactions() {
    let mut alice = Person::new(1);
    let edits = |change: Change| -> Vec<Edit> {
        (0..1_200).map(|id| Edit { key: entity("note", id), change: change.clone() }).collect()
    };
    alice.store.write_each(&edits(set(title("x"))), Wall(NOW)).unwrap();
    alice.store.write_each(&edits(Change::Delete), Wall(NOW)).unwrap();
    alice.store.tidy(Wall(NOW + 90 * DAY)).unwrap();
    assert_eq!(alice.store.tidy(Wall(NOW + 91 * DAY)).unwrap().shrunk, 1_200);
    alice.assert_sound();
}

#[test]
fn the_history_ends_after_90_days() {
    let (mut alice, mut bob) = pair();
    bob.set("note", 1, title("one"));
    bob.set("note", 1, title("two"));
    let record = SessionRecord {
        peer: alice.device,
        started: NOW,
        ended: NOW,
        sent: 0,
        received: Report::default(),
        bytes: [0, 0],
        proved: true,
        reason: None,
    };
    let unproved = SessionRecord { proved: false, ..record.clone() };
    bob.ask(Ask::Record(record));
    bob.ask(Ask::Record(unproved.clone()));
    bob.apply(line(&alice, &bob, "note", 2, &json!({"title": 1}), "{\"v\":[[1,5]]}"));
    alice.wall = NOW;
    assert_eq!(bob.store.tidy(Wall(NOW + 89 * DAY)).unwrap(), Tidied::default());
    assert_eq!(bob.store.tidy(Wall(NOW + 91 * DAY)).unwrap(), Tidied { shrunk: 0, pruned: 3 });
    assert_eq!(bob.store.history(&HistoryFilter::default(), 9).unwrap(), []);
    assert_eq!(bob.store.quarantined().unwrap(), []);
    // As long as nothing is proved since, it says that the two may differ.
    assert_eq!(bob.store.sessions(None, 9).unwrap(), [(2, unproved)]);
    sync(&mut bob, &mut alice);
    assert_eq!(bob.store.tidy(Wall(NOW + 92 * DAY)).unwrap().pruned, 1);
    assert_eq!(bob.shows("note", 1), title("two"));
}

#[test]
fn a_line_of_91_days_goes_and_one_of_89_days_stays() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("one"));
    alice.set("note", 1, title("two"));
    alice.wall += 2 * DAY;
    alice.set("note", 1, title("three"));
    alice.store.tidy(Wall(NOW + 90 * DAY)).unwrap();
    alice.store.tidy(Wall(NOW + 91 * DAY)).unwrap();
    assert!(!alice.holds("one") && alice.holds("two") && alice.holds("three"));
}

#[test]
fn what_others_replace_and_delete_while_our_clock_is_years_behind_is_kept() {
    let (mut alice, mut bob) = pair();
    for id in [1, 2] {
        alice.set("note", id, title("hers"));
    }
    sync(&mut alice, &mut bob);
    alice.store.tidy(Wall(NOW)).unwrap();
    bob.wall += 200 * DAY;
    bob.set("note", 1, title("his"));
    bob.change("note", 2, Change::Delete);
    alice.wall = NOW - 2_000 * DAY;
    sync(&mut alice, &mut bob);
    // Her own edits of that hour, too, which she made after one that is kept.
    alice.wall = NOW + 200 * DAY;
    alice.set("note", 3, title("right"));
    alice.set("note", 3, title("right again"));
    alice.wall = NOW - 2_000 * DAY;
    alice.set("note", 3, title("wrong"));
    for day in 200..204 {
        alice.store.tidy(Wall(NOW + day * DAY)).unwrap();
    }
    assert!(["hers", "right", "right again"].iter().all(|value| alice.holds(value)));
    alice.change("note", 2, Change::Keep);
    assert_eq!(alice.shows("note", 2), title("hers"));
    alice.assert_sound();
}

#[test]
fn one_day_in_2050_ends_no_history() {
    let mut alice = Person::new(1);
    alice.set("note", 1, title("one"));
    alice.set("note", 1, title("two"));
    alice.change("note", 1, Change::Delete);
    alice.store.tidy(Wall(NOW)).unwrap();
    let year_2050 = Wall(2_524_608_000_000);
    assert_eq!(alice.store.tidy(year_2050).unwrap(), Tidied::default());
    // Nor do two starts of the app.
    assert_eq!(alice.store.tidy(Wall(year_2050.0 + MINUTE)).unwrap(), Tidied::default());
    assert!(alice.holds("one") && alice.holds("two"));
    assert_eq!(alice.store.tidy(Wall(NOW + DAY)).unwrap(), Tidied::default());
    assert_eq!(alice.store.tidy(Wall(NOW + 2 * DAY)).unwrap(), Tidied::default());
    assert!(alice.holds("one") && alice.holds("two"));
}
