//! The store on a thread of its own. SQLite blocks on the disk, so it must not run on a thread that also drives
//! sockets; and with one thread the order in which calls are made is the order in which they take effect.

use std::fmt;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use sync_store::Store;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// A handle to the store's thread; cheap to clone. Dropping the last one finishes what was asked for, closes the store
/// (so that its log is folded back into the database file) and ends the thread.
#[derive(Clone)]
pub struct Db {
    thread: Arc<Thread>,
}

/// The store's thread is gone: it panicked, or the system would not start it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database stopped working in this process after an internal error. Nothing saved is lost: start the program again"
)]
pub struct DbStopped;

struct Thread {
    /// `None` once dropping has begun: that is what ends the thread.
    jobs: Option<mpsc::Sender<Job>>,
    running: Option<JoinHandle<()>>,
}

impl Db {
    /// Moves the store to its thread. `at_end` is the last thing done with it.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn start(
        mut store: Store,
        at_end: impl FnOnce(&mut Store) + Send + 'static,
    ) -> Result<Self, DbStopped> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let work = move || {
            for job in queue {
                job(&mut store);
            }
            at_end(&mut store);
        };
        let running = thread::Builder::new().name("store".into()).spawn(work).map_err(|_| DbStopped)?;
        Ok(Self { thread: Arc::new(Thread { jobs: Some(jobs), running: Some(running) }) })
    }

    /// Runs `work` on the store's thread, after everything asked for before. Once called it runs to its end, even if the
    /// future is dropped.
    ///
    /// # Errors
    /// When the thread is gone.
    pub async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> Result<T, DbStopped> {
        let (done, result) = oneshot::channel();
        // Nobody waiting any more is no reason not to do it.
        self.send(Box::new(move |store| drop(done.send(work(store)))))?;
        result.await.map_err(|_| DbStopped)
    }

    /// Asks for `work` without waiting for it. When the thread is gone nothing happens; the next call tells.
    pub fn post(&self, work: impl FnOnce(&mut Store) + Send + 'static) {
        let _ = self.send(Box::new(work));
    }

    fn send(&self, job: Job) -> Result<(), DbStopped> {
        self.thread.jobs.as_ref().ok_or(DbStopped)?.send(job).map_err(|_| DbStopped)
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Db")
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.jobs = None;
        // A job may have held the last handle; a thread cannot wait for itself.
        if let Some(running) = self.running.take().filter(|t| t.thread().id() != thread::current().id()) {
            // It panicked: whoever waited for that call was told.
            drop(running.join());
        }
    }
}
