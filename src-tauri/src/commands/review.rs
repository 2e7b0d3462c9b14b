//! What waits for the person to decide, and what was decided before.

use std::collections::BTreeMap;

use planner::kinds::{habit, task};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;
use sync_core::entity::EntityKey;
use sync_core::entity::view::{Candidate, Review as Waiting};
use sync_core::identity::DeviceId;
use sync_core::schema::{Field, Schema, Shape};
use sync_core::stamp::Stamp;
use sync_engine::{Engine, View};
use tauri::State;
use uuid::Uuid;

use super::data::{Edit, Entity};
use super::{JsonValue, key};
use crate::app::App;
use crate::error::AppError;
use crate::words::{self, DiffPart};

/// An entity that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct ReviewItem {
    kind: String,
    id: String,
    title: Option<String>,
    /// The fields in question.
    fields: Vec<String>,
    /// Whether it was deleted on one device and edited on another.
    deleted: bool,
    /// What the devices are called.
    devices: Vec<String>,
    /// When the last of it was written.
    at: u64,
}

/// One of several concurrent values.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Side {
    /// For a choice by number, from 1.
    number: u32,
    device: Option<String>,
    name: String,
    own: bool,
    at: u64,
    #[specta(type = JsonValue)]
    value: Value,
    /// As a person reads it.
    text: String,
    /// From what is shown now to it.
    diff: Vec<DiffPart>,
}

/// Something to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Question {
    Field {
        field: String,
        label: String,
        multiline: bool,
        /// What is shown until it is decided.
        now: String,
        #[specta(type = JsonValue)]
        now_value: Value,
        sides: Vec<Side>,
        /// A proposal that has all of them, for texts.
        combined: Option<String>,
        /// The choices, where there are only so many.
        options: Option<Vec<String>>,
    },
    Deleted {
        deleted_by: String,
        deleted_at: u64,
        deleted_own: bool,
        edited_by: String,
        edited_at: u64,
        edited_own: bool,
    },
}

/// All there is to decide about an entity.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Review {
    entity: Entity,
    questions: Vec<Question>,
    /// The other fields.
    unchanged: Vec<Unchanged>,
}

/// A field that nothing is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Unchanged {
    field: String,
    label: String,
    text: String,
}

/// What the person decides.
#[derive(Clone, Debug, PartialEq, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Choice {
    Number {
        number: u32,
    },
    Value {
        #[specta(type = JsonValue)]
        value: Value,
    },
    Keep,
    Delete,
}

/// What a decision did.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Resolved {
    /// Questions still open about the entity.
    left: u32,
    /// Takes the decision back.
    undo: Edit,
}

/// A decision of the past.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Decided {
    kind: String,
    id: String,
    title: Option<String>,
    field: String,
    label: String,
    at: u64,
    by: String,
    chosen: String,
    /// What was put away; each can still be used instead.
    others: Vec<Other>,
}

/// A value that was put away.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Other {
    #[specta(type = JsonValue)]
    value: Value,
    text: String,
}

/// Everything that waits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reviews(app: State<'_, App>) -> Result<Vec<ReviewItem>, AppError> {
    let engine = app.device().await?.engine;
    let names = Names::load(&engine).await?;
    Ok(engine.reviews().await?.iter().map(|view| item(view, &names)).collect())
}

/// All there is to decide about an entity.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review(app: State<'_, App>, kind: String, id: String) -> Result<Review, AppError> {
    let engine = app.device().await?.engine;
    let view = engine.get(&key(&kind, &id)?).await?;
    let view = view.ok_or(sync_engine::EngineError::NoEntity { kind, id })?;
    let mut reader = Reader::load(&engine).await?;
    let asked = view.reviews.iter().flat_map(|waiting| match waiting {
        Waiting::Field { candidates, .. } => candidates.as_slice(),
        Waiting::Deleted { .. } => &[],
    });
    let values: Vec<Value> =
        asked.map(|candidate| candidate.value.value()).chain(view.fields.values().cloned()).collect();
    reader.learn(&engine, &values).await?;
    Ok(reader.review(view))
}

/// Decides.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve(
    app: State<'_, App>,
    kind: String,
    id: String,
    field: Option<String>,
    choice: Choice,
) -> Result<Resolved, AppError> {
    let choice = match choice {
        Choice::Number { number } => sync_engine::Choice::Number(number as usize),
        Choice::Value { value } => sync_engine::Choice::Value(value),
        Choice::Keep => sync_engine::Choice::Keep,
        Choice::Delete => sync_engine::Choice::Delete,
    };
    let resolved = app.device().await?.engine.resolve(key(&kind, &id)?, field, choice).await?;
    Ok(Resolved { left: u32::try_from(resolved.left).unwrap_or(u32::MAX), undo: resolved.undo.into() })
}

/// Decisions of the past, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decided(app: State<'_, App>, limit: u32) -> Result<Vec<Decided>, AppError> {
    let engine = app.device().await?.engine;
    let mut reader = Reader::load(&engine).await?;
    let mut all = Vec::new();
    for decision in engine.decisions(limit as usize).await? {
        let title = engine.get(&decision.key).await?.and_then(|view| view.title);
        let values: Vec<Value> =
            decision.others.iter().chain([&decision.chosen]).map(|value| value.value()).collect();
        reader.learn(&engine, &values).await?;
        let field = reader.field(&decision.key.kind, &decision.field);
        let others = decision.others.iter().map(|other| {
            let value = other.value();
            Other { text: reader.text(field, &value), value }
        });
        all.push(Decided {
            others: others.collect(),
            chosen: reader.text(field, &decision.chosen.value()),
            by: reader.names.of(decision.author),
            at: decision.made.0,
            label: words::label(&decision.field),
            field: decision.field.into(),
            kind: decision.key.kind.to_string(),
            id: decision.key.id.to_string(),
            title,
        });
    }
    Ok(all)
}

/// What the devices are called.
struct Names {
    own: DeviceId,
    by_id: BTreeMap<DeviceId, String>,
}

impl Names {
    async fn load(engine: &Engine) -> Result<Self, AppError> {
        let own = engine.device();
        let peers = engine.peers().await?.into_iter().map(|peer| (peer.device, peer.name));
        Ok(Self { own: own.id, by_id: peers.chain([(own.id, own.name)]).collect() })
    }

    fn of(&self, device: Option<DeviceId>) -> String {
        match device {
            Some(device) => {
                self.by_id.get(&device).cloned().unwrap_or_else(|| format!("Device {}", device.short()))
            }
            None => "An unknown device".to_owned(),
        }
    }
}

/// Reads entities out as the person sees them.
struct Reader {
    schema: std::sync::Arc<Schema>,
    names: Names,
    /// The titles of what fields refer to: tags, parents, habits.
    titles: BTreeMap<String, String>,
}

impl Reader {
    async fn load(engine: &Engine) -> Result<Self, AppError> {
        let tags = exchange::named_tags(engine).await?.into_iter().map(|(name, id)| (id.to_string(), name));
        Ok(Self {
            schema: engine.schema().clone(),
            names: Names::load(engine).await?,
            titles: tags.collect(),
        })
    }

    /// Looks up the titles of what these values of a field may refer to.
    async fn learn(&mut self, engine: &Engine, values: &[Value]) -> Result<(), AppError> {
        for id in values.iter().filter_map(Value::as_str).filter_map(|text| Uuid::try_parse(text).ok()) {
            for kind in [task::NAME, habit::NAME] {
                let view = engine.get(&EntityKey::new(kind, id)).await?;
                self.titles.extend(view.and_then(|view| view.title).map(|title| (id.to_string(), title)));
            }
        }
        Ok(())
    }

    fn field(&self, kind: &str, field: &str) -> Option<&Field> {
        self.schema.kind(kind)?.field(field)
    }

    /// A value in words; of what it refers to, the titles.
    fn text(&self, field: Option<&Field>, value: &Value) -> String {
        let refers = field.is_some_and(|field| field.shape == Shape::Id);
        let named = |item: &Value| match item.as_str().filter(|_| refers) {
            Some(id) => Value::from(self.titles.get(id).cloned().unwrap_or_else(|| "(not here)".to_owned())),
            None => item.clone(),
        };
        match value.as_array() {
            Some(items) => words::text(field, &items.iter().map(named).collect()),
            None => words::text(field, &named(value)),
        }
    }

    fn review(&self, view: View) -> Review {
        let questions: Vec<Question> =
            view.reviews.iter().map(|waiting| self.question(&view, waiting)).collect();
        let asked = |name: &str| {
            view.reviews
                .iter()
                .any(|waiting| matches!(waiting, Waiting::Field { field, .. } if **field == *name))
        };
        let unchanged = view.fields.iter().filter(|(name, _)| !asked(name)).map(|(name, value)| Unchanged {
            field: name.clone(),
            label: words::label(name),
            text: self.text(self.field(&view.key.kind, name), value),
        });
        Review { unchanged: unchanged.collect(), questions, entity: view.into() }
    }

    fn question(&self, view: &View, waiting: &Waiting) -> Question {
        match waiting {
            Waiting::Field { field, candidates } => self.field_question(view, field, candidates),
            Waiting::Deleted { deletes, edits } => {
                let (deleted, edited) = (latest(view, deletes), latest(view, edits));
                Question::Deleted {
                    deleted_by: self.names.of(deleted.0),
                    deleted_at: deleted.1,
                    deleted_own: deleted.0 == Some(self.names.own),
                    edited_by: self.names.of(edited.0),
                    edited_at: edited.1,
                    edited_own: edited.0 == Some(self.names.own),
                }
            }
        }
    }

    fn field_question(&self, view: &View, name: &str, candidates: &[Candidate]) -> Question {
        let field = self.field(&view.key.kind, name);
        let now_value = view.fields.get(name).cloned().unwrap_or_default();
        let now = self.text(field, &now_value);
        let sides: Vec<Side> = candidates
            .iter()
            .zip(1..)
            .map(|(candidate, number)| self.side(view, field, candidate, number, &now))
            .collect();
        let shape = field.map(|field| field.shape);
        let combined = match shape {
            Some(Shape::Text { max, .. }) => {
                let texts: Vec<String> =
                    sides.iter().filter_map(|side| side.value.as_str().map(str::to_owned)).collect();
                words::combined(&texts)
                    .filter(|all| all.len() <= max && texts.len() > 1 && !texts.contains(all))
            }
            Some(
                Shape::Choice(_)
                | Shape::Bool
                | Shape::Integer { .. }
                | Shape::Real
                | Shape::Day
                | Shape::Clock
                | Shape::Moment
                | Shape::Id,
            )
            | None => None,
        };
        Question::Field {
            field: name.to_owned(),
            label: words::label(name),
            multiline: matches!(shape, Some(Shape::Text { line: false, .. })),
            now,
            now_value,
            sides,
            combined,
            options: match shape {
                Some(Shape::Choice(words)) => Some(words.iter().map(|&word| word.to_owned()).collect()),
                Some(
                    Shape::Text { .. }
                    | Shape::Bool
                    | Shape::Integer { .. }
                    | Shape::Real
                    | Shape::Day
                    | Shape::Clock
                    | Shape::Moment
                    | Shape::Id,
                )
                | None => None,
            },
        }
    }

    fn side(
        &self,
        view: &View,
        field: Option<&Field>,
        candidate: &Candidate,
        number: u32,
        now: &str,
    ) -> Side {
        let device = view.authors.get(&candidate.stamp.writer).copied();
        let value = candidate.value.value();
        let text = self.text(field, &value);
        Side {
            number,
            device: device.map(|device| device.to_string()),
            name: self.names.of(device),
            own: device == Some(self.names.own),
            at: candidate.stamp.hlc.wall().0,
            diff: words::difference(now, &text),
            value,
            text,
        }
    }
}

fn item(view: &View, names: &Names) -> ReviewItem {
    let (mut fields, mut deleted, mut stamps) = (Vec::new(), false, Vec::new());
    for waiting in &view.reviews {
        match waiting {
            Waiting::Field { field, candidates } => {
                fields.push(field.to_string());
                stamps.extend(candidates.iter().map(|candidate| candidate.stamp));
            }
            Waiting::Deleted { deletes, edits } => {
                deleted = true;
                stamps.extend(deletes.iter().chain(edits).copied());
            }
        }
    }
    stamps.sort();
    let mut devices: Vec<String> = Vec::new();
    for stamp in stamps.iter().rev() {
        let name = names.of(view.authors.get(&stamp.writer).copied());
        if !devices.contains(&name) {
            devices.push(name);
        }
    }
    ReviewItem {
        kind: view.key.kind.to_string(),
        id: view.key.id.to_string(),
        title: view.title.clone(),
        fields,
        deleted,
        devices,
        at: stamps.last().map_or(0, |stamp| stamp.hlc.wall().0),
    }
}

/// Who was last, and when.
fn latest(view: &View, stamps: &[Stamp]) -> (Option<DeviceId>, u64) {
    let newest = stamps.iter().max();
    (
        newest.and_then(|stamp| view.authors.get(&stamp.writer).copied()),
        newest.map_or(0, |stamp| stamp.hlc.wall().0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sync_core::hlc::Hlc;
    use sync_core::json::Json;
    use sync_core::stamp::WriterId;

    const OWN: DeviceId = DeviceId::from_bytes([1; 16]);
    const PHONE: DeviceId = DeviceId::from_bytes([2; 16]);

    fn stamp(writer: u8, at: u64) -> Stamp {
        Stamp { hlc: Hlc::from_bits(at << 16).unwrap(), writer: WriterId([writer; 8]) }
    }

    fn candidate(value: Value, writer: u8, at: u64) -> Candidate {
        Candidate { value: Json::of(&value), stamp: stamp(writer, at) }
    }

    fn view(fields: Value, reviews: Vec<Waiting>) -> View {
        let Value::Object(fields) = fields else { unreachable!() };
        View {
            key: EntityKey::new("task", Uuid::nil()),
            title: Some("Water".into()),
            fields,
            deleted: false,
            version: Hlc::default(),
            modified_by: None,
            reviews,
            authors: BTreeMap::from([(WriterId([1; 8]), OWN), (WriterId([2; 8]), PHONE)]),
            local: false,
        }
    }

    fn reader() -> Reader {
        let by_id = BTreeMap::from([(PHONE, "the phone".to_owned()), (OWN, "the laptop".to_owned())]);
        let titles = BTreeMap::from([(Uuid::from_u128(7).to_string(), "home".to_owned())]);
        Reader { schema: std::sync::Arc::new(planner::schema()), names: Names { own: OWN, by_id }, titles }
    }

    #[test]
    fn a_question_shows_each_side_with_its_device_and_what_is_different() {
        let title = vec![candidate(json!("Water the roses"), 2, 9), candidate(json!("Water plants"), 1, 8)];
        let view = view(
            json!({ "title": "Water the roses", "tags": [Uuid::from_u128(7).to_string()] }),
            vec![Waiting::Field { field: "title".into(), candidates: title }],
        );
        let review = reader().review(view.clone());
        let [Question::Field { label, multiline, now, sides, combined, options, .. }] = &review.questions[..]
        else {
            panic!("{review:?}")
        };
        assert_eq!(
            (label.as_str(), *multiline, now.as_str(), options),
            ("Title", false, "Water the roses", &None)
        );
        assert_eq!((sides[0].name.as_str(), sides[0].own, sides[0].number), ("the phone", false, 1));
        assert_eq!((sides[1].name.as_str(), sides[1].own, sides[1].at), ("the laptop", true, 8));
        assert!(sides[0].diff.iter().all(|part| part.op == words::DiffOp::Same));
        assert!(
            sides[1].diff.iter().any(|part| part.op == words::DiffOp::Added && part.text.contains("plants"))
        );
        assert!(combined.as_ref().is_some_and(|all| all.contains("roses") && all.contains("plants")));
        assert_eq!(
            review.unchanged,
            [Unchanged { field: "tags".into(), label: "Tags".into(), text: "home".into() }]
        );
        let item = item(&view, &reader().names);
        assert_eq!((item.devices, item.at), (vec!["the phone".to_owned(), "the laptop".to_owned()], 9));
    }

    #[test]
    fn a_choice_is_asked_with_its_choices_and_a_delete_by_who_did_what() {
        let priority = vec![candidate(json!("urgent"), 1, 3), candidate(json!("neither"), 2, 2)];
        let view = view(
            json!({ "priority": "urgent" }),
            vec![
                Waiting::Deleted { deletes: vec![stamp(2, 5)], edits: vec![stamp(1, 6), stamp(1, 4)] },
                Waiting::Field { field: "priority".into(), candidates: priority },
            ],
        );
        let review = reader().review(view);
        let Question::Deleted { deleted_by, deleted_at, deleted_own, edited_at, edited_own, .. } =
            &review.questions[0]
        else {
            panic!("{review:?}")
        };
        assert_eq!(
            (deleted_by.as_str(), *deleted_at, *deleted_own, *edited_at, *edited_own),
            ("the phone", 5, false, 6, true)
        );
        let Question::Field { sides, options, combined, .. } = &review.questions[1] else {
            panic!("{review:?}")
        };
        assert_eq!((sides[0].text.as_str(), combined), ("Urgent, not important", &None));
        assert_eq!(options.as_ref().map(Vec::len), Some(4));
        let document = serde_json::to_value(&review.questions[0]).unwrap();
        assert_eq!(document["type"], "deleted");
        assert_eq!(
            serde_json::from_value::<Choice>(json!({ "type": "number", "number": 2 })).unwrap(),
            Choice::Number { number: 2 }
        );
    }
}
