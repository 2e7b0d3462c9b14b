//! A question made ready: whatever its answer needs that is not in the database is worked out before, by whoever asks. The
//! store's thread is the narrowest part of a sync, and reading what a peer sent is half of the work.

use std::ops::Range;
use sync_core::entity::row::{decode, encode_fields};
use sync_core::entity::{Checksum, Entity, EntityKey};
use sync_core::node::storage::Ask;
use sync_core::wire::batch::{BadLine, RowRef, Writers};

/// A question with what was worked out for it.
#[derive(Debug)]
pub struct Ready {
    pub(crate) ask: Ask,
    /// The entities of a batch, in its order.
    pub(crate) arrivals: Vec<Arrival>,
}

/// One line of a batch.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// Where it stands in the batch.
    pub(crate) line: Range<usize>,
    pub(crate) what: What,
}

/// What a line holds.
#[derive(Debug)]
pub(crate) enum What {
    /// An entity.
    Entity { key: EntityKey, theirs: Theirs },
    /// None, and why; with its key, if that much can be read.
    Unreadable { key: Option<EntityKey>, reason: String },
}

/// A peer's copy of an entity.
#[derive(Debug)]
pub(crate) struct Theirs {
    pub(crate) entity: Entity,
    pub(crate) checksum: Checksum,
    /// What a row of it shows.
    pub(crate) fields: String,
}

impl From<Ask> for Ready {
    fn from(ask: Ask) -> Self {
        let mut arrivals = Vec::new();
        if let Ask::Apply { batch, writers, .. } = &ask {
            let mut start = 0;
            for (line, row) in batch.lines.split_inclusive('\n').zip(batch.rows()) {
                arrivals.push(Arrival { line: start..start + line.len(), what: read(row, writers) });
                start += line.len();
            }
        }
        Self { ask, arrivals }
    }
}

fn read(row: Result<(EntityKey, RowRef<'_>), BadLine<'_>>, writers: &Writers) -> What {
    match row {
        Ok((key, row)) => {
            match decode(row.fields, row.meta, |number| writers.get(&number).map(|writer| writer.id)) {
                Ok(entity) => {
                    let (checksum, fields) = (entity.checksum(&key), encode_fields(&entity));
                    What::Entity { key, theirs: Theirs { entity, checksum, fields } }
                }
                Err(error) => What::Unreadable { key: Some(key), reason: error.to_string() },
            }
        }
        Err(bad) => What::Unreadable { key: None, reason: bad.error.to_string() },
    }
}
