//! This device as its database knows it: name, settings, and whether another process wrote meanwhile.

use crate::Store;
use crate::error::StoreError;
use crate::names::u64_of;
use rusqlite::{OptionalExtension, params};
use sync_core::identity::DeviceId;

impl Store {
    /// This device.
    ///
    /// # Errors
    /// When the database fails.
    pub fn device(&mut self) -> Result<DeviceId, StoreError> {
        Ok(DeviceId::from_bytes(self.conn.query_row("SELECT device FROM replica", [], |row| row.get(0))?))
    }

    /// What its person calls it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn name(&mut self) -> Result<String, StoreError> {
        Ok(self.conn.query_row("SELECT name FROM replica", [], |row| row.get(0))?)
    }

    /// Gives this device another name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rename(&mut self, name: &str) -> Result<(), StoreError> {
        self.conn.execute("UPDATE replica SET name = ?1", [name])?;
        Ok(())
    }

    /// Something the application remembers about this device. Never sent anywhere; no place for secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Remembers something; `None` forgets it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.conn.execute(
                "INSERT INTO setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, value],
            )?,
            None => self.conn.execute("DELETE FROM setting WHERE name = ?1", [name])?,
        };
        Ok(())
    }

    /// The highest seq: grows with every change of an entity.
    ///
    /// # Errors
    /// When the database fails.
    pub fn head(&mut self) -> Result<u64, StoreError> {
        crate::head(&self.conn).map(u64_of)
    }

    /// A number that differs from the last one asked for exactly when another connection changed the database
    /// between.
    ///
    /// # Errors
    /// When the database fails.
    pub fn data_version(&mut self) -> Result<u64, StoreError> {
        Ok(u64_of(self.conn.query_row("PRAGMA data_version", [], |row| row.get(0))?))
    }
}
