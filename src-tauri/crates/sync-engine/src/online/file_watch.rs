//! Other processes of this device write to the same database. The system tells when its log grows, so that nobody has to ask
//! several times a second.

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How long a write may be followed by others before they are looked at together.
const DEBOUNCE: Duration = Duration::from_millis(20);

/// Tells when something was written to a database, by whomever.
#[derive(Debug)]
pub(super) struct FileWatch {
    _watcher: RecommendedWatcher,
    written: mpsc::Receiver<()>,
    due: Option<Instant>,
}

impl FileWatch {
    /// Watches the database in this file. `None` where the system cannot do that.
    pub(super) fn start(database: &Path) -> Option<Self> {
        let mut log = database.file_name()?.to_owned();
        log.push("-wal");
        // One is enough to know that there is something to look at.
        let (tell, written) = mpsc::channel(1);
        let heard = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| event.paths.iter().any(|path| path.file_name() == Some(&log))) {
                let _ = tell.try_send(());
            }
        };
        let mut watcher = notify::recommended_watcher(heard).ok()?;
        watcher.watch(database.parent()?, RecursiveMode::NonRecursive).ok()?;
        Some(Self { _watcher: watcher, written, due: None })
    }

    /// Waits for the next write, and a moment longer. May be dropped and called again.
    pub(super) async fn changed(&mut self) {
        let due = match self.due {
            Some(due) => due,
            None => {
                if self.written.recv().await.is_none() {
                    std::future::pending::<()>().await;
                }
                *self.due.insert(Instant::now() + DEBOUNCE)
            }
        };
        sleep_until(due).await;
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tells_of_writes_to_the_log_and_of_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("whph.db");
        let mut watch = FileWatch::start(&database).unwrap();
        std::fs::write(dir.path().join("other"), "x").unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(200), watch.changed()).await.is_err());
        std::fs::write(dir.path().join("whph.db-wal"), "x").unwrap();
        watch.changed().await;
    }
}
