//! The full check: whether the file is whole, every entity reads back as it was written, and everything that
//! is derived from the entities still follows from them.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, Writers, hlc};
use crate::reviews::questions;
use crate::sums::buckets;
use rusqlite::Connection;
use std::collections::BTreeMap;
use sync_core::digest::{BUCKETS, Digest, bucket};
use sync_core::entity::row::{RowError, decode};
use sync_core::entity::{Checksum, EntityKey};
use sync_core::schema::Schema;
use uuid::Uuid;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// Entities that were looked at.
    pub entities: u64,
    /// What is wrong; nothing is as it should be.
    pub problems: Vec<Problem>,
}

/// Something that is wrong with a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// SQLite finds the file itself damaged.
    #[error("the file is damaged: {0}")]
    File(String),
    /// An entity cannot be read.
    #[error("{key} cannot be read: {error}")]
    Unreadable {
        /// The entity.
        key: EntityKey,
        /// Why.
        error: RowError,
    },
    /// An entity is not what was written.
    #[error("{key} is not what was written: its checksum differs")]
    Checksum {
        /// The entity.
        key: EntityKey,
    },
    /// What is noted beside an entity does not follow from it.
    #[error("{key}: what is noted of its {what} is wrong")]
    Derived {
        /// The entity.
        key: EntityKey,
        /// What is noted.
        what: &'static str,
    },
    /// The digests of a kind do not follow from its entities.
    #[error("{buckets} of the digests of {kind} are wrong")]
    Digests {
        /// The kind.
        kind: Box<str>,
        /// In how many buckets.
        buckets: usize,
    },
}

impl Store {
    /// Checks everything; reads the whole database.
    ///
    /// # Errors
    /// When SQLite cannot go on at all.
    pub fn check(&mut self) -> Result<Checkup, StoreError> {
        let tx = self.conn.transaction()?;
        check(&tx, &self.schema)
    }
}

fn check(conn: &Connection, schema: &Schema) -> Result<Checkup, StoreError> {
    let mut checkup = Checkup { entities: 0, problems: file_problems(conn)? };
    let (kinds, writers) = (Kinds::load(conn)?, Writers::load(conn)?);
    let mut sums: BTreeMap<i64, Vec<Digest>> = BTreeMap::new();
    let mut statement = conn.prepare(
        "SELECT kind, id, version, checksum, died, review, fields, meta, here FROM entity ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        checkup.entities += 1;
        let kind: i64 = row.get(0)?;
        let key = EntityKey::new(kinds.name(kind)?, Uuid::from_bytes(row.get(1)?));
        let checksum = Checksum(row.get(3)?);
        let sums = sums.entry(kind).or_insert_with(|| vec![Digest::default(); BUCKETS]);
        // What stays here counts in no digest.
        if let (false, Some(sum)) = (row.get(8)?, sums.get_mut(usize::from(bucket(key.id)))) {
            *sum = sum.plus(checksum);
        }
        let text = |at: usize| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
        let entity = match decode(text(6)?, text(7)?, |number| writers.id(number)) {
            Ok(entity) => entity,
            Err(error) => {
                checkup.problems.push(Problem::Unreadable { key, error });
                continue;
            }
        };
        if entity.checksum(&key) != checksum {
            checkup.problems.push(Problem::Checksum { key });
            continue;
        }
        let questions = questions(&entity, schema.kind(&key.kind));
        let noted = [
            ("version", entity.vv.newest().map(|stamp| stamp.hlc) == Some(hlc(row.get(2)?))),
            ("death", entity.is_dead() == row.get::<_, Option<i64>>(4)?.is_some()),
            ("open questions", questions == row.get::<_, i64>(5)?),
        ];
        let wrong = noted.into_iter().filter(|(_, right)| !right);
        checkup.problems.extend(wrong.map(|(what, _)| Problem::Derived { key: key.clone(), what }));
    }
    for (kind, number) in kinds.by_name() {
        let right = sums.remove(&number).unwrap_or_else(|| vec![Digest::default(); BUCKETS]);
        let wrong =
            buckets(conn, number)?.iter().zip(&right).filter(|(stored, right)| stored != right).count();
        if wrong > 0 {
            checkup.problems.push(Problem::Digests { kind, buckets: wrong });
        }
    }
    Ok(checkup)
}

fn file_problems(conn: &Connection) -> Result<Vec<Problem>, StoreError> {
    let mut problems = Vec::new();
    let mut statement = conn.prepare("PRAGMA integrity_check")?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        problems.extend(Some(line?).filter(|line| line != "ok").map(Problem::File));
    }
    let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
    for table in statement.query_map([], |row| row.get::<_, String>(0))? {
        problems.push(Problem::File(format!("a row of {} refers to nothing", table?)));
    }
    Ok(problems)
}

#[cfg(test)]
mod tests;
