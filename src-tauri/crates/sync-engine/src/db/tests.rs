use super::*;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use sync_core::identity::DeviceId;
use sync_core::schema::Schema;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_store::NewReplica;

const SOON: Duration = Duration::from_secs(20);
const NOT_YET: Duration = Duration::from_millis(50);

/// A store whose disk does as it is told.
struct Disk {
    db: Db,
    /// Each flush begins with a word …
    flushing: Receiver<()>,
    /// … and ends as told.
    flushed: Sender<io::Result<()>>,
}

fn disk() -> Disk {
    let replica = NewReplica {
        device: DeviceId::from_bytes([1; 16]),
        name: "laptop".into(),
        writer: WriterId([1; 8]),
        replica: ReplicaId([1; 8]),
        settings: Vec::new(),
    };
    let schema = Arc::new(Schema { version: 1, kinds: Vec::new() });
    let mut store = Store::in_memory(&replica, schema, Box::new(|| [1; 8])).unwrap();
    store.take_unflushed();
    let ((begin, flushing), (flushed, end)) = (channel(), channel());
    let flush = move || {
        begin.send(()).map_err(io::Error::other)?;
        end.recv().map_err(io::Error::other)?
    };
    Disk { db: Db::start_with(store, |_| (), flush).unwrap(), flushing, flushed }
}

impl Disk {
    fn rename(&self, name: &'static str) -> Receiver<Result<(), DbStopped>> {
        self.ask(move |store| store.rename(name).unwrap())
    }

    fn name(&self) -> Receiver<Result<String, DbStopped>> {
        self.ask(|store| store.name().unwrap())
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> Receiver<Result<T, DbStopped>> {
        let (done, result) = channel();
        self.db.post_then(work, move |worked| done.send(worked).unwrap());
        result
    }
}

#[test]
fn nobody_hears_of_a_write_before_it_is_on_the_disk() {
    let disk = disk();
    let written = disk.rename("desktop");
    let read = disk.name();
    disk.flushing.recv_timeout(SOON).unwrap();
    assert!(written.recv_timeout(NOT_YET).is_err(), "the write itself");
    assert!(read.try_recv().is_err(), "who reads what was written");
    disk.flushed.send(Ok(())).unwrap();
    written.recv_timeout(SOON).unwrap().unwrap();
    // It came while the disk was busy and wrote nothing: no second flush.
    assert_eq!(read.recv_timeout(SOON).unwrap().unwrap(), "desktop");
}

#[test]
fn the_store_goes_on_while_the_disk_is_busy_and_one_flush_serves_many() {
    let disk = disk();
    let first = disk.rename("a");
    disk.flushing.recv_timeout(SOON).unwrap();
    let (worked, works) = channel();
    let others = ["b", "c", "d"].map(|name| {
        let worked = worked.clone();
        disk.ask(move |store| {
            store.rename(name).unwrap();
            worked.send(()).unwrap();
        })
    });
    // The store begins with this once it has handed on what it did before.
    let last = disk.ask(move |_| worked.send(()).unwrap());
    for _ in 0..=others.len() {
        works.recv_timeout(SOON).unwrap();
    }
    disk.flushed.send(Ok(())).unwrap();
    first.recv_timeout(SOON).unwrap().unwrap();
    disk.flushing.recv_timeout(SOON).unwrap();
    disk.flushed.send(Ok(())).unwrap();
    for other in others.into_iter().chain([last]) {
        other.recv_timeout(SOON).unwrap().unwrap();
    }
    assert!(disk.flushing.try_recv().is_err());
}

#[test]
fn who_only_reads_does_not_wait() {
    let disk = disk();
    assert_eq!(disk.name().recv_timeout(SOON).unwrap().unwrap(), "laptop");
    assert!(disk.flushing.try_recv().is_err());
}

#[test]
fn after_the_disk_failed_nothing_is_confirmed_any_more() {
    let disk = disk();
    let written = disk.rename("desktop");
    disk.flushing.recv_timeout(SOON).unwrap();
    disk.flushed.send(Err(io::Error::other("worn out"))).unwrap();
    assert_eq!(written.recv_timeout(SOON).unwrap(), Err(DbStopped));
    assert_eq!(disk.rename("tablet").recv_timeout(SOON).unwrap(), Err(DbStopped));
}

#[test]
fn whoever_asked_hears_of_it_when_the_disk_fails_or_the_thread_breaks() {
    let disk = disk();
    let first = disk.rename("a");
    disk.flushing.recv_timeout(SOON).unwrap();
    let others = ["b", "c", "d"].map(|name| disk.rename(name));
    disk.flushed.send(Err(io::Error::other("worn out"))).unwrap();
    for asked in others.into_iter().chain([first]) {
        assert_eq!(asked.recv_timeout(SOON).unwrap(), Err(DbStopped));
    }

    let disk = self::disk();
    let broken = disk.ask(|_| panic!("as the test wants it"));
    let after = disk.name();
    assert_eq!(broken.recv_timeout(SOON).unwrap(), Err::<(), _>(DbStopped));
    assert_eq!(after.recv_timeout(SOON).unwrap(), Err(DbStopped));
    assert_eq!(disk.name().recv_timeout(SOON).unwrap(), Err(DbStopped));
}

#[test]
fn a_reply_may_hold_the_last_handle() {
    let Disk { db, flushing, flushed } = disk();
    let (done, gone) = channel();
    let own = db.clone();
    db.post_then(
        |store| store.rename("desktop").unwrap(),
        move |_| {
            drop(own);
            done.send(()).unwrap();
        },
    );
    drop(db);
    flushing.recv_timeout(SOON).unwrap();
    flushed.send(Ok(())).unwrap();
    gone.recv_timeout(SOON).unwrap();
}
