//! What people decided, and that nobody is asked it again: a conflict may come back with an edit that the decision had not seen,
//! never with what it had.

use super::world::{Who, World};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::entity::write::Change;
use sync_core::stamp::Stamp;

/// One question that a write answered.
struct Decision {
    /// The field it was about; `None`: whether the entity lives.
    field: Option<Box<str>>,
    /// What was to choose from.
    settled: BTreeSet<Stamp>,
    by: Stamp,
}

#[derive(Default)]
pub(crate) struct Decisions(BTreeMap<EntityKey, Vec<Decision>>);

impl World {
    /// A write was made where `asked` waited: whatever it answers is decided.
    pub(super) fn decided(&mut self, key: &EntityKey, asked: &[Review], change: &Change, by: Stamp) {
        for review in asked {
            let answered = match (review, change) {
                (Review::Field { field, .. }, Change::Set(fields)) => fields.contains_key(&**field),
                (Review::Deleted { .. }, Change::Delete | Change::Keep) => true,
                (Review::Field { .. } | Review::Deleted { .. }, _) => false,
            };
            if answered {
                let (field, settled) = subject(review);
                self.decisions.0.entry(key.clone()).or_default().push(Decision { field, settled, by });
                self.tally.note("conflicts decided");
            }
        }
    }

    /// Nobody at this device is asked again what was decided and reached it.
    pub(super) fn check_decisions<'a>(&mut self, who: Who, keys: impl IntoIterator<Item = &'a EntityKey>) {
        for key in keys {
            let Some(decisions) = self.decisions.0.get(key) else { continue };
            if self.oracle.is_doubtful(key) {
                continue;
            }
            let waiting = self.devices[who].store.get(key).expect("a view").map(|view| view.reviews);
            let again = waiting.iter().flatten().map(subject).any(|(field, asked)| {
                let returns =
                    |decision: &&Decision| decision.field == field && !decision.settled.is_disjoint(&asked);
                let known = |decision: &Decision| self.oracle.has_seen(who, key, decision.by);
                decisions.iter().filter(returns).any(known)
            });
            if again {
                let name = self.devices[who].name;
                self.break_promise(format!("{name} is asked again what was decided: {key}, {waiting:?}"));
            }
        }
    }

    /// All entities about which anything was ever decided.
    pub(super) fn decided_keys(&self) -> Vec<EntityKey> {
        self.decisions.0.keys().cloned().collect()
    }
}

/// What a question is about, and what there is to choose from.
fn subject(review: &Review) -> (Option<Box<str>>, BTreeSet<Stamp>) {
    match review {
        Review::Field { field, candidates } => {
            (Some(field.clone()), candidates.iter().map(|candidate| candidate.stamp).collect())
        }
        Review::Deleted { deletes, .. } => (None, deletes.iter().copied().collect()),
    }
}
