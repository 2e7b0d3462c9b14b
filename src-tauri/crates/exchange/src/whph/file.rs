//! The file of a database, which stays as it is. SQLite writes beside and into what it opens, even only to read, when a program
//! was killed or still runs; so it gets a copy: of the database and of the log that goes with it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use planner::exchange::whph::VERSION;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tempfile::TempDir;

use crate::ImportError;

/// What every file of SQLite begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What may lie beside a database and belong to it.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// How a journal ends that names another file.
const NAMES_A_FILE: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// Tables that WHPH has had from its first version on.
const TABLES: [&str; 4] = ["task_table", "habit_table", "tag_table", "setting_table"];

/// Longest value that is read, in bytes: far more than a note takes here, and little to hold.
const VALUE_MAX: i32 = 16 * 1024 * 1024;

/// What SQLite may do for one file, in steps of its machine: a hundred for each row of a very large planner. Pages that lead to each
/// other make a small file endless.
const STEPS_MAX: u32 = 100_000_000;

/// Steps between two looks at how many there were.
const STRIDE: u16 = 10_000;

/// Why a file is not imported as WHPH's. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WhphError {
    /// Not a database at all, or an encrypted one.
    #[error("it is no SQLite database; choose the file that WHPH keeps its data in, whph.db")]
    NoDatabase,
    /// A database without WHPH's tables.
    #[error("it is the database of another program; choose the file that WHPH keeps its data in, whph.db")]
    OtherProgram,
    /// Written before the version that is read.
    #[error(
        "it is from an older WHPH: its schema is {found}, and {VERSION} is read here. Open it once with the latest WHPH, close that, and \
         import again"
    )]
    Older {
        /// Its version.
        found: i64,
    },
    /// Written after it.
    #[error(
        "it is from a newer WHPH: its schema is {found}, and {VERSION} is read here. Update WHPH Sync, and import again"
    )]
    Newer {
        /// Its version.
        found: i64,
    },
    /// More than is read, or endless.
    #[error(
        "it holds more than a planner can, or is damaged so that it seems to. Restore a backup in WHPH, or take a fresh copy of the file, \
         and import again"
    )]
    TooMuch,
    /// WHPH wrote to it meanwhile.
    #[error("it changed while it was copied; close WHPH, and import again")]
    Changing,
    /// The copy to read from could not be made.
    #[error(
        "there is no room for a copy of it, which is what is read: {0}. Make room in the folder for temporary files, and import again"
    )]
    Copy(#[source] io::Error),
    /// SQLite cannot make out what is in it.
    #[error(
        "it is damaged: {0}. Restore a backup in WHPH, or take a fresh copy of the file, and import again"
    )]
    Damaged(#[source] rusqlite::Error),
}

/// A copy of WHPH's database, open. It goes with the folder that it is in.
pub(super) struct Copy {
    pub(super) database: Connection,
    _folder: TempDir,
}

/// Opens a copy of `file`, if that is a database of WHPH's and of the version that is read.
pub(super) fn open(file: &Path) -> Result<Copy, ImportError> {
    let refuse = |reason| ImportError::Whph { path: file.to_owned(), reason };
    let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
    let mut magic = Vec::new();
    File::open(file).and_then(|file| file.take(16).read_to_end(&mut magic)).map_err(unreadable)?;
    if magic != MAGIC {
        return Err(refuse(WhphError::NoDatabase));
    }
    let folder = tempfile::tempdir().map_err(|error| refuse(WhphError::Copy(error)))?;
    let copy = folder.path().join("whph.db");
    let before = stamps(file);
    for end in [""].into_iter().chain(LOGS) {
        let from = beside(file, end);
        if end.is_empty() || from.exists() {
            let mut from = File::open(from).map_err(unreadable)?;
            // Not `fs::copy`: the copy of a file that may not be written to must be.
            let copied = File::create(beside(&copy, end)).and_then(|mut to| io::copy(&mut from, &mut to));
            copied.map_err(|error| refuse(WhphError::Copy(error)))?;
        }
    }
    if stamps(file) != before {
        return Err(refuse(WhphError::Changing));
    }
    if names_a_file(&beside(&copy, LOGS[1])) {
        return Err(refuse(WhphError::OtherProgram));
    }
    let database = check(&copy).map_err(refuse)?;
    Ok(Copy { database, _folder: folder })
}

/// The path of what lies beside `file` under its name and `end`.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// What shows that a file or one of its logs was written to.
fn stamps(file: &Path) -> [Option<(u64, Option<SystemTime>)>; 3] {
    ["", LOGS[0], LOGS[1]].map(|end| {
        let seen = fs::metadata(beside(file, end)).ok()?;
        Some((seen.len(), seen.modified().ok()))
    })
}

/// Whether a journal says that its transaction is of several databases, which WHPH has none of. SQLite deletes the file that it
/// names once it has rolled back: any file of this computer, if somebody else wrote the journal.
fn names_a_file(journal: &Path) -> bool {
    let mut end = [0; NAMES_A_FILE.len()];
    let read = File::open(journal).and_then(|mut journal| {
        journal.seek(SeekFrom::End(-8))?;
        journal.read_exact(&mut end)
    });
    // There is none, or it is too short for that.
    read.is_ok() && end == NAMES_A_FILE
}

fn check(copy: &Path) -> Result<Connection, WhphError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(copy, flags).map_err(reason)?;
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_MAX);
    let mut looks = STEPS_MAX / u32::from(STRIDE);
    let is_enough = move || {
        looks = looks.saturating_sub(1);
        looks == 0
    };
    database.progress_handler(STRIDE.into(), Some(is_enough));
    // Whatever its schema says was written by somebody else.
    database.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON").map_err(reason)?;
    for table in TABLES {
        if !is_table(&database, table).map_err(reason)? {
            return Err(WhphError::OtherProgram);
        }
    }
    let found = database.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).map_err(reason)?;
    match found {
        VERSION => Ok(database),
        ..VERSION => Err(WhphError::Older { found }),
        _ => Err(WhphError::Newer { found }),
    }
}

/// Whether there is a table of this name that holds nothing but what was put into it. What a view, a virtual table or a computed
/// column gives is the work of whoever made the file, and may have no end.
pub(super) fn is_table(database: &Connection, name: &str) -> rusqlite::Result<bool> {
    let is = |sql: &str| database.query_row(sql, [name], |row| row.get::<_, bool>(0));
    // Virtual tables are of the same type, and told by their text. SQLite holds each type and name against the text.
    let stored = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 AND sql LIKE 'CREATE TABLE%')";
    let computes = "SELECT EXISTS (SELECT 1 FROM pragma_table_xinfo(?1) WHERE hidden <> 0)";
    Ok(is(stored)? && !is(computes)?)
}

/// Whether SQLite was stopped because it had done enough.
pub(super) fn is_too_much(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

fn reason(error: rusqlite::Error) -> WhphError {
    if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
        WhphError::NoDatabase
    } else if is_too_much(&error) {
        WhphError::TooMuch
    } else {
        WhphError::Damaged(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::path::Path;

    const SCHEMA: &str = include_str!("../../../../../tests/whph/v35.sql");

    fn told(file: &Path) -> String {
        open(file).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_database_of_the_right_version_opens_as_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("whph.db");
        Connection::open(&file).unwrap().execute_batch(SCHEMA).unwrap();
        let bytes = fs::read(&file).unwrap();
        let mut permissions = fs::metadata(&file).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).unwrap();
        let copy = open(&file).unwrap();
        copy.database.execute_batch("DROP TABLE task_table").unwrap();
        assert_eq!(fs::read(&file).unwrap(), bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// A transaction that was cut off by a power failure is not there, and what was before it is.
    #[test]
    fn a_journal_beside_it_is_rolled_back_in_the_copy() {
        let left = cut_off();
        let copy = open(&left.path().join("whph.db")).unwrap();
        let titles: String = copy
            .database
            .query_row("SELECT group_concat(title) FROM note_table", [], |row| row.get(0))
            .unwrap();
        assert_eq!(titles, "whole");
        assert_eq!(fs::read_dir(left.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_journal_deletes_no_file_that_it_names() {
        let left = cut_off();
        let file = left.path().join("whph.db");
        let mine = left.path().join("mine");
        fs::write(&mine, "mine").unwrap();
        let name = mine.to_str().unwrap().as_bytes();
        let sum: u32 = name.iter().map(|byte| u32::from(*byte)).sum();
        let length = u32::try_from(name.len()).unwrap();
        let end = [&[0; 4], name, &length.to_be_bytes(), &sum.to_be_bytes(), &NAMES_A_FILE].concat();
        let mut journal = File::options().append(true).open(beside(&file, "-journal")).unwrap();
        journal.write_all(&end).unwrap();
        let told = told(&file);
        assert!(mine.exists(), "{told}");
        assert!(told.contains("another program"), "{told}");
    }

    /// The folder of a database that was cut off in the middle of a transaction.
    fn cut_off() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("whph.db");
        let database = Connection::open(&file).unwrap();
        database.execute_batch(SCHEMA).unwrap();
        let insert = "INSERT INTO note_table (id, created_date, title) VALUES ('a', 1, 'whole')";
        database.execute_batch(insert).unwrap();
        // Too little cache for it, so that half of the transaction is in the file already.
        database.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN").unwrap();
        for n in 0..2_000 {
            let insert = "INSERT INTO note_table (id, created_date, title) VALUES (?1, 1, 'half')";
            database.execute(insert, [n.to_string()]).unwrap();
        }
        let left = tempfile::tempdir().unwrap();
        for end in ["", "-journal"] {
            fs::copy(beside(&file, end), beside(&left.path().join("whph.db"), end)).unwrap();
        }
        left
    }

    #[test]
    fn what_only_seems_to_be_a_table_of_whphs_is_none() {
        for (forged, at) in [
            (
                "CREATE VIEW setting_table AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n",
                "a view",
            ),
            ("CREATE VIRTUAL TABLE setting_table USING fts5 (id)", "a virtual table"),
            (
                "CREATE TABLE setting_table (id, deleted_date AS (hex(zeroblob(400000000))))",
                "a computed column",
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("whph.db");
            let database = Connection::open(&file).unwrap();
            database.execute_batch(SCHEMA).unwrap();
            database.execute_batch(&format!("DROP TABLE setting_table; {forged}")).unwrap();
            assert!(told(&file).contains("another program"), "{at}: {}", told(&file));
        }
    }

    #[test]
    fn whatever_else_it_is_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.db");
        fs::write(&file, "SQLite format 2\0").unwrap();
        assert!(told(&file).contains("x.db was not imported: it is no SQLite database"), "{}", told(&file));
        assert!(matches!(open(&folder.path().join("gone")), Err(ImportError::Read { .. })));
        fs::remove_file(&file).unwrap();
        let database = Connection::open(&file).unwrap();
        database.execute_batch("CREATE TABLE task_table (id)").unwrap();
        assert!(told(&file).contains("another program"));
        database.execute_batch("DROP TABLE task_table").unwrap();
        database.execute_batch(SCHEMA).unwrap();
        for (version, said) in [(0, "older"), (34, "older"), (36, "newer")] {
            database.pragma_update(None, "user_version", version).unwrap();
            assert!(told(&file).contains(said), "{version}: {}", told(&file));
        }
        database.pragma_update(None, "user_version", VERSION).unwrap();
        assert_eq!(told(&file), "");
    }
}
