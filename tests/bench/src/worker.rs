//! A process under measurement: it does what it is told, line by line, and says how long that took.

use crate::data::{Row, TextEdit, offline_edits, round};
use crate::error::BenchError;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::net::SocketAddr;

/// What a worker is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Become reachable.
    Listen,
    /// Sync once with the device at this address, and end the connection.
    Sync(SocketAddr),
    /// Connect to the device at this address, and stay; tell how long it took until both were in sync. A connection that there was
    /// before is gone.
    Connect(SocketAddr),
    /// Make these edits and tell when they are durable on both devices.
    Push { round: usize, count: usize },
    /// Make one's own offline edits.
    Diverge { by_a: bool },
    /// What is here.
    Count,
    /// What it took.
    Cost,
    /// End.
    Stop,
}

/// What it says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Listening(SocketAddr),
    Synced(Synced),
    Pushed { ms: f64 },
    Connected { ms: f64 },
    Done,
    Holding(Holding),
    Costing(Cost),
}

/// One sync.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Synced {
    /// From the beginning to the last change durable and queryable.
    pub(crate) committed_ms: f64,
    /// From the beginning to the end, with whatever proof the system gives.
    pub(crate) ended_ms: f64,
    /// Of that, after the handshake.
    pub(crate) conversation_ms: f64,
    /// Sent and received.
    pub(crate) bytes: [u64; 2],
    /// Entities that arrived.
    pub(crate) received: u64,
}

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holding {
    pub(crate) entities: u64,
    /// Equal where two hold the same.
    pub(crate) digest: String,
    /// Of the offline edits of each side: how many are shown, how many wait for review, how many are in the history.
    pub(crate) shown: [usize; 2],
    pub(crate) in_review: [usize; 2],
    pub(crate) in_history: [usize; 2],
}

/// What a process took so far.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// The most memory it ever had, in KiB.
    pub(crate) peak_kib: u64,
    /// Processor time, in milliseconds.
    pub(crate) cpu_ms: u64,
}

/// A system under measurement.
pub(crate) trait System: Sized {
    fn open(dir: &std::path::Path) -> Result<Self, BenchError>;
    fn listen(&mut self) -> Result<SocketAddr, BenchError>;
    fn sync(&mut self, with: SocketAddr) -> Result<Synced, BenchError>;
    /// After how many milliseconds the two were in sync.
    fn connect(&mut self, with: SocketAddr) -> Result<f64, BenchError>;
    /// After how many milliseconds the edits were durable on both.
    fn push(&mut self, edits: &[TextEdit]) -> Result<f64, BenchError>;
    fn write(&mut self, edits: &[TextEdit]) -> Result<(), BenchError>;
    fn holding(&mut self) -> Result<Holding, BenchError>;
}

/// The rows that a prepared database holds.
pub(crate) fn rows(count: usize) -> impl Iterator<Item = Row> {
    (0..count).map(Row::new)
}

/// Obeys until told to stop.
pub(crate) fn work<S: System>(mut system: S) -> Result<(), BenchError> {
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?)? {
            Order::Listen => Answer::Listening(system.listen()?),
            Order::Sync(with) => Answer::Synced(system.sync(with)?),
            Order::Connect(with) => Answer::Connected { ms: system.connect(with)? },
            Order::Push { round: number, count } => {
                let edits = round(number, count);
                Answer::Pushed { ms: system.push(&edits)? }
            }
            Order::Diverge { by_a } => {
                system.write(&offline_edits(by_a))?;
                Answer::Done
            }
            Order::Count => Answer::Holding(system.holding()?),
            Order::Cost => Answer::Costing(cost()?),
            Order::Stop => break,
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}

fn cost() -> Result<Cost, BenchError> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak_kib = peak.and_then(|text| text.split_whitespace().next()?.parse().ok());
    // Fields 14 and 15, counted from 1: user and system time in clock ticks; the name in brackets may hold spaces.
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum();
    let peak_kib = peak_kib
        .ok_or_else(|| BenchError::Wrong("this system does not tell a process's peak memory".into()))?;
    Ok(Cost { peak_kib, cpu_ms: ticks * 1_000 / rustix::param::clock_ticks_per_second() })
}
