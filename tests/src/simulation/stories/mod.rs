//! Named stories: what a person would notice, told with alice, bob and carol.

mod anywhere;
mod conflicts;
mod defects;
mod first_merge;
mod interrupted;
mod pairing;
mod time;
mod versions;

use super::world::{Outcomes, Who, World};
use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::entity::write::Change;
use sync_core::node::storage::Report;
use sync_core::session::End;

impl World {
    /// Sets one field; `null` clears it.
    fn set(&mut self, who: Who, key: &EntityKey, field: &str, value: impl Into<Value>) {
        self.change(who, key, Change::Set(Map::from_iter([(field.to_owned(), value.into())])));
    }

    fn change(&mut self, who: Who, key: &EntityKey, change: Change) {
        self.write(who, key, change).expect("a write");
    }

    fn delete(&mut self, who: Who, key: &EntityKey) {
        self.change(who, key, Change::Delete);
    }

    /// What a device shows of an entity; `None` if it has none, or a deleted one.
    fn see(&mut self, who: Who, key: &EntityKey) -> Option<Value> {
        let view = self.store(who).get(key).expect("a view")?;
        (!view.deleted).then_some(Value::Object(view.fields))
    }

    /// What a person is asked about an entity.
    fn asked(&mut self, who: Who, key: &EntityKey) -> Vec<Review> {
        self.store(who).get(key).expect("a view").map(|view| view.reviews).unwrap_or_default()
    }

    /// Syncs, which must end in proof.
    #[track_caller]
    fn sync_well(&mut self, from: Who, to: Who) {
        let outcome = self.sync(from, to);
        assert!(matches!(outcome, Outcomes::Ended(End::Proved, _)), "{outcome:?}");
    }

    /// Settles, and everybody holds the same.
    #[track_caller]
    fn end_well(&mut self) {
        self.settle();
        self.assert_converged();
    }

    /// What a device received in all its recorded sessions.
    fn received(&mut self, who: Who) -> Report {
        let mut sum = Report::default();
        let sessions = self.store(who).sessions(None, 10_000).expect("sessions");
        sessions.into_iter().for_each(|(_, record)| sum.add(record.received));
        sum
    }
}
