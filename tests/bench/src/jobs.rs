//! The jobs, each measured for the engine and for the floor in turn, so that a machine that is slow for a while is slow for both.

use crate::error::BenchError;
use crate::process::{Which, Worker, step};
use crate::worker::{Cost, Holding, Order, Synced};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const BOTH: [Which; 2] = [Which::Floor, Which::Engine];

/// Databases that are made once and used by several jobs.
pub(crate) struct Jobs {
    folder: TempDir,
    sources: BTreeMap<(&'static str, usize), PathBuf>,
    fresh: usize,
}

/// One run of a first sync.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct First {
    /// Until everything was durable there.
    pub(crate) durable_ms: f64,
    /// Until the session had ended, with whatever proof the system gives.
    pub(crate) ended_ms: f64,
    pub(crate) bytes_each: f64,
    /// Of the receiver and of the sender.
    pub(crate) cost: [Cost; 2],
}

/// One run of the meeting after offline edits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meeting {
    pub(crate) ms: f64,
    pub(crate) held: Holding,
}

/// A number for each system.
pub(crate) type Each<T> = [Vec<T>; 2];

impl Jobs {
    /// `at`: the folder for the databases; `None` is the system's own for temporary files.
    pub(crate) fn new(at: Option<&Path>) -> Result<Self, BenchError> {
        let folder = match at {
            Some(at) => tempfile::tempdir_in(at)?,
            None => tempfile::tempdir()?,
        };
        Ok(Self { folder, sources: BTreeMap::new(), fresh: 0 })
    }

    /// J1: one device has everything, the other nothing.
    pub(crate) fn first_sync(&mut self, count: usize, runs: usize) -> Result<Each<First>, BenchError> {
        each(runs, |which| {
            let source = self.source(which, count)?;
            let target = self.target(which, 0)?;
            pair(which, &source, &target)?;
            let (mut a, mut b) = (Worker::start(which, &source)?, Worker::start(which, &target)?);
            let synced = b.sync(a.listen()?)?;
            if synced.received != count as u64 {
                return Err(BenchError::Wrong(format!("{} of {count} entities arrived", synced.received)));
            }
            let cost = [b.cost()?, a.cost()?];
            b.stop()?;
            a.stop()?;
            std::fs::remove_dir_all(&target)?;
            let bytes = synced.bytes[0] + synced.bytes[1];
            Ok(First {
                durable_ms: synced.committed_ms,
                ended_ms: synced.ended_ms,
                bytes_each: bytes as f64 / count as f64,
                cost,
            })
        })
    }

    /// J2: two devices are connected and in sync; one makes so many edits.
    pub(crate) fn edits(&mut self, count: usize, runs: usize) -> Result<Each<f64>, BenchError> {
        let mut took = self.edits_of(&BOTH, count, runs)?;
        let engine = took.pop().unwrap_or_default();
        Ok([took.pop().unwrap_or_default(), engine])
    }

    fn edits_of(
        &mut self,
        systems: &[Which],
        count: usize,
        runs: usize,
    ) -> Result<Vec<Vec<f64>>, BenchError> {
        let mut took = vec![Vec::new(); systems.len()];
        let mut workers = Vec::new();
        for &which in systems {
            let (source, target) = self.synced_pair(which, crate::data::EDITED)?;
            let (mut a, mut b) = (Worker::start(which, &source)?, Worker::start(which, &target)?);
            let address = a.listen()?;
            b.connect(address)?;
            workers.push((a, b));
        }
        for round in 0..=runs {
            for (system, (a, _)) in workers.iter_mut().enumerate() {
                let pushed = a.push(round, count)?;
                // The first fills the caches.
                if round > 0 {
                    took[system].push(pushed);
                }
            }
        }
        for (a, b) in workers {
            b.stop()?;
            a.stop()?;
        }
        self.sources.clear();
        Ok(took)
    }

    /// J3: two devices are in sync and connect anew.
    pub(crate) fn nothing(&mut self, count: usize, runs: usize) -> Result<Each<Synced>, BenchError> {
        let mut took: Each<Synced> = Default::default();
        for (system, which) in BOTH.into_iter().enumerate() {
            let (source, target) = self.synced_pair(which, count)?;
            let (mut a, mut b) = (Worker::start(which, &source)?, Worker::start(which, &target)?);
            let address = a.listen()?;
            b.sync(address)?;
            for _ in 0..runs {
                took[system].push(b.sync(address)?);
            }
            b.stop()?;
            a.stop()?;
            std::fs::remove_dir_all(&target)?;
        }
        Ok(took)
    }

    /// J4: both have edited offline.
    pub(crate) fn meeting(&mut self, runs: usize) -> Result<Each<Meeting>, BenchError> {
        each(runs, |which| {
            self.sources.clear();
            let (source, target) = self.synced_pair(which, crate::data::EDITED)?;
            let (mut a, mut b) = (Worker::start(which, &source)?, Worker::start(which, &target)?);
            a.prepare(&Order::Diverge { by_a: true })?;
            b.prepare(&Order::Diverge { by_a: false })?;
            let synced = b.sync(a.listen()?)?;
            let (held, other) = (b.holding()?, a.holding()?);
            if held.digest != other.digest {
                return Err(BenchError::Wrong(format!("the two are not equal: {held:?}, {other:?}")));
            }
            b.stop()?;
            a.stop()?;
            Ok(Meeting { ms: synced.ended_ms, held })
        })
    }

    /// J5: two devices are in sync; one comes back and keeps connected.
    pub(crate) fn reconnect(&mut self, runs: usize) -> Result<Each<f64>, BenchError> {
        let mut took: Each<f64> = Default::default();
        for (system, which) in BOTH.into_iter().enumerate() {
            let (source, target) = self.synced_pair(which, crate::data::EDITED)?;
            let (mut a, mut b) = (Worker::start(which, &source)?, Worker::start(which, &target)?);
            let address = a.listen()?;
            b.connect(address)?;
            for _ in 0..runs {
                took[system].push(b.connect(address)?);
            }
            b.stop()?;
            a.stop()?;
            std::fs::remove_dir_all(&target)?;
        }
        self.sources.clear();
        Ok(took)
    }

    /// J6: so many devices, each connected with every other; one makes an edit. After how many milliseconds it was on all of
    /// them, for each round, and the same for one floor that pushes it to one other.
    pub(crate) fn mesh(&mut self, devices: usize, runs: usize) -> Result<Each<f64>, BenchError> {
        let floor = self.edits_of(&[Which::Floor], 1, runs)?;
        let dir = self.folder.path().join("mesh");
        std::fs::create_dir(&dir)?;
        let took = crate::mesh::measure(&dir, devices, runs)?;
        Ok([floor.into_iter().flatten().collect(), took])
    }

    /// Two databases that hold the same so many entities.
    fn synced_pair(&mut self, which: Which, count: usize) -> Result<(PathBuf, PathBuf), BenchError> {
        let source = self.source(which, count)?;
        let target = self.target(which, 0)?;
        pair(which, &source, &target)?;
        let (mut a, mut b) = (Worker::start(which, &source)?, Worker::start(which, &target)?);
        b.sync(a.listen()?)?;
        b.stop()?;
        a.stop()?;
        Ok((source, target))
    }

    fn source(&mut self, which: Which, count: usize) -> Result<PathBuf, BenchError> {
        if let Some(known) = self.sources.get(&(which.name(), count)) {
            return Ok(known.clone());
        }
        let source = self.target(which, count)?;
        self.sources.insert((which.name(), count), source.clone());
        Ok(source)
    }

    fn target(&mut self, which: Which, count: usize) -> Result<PathBuf, BenchError> {
        self.fresh += 1;
        let dir = self.folder.path().join(format!("{}-{}", which.name(), self.fresh));
        step(&["prepare", which.name(), &count.to_string()], &[&dir])?;
        Ok(dir)
    }
}

fn each<T>(runs: usize, mut run: impl FnMut(Which) -> Result<T, BenchError>) -> Result<Each<T>, BenchError> {
    let mut results: Each<T> = [Vec::new(), Vec::new()];
    for number in 0..=runs {
        for (system, which) in BOTH.into_iter().enumerate() {
            let result = run(which)?;
            // The first fills the caches.
            if number > 0 {
                results[system].push(result);
            }
        }
    }
    Ok(results)
}

fn pair(which: Which, one: &Path, other: &Path) -> Result<(), BenchError> {
    match which {
        Which::Engine => step(&["pair"], &[one, other]),
        Which::Floor => Ok(()),
    }
}
