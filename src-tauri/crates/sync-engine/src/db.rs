//! The store on a thread of its own. SQLite blocks on the disk, so it must not run on a thread that also drives
//! sockets; and with one thread the order in which calls are made is the order in which they take effect.
//!
//! A second thread waits for the disk, while the store goes on with the next call. No result leaves before everything that
//! it may rest on is on the disk: results wait in the order of their calls, and one flush serves all that wait.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle, ThreadId};

use sync_core::node::storage::Answer;
use sync_store::{Log, Ready, Store};
use tokio::sync::oneshot;

/// Most batches that are applied in one transaction: half of those that a peer may have on their way, so that the other half
/// comes meanwhile.
const TOGETHER: usize = 2;

/// What the store's thread is asked for.
enum Job {
    /// Does the work, and leaves what is to be done with its result.
    Work(Box<dyn FnOnce(&mut Store) -> Reply + Send>),
    /// A peer's batch: those that wait are applied together.
    Batch(Ready, Then<Answer>),
}

/// Hears of a result, whatever becomes of it: dropped, it says that the thread is gone. It may be dropped while a thread panics, so
/// it must not panic itself.
struct Then<T>(Option<Hears<T>>);

type Hears<T> = Box<dyn FnOnce(Result<T, DbStopped>) + Send>;

impl<T> Then<T> {
    fn new(then: impl FnOnce(Result<T, DbStopped>) + Send + 'static) -> Self {
        Self(Some(Box::new(then)))
    }

    fn tell(mut self, result: Result<T, DbStopped>) {
        if let Some(then) = self.0.take() {
            then(result);
        }
    }
}

impl<T> Drop for Then<T> {
    fn drop(&mut self) {
        if let Some(then) = self.0.take() {
            then(Err(DbStopped));
        }
    }
}

/// Gives the result out, or lets whoever waits know that it cannot be vouched for.
type Reply = Box<dyn FnOnce(Result<(), DbStopped>) + Send>;

/// A handle to the store's thread; cheap to clone. Dropping the last one finishes what was asked for, closes the store
/// (so that its log is folded back into the database file) and ends the thread.
#[derive(Clone)]
pub struct Db {
    threads: Arc<Threads>,
}

/// The store's thread is gone: it panicked, the disk failed under it, or the system would not start it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database stopped working in this process, because the disk failed or after an internal error. What was confirmed is \
     saved. Check the disk, then start the program again"
)]
pub struct DbStopped;

struct Threads {
    /// `None` once dropping has begun: that is what ends them.
    jobs: Option<mpsc::Sender<Job>>,
    running: Option<[JoinHandle<()>; 2]>,
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
        let mut log = store.defer_flushes().map_err(|_| DbStopped)?;
        Self::start_with(store, at_end, move || log.as_mut().map_or(Ok(()), Log::flush))
    }

    fn start_with(
        mut store: Store,
        at_end: impl FnOnce(&mut Store) + Send + 'static,
        flush: impl FnMut() -> io::Result<()> + Send + 'static,
    ) -> Result<Self, DbStopped> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (gate, waiting) = Gate::new();
        let flusher = start("flush", move || waiting.run(flush))?;
        let worker = start("store", move || {
            // Once nobody hears any more what became of it, nothing more is done.
            let _ = work(&mut store, &queue, &gate);
            at_end(&mut store);
        })?;
        Ok(Self { threads: Arc::new(Threads { jobs: Some(jobs), running: Some([worker, flusher]) }) })
    }

    /// Runs `work` on the store's thread, after everything asked for before, and returns once what it wrote is on the disk.
    /// Once called it runs to its end, even if the future is dropped.
    ///
    /// # Errors
    /// When the thread is gone.
    pub async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> Result<T, DbStopped> {
        self.call_telling(work, |_| ()).await
    }

    /// As [`Self::call`]; `tell` hears of the result before the caller does, also when nobody waits any more.
    ///
    /// # Errors
    /// When the thread is gone.
    pub(crate) async fn call_telling<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
        tell: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, DbStopped> {
        let (done, result) = oneshot::channel();
        self.post_then(work, move |worked| {
            if let Ok(worked) = &worked {
                tell(worked);
            }
            // Nobody waiting any more is no reason not to do it.
            drop(done.send(worked));
        });
        result.await.map_err(|_| DbStopped)?
    }

    /// Asks for `work` without waiting for it. When the thread is gone nothing happens; the next call tells.
    pub fn post(&self, work: impl FnOnce(&mut Store) + Send + 'static) {
        self.post_then(work, drop);
    }

    /// Asks for `work` without waiting for it; `then` hears of the result once it is on the disk, or that the thread is gone.
    pub(crate) fn post_then<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
        then: impl FnOnce(Result<T, DbStopped>) + Send + 'static,
    ) {
        let then = Then::new(then);
        self.send(Job::Work(Box::new(move |store| {
            let worked = work(store);
            Box::new(move |saved| then.tell(saved.map(|()| worked)))
        })));
    }

    /// Asks for a peer's batch to be applied; `then` hears of it once it is on the disk, or that the thread is gone.
    pub(crate) fn apply_then(
        &self,
        batch: Ready,
        then: impl FnOnce(Result<Answer, DbStopped>) + Send + 'static,
    ) {
        self.send(Job::Batch(batch, Then::new(then)));
    }

    fn send(&self, job: Job) {
        if let Some(jobs) = &self.threads.jobs {
            drop(jobs.send(job));
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Db")
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.jobs = None;
        let Some(running) = self.running.take() else { return };
        // A job or a reply may have held the last handle; a thread cannot wait for itself, nor for one that waits for it.
        if running.iter().any(|running| is(running.thread().id())) {
            return;
        }
        for thread in running {
            // It panicked: whoever waited for that call was told.
            drop(thread.join());
        }
    }
}

/// Does what is asked for, in its order, until nobody can ask any more.
fn work(store: &mut Store, queue: &mpsc::Receiver<Job>, gate: &Gate) -> Result<(), DbStopped> {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| queue.recv().ok()) {
        let (batch, then) = match job {
            Job::Work(work) => {
                let reply = work(store);
                gate.pass(store.take_unflushed(), reply)?;
                continue;
            }
            Job::Batch(batch, then) => (batch, then),
        };
        let (mut batches, mut thens) = (vec![batch], vec![then]);
        while batches.len() < TOGETHER
            && let Ok(job) = queue.try_recv()
        {
            match job {
                Job::Batch(batch, then) => {
                    batches.push(batch);
                    thens.push(then);
                }
                Job::Work(_) => {
                    next = Some(job);
                    break;
                }
            }
        }
        let answers = store.answer_together(batches);
        let unflushed = store.take_unflushed();
        for (answer, then) in answers.into_iter().zip(thens) {
            gate.pass(unflushed, Box::new(move |saved| then.tell(saved.map(|()| answer))))?;
        }
    }
    Ok(())
}

fn is(thread: ThreadId) -> bool {
    thread == thread::current().id()
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, DbStopped> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(|_| DbStopped)
}

/// Where replies wait for the disk; the store's end of it.
struct Gate {
    /// How many wait.
    count: Arc<AtomicUsize>,
    replies: mpsc::Sender<(bool, Reply)>,
}

/// The other end.
struct Waiting {
    count: Arc<AtomicUsize>,
    replies: mpsc::Receiver<(bool, Reply)>,
}

impl Gate {
    fn new() -> (Self, Waiting) {
        let (send, replies) = mpsc::channel();
        let count = Arc::new(AtomicUsize::new(0));
        (Self { count: Arc::clone(&count), replies: send }, Waiting { count, replies })
    }

    /// Gives a reply out as soon as everything committed until now is on the disk.
    fn pass(&self, unflushed: bool, reply: Reply) -> Result<(), DbStopped> {
        if !unflushed && self.count.load(Ordering::Acquire) == 0 {
            reply(Ok(()));
            return Ok(());
        }
        self.count.fetch_add(1, Ordering::AcqRel);
        self.replies.send((unflushed, reply)).map_err(|mpsc::SendError((_, reply))| {
            reply(Err(DbStopped));
            DbStopped
        })
    }
}

impl Waiting {
    fn run(self, mut flush: impl FnMut() -> io::Result<()>) {
        while let Ok(first) = self.replies.recv() {
            let (unflushed, replies): (Vec<bool>, Vec<Reply>) =
                std::iter::once(first).chain(self.replies.try_iter()).unzip();
            let flushed = if unflushed.contains(&true) { flush() } else { Ok(()) };
            if let Err(error) = &flushed {
                // Nobody can say any more what is on the disk, so nothing is written after it.
                tracing::error!(%error, "the disk failed");
            }
            let count = replies.len();
            for reply in replies {
                reply(if flushed.is_ok() { Ok(()) } else { Err(DbStopped) });
            }
            if flushed.is_err() {
                return;
            }
            self.count.fetch_sub(count, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests;
