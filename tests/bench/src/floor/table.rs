//! The floor's database: one table with two indexes.

use super::frames::Stored;
use crate::data::TextEdit;
use crate::error::BenchError;
use crate::worker::{Holding, rows};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::mpsc::Receiver;

pub(super) struct Table(Connection);

/// The settings are the engine's own.
const OPEN: &str = "
    CREATE TABLE IF NOT EXISTS entity (id BLOB PRIMARY KEY, modified INTEGER NOT NULL, json TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS entity_modified ON entity (modified);
    CREATE TABLE IF NOT EXISTS synced (one INTEGER PRIMARY KEY, modified INTEGER NOT NULL);";

impl Table {
    pub(super) fn open(path: &Path) -> Result<Self, BenchError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.execute_batch(sync_store::PRAGMAS)?;
        connection.execute_batch(OPEN)?;
        Ok(Self(connection))
    }

    pub(super) fn fill(&mut self, count: usize) -> Result<(), BenchError> {
        let tx = self.0.transaction()?;
        {
            let mut insert = tx.prepare("INSERT INTO entity (id, modified, json) VALUES (?1, ?2, ?3)")?;
            for (number, row) in rows(count).enumerate() {
                insert.execute(params![row.id.as_bytes(), number as i64 + 1, row.json()])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// The newest change.
    pub(super) fn newest(&self) -> Result<i64, BenchError> {
        Ok(self.0.query_row("SELECT coalesce(max(modified), 0) FROM entity", [], |row| row.get(0))?)
    }

    /// Until when this device and the other one are in sync.
    pub(super) fn synced(&self) -> Result<i64, BenchError> {
        let synced = self.0.query_row("SELECT modified FROM synced", [], |row| row.get(0)).optional()?;
        Ok(synced.unwrap_or(0))
    }

    pub(super) fn set_synced(&self) -> Result<(), BenchError> {
        let newest = self.newest()?;
        if newest != self.synced()? {
            self.0.execute("INSERT OR REPLACE INTO synced (one, modified) VALUES (1, ?1)", [newest])?;
        }
        Ok(())
    }

    pub(super) fn each_since(
        &self,
        since: i64,
        mut each: impl FnMut(i64, &str) -> Result<(), BenchError>,
    ) -> Result<(), BenchError> {
        let mut statement = self
            .0
            .prepare_cached("SELECT modified, json FROM entity WHERE modified > ?1 ORDER BY modified")?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            each(row.get(0)?, row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
        }
        Ok(())
    }

    /// Stores what comes, row by row, in one transaction. How many rows.
    pub(super) fn upsert(
        &mut self,
        incoming: Receiver<Result<Vec<Stored>, BenchError>>,
    ) -> Result<u64, BenchError> {
        // Without a row there is nothing to commit.
        let Ok(first) = incoming.recv() else { return Ok(0) };
        let tx = self.0.transaction()?;
        let mut count = 0;
        {
            let mut upsert = tx.prepare_cached(
                "INSERT INTO entity (id, modified, json) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET modified = excluded.modified, json = excluded.json
                 WHERE excluded.modified >= modified",
            )?;
            for stored in std::iter::once(first).chain(incoming) {
                for Stored { id, modified, json } in stored? {
                    upsert.execute(params![id.as_bytes(), modified, json])?;
                    count += 1;
                }
            }
        }
        tx.commit()?;
        Ok(count)
    }

    pub(super) fn edit(&mut self, edits: &[TextEdit]) -> Result<(), BenchError> {
        let newest = self.newest()?;
        let tx = self.0.transaction()?;
        for (number, edit) in edits.iter().enumerate() {
            let json: String = tx
                .prepare_cached("SELECT json FROM entity WHERE id = ?1")?
                .query_row([edit.id.as_bytes()], |row| row.get(0))?;
            let mut fields: serde_json::Value = serde_json::from_str(&json)?;
            fields[edit.json_field()] = edit.value.clone().into();
            tx.prepare_cached("UPDATE entity SET modified = ?2, json = ?3 WHERE id = ?1")?
                .execute(params![edit.id.as_bytes(), newest + number as i64 + 1, fields.to_string()])?;
        }
        tx.commit()?;
        Ok(())
    }

    pub(super) fn holding(&self) -> Result<Holding, BenchError> {
        let entities = self.0.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
        let digest = self.0.query_row(
            "SELECT total(modified) || ' ' || total(length(json)) FROM entity",
            [],
            |row| row.get(0),
        )?;
        let mut held = Holding { entities, digest, ..Holding::default() };
        for (side, by_a) in [(0, true), (1, false)] {
            for edit in crate::data::offline_edits(by_a) {
                let json: Option<String> = self
                    .0
                    .query_row("SELECT json FROM entity WHERE id = ?1", [edit.id.as_bytes()], |row| {
                        row.get(0)
                    })
                    .optional()?;
                held.shown[side] += usize::from(json.is_some_and(|json| json.contains(&edit.value)));
            }
        }
        Ok(held)
    }
}
