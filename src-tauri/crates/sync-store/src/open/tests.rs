use super::*;
use crate::testing::{NOW, Person, entity, fresh_id, new_replica, schema, title};
use crate::{Edit, migrate};
use rusqlite::Connection;
use std::collections::BTreeSet;
use sync_core::entity::write::Change;
use sync_core::time::Wall;

fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(path, Arc::new(schema()), fresh_id())
}

/// A closed database with some notes in it.
fn database(folder: &Path) -> PathBuf {
    let path = folder.join("alice.db");
    Store::create(&path, &new_replica(1)).unwrap();
    let mut alice = Person::of(open(&path).unwrap());
    for id in 0..300 {
        alice.set("note", id, title(&format!("note {id} {}", "x".repeat(200))));
    }
    path
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Opening fails, its message names the file, and not a byte of the folder changes.
fn assert_refused(path: &Path) -> OpenError {
    let before: Vec<_> =
        files(path.parent().unwrap()).into_iter().map(|f| (fs::read(&f).unwrap(), f)).collect();
    let error = open(path).unwrap_err();
    let after: Vec<_> =
        files(path.parent().unwrap()).into_iter().map(|f| (fs::read(&f).unwrap(), f)).collect();
    assert!(before == after, "{error} changed a file");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert!(Store::create(path, &new_replica(1)).is_err());
    error
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let mut alice = Person::of(open(&path).unwrap());
    assert_eq!(alice.store.head().unwrap(), 300);
    assert_eq!(alice.store.name().unwrap(), "device 1");
    alice.assert_sound();
    drop(alice);
    assert_eq!(files(folder.path()), BTreeSet::from([path]));
}

#[test]
fn a_missing_database_is_not_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    assert!(matches!(open(&path), Err(OpenError::Missing { .. })));
    assert_eq!(files(folder.path()), BTreeSet::new());
}

#[test]
fn creating_never_overwrites_and_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let before = fs::read(&path).unwrap();
    assert!(matches!(Store::create(&path, &new_replica(2)), Err(OpenError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
    // A setup that was killed left its draft; the next one starts over.
    let other = folder.path().join("bob.db");
    fs::write(folder.path().join("bob.db.new"), b"half a database").unwrap();
    Store::create(&other, &new_replica(2)).unwrap();
    open(&other).unwrap();
    assert!(!folder.path().join("bob.db.new").exists());
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn another_programs_file_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("browser.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE history (url TEXT)").unwrap();
    // Even with a write-ahead log that SQLite would like to tidy up.
    std::mem::forget(other);
    assert!(matches!(assert_refused(&path), OpenError::Foreign { .. }));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear Bob, ".repeat(1000)).unwrap();
    assert!(matches!(assert_refused(&path), OpenError::Foreign { .. }));
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA user_version = 4711").unwrap();
    drop(conn);
    assert!(matches!(assert_refused(&path), OpenError::Newer { found: 4711, known: migrate::FORMAT, .. }));

    // Also while the mark is in the log alone.
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA user_version = 4711").unwrap();
    let main = fs::read(&path).unwrap();
    std::mem::forget(conn);
    assert!(matches!(open(&path), Err(OpenError::Newer { .. })));
    assert_eq!(fs::read(&path).unwrap(), main);
}

#[test]
fn a_truncated_database_is_refused_and_untouched() {
    for keep in [0, 1, 50, 100, 4096, 20_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..keep.min(whole.len() - 1)]).unwrap();
        let error = assert_refused(&path);
        // Of one byte nobody can say whose it was.
        assert!(matches!(error, OpenError::Damaged { .. }) || keep == 1, "{keep}: {error}");
    }
}

#[test]
fn a_corrupt_database_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    bytes[100..4096].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let error = assert_refused(&path);
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("backup"), "{error}");
}

#[test]
fn what_cannot_be_written_to_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no/such/folder/alice.db");
    assert!(matches!(Store::create(&nowhere, &new_replica(1)), Err(OpenError::ReadOnly { .. })));
    for code in [rusqlite::ffi::SQLITE_READONLY, rusqlite::ffi::SQLITE_CANTOPEN, rusqlite::ffi::SQLITE_PERM] {
        let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        let error = OpenError::from_store(nowhere.clone(), error.into());
        assert!(matches!(error, OpenError::ReadOnly { .. }), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let all_powerful = File::create(folder.path().join("probe")).is_ok();
    let opened = open(&path);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    if !all_powerful {
        assert!(matches!(opened, Err(OpenError::ReadOnly { .. })), "{opened:?}");
    }
}

#[test]
fn two_connections_interleave_their_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.db");
    Store::create(&path, &new_replica(1)).unwrap();
    let (mut serve, mut add) = (open(&path).unwrap(), open(&path).unwrap());
    let edit = |kind: &str, id: u128| Edit {
        key: entity(kind, id),
        change: Change::Set(crate::testing::fields(title(&format!("{kind} {id}")))),
    };
    // A new kind each, and the same moment for all: neither may rely on what it saw last.
    for id in 0..20 {
        serve.write(&[edit(&format!("kind{}", id % 5), id)], Wall(NOW)).unwrap();
        add.write(&[edit(&format!("kind{}", id % 3), 100 + id)], Wall(NOW)).unwrap();
    }
    let mut versions = BTreeSet::new();
    serve
        .each(crate::Which::All, |view| -> Result<(), crate::StoreError> {
            assert!(versions.insert(view.version), "{} bears a stamp of another", view.key);
            Ok(())
        })
        .unwrap();
    assert_eq!((versions.len(), serve.head().unwrap()), (40, 40));
    assert_eq!(serve.check().unwrap().problems, []);
}

#[test]
fn another_process_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let (mut serve, add) = (open(&path).unwrap(), open(&path).unwrap());
    let before = serve.data_version().unwrap();
    assert_eq!(serve.data_version().unwrap(), before);
    Person::of(add).set("note", 1, title("changed"));
    assert_ne!(serve.data_version().unwrap(), before);
}

#[test]
fn a_full_disk_says_so_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut alice = Person::of(open(&database(folder.path())).unwrap());
    let pages: i64 = alice.store.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    alice.store.conn.execute_batch(&format!("PRAGMA max_page_count = {}", pages + 2)).unwrap();
    let big =
        Change::Set(crate::testing::fields(serde_json::json!({"title": "x", "blob": "y".repeat(200_000)})));
    let error = alice.try_change("note", 1, big).unwrap_err();
    assert!(matches!(error, crate::WriteError::Store(StoreError::DiskFull)), "{error}");
    assert_eq!(alice.store.head().unwrap(), 300);
    alice.assert_sound();
    alice.set("note", 1, title("small enough"));
}

#[test]
fn a_database_that_another_program_holds_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let (mut serve, mut add) = (open(&path).unwrap(), Person::of(open(&path).unwrap()));
    add.store.conn.busy_timeout(Duration::ZERO).unwrap();
    let held = serve.begin(Wall(NOW)).unwrap();
    let error = add.try_change("note", 1, Change::Delete).unwrap_err();
    assert!(matches!(error, crate::WriteError::Store(StoreError::Busy)), "{error}");
    // Reading goes on.
    assert!(add.view("note", 1).is_some());
    drop(held);
    add.change("note", 1, Change::Delete);
}

#[test]
fn a_killed_writer_leaves_whole_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let mut alice = Person::of(open(&path).unwrap());
    alice.set("note", 1, title("committed"));
    let txn = alice.store.begin(Wall(NOW)).unwrap();
    txn.sql.execute("UPDATE entity SET fields = '{}'", []).unwrap();
    std::mem::forget(txn);
    // The log alone holds the last edit, and nobody gets to tidy it up.
    let copy = folder.path().join("copy.db");
    for suffix in ["", "-wal"] {
        fs::copy(beside(&path, suffix), beside(&copy, suffix)).unwrap();
    }
    let mut copy = Person::of(open(&copy).unwrap());
    assert_eq!(copy.shows("note", 1), title("committed"));
    copy.assert_sound();
    // The forgotten transaction still holds the file; leaving it open is the point.
    std::mem::forget(alice);
}
