//! When a commit is on the disk. A store by itself waits for the disk with every commit. Whoever has a thread to spare
//! defers that: commits return once they are in the write-ahead log, and the thread flushes the log for many of them at once.
//! Until then a power cut may undo them, so nobody may be told of them: no person, no peer.

use crate::Store;
use crate::error::StoreError;
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// The write-ahead log of a store that has deferred its flushes.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: Option<File>,
}

impl Log {
    /// Waits until everything committed before is on the disk.
    ///
    /// # Errors
    /// When the disk fails: what was committed since the last flush may be lost, and nobody can say what of it.
    pub fn flush(&mut self) -> io::Result<()> {
        // SQLite flushes the log itself before it copies it into the database, so what is no longer in it is safe. The file
        // stays the same one as long as a connection is open.
        if self.file.is_none() {
            self.file = Some(File::options().write(true).open(&self.path)?);
        }
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }
}

impl Store {
    /// From now on commits do not wait for the disk: [`Self::take_unflushed`] tells when the log has to be flushed. `None`, and
    /// nothing changed, for a database in memory, and where the log's name cannot be said in UTF-8.
    ///
    /// # Errors
    /// When the database fails.
    pub fn defer_flushes(&mut self) -> Result<Option<Log>, StoreError> {
        let Some(path) = self.conn.path().filter(|path| !path.is_empty()) else { return Ok(None) };
        let path = PathBuf::from(format!("{path}-wal"));
        self.conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        self.deferred = true;
        self.flushed = self.conn.total_changes();
        Ok(Some(Log { path, file: None }))
    }

    /// Whether something was committed since the last call that must be on the disk before anybody hears of it.
    pub fn take_unflushed(&mut self) -> bool {
        let changes = self.conn.total_changes();
        std::mem::replace(&mut self.flushed, changes) != changes
    }

    /// Does something whose commit need not wait for the disk: a power cut may undo it, and then it is only done
    /// again. Never for what gives out a stamp or a seq.
    pub(crate) fn relaxed<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !self.deferred {
            self.conn.execute_batch("PRAGMA synchronous = NORMAL")?;
            let done = work(self);
            self.conn.execute_batch("PRAGMA synchronous = FULL")?;
            return done;
        }
        let nothing_waits = self.flushed == self.conn.total_changes();
        let done = work(self);
        if nothing_waits {
            self.flushed = self.conn.total_changes();
        }
        done
    }
}

#[cfg(test)]
mod tests;
