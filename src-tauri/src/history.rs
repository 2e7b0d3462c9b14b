//! The history screen reads pages straight from two views of the database. It gets a pool of connections that SQLite itself
//! keeps from writing, and that cannot open another file (`.cargo/config.toml`), so whatever statement the page sends, nothing
//! can change.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tauri::{AppHandle, Manager};
use tauri_plugin_sql::{DbInstances, DbPool};

use crate::error::AppError;

/// What the page calls the database.
const NAME: &str = "sqlite:whph.db";

/// Gives the page the database to read.
pub(crate) async fn serve(handle: &AppHandle, database: &Path) -> Result<(), AppError> {
    let pool = open(database).await.map_err(AppError::internal)?;
    handle.state::<DbInstances>().0.write().await.insert(NAME.to_owned(), DbPool::Sqlite(pool));
    Ok(())
}

async fn open(database: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .read_only(true)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(5))
        .pragma("query_only", "1")
        .pragma("trusted_schema", "0");
    SqlitePoolOptions::new().max_connections(2).connect_with(options).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Executor;
    use sync_engine::{Backend, Engine, Init};

    #[tokio::test]
    async fn the_page_reads_history_and_can_write_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let listen = Some("127.0.0.1:0".parse().unwrap());
        let init = Init { name: "alice".into(), listen, keystore: Some(Backend::File) };
        Engine::init(&dir.path().join("data"), init).unwrap();
        let _engine = Engine::open(&dir.path().join("data"), planner::schema()).unwrap();
        let pool = open(&dir.path().join("data/whph.db")).await.unwrap();
        for view in ["history_line", "session_line"] {
            pool.execute(format!("SELECT * FROM {view} ORDER BY number DESC LIMIT 1").as_str())
                .await
                .unwrap();
        }
        for write in [
            "DELETE FROM history",
            "INSERT INTO setting (name, value) VALUES ('a', 'b')",
            "PRAGMA query_only = 0; DELETE FROM pairing",
            "DROP VIEW history_line",
            "PRAGMA user_version = 9",
        ] {
            let refused = pool.execute(write).await;
            assert!(refused.is_err(), "{write}");
        }
        let other = dir.path().join("other.db");
        for elsewhere in ["ATTACH '{}' AS other", "PRAGMA query_only = 0; VACUUM INTO '{}'"] {
            let statement = elsewhere.replace("{}", other.to_str().unwrap());
            assert!(pool.execute(statement.as_str()).await.is_err(), "{statement}");
            assert!(!other.exists(), "{statement}");
        }
        let elsewhere = dir.path().join("new.db");
        assert!(open(&elsewhere).await.is_err() && !elsewhere.exists());
    }
}
