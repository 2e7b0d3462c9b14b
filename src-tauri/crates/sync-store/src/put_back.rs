//! Putting back what a line of the history kept: an ordinary write, which leaves a line of its own and so can be undone alike.

use crate::Store;
use crate::error::StoreError;
use crate::history::json;
use crate::names::i64_of;
use crate::refusal::{Refusal, WriteError};
use crate::txn::Txn;
use crate::write::{Edit, Outcome, make};
use rusqlite::{OptionalExtension, params};
use serde_json::Map;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::schema::Rule;
use sync_core::time::Wall;
use uuid::Uuid;

/// A line of the history: kind, id, event, field and value.
type Line = (i64, [u8; 16], String, Option<String>, Option<String>);

impl Store {
    /// Puts back what the history's line of that number kept: the value of a field, the item of a set, or the life of what was
    /// deleted. Returns the entity.
    ///
    /// # Errors
    /// When there is no such line or it kept nothing, the entity is deleted or its content is gone, it is so already, a rule of
    /// today is broken, or the database fails.
    pub fn put_back(&mut self, number: u64, wall: Wall) -> Result<EntityKey, WriteError> {
        let mut txn = self.begin(wall)?;
        let edit = edit(&txn, number)?;
        let outcome = make(&mut txn, &edit)?;
        txn.commit()?;
        match outcome {
            Outcome::Created | Outcome::Changed => Ok(edit.key),
            Outcome::Unchanged => Err(Refusal::AlreadySo { key: edit.key }.into()),
        }
    }
}

/// The write that puts back what a line kept.
fn edit(txn: &Txn<'_>, number: u64) -> Result<Edit, WriteError> {
    let line: Option<Line> = txn
        .sql
        .prepare_cached("SELECT kind, id, event, field, value FROM history WHERE num = ?1")
        .map_err(StoreError::from)?
        .query_row(params![i64_of(number)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()
        .map_err(StoreError::from)?;
    let Some((kind, id, event, field, value)) = line else { return Err(Refusal::NoLine { number }.into()) };
    let key = EntityKey::new(txn.kinds.name(kind)?, Uuid::from_bytes(id));
    let (Some(field), Some(value)) = (field, value) else {
        // Over one that lives it changes nothing.
        return match event.as_str() {
            "deleted" => Ok(Edit { key, change: Change::Keep }),
            _ => Err(Refusal::NothingKept { number, key }.into()),
        };
    };
    let stored = txn.find(&key)?.ok_or_else(|| Refusal::Missing { key: key.clone() })?;
    let entity = txn.decode(&key, &stored)?;
    if entity.is_dead() {
        let is_gone = entity.fields.is_empty() && entity.sets.is_empty();
        return Err(if is_gone { Refusal::Gone { key } } else { Refusal::Deleted { key } }.into());
    }
    let schema = txn.schema;
    let known = schema.kind(&key.kind).and_then(|kind| kind.field(&field));
    let is_set =
        entity.sets.contains_key(field.as_str()) || known.is_some_and(|known| known.rule == Rule::Set);
    let value = json(&value)?.value();
    let change =
        if is_set { Change::Add(field.into(), value) } else { Change::Set(Map::from_iter([(field, value)])) };
    Ok(Edit { key, change })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Person, entity, pair, sync, title};
    use crate::{Event, HistoryFilter};
    use serde_json::json;
    use sync_core::time::DAY;

    /// The number of the latest line of that field, or of the latest event without one.
    fn latest(person: &mut Person, wanted: &str) -> u64 {
        let lines = person.store.history(&HistoryFilter::default(), 100).unwrap();
        let is_wanted = |event: &Event| match event {
            Event::Replaced { field, .. } => &**field == wanted,
            Event::Deleted => wanted == "deleted",
            Event::PutBack => wanted == "put back",
        };
        lines.into_iter().find(|line| is_wanted(&line.event)).unwrap().number
    }

    fn put_back(person: &mut Person, wanted: &str) -> Result<EntityKey, WriteError> {
        let number = latest(person, wanted);
        person.wall += 1;
        person.store.put_back(number, Wall(person.wall))
    }

    fn refusal(result: Result<EntityKey, WriteError>) -> Refusal {
        match result {
            Err(WriteError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_an_item_and_a_life_are_put_back_and_each_can_be_undone() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, json!({"title": "one", "content": "first", "tags": ["a", "b"], "order": 1.0}));
        alice.set("note", 1, json!({"title": "two", "content": "second", "tags": ["b"], "order": 2.0}));
        for field in ["title", "content", "tags", "order"] {
            assert_eq!(put_back(&mut alice, field).unwrap(), entity("note", 1));
        }
        let first = json!({"title": "one", "content": "first", "tags": ["a", "b"], "order": 1.0});
        assert_eq!(alice.shows("note", 1), first);
        // What was put back replaced something, and that can be put back.
        put_back(&mut alice, "title").unwrap();
        assert_eq!(alice.shows("note", 1)["title"], "two");
        alice.change("note", 1, Change::Delete);
        put_back(&mut alice, "deleted").unwrap();
        assert_eq!(alice.shows("note", 1)["title"], "two");
        sync(&mut alice, &mut bob);
        assert_eq!(alice.shows("note", 1), bob.shows("note", 1));
        alice.assert_sound();
    }

    #[test]
    fn what_a_conflict_put_away_is_put_back_everywhere() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, title("base"));
        sync(&mut alice, &mut bob);
        alice.set("note", 1, title("hers"));
        bob.set("note", 1, title("his"));
        sync(&mut alice, &mut bob);
        bob.set("note", 1, title("his"));
        sync(&mut alice, &mut bob);
        put_back(&mut alice, "title").unwrap();
        sync(&mut alice, &mut bob);
        assert_eq!((bob.shows("note", 1), bob.view("note", 1).unwrap().reviews.len()), (title("hers"), 0));
    }

    #[test]
    fn what_is_in_the_way_is_said() {
        let mut alice = Person::new(1);
        let none = alice.store.put_back(7, Wall(alice.wall));
        assert_eq!(refusal(none), Refusal::NoLine { number: 7 });
        alice.set("note", 1, json!({"title": "one", "tags": ["a"]}));
        alice.set("note", 1, json!({"title": "two", "tags": []}));
        let number = latest(&mut alice, "title");
        for (field, back) in [("title", json!({"title": "one"})), ("tags", json!({"tags": ["a"]}))] {
            let number = latest(&mut alice, field);
            alice.set("note", 1, back);
            let already = alice.store.put_back(number, Wall(alice.wall));
            assert!(matches!(refusal(already), Refusal::AlreadySo { .. }));
        }
        alice.change("note", 1, Change::Delete);
        let deleted = alice.store.put_back(number, Wall(alice.wall));
        assert!(matches!(refusal(deleted), Refusal::Deleted { .. }));
        put_back(&mut alice, "deleted").unwrap();
        assert!(matches!(refusal(put_back(&mut alice, "deleted")), Refusal::AlreadySo { .. }));
        assert!(matches!(refusal(put_back(&mut alice, "put back")), Refusal::NothingKept { .. }));
        alice.change("note", 1, Change::Delete);
        alice.store.shrink_alone(Wall(alice.wall + 91 * DAY));
        for wanted in ["deleted", "title"] {
            assert!(matches!(refusal(put_back(&mut alice, wanted)), Refusal::Gone { .. }), "{wanted}");
        }
        alice.assert_sound();
    }
}
