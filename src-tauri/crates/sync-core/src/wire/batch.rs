//! A batch of entities on the wire: NDJSON under zstd. The first line is the header, each further line one entity as
//! `["kind","id",{fields},{meta}]`: the two texts of its [row](crate::entity::row), copied.
//! One bad line spoils itself alone.

use crate::entity::EntityKey;
use crate::entity::row::RowError;
use crate::identity::DeviceId;
use crate::json::is_name;
use crate::limits::{
    BATCH_BYTES, BATCH_ENTITIES, BATCH_OUTPUT_MAX, EMPTY_BATCH_MAX, ENTITY_MAX, INTRODUCED_MAX,
};
use crate::stamp::WriterId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// zstd's level: the cheapest one already finds what repeats from entity to entity.
const LEVEL: i32 = 1;

/// A writer, introduced before any row refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    /// Its number in the sender's writer table.
    pub number: u32,
    /// Its id.
    pub id: WriterId,
    /// The device it is an incarnation of.
    pub device: DeviceId,
}

/// The writers that one side of a session has introduced, by the sender's numbers.
pub type Writers = BTreeMap<u32, Writer>;

/// Why a batch was refused as a whole. The session ends; nothing of the batch is applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Larger than the limits allow, or larger than it declared.
    #[error("a batch is larger than it may be")]
    TooLarge,
    /// Not a batch.
    #[error("a batch is damaged: {0}")]
    Malformed(&'static str),
}

/// Collects rows until a batch is full.
#[derive(Debug)]
pub struct Builder {
    most: usize,
    lines: String,
    entities: usize,
    writers: Vec<Writer>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new(BATCH_ENTITIES)
    }
}

impl Builder {
    /// A batch of at most so many entities.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most: most.min(BATCH_ENTITIES), lines: String::new(), entities: 0, writers: Vec::new() }
    }

    /// Introduces a writer that the receiver may not know by number yet.
    pub fn introduce(&mut self, writer: Writer) {
        self.writers.push(writer);
    }

    /// Adds one entity.
    pub fn push(&mut self, kind: &str, id: Uuid, fields: &str, meta: &str) {
        self.lines.reserve(fields.len() + meta.len() + kind.len() + 48);
        for part in ["[\"", kind, "\",\""] {
            self.lines.push_str(part);
        }
        self.lines.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        for part in ["\",", fields, ",", meta, "]\n"] {
            self.lines.push_str(part);
        }
        self.entities += 1;
    }

    /// Whether the batch should be closed before another entity is added.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.entities >= self.most || self.lines.len() >= BATCH_BYTES
    }

    /// Entities so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities
    }

    /// Whether it holds no entity.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities == 0
    }

    /// The finished batch.
    #[must_use]
    pub fn finish(self) -> Batch {
        Batch { writers: self.writers, lines: self.lines, entities: self.entities }
    }
}

/// A batch of entities.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Batch {
    /// Writers introduced with it.
    pub writers: Vec<Writer>,
    /// One line an entity.
    pub lines: String,
    /// How many lines.
    pub entities: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    entities: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    writers: Vec<Writer>,
}

impl Batch {
    /// As bytes: `u32` big-endian length once decompressed, then one zstd frame.
    ///
    /// # Errors
    /// When it is larger than a batch may be.
    pub fn encode(&self) -> Result<Vec<u8>, BatchError> {
        let header = Header { entities: self.entities, writers: self.writers.clone() };
        let mut plain = serde_json::to_string(&header).map_err(|_| BatchError::Malformed("header"))?;
        plain.push('\n');
        plain.push_str(&self.lines);
        if plain.len() > BATCH_OUTPUT_MAX {
            return Err(BatchError::TooLarge);
        }
        let mut out = (plain.len() as u32).to_be_bytes().to_vec();
        let packed = zstd::bulk::compress(plain.as_bytes(), LEVEL);
        out.extend(packed.map_err(|_| BatchError::Malformed("compression failed"))?);
        Ok(out)
    }

    /// Parses a batch. Takes at most the declared length, and never more than the limit, of memory.
    ///
    /// # Errors
    /// When it is too large or damaged as a whole.
    pub fn decode(bytes: &[u8]) -> Result<Self, BatchError> {
        let (length, packed) = bytes.split_first_chunk::<4>().ok_or(BatchError::Malformed("no length"))?;
        let length = u32::from_be_bytes(*length) as usize;
        if length > BATCH_OUTPUT_MAX {
            return Err(BatchError::TooLarge);
        }
        let plain =
            zstd::bulk::decompress(packed, length).map_err(|_| BatchError::Malformed("not a zstd frame"))?;
        if plain.len() != length {
            return Err(BatchError::Malformed("another length than declared"));
        }
        let plain = String::from_utf8(plain).map_err(|_| BatchError::Malformed("not UTF-8"))?;
        let (header, lines) = plain.split_once('\n').ok_or(BatchError::Malformed("no header"))?;
        let header: Header = serde_json::from_str(header).map_err(|_| BatchError::Malformed("header"))?;
        if header.entities > BATCH_ENTITIES || header.writers.len() > INTRODUCED_MAX {
            return Err(BatchError::TooLarge);
        }
        if header.entities == 0 && length > EMPTY_BATCH_MAX {
            return Err(BatchError::TooLarge);
        }
        if lines.lines().count() != header.entities {
            return Err(BatchError::Malformed("another number of entities than declared"));
        }
        Ok(Self { writers: header.writers, entities: header.entities, lines: lines.to_owned() })
    }

    /// The length once decompressed that an encoded batch declares.
    #[must_use]
    pub fn declared(bytes: &[u8]) -> Option<usize> {
        bytes.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize)
    }

    /// Leaves out the entities of these kinds. Lines that cannot be read stay, for whoever sets them aside.
    pub fn leave_out(&mut self, kinds: &BTreeSet<Box<str>>) {
        if kinds.is_empty() {
            return;
        }
        let stays = |line: &&str| parse_line(line).map_or(true, |(key, _)| !kinds.contains(&key.kind));
        self.lines = self.lines.split_inclusive('\n').filter(stays).collect();
        self.entities = self.lines.lines().count();
    }

    /// Its rows, each parsed on its own; a bad one comes with its text.
    pub fn rows(&self) -> impl Iterator<Item = Result<(EntityKey, RowRef<'_>), BadLine<'_>>> {
        self.lines.lines().map(|line| parse_line(line).map_err(|error| BadLine { line, error }))
    }
}

/// A [row](crate::entity::row::Row) within its batch.
#[derive(Clone, Copy, Debug)]
pub struct RowRef<'a> {
    /// What is shown.
    pub fields: &'a str,
    /// What merging needs.
    pub meta: &'a str,
}

/// A line that is not an entity.
#[derive(Debug)]
pub struct BadLine<'a> {
    /// The line as it came.
    pub line: &'a str,
    /// What is wrong with it.
    pub error: RowError,
}

fn parse_line(line: &str) -> Result<(EntityKey, RowRef<'_>), RowError> {
    if line.len() > ENTITY_MAX {
        return Err(RowError::TooMany("bytes"));
    }
    let (kind, id, fields, meta): (&str, Uuid, &RawValue, &RawValue) =
        serde_json::from_str(line).map_err(|e| RowError::Malformed(e.to_string()))?;
    if !is_name(kind) {
        return Err(RowError::Malformed(
            "a kind's name is made of a-z, 0-9 and _, at most 64 of them".into(),
        ));
    }
    Ok((EntityKey::new(kind, id), RowRef { fields: fields.get(), meta: meta.get() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let mut builder = Builder::default();
        builder.introduce(Writer { number: 3, id: WriterId([7; 8]), device: DeviceId::from_bytes([9; 16]) });
        builder.push("task", Uuid::from_u128(5), r#"{"title":"Ä"}"#, r#"{"v":[[3,1]]}"#);
        builder.push("note", Uuid::from_u128(6), "{}", r#"{"v":[[3,2]]}"#);
        builder.finish()
    }

    #[test]
    fn comes_back_as_it_went() {
        let decoded = Batch::decode(&batch().encode().unwrap()).unwrap();
        assert_eq!(decoded, batch());
        let rows: Vec<_> = decoded.rows().map(Result::unwrap).collect();
        assert_eq!(rows[0].0, EntityKey::new("task", Uuid::from_u128(5)));
        assert_eq!(rows[0].1.fields, r#"{"title":"Ä"}"#);
    }

    #[test]
    fn a_bomb_takes_no_more_than_it_declared() {
        let bomb = zstd::bulk::compress(&vec![b' '; 64 << 20], 19).unwrap();
        for declared in [100u32, BATCH_OUTPUT_MAX as u32] {
            let bytes = [&declared.to_be_bytes()[..], &bomb].concat();
            assert!(matches!(Batch::decode(&bytes), Err(BatchError::Malformed(_))));
        }
        let bytes = [&u32::MAX.to_be_bytes()[..], &bomb].concat();
        assert_eq!(Batch::decode(&bytes), Err(BatchError::TooLarge));
    }

    #[test]
    fn a_batch_of_nothing_is_small() {
        let batch = |entities: usize, length: usize| {
            let (header, lines) = (format!("{{\"entities\":{entities}"), "x\n".repeat(entities));
            let blank = " ".repeat(length - header.len() - lines.len() - 2);
            let plain = format!("{header}{blank}}}\n{lines}");
            let packed = zstd::bulk::compress(plain.as_bytes(), LEVEL).unwrap();
            Batch::decode(&[&(plain.len() as u32).to_be_bytes()[..], &packed].concat())
        };
        assert_eq!(batch(0, EMPTY_BATCH_MAX), Ok(Batch::default()));
        assert_eq!(batch(0, EMPTY_BATCH_MAX + 1), Err(BatchError::TooLarge));
        assert_eq!(batch(0, BATCH_OUTPUT_MAX), Err(BatchError::TooLarge));
        assert!(batch(1, BATCH_OUTPUT_MAX).is_ok(), "it takes credit");
    }

    #[test]
    fn one_bad_line_spoils_itself_alone() {
        let mut batch = batch();
        batch.lines.insert_str(0, "[\"task\",\"not an id\",{},{}]\n");
        batch.entities += 1;
        let decoded = Batch::decode(&batch.encode().unwrap()).unwrap();
        let rows: Vec<_> = decoded.rows().map(|row| row.is_ok()).collect();
        assert_eq!(rows, [false, true, true]);
    }

    #[test]
    fn kinds_are_left_out_and_what_cannot_be_read_is_not() {
        let mut batch = batch();
        batch.lines.push_str("[1]\n");
        batch.leave_out(&BTreeSet::from(["task".into()]));
        let kinds: Vec<_> = batch.rows().map(|row| row.ok().map(|(key, _)| key.kind)).collect();
        assert_eq!((kinds, batch.entities), (vec![Some("note".into()), None], 2));
    }

    #[test]
    fn truncation_anywhere_is_noticed() {
        let bytes = batch().encode().unwrap();
        for end in 0..bytes.len() {
            assert!(Batch::decode(&bytes[..end]).is_err(), "{end}");
        }
    }
}
