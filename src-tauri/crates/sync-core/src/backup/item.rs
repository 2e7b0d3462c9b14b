//! What a backup holds: each living entity as it is shown, one JSON text a line. How its copies came about stays with the devices: to
//! restore is to write anew.

use super::{BackupError, malformed};
use crate::entity::EntityKey;
use crate::json::is_name;
use crate::limits::{BATCH_OUTPUT_MAX, ENTITY_MAX};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// zstd's level: a backup is written rarely.
const LEVEL: i32 = 3;

/// What a backup is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The version of the schema that the device knew; only told.
    pub schema: u32,
    /// When it was written, in Unix milliseconds; only told.
    pub wall: u64,
}

/// One entity as it was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its kind.
    pub kind: Box<str>,
    /// Its id.
    pub id: Uuid,
    /// Its fields, without those that are local to a device.
    #[serde(deserialize_with = "fields")]
    pub fields: Map<String, Value>,
    /// Whether its person kept it on that device only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub here: bool,
}

impl Item {
    /// Which entity it is.
    #[must_use]
    pub fn key(&self) -> EntityKey {
        EntityKey::new(&self.kind, self.id)
    }
}

/// serde_json would keep the last of two equal names.
fn fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    let fields: BTreeMap<Box<str>, Value> = crate::json::unique_keys(deserializer)?;
    Ok(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// Items until a part is full.
#[derive(Debug, Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    pub(super) fn push(&mut self, item: &Item) -> Result<(), BackupError> {
        let line = serde_json::to_string(item).map_err(|error| malformed(&error.to_string()))?;
        if line.len() > ENTITY_MAX {
            return Err(BackupError::TooBig);
        }
        self.0.push_str(&line);
        self.0.push('\n');
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// As a batch is: `u32` length once decompressed ‖ one zstd frame.
pub(super) fn pack(Lines(lines): Lines) -> Result<Vec<u8>, BackupError> {
    if lines.len() > BATCH_OUTPUT_MAX {
        return Err(BackupError::TooBig);
    }
    let mut out = (lines.len() as u32).to_be_bytes().to_vec();
    out.extend(zstd::bulk::compress(lines.as_bytes(), LEVEL)?);
    Ok(out)
}

/// Takes at most the declared length, and never more than the limit, of memory.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Item>, BackupError> {
    let (length, packed) = bytes.split_first_chunk::<4>().ok_or_else(|| malformed("an empty part"))?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > BATCH_OUTPUT_MAX {
        return Err(malformed("a part beyond the limits"));
    }
    let plain = zstd::bulk::decompress(packed, length).map_err(|_| malformed("not a zstd frame"))?;
    let text = std::str::from_utf8(&plain).map_err(|_| malformed("not UTF-8"))?;
    if text.len() != length {
        return Err(malformed("another length than declared"));
    }
    text.lines().map(read).collect()
}

fn read(line: &str) -> Result<Item, BackupError> {
    let item: Item = serde_json::from_str(line).map_err(|error| malformed(&error.to_string()))?;
    if is_name(&item.kind) { Ok(item) } else { Err(malformed("a kind's name")) }
}
