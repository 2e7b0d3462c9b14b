//! What waits for a person to decide, and deciding it. A decision is an ordinary write: it supersedes every version it saw,
//! on every device, and can itself be undone.

use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_core::entity::view::{Candidate, Review};
use sync_core::entity::write::Change;
use sync_core::identity::DeviceId;
use sync_store::{Edit, View};

use crate::error::EngineError;
use crate::{Engine, clock};

/// What a person decides.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// The version written on this device.
    Mine,
    /// The version written on the other device.
    Theirs,
    /// The version of this number, from 1, in the order of the review.
    Number(usize),
    /// Another value.
    Value(Value),
    /// It was deleted on one device: it stays.
    Keep,
    /// It was deleted on one device: so be it.
    Delete,
}

impl Choice {
    fn words(&self) -> &'static str {
        match self {
            Self::Mine => "`mine`",
            Self::Theirs => "`theirs`",
            Self::Number(_) => "that number",
            Self::Value(_) => "that value",
            Self::Keep => "`keep`",
            Self::Delete => "`delete`",
        }
    }
}

/// What a decision did.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// How many questions about the entity are still open.
    pub left: usize,
    /// The edit that takes the decision back: what was shown before is shown again. The versions that were put away stay in
    /// the history.
    pub undo: Edit,
}

impl Engine {
    /// Every entity that waits for a decision, by kind and id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviews(&self) -> Result<Vec<View>, EngineError> {
        Ok(self.db().call(|store| store.reviews()).await??)
    }

    /// Decides what waits about an entity: one field, or without a name all that the choice can mean.
    ///
    /// # Errors
    /// When nothing waits for that choice, it is no version, a rule is broken, or the database fails.
    pub async fn resolve(
        &self,
        key: EntityKey,
        field: Option<String>,
        choice: Choice,
    ) -> Result<Resolved, EngineError> {
        let own = self.device().id;
        let resolve = move |store: &mut sync_store::Store| {
            let view = store.get(&key)?.ok_or_else(|| EngineError::NothingToDecide { key: key.clone() })?;
            let change = decide(&view, field.as_deref(), &choice, own)?;
            let undo = Edit { key: key.clone(), change: undo(&view, &change) };
            store.write(&[Edit { key: key.clone(), change }], clock::now().wall)?;
            let left = store.get(&key)?.map_or(0, |view| view.reviews.len());
            Ok(Resolved { left, undo })
        };
        self.writing(resolve).await
    }
}

/// The write that a decision comes down to.
fn decide(view: &View, field: Option<&str>, choice: &Choice, own: DeviceId) -> Result<Change, EngineError> {
    let key = || view.key.clone();
    let nothing = || EngineError::NothingToDecide { key: key() };
    let no_choice = || EngineError::NoSuchChoice { key: key(), choice: choice.words() };
    let deleted = view.reviews.iter().any(|review| matches!(review, Review::Deleted { .. }));
    match choice {
        Choice::Keep | Choice::Delete if !deleted || field.is_some() => return Err(nothing()),
        Choice::Keep => return Ok(Change::Keep),
        Choice::Delete => return Ok(Change::Delete),
        Choice::Mine | Choice::Theirs | Choice::Number(_) | Choice::Value(_) => {}
    }
    let waiting = fields(view, field);
    if waiting.is_empty() {
        return Err(nothing());
    }
    if waiting.len() > 1 && matches!(choice, Choice::Number(_) | Choice::Value(_)) {
        return Err(EngineError::WhichField {
            key: key(),
            fields: waiting.iter().map(|(f, _)| (*f).to_owned()).collect(),
        });
    }
    let mut set = Map::new();
    for (field, candidates) in waiting {
        let is_own = |candidate: &&Candidate| view.authors.get(&candidate.stamp.writer) == Some(&own);
        let chosen = match choice {
            Choice::Value(value) => Some(value.clone()),
            Choice::Number(number) => {
                number.checked_sub(1).and_then(|at| candidates.get(at)).map(|c| c.value.value())
            }
            Choice::Mine => only(candidates.iter().filter(is_own)),
            Choice::Theirs => only(candidates.iter().filter(|candidate| !is_own(candidate))),
            Choice::Keep | Choice::Delete => None,
        };
        set.insert(field.to_owned(), chosen.ok_or_else(no_choice)?);
    }
    Ok(Change::Set(set))
}

/// The write that takes a decision back.
fn undo(before: &View, decision: &Change) -> Change {
    match decision {
        Change::Set(fields) => {
            let shown = |field: &String| before.fields.get(field).cloned().unwrap_or_default();
            Change::Set(fields.keys().map(|field| (field.clone(), shown(field))).collect())
        }
        Change::Keep => Change::Delete,
        Change::Delete => Change::Keep,
        Change::Text { field, base, text } => {
            Change::Text { field: field.clone(), base: text.clone(), text: base.clone() }
        }
        // No decision comes down to these; each undoes the other.
        Change::Add(field, item) => Change::Remove(field.clone(), item.clone()),
        Change::Remove(field, item) => Change::Add(field.clone(), item.clone()),
    }
}

/// The fields that wait, or the one named if it does, with their versions.
fn fields<'a>(view: &'a View, named: Option<&str>) -> Vec<(&'a str, &'a [Candidate])> {
    let waiting = view.reviews.iter().filter_map(|review| match review {
        Review::Field { field, candidates } => Some((&**field, candidates.as_slice())),
        Review::Deleted { .. } => None,
    });
    waiting.filter(|(field, _)| named.is_none_or(|named| named == *field)).collect()
}

fn only<'a>(mut candidates: impl Iterator<Item = &'a Candidate>) -> Option<Value> {
    candidates.next().filter(|_| candidates.next().is_none()).map(|candidate| candidate.value.value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;
    use sync_core::hlc::Hlc;
    use sync_core::json::Json;
    use sync_core::stamp::{Stamp, WriterId};
    use uuid::Uuid;

    const ALICE: DeviceId = DeviceId::from_bytes([1; 16]);
    const BOB: DeviceId = DeviceId::from_bytes([2; 16]);

    fn candidate(value: &str, writer: u8) -> Candidate {
        let stamp = Stamp { hlc: Hlc::default(), writer: WriterId([writer; 8]) };
        Candidate { value: Json::of(&json!(value)), stamp }
    }

    fn view(reviews: Vec<Review>) -> View {
        View {
            key: EntityKey::new("task", Uuid::nil()),
            title: None,
            fields: Map::new(),
            deleted: false,
            version: Hlc::default(),
            modified_by: None,
            reviews,
            authors: BTreeMap::from([
                (WriterId([1; 8]), ALICE),
                (WriterId([2; 8]), BOB),
                (WriterId([3; 8]), BOB),
            ]),
            local: false,
        }
    }

    fn field(name: &str, candidates: Vec<Candidate>) -> Review {
        Review::Field { field: name.into(), candidates }
    }

    fn set(fields: Value) -> Change {
        let Value::Object(fields) = fields else { unreachable!() };
        Change::Set(fields)
    }

    #[test]
    fn mine_and_theirs_settle_every_field_at_once() {
        let view = view(vec![
            field("title", vec![candidate("hers", 1), candidate("his", 2)]),
            field("status", vec![candidate("done", 2), candidate("todo", 1)]),
        ]);
        let mine = decide(&view, None, &Choice::Mine, ALICE).unwrap();
        assert_eq!(mine, set(json!({ "title": "hers", "status": "todo" })));
        let theirs = decide(&view, Some("title"), &Choice::Theirs, ALICE).unwrap();
        assert_eq!(theirs, set(json!({ "title": "his" })));
        assert!(matches!(
            decide(&view, None, &Choice::Number(1), ALICE),
            Err(EngineError::WhichField { .. })
        ));
        assert!(matches!(
            decide(&view, Some("order"), &Choice::Mine, ALICE),
            Err(EngineError::NothingToDecide { .. })
        ));
    }

    #[test]
    fn a_choice_that_names_no_single_version_is_refused() {
        let view = view(vec![field("title", vec![candidate("a", 2), candidate("b", 3)])]);
        for choice in [Choice::Mine, Choice::Theirs, Choice::Number(0), Choice::Number(3)] {
            assert!(
                matches!(decide(&view, None, &choice, ALICE), Err(EngineError::NoSuchChoice { .. })),
                "{choice:?}"
            );
        }
        assert_eq!(decide(&view, None, &Choice::Number(2), ALICE).unwrap(), set(json!({ "title": "b" })));
        let value = Choice::Value(json!("c"));
        assert_eq!(decide(&view, None, &value, ALICE).unwrap(), set(json!({ "title": "c" })));
    }

    #[test]
    fn a_deletion_is_a_question_of_its_own() {
        let view = view(vec![Review::Deleted { deletes: Vec::new(), edits: Vec::new() }]);
        assert_eq!(decide(&view, None, &Choice::Keep, ALICE).unwrap(), Change::Keep);
        assert_eq!(decide(&view, None, &Choice::Delete, ALICE).unwrap(), Change::Delete);
        assert!(matches!(
            decide(&view, None, &Choice::Mine, ALICE),
            Err(EngineError::NothingToDecide { .. })
        ));
    }

    #[test]
    fn a_decision_can_be_taken_back() {
        let mut view = view(vec![
            field("title", vec![candidate("hers", 1), candidate("his", 2)]),
            field(
                "notes",
                vec![Candidate { value: Json::of(&Value::Null), ..candidate("", 1) }, candidate("his", 2)],
            ),
        ]);
        view.fields.insert("title".into(), json!("hers"));
        let theirs = decide(&view, None, &Choice::Theirs, ALICE).unwrap();
        assert_eq!(undo(&view, &theirs), set(json!({ "title": "hers", "notes": null })));
        assert_eq!(undo(&view, &Change::Keep), Change::Delete);
        assert_eq!(undo(&view, &Change::Delete), Change::Keep);
    }
}
