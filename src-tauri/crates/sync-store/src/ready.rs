//! A question made ready: whatever its answer needs that is not in the database is worked out before, by whoever asks. The
//! store's thread is the narrowest part of a sync, and reading what a peer sent is half of the work.

use sync_core::entity::row::decode;
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
pub(crate) enum Arrival {
    /// An entity.
    Entity { key: EntityKey, entity: Entity, checksum: Checksum },
    /// None, and why; with its key, if that much can be read.
    Unreadable { key: Option<EntityKey>, reason: String },
}

impl From<Ask> for Ready {
    fn from(ask: Ask) -> Self {
        let arrivals = if let Ask::Apply { batch, writers, .. } = &ask {
            batch.rows().map(|row| read(row, writers)).collect()
        } else {
            Vec::new()
        };
        Self { ask, arrivals }
    }
}

fn read(row: Result<(EntityKey, RowRef<'_>), BadLine<'_>>, writers: &Writers) -> Arrival {
    match row {
        Ok((key, row)) => {
            match decode(row.fields, row.meta, |number| writers.get(&number).map(|writer| writer.id)) {
                Ok(entity) => Arrival::Entity { checksum: entity.checksum(&key), key, entity },
                Err(error) => Arrival::Unreadable { key: Some(key), reason: error.to_string() },
            }
        }
        Err(bad) => Arrival::Unreadable { key: None, reason: bad.error.to_string() },
    }
}
