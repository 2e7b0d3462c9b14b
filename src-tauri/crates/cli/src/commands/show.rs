//! Entities, devices and decisions in words, and as JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::identity::DeviceId;
use sync_core::stamp::{Stamp, WriterId};
use sync_engine::{Engine, View};

use crate::errors::CliError;
use crate::when;

/// What the devices are called.
pub(crate) struct Devices {
    own: DeviceId,
    names: BTreeMap<DeviceId, String>,
}

impl Devices {
    pub(crate) async fn load(engine: &Engine) -> Result<Self, CliError> {
        let peers = engine.peers().await?;
        Ok(Self {
            own: engine.device().id,
            names: peers.into_iter().map(|peer| (peer.device, peer.name)).collect(),
        })
    }

    /// Its name; for one that was forgotten or is only known through others, the beginning of its id.
    pub(crate) fn name(&self, device: DeviceId) -> String {
        if device == self.own {
            return "this device".into();
        }
        self.names.get(&device).cloned().unwrap_or_else(|| format!("device {}", device.short()))
    }

    pub(crate) fn name_or_unknown(&self, device: Option<DeviceId>) -> String {
        device.map_or_else(|| "an unknown device".into(), |device| self.name(device))
    }

    fn of(&self, view: &View, writer: WriterId) -> Option<DeviceId> {
        view.authors.get(&writer).copied()
    }

    /// Who made a write, and when, by the clock there.
    pub(crate) fn signature(&self, view: &View, stamp: Stamp) -> String {
        let author = self.name_or_unknown(self.of(view, stamp.writer));
        format!("{author}, {}", when::local(stamp.hlc.wall()))
    }

    fn signature_json(&self, view: &View, stamp: Stamp) -> Map<String, Value> {
        let device = self.of(view, stamp.writer);
        let signature = json!({
            "device": device,
            "name": device.map(|device| self.name(device)),
            "at": when::utc(stamp.hlc.wall()),
        });
        object(signature)
    }
}

/// Enough of an entity's name to type it again: `task/3f2a91c0`.
pub(crate) fn short(key: &EntityKey) -> String {
    format!("{}/{:.8}", key.kind, key.id.simple().to_string())
}

pub(crate) fn title(view: &View) -> String {
    view.title.clone().unwrap_or_else(|| "(no title)".into())
}

/// A value as a person would type it.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Null => "(none)".into(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// What waits about an entity, in a few words.
pub(crate) fn waiting(view: &View) -> String {
    let words = view.reviews.iter().map(|review| match review {
        Review::Field { field, candidates } => format!("{field} ({} versions)", candidates.len()),
        Review::Deleted { .. } => "deleted and edited".to_owned(),
    });
    words.collect::<Vec<_>>().join(", ")
}

pub(crate) fn view_json(view: &View, devices: &Devices) -> Value {
    json!({
        "kind": view.key.kind,
        "id": view.key.id,
        "fields": view.fields,
        "deleted": view.deleted,
        "local": view.local,
        "version": view.version.bits(),
        "modified": when::utc(view.version.wall()),
        "modified_by": view.modified_by,
        "reviews": view.reviews.iter().map(|review| review_json(view, review, devices)).collect::<Vec<_>>(),
    })
}

fn review_json(view: &View, review: &Review, devices: &Devices) -> Value {
    let signed = |stamp: &Stamp| Value::Object(devices.signature_json(view, *stamp));
    match review {
        Review::Field { field, candidates } => {
            let versions = candidates.iter().enumerate().map(|(at, candidate)| {
                let mut version = devices.signature_json(view, candidate.stamp);
                version.insert("number".into(), Value::from(at + 1));
                version.insert("value".into(), candidate.value.value());
                Value::Object(version)
            });
            json!({ "field": field, "versions": versions.collect::<Vec<_>>() })
        }
        Review::Deleted { deletes, edits } => json!({
            "deleted": deletes.iter().map(signed).collect::<Vec<_>>(),
            "edited": edits.iter().map(signed).collect::<Vec<_>>(),
        }),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
