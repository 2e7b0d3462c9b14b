//! Before a first merge: what this device holds in outline, and whether a person has agreed to it.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, u64_of};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use sync_core::entity::Checksum;
use sync_core::identity::DeviceId;
use sync_core::limits::OUTLINE_PAGE;
use sync_core::node::storage::Answer;
use sync_core::wire::Mark;
use uuid::Uuid;

impl Store {
    /// Answers [`sync_core::node::storage::Ask::Outline`].
    pub(crate) fn outline(
        &mut self,
        off: &BTreeSet<Box<str>>,
        after: Option<(Box<str>, Uuid)>,
    ) -> Result<Answer, StoreError> {
        let tx = self.conn.transaction()?;
        let mut statement = tx.prepare_cached(
            "SELECT id, checksum, died IS NULL FROM entity WHERE kind = ?1 AND id > ?2 AND NOT here ORDER BY id",
        )?;
        let (mut marks, mut last) = (Vec::new(), None);
        for (name, kind) in Kinds::load(&tx)?.by_name() {
            let start = match &after {
                Some((done, _)) if name < *done => continue,
                Some((done, id)) if name == *done => id.as_bytes().to_vec(),
                Some(_) | None => Vec::new(),
            };
            if off.contains(&name) {
                continue;
            }
            let mut rows = statement.query(params![kind, start])?;
            while let Some(row) = rows.next()? {
                if marks.len() == OUTLINE_PAGE {
                    return Ok(Answer::Outline { marks, next: last });
                }
                let id = Uuid::from_bytes(row.get(0)?);
                marks.push(Mark::new(&name, id, Checksum(row.get(1)?), row.get(2)?));
                last = Some((name.clone(), id));
            }
        }
        Ok(Answer::Outline { marks, next: None })
    }

    /// Answers [`sync_core::node::storage::Ask::Agreement`].
    pub(crate) fn agreement(&mut self, peer: DeviceId, agreed: bool) -> Result<Answer, StoreError> {
        self.conn
            .prepare_cached("UPDATE pairing SET agreed = ?2 WHERE device = ?1 AND agreed IS NOT 1")?
            .execute(params![peer.as_bytes(), agreed])?;
        let mut statement = self.conn.prepare_cached("SELECT agreed FROM pairing WHERE device = ?1")?;
        let agreed: Option<Option<bool>> =
            statement.query_row([peer.as_bytes()], |row| row.get(0)).optional()?;
        Ok(Answer::Agreement { agreed: agreed.ok_or(StoreError::NotPaired)?.unwrap_or(false) })
    }
}

/// How many entities of shared kinds there are, deleted ones too.
pub(crate) fn held(conn: &Connection, off: &BTreeSet<Box<str>>) -> Result<u64, StoreError> {
    let mut statement = conn.prepare_cached("SELECT count(*) FROM entity WHERE kind = ?1 AND NOT here")?;
    let mut held = 0;
    for (_, kind) in Kinds::load(conn)?.by_name().into_iter().filter(|(name, _)| !off.contains(name)) {
        held += statement.query_row([kind], |row| row.get(0).map(u64_of))?;
    }
    Ok(held)
}

#[cfg(test)]
mod tests;
