//! The index's file.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};
use sync_core::entity::EntityKey;
use uuid::Uuid;

use crate::joints::{JOINT, joined, jointed};
use crate::spelling::spellings;

/// Of the layout below: an index of another version is made again.
const VERSION: i64 = 3;
/// How long another process of this device may write.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to open it.
const BETWEEN: Duration = Duration::from_millis(20);
/// Of more that match, those that changed last are ranked.
const RANKED: usize = 2_000;
/// Words around what was found.
const AROUND: usize = 14;
/// A title counts so many times what the text does …
const TITLE_WEIGHT: f64 = 8.0;
/// … and a tag so many times.
const TAG_WEIGHT: f64 = 2.0;
/// Tags that one word may mean; who has more has named many alike.
const TAGS_MAX: usize = 64;
/// Marks before and after what was found, which no indexed text has in it.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

const LAYOUT: &str = "
    CREATE TABLE state (head INTEGER NOT NULL, device TEXT NOT NULL) STRICT;
    INSERT INTO state VALUES (0, '');
    -- A changed entity gets a new number: the highest are those that changed last.
    CREATE TABLE doc (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id BLOB NOT NULL,
      UNIQUE (kind, id)) STRICT;
    -- What has a tag has its number: another name for it changes nothing there.
    CREATE TABLE tag (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
    CREATE VIRTUAL TABLE words USING fts5 (title, body, spelt, tags, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE names USING fts5 (name, spelt, tokenize = 'unicode61 remove_diacritics 2');
    PRAGMA user_version = 3;";

/// An entity that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub key: EntityKey,
    /// Its title.
    pub title: String,
    /// Some of its text around what was found; its beginning, if that was in the title.
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part.
    pub text: String,
    /// It is what was searched for.
    pub hit: bool,
}

/// What became of an entity; without a text or name it is deleted.
pub(crate) enum Change {
    Entity { kind: &'static str, id: Uuid, text: Option<Text> },
    Tag { id: Uuid, name: Option<String> },
}

/// What is to be found of an entity.
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) tags: Vec<Uuid>,
}

#[derive(Debug)]
pub(crate) struct Index {
    db: Connection,
}

impl Index {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let begun = Instant::now();
        loop {
            match Self::try_open(path) {
                // SQLite itself does not wait for another process that is just making the file.
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                        && begun.elapsed() < PATIENCE =>
                {
                    std::thread::sleep(BETWEEN);
                }
                opened => return opened,
            }
        }
    }

    fn try_open(path: &Path) -> rusqlite::Result<Self> {
        let mut db = Connection::open(path)?;
        restrict(path);
        db.busy_timeout(PATIENCE)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // After a power cut it is made again, if need be.
        db.pragma_update(None, "synchronous", "NORMAL")?;
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match transaction.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            0 => transaction.execute_batch(LAYOUT)?,
            VERSION => {}
            _ => return Err(other_version()),
        }
        // All that is used is there.
        transaction.execute_batch("SELECT 1 FROM state, doc, words, tag, names LIMIT 0")?;
        transaction.commit()?;
        Ok(Self { db })
    }

    /// The seq up to which changes of this device's database are in it.
    pub(crate) fn head(&mut self, device: &str) -> rusqlite::Result<u64> {
        let (head, of): (i64, String) =
            self.db.query_row("SELECT head, device FROM state", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if of != device {
            self.forget()?;
            self.db.execute("UPDATE state SET device = ?1", [device])?;
            return Ok(0);
        }
        Ok(head.unsigned_abs())
    }

    /// Begins anew.
    pub(crate) fn forget(&mut self) -> rusqlite::Result<()> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(
            "DELETE FROM doc; DELETE FROM words; DELETE FROM tag; DELETE FROM names; UPDATE state SET head = 0",
        )?;
        transaction.commit()
    }

    /// Takes the changes between two seqs, unless somebody else has done so meanwhile.
    pub(crate) fn take(&mut self, from: u64, to: u64, changes: &[Change]) -> rusqlite::Result<()> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let moved = transaction.execute(
            "UPDATE state SET head = ?2 WHERE head = ?1",
            params![from.cast_signed(), to.cast_signed()],
        )?;
        if moved == 0 {
            return Ok(());
        }
        for change in changes {
            match change {
                Change::Entity { kind, id, text } => say(&transaction, kind, *id, text.as_ref())?,
                Change::Tag { id, name } => call(&transaction, *id, name.as_deref())?,
            }
        }
        transaction.commit()
    }

    /// Where all of these words are, in the syntax of FTS5.
    pub(crate) fn find(&mut self, words: &[String], limit: usize) -> rusqlite::Result<Vec<Found>> {
        let places = words.iter().map(|word| self.place(word)).collect::<rusqlite::Result<Vec<_>>>()?;
        let query = places.join(" AND ");
        let mut best = self.db.prepare_cached(
            "SELECT number, kind, id FROM (
               SELECT rowid AS number, bm25(words, ?2, 1.0, 1.0, ?5) AS rank FROM words WHERE words MATCH ?1
               ORDER BY rowid DESC LIMIT ?3
             ) JOIN doc USING (number) ORDER BY rank, number DESC LIMIT ?4",
        )?;
        let mut text = self.db.prepare_cached(
            "SELECT title, snippet(words, 1, ?3, ?4, '…', ?5) FROM words WHERE words MATCH ?1 AND rowid = ?2",
        )?;
        let [before, after] = MARKS.map(String::from);
        let rows = best.query_map(params![query, TITLE_WEIGHT, RANKED, limit, TAG_WEIGHT], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, Uuid::from_bytes(row.get(2)?)))
        })?;
        rows.map(|row| {
            let (number, kind, id) = row?;
            text.query_row(params![query, number, before, after, AROUND], |row| {
                let snippet: String = row.get(1)?;
                let title = joined(&row.get::<_, String>(0)?);
                Ok(Found { key: EntityKey::new(&kind, id), title, parts: parts(&joined(&snippet)) })
            })
        })
        .collect()
    }

    /// Where one word is: in the texts, or in the name of a tag.
    fn place(&self, word: &str) -> rusqlite::Result<String> {
        let mut named = self.db.prepare_cached("SELECT rowid FROM names WHERE names MATCH ?1 LIMIT ?2")?;
        let tags =
            named.query_map(params![word, TAGS_MAX], |row| Ok(format!("\"{}\"", row.get::<_, i64>(0)?)))?;
        let tags = tags.collect::<rusqlite::Result<Vec<_>>>()?;
        let texts = format!("{{title body spelt}} : {word}");
        Ok(if tags.is_empty() { texts } else { format!("({texts} OR tags : ({}))", tags.join(" OR ")) })
    }
}

/// Takes what is to be found of an entity, in place of what was.
fn say(db: &Connection, kind: &str, id: Uuid, text: Option<&Text>) -> rusqlite::Result<()> {
    let mut gone = db.prepare_cached("DELETE FROM doc WHERE kind = ?1 AND id = ?2 RETURNING number")?;
    let number: Option<i64> = gone.query_row(params![kind, id.as_bytes()], |row| row.get(0)).optional()?;
    if let Some(number) = number {
        db.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([number])?;
    }
    if let Some(Text { title, body, tags }) = text {
        let number = db
            .prepare_cached("INSERT INTO doc (kind, id) VALUES (?1, ?2)")?
            .insert(params![kind, id.as_bytes()])?;
        let tags = tags.iter().map(|tag| Ok(number_of(db, *tag)?.to_string()));
        let tags = tags.collect::<rusqlite::Result<Vec<_>>>()?;
        db.prepare_cached("INSERT INTO words (rowid, title, body, spelt, tags) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![number, indexed(title), indexed(body), spelt(title, body), tags.join(" ")])?;
    }
    Ok(())
}

/// Takes the name of a tag, in place of the one it had.
fn call(db: &Connection, id: Uuid, name: Option<&str>) -> rusqlite::Result<()> {
    let number = number_of(db, id)?;
    db.prepare_cached("DELETE FROM names WHERE rowid = ?1")?.execute([number])?;
    if let Some(name) = name {
        db.prepare_cached("INSERT INTO names (rowid, name, spelt) VALUES (?1, ?2, ?3)")?.execute(params![
            number,
            indexed(name),
            spelt(name, "")
        ])?;
    }
    Ok(())
}

/// The number of a tag in this index; it may get its name later.
fn number_of(db: &Connection, tag: Uuid) -> rusqlite::Result<i64> {
    let mut known = db.prepare_cached("SELECT number FROM tag WHERE id = ?1")?;
    match known.query_row([tag.as_bytes()], |row| row.get(0)).optional()? {
        Some(number) => Ok(number),
        None => db.prepare_cached("INSERT INTO tag (id) VALUES (?1)")?.insert([tag.as_bytes()]),
    }
}

/// The words of both texts that are also written otherwise, as they are then.
fn spelt(title: &str, body: &str) -> String {
    let words = [title, body].into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    words.flat_map(spellings).collect::<Vec<_>>().join(" ")
}

/// A text as the index has it.
fn indexed(text: &str) -> String {
    jointed(&text.replace(MARKS, " ").replace(JOINT, " ")).into_owned()
}

/// A text with marks as its parts, on one line.
fn parts(snippet: &str) -> Vec<Part> {
    let mut hit = false;
    let mut parts = Vec::new();
    for text in snippet.split(MARKS) {
        if !text.is_empty() {
            parts.push(Part { text: text.replace(char::is_control, " "), hit });
        }
        hit = !hit;
    }
    parts
}

/// Whether making the file again may help.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        // A table that is not as it should be is damage too.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => true,
        Some(_) => false,
        None => true,
    }
}

/// Removes the file, and what SQLite keeps beside it.
pub(crate) fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // What cannot be removed, opening it again will tell.
        drop(fs::remove_file(name));
    }
}

/// As the database, it is for its owner alone. Its folder is too; where that fails, nothing is lost.
fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        drop(fs::set_permissions(path, fs::Permissions::from_mode(0o600)));
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn other_version() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
        Some("it was made by another version".to_owned()),
    )
}
