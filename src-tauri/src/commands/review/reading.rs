//! Entities read out as the person sees them: with the names of devices, and the titles of what fields refer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use planner::kinds::{habit, task};
use serde_json::Value;
use sync_core::entity::EntityKey;
use sync_core::entity::view::{Candidate, Review as Waiting};
use sync_core::identity::DeviceId;
use sync_core::schema::{Field, Rule, Schema, Shape};
use sync_core::stamp::Stamp;
use sync_engine::{Engine, View};
use uuid::Uuid;

use super::{Question, Review, ReviewItem, Side, Unchanged};
use crate::error::AppError;
use crate::words;

/// What the devices are called.
pub(super) struct Names {
    own: DeviceId,
    by_id: BTreeMap<DeviceId, String>,
}

impl Names {
    pub(super) async fn load(engine: &Engine) -> Result<Self, AppError> {
        let own = engine.device();
        let peers = engine.peers().await?.into_iter().map(|peer| (peer.device, peer.name));
        Ok(Self { own: own.id, by_id: peers.chain([(own.id, own.name)]).collect() })
    }

    pub(super) fn of(&self, device: Option<DeviceId>) -> String {
        match device {
            Some(device) => {
                self.by_id.get(&device).cloned().unwrap_or_else(|| format!("Device {}", device.short()))
            }
            None => "An unknown device".to_owned(),
        }
    }
}

/// Reads entities out as the person sees them.
pub(super) struct Reader {
    schema: Arc<Schema>,
    pub(super) names: Names,
    /// The titles of what fields refer to: tags, parents, habits.
    titles: BTreeMap<String, String>,
}

impl Reader {
    pub(super) async fn load(engine: &Engine) -> Result<Self, AppError> {
        let tags = exchange::named_tags(engine).await?.into_iter().map(|(name, id)| (id.to_string(), name));
        Ok(Self {
            schema: engine.schema().clone(),
            names: Names::load(engine).await?,
            titles: tags.collect(),
        })
    }

    /// Looks up the titles of what these values of a field may refer to.
    pub(super) async fn learn(&mut self, engine: &Engine, values: &[Value]) -> Result<(), AppError> {
        for id in values.iter().filter_map(Value::as_str).filter_map(|text| Uuid::try_parse(text).ok()) {
            for kind in [task::NAME, habit::NAME] {
                let view = engine.get(&EntityKey::new(kind, id)).await?;
                self.titles.extend(view.and_then(|view| view.title).map(|title| (id.to_string(), title)));
            }
        }
        Ok(())
    }

    pub(super) fn field(&self, kind: &str, field: &str) -> Option<&Field> {
        self.schema.kind(kind)?.field(field)
    }

    /// A value in words; of what it refers to, the titles.
    pub(super) fn text(&self, field: Option<&Field>, value: &Value) -> String {
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

    pub(super) fn review(&self, view: View) -> Review {
        let questions: Vec<Question> =
            view.reviews.iter().map(|waiting| self.question(&view, waiting)).collect();
        let asked = |name: &str| {
            view.reviews
                .iter()
                .any(|waiting| matches!(waiting, Waiting::Field { field, .. } if **field == *name))
        };
        let kind = self.schema.kind(&view.key.kind);
        let is_mark = |name: &str| {
            let mut rules = kind.into_iter().flat_map(|kind| &kind.fields).map(|field| field.rule);
            rules.any(|rule| matches!(rule, Rule::Derived { from, .. } if from == name))
        };
        let told = view.fields.iter().filter(|(name, _)| !asked(name) && !is_mark(name));
        let unchanged = told.map(|(name, value)| Unchanged {
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
                | Shape::DayOrMoment
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
                    | Shape::DayOrMoment
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

pub(super) fn item(view: &View, names: &Names) -> ReviewItem {
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
mod tests;
