//! Opening and creating the file. Whatever is not a healthy database of ours is refused before SQLite gets to
//! touch it, because SQLite would otherwise tidy up another program's write-ahead log, or call an empty file
//! a database.

use crate::error::{OpenError, StoreError};
use crate::migrate::{APPLICATION_ID, FORMAT, migrate};
use crate::{FreshId, Store, reviews};
use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, DatabaseName, OpenFlags, params};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use sync_core::identity::DeviceId;
use sync_core::schema::Schema;
use sync_core::stamp::{ReplicaId, WriterId};

/// What a new database begins with.
#[derive(Clone, Debug)]
pub struct NewReplica {
    /// This device.
    pub device: DeviceId,
    /// What its person calls it.
    pub name: String,
    /// Its first writer: random.
    pub writer: WriterId,
    /// Its first replica: random.
    pub replica: ReplicaId,
    /// Its first [settings](Store::setting).
    pub settings: Vec<(String, String)>,
}

impl Store {
    /// Creates a database. It appears at `path` complete or not at all.
    ///
    /// # Errors
    /// When there is a file already, or the folder cannot be written to.
    pub fn create(path: &Path, replica: &NewReplica) -> Result<(), OpenError> {
        if path.exists() {
            return Err(OpenError::Exists { path: path.to_owned() });
        }
        let draft = beside(path, ".new");
        remove_draft(&draft).and_then(|()| new_file(&draft)).map_err(|e| unwritable(path, &e))?;
        fill(&draft, replica).map_err(|error| OpenError::from_store(path.to_owned(), error))?;
        fs::rename(&draft, path).and_then(|()| sync_folder(path)).map_err(|e| unwritable(path, &e))
    }

    /// Opens the database at `path` and brings it up to date. `fresh_id` gives random ids, for new writers
    /// and replicas.
    ///
    /// # Errors
    /// What is wrong with the file; it is then as it was.
    pub fn open(path: &Path, schema: Arc<Schema>, fresh_id: FreshId) -> Result<Self, OpenError> {
        let has_log = check_header(path)?;
        let failed = |error: StoreError| OpenError::from_store(path.to_owned(), error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags).map_err(|e| failed(e.into()))?;
        // Until it has proved to be ours, closing it must not copy a log into it either.
        keep_log(&conn, has_log).map_err(failed)?;
        if conn.is_readonly(DatabaseName::Main).map_err(|e| failed(e.into()))? {
            return Err(failed(StoreError::ReadOnly));
        }
        let (format, application) = marks(&conn).map_err(failed)?;
        check_marks(path, format, application)?;
        let mut store = Self::over(conn, schema, fresh_id);
        if format < FORMAT {
            migrate(&mut store.conn, |_| Ok(())).map_err(failed)?;
        }
        store.prepare().map_err(failed)?;
        keep_log(&store.conn, false).map_err(failed)?;
        Ok(store)
    }

    /// A database in memory alone, for simulations and tests.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory(
        replica: &NewReplica,
        schema: Arc<Schema>,
        fresh_id: FreshId,
    ) -> Result<Self, StoreError> {
        let conn = migrated_in_memory()?;
        insert_replica(&conn, replica)?;
        let mut store = Self::over(conn, schema, fresh_id);
        store.prepare()?;
        Ok(store)
    }

    fn over(conn: Connection, schema: Arc<Schema>, fresh_id: FreshId) -> Self {
        Self { conn, schema, fresh_id, deferred: false, flushed: 0 }
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        self.conn.busy_timeout(BUSY)?;
        self.conn.set_prepared_statement_cache_capacity(64);
        self.conn.execute_batch(PRAGMAS)?;
        reviews::recount_for_schema(self)
    }
}

/// How long a write waits for another process's.
const BUSY: Duration = Duration::from_secs(5);

/// The settings of every connection. The log is copied into the file every 64 MiB rather than every 4, which a
/// first sync would do hundreds of times. The cache holds the index of ids, the one thing that is read at random.
pub const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16384;
    PRAGMA wal_autocheckpoint = 16384;
    PRAGMA journal_size_limit = 67108864;";

fn fill(draft: &Path, replica: &NewReplica) -> Result<(), StoreError> {
    let mut conn = Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    migrate(&mut conn, |conn| insert_replica(conn, replica))?;
    conn.execute_batch("PRAGMA journal_mode = WAL")?;
    conn.close().map_err(|(_, error)| error.into())
}

/// An empty database in memory. The steps run once for all: a simulation needs thousands of databases, and their SQL was most of
/// what it had to do.
fn migrated_in_memory() -> Result<Connection, StoreError> {
    static MIGRATED: Mutex<Option<Connection>> = Mutex::new(None);
    let mut migrated = MIGRATED.lock().unwrap_or_else(PoisonError::into_inner);
    let from = match &mut *migrated {
        Some(conn) => conn,
        none => {
            let mut conn = Connection::open_in_memory()?;
            migrate(&mut conn, |_| Ok(()))?;
            none.insert(conn)
        }
    };
    let mut conn = Connection::open_in_memory()?;
    Backup::new(from, &mut conn)?.step(-1)?;
    Ok(conn)
}

fn insert_replica(conn: &Connection, new: &NewReplica) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO writer (num, id, device, latest, ahead, noted) VALUES (1, ?1, ?2, 0, 0, 0)",
        params![new.writer.0, new.device.as_bytes()],
    )?;
    conn.execute(
        "INSERT INTO replica (one, device, name, id, writer, clock, schema) VALUES (1, ?1, ?2, ?3, 1, 0, 0)",
        params![new.device.as_bytes(), new.name, new.replica.0],
    )?;
    for (name, value) in &new.settings {
        conn.execute("INSERT INTO setting (name, value) VALUES (?1, ?2)", [name, value])?;
    }
    Ok(())
}

/// Looks at the file without SQLite; whether there is a write-ahead log beside it. Layout: "The Database
/// Header" in SQLite's file format.
fn check_header(path: &Path) -> Result<bool, OpenError> {
    let damaged = |reason: &str| OpenError::Damaged { path: path.to_owned(), reason: reason.into() };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        Err(e) => return Err(unwritable(path, &e)),
    };
    let mut header = Vec::with_capacity(100);
    let length = file.metadata().map_err(|e| unwritable(path, &e))?.len();
    file.by_ref().take(100).read_to_end(&mut header).map_err(|e| unwritable(path, &e))?;
    if header.is_empty() {
        return Err(damaged("it is empty"));
    }
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(OpenError::Foreign { path: path.to_owned(), what: "it is no SQLite database" });
    }
    let word = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_be_bytes).ok_or_else(|| damaged("it is cut short"))
    };
    check_marks(path, word(60)?, word(68)?)?;
    let page_size = match word(14)? & 0xffff {
        1 => 65_536,
        size => u64::from(size),
    };
    // With a log beside it the file may lag behind what its header says.
    let has_log = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    if !has_log && length < u64::from(word(28)?) * page_size {
        return Err(damaged("it is cut short"));
    }
    Ok(has_log)
}

fn check_marks(path: &Path, format: u32, application: u32) -> Result<(), OpenError> {
    if application != APPLICATION_ID {
        return Err(OpenError::Foreign { path: path.to_owned(), what: "it is another program's database" });
    }
    if format > FORMAT {
        return Err(OpenError::Newer { path: path.to_owned(), found: format, known: FORMAT });
    }
    Ok(())
}

fn marks(conn: &Connection) -> Result<(u32, u32), StoreError> {
    let format = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    Ok((format, application))
}

fn keep_log(conn: &Connection, on: bool) -> Result<(), StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on)?;
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// What is left of a setup that was interrupted.
fn remove_draft(draft: &Path) -> io::Result<()> {
    for file in [draft.to_owned(), beside(draft, "-journal"), beside(draft, "-wal"), beside(draft, "-shm")] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// An empty file that its owner alone can read; SQLite gives its log the same permissions.
fn new_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes the new name survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> OpenError {
    OpenError::ReadOnly { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests;
