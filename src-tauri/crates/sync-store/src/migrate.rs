//! Brings a database up to date. `rusqlite_migration` would do for one process; it reads `user_version`
//! before its transaction begins, and two processes may open the same file at once here.

use crate::error::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// "WHPH" in ASCII: marks the file as ours, in SQLite's header.
pub(crate) const APPLICATION_ID: u32 = 0x5748_5048;

/// The steps, oldest first. The rules for them are in `migrations/README.md`.
pub(crate) const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_initial.sql", include_str!("../../../../migrations/0001_initial.sql")),
    ("0002_names_and_lines.sql", include_str!("../../../../migrations/0002_names_and_lines.sql")),
    ("0003_safety_nets.sql", include_str!("../../../../migrations/0003_safety_nets.sql")),
    ("0004_first_merge.sql", include_str!("../../../../migrations/0004_first_merge.sql")),
    ("0005_what_peers_say.sql", include_str!("../../../../migrations/0005_what_peers_say.sql")),
];

/// The format that this program writes: how many steps there are.
pub(crate) const FORMAT: u32 = MIGRATIONS.len() as u32;

/// Runs the steps that the database has not had, all or none, and marks the file as ours. `last` runs in the
/// same transaction.
pub(crate) fn migrate<T>(
    conn: &mut Connection,
    last: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let had: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (_, sql) in MIGRATIONS.iter().skip(had as usize) {
        tx.execute_batch(sql)?;
    }
    if had < FORMAT {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", FORMAT)?;
    }
    let result = last(&tx)?;
    tx.commit()?;
    Ok(result)
}

/// The database as the migrations leave it, as SQL, in a stable order.
///
/// # Errors
/// When a migration is no valid SQL.
pub fn schema_sql() -> Result<String, StoreError> {
    let mut conn = Connection::open_in_memory()?;
    migrate(&mut conn, |_| Ok(()))?;
    let mut out = format!(
        "-- The database as the migrations leave it (application_id {APPLICATION_ID:#x}, user_version {FORMAT}).\n\
         -- Written by `cargo xtask gen`; do not edit.\n"
    );
    let mut statement = conn.prepare(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
         ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name",
    )?;
    for sql in statement.query_map([], |row| row.get::<_, String>(0))? {
        out.push_str(&format!("\n{};\n", sql?));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn top() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
    }

    #[test]
    fn every_file_in_the_folder_is_a_step_and_every_step_a_file() {
        let mut files: Vec<String> = fs::read_dir(top().join("migrations"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        files.sort();
        assert_eq!(files, MIGRATIONS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        assert!(MIGRATIONS.iter().all(|(_, sql)| !sql.contains('\r')));
    }

    #[test]
    fn the_committed_schema_is_fresh() {
        let committed = fs::read_to_string(top().join("gen/schema.sql")).unwrap_or_default();
        assert!(committed == schema_sql().unwrap(), "gen/schema.sql is stale: run `cargo xtask gen`");
    }

    #[test]
    fn devices_that_were_paired_before_that_was_asked_have_agreed_to_their_first_merge() {
        let mut conn = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.iter().position(|(name, _)| *name == "0004_first_merge.sql").unwrap();
        MIGRATIONS[..before].iter().for_each(|(_, sql)| conn.execute_batch(sql).unwrap());
        conn.pragma_update(None, "user_version", before).unwrap();
        let pair = |conn: &Connection, n: u8| {
            conn.execute(
                "INSERT INTO pairing (device, name, channel_key, added) VALUES (?1, 'x', zeroblob(32), 0)",
                [[n; 16]],
            )
            .unwrap()
        };
        pair(&conn, 1);
        migrate(&mut conn, |_| Ok(())).unwrap();
        pair(&conn, 2);
        let mut statement = conn.prepare("SELECT agreed FROM pairing ORDER BY num").unwrap();
        let agreed = statement.query_map([], |row| row.get(0)).unwrap();
        assert_eq!(agreed.collect::<Result<Vec<Option<bool>>, _>>().unwrap(), [Some(true), None]);
    }

    #[test]
    fn running_the_steps_twice_changes_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, |_| Ok(())).unwrap();
        migrate(&mut conn, |_| Ok(())).unwrap();
    }
}
