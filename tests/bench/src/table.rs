//! What was measured, as a table. Every figure is a median, with the floor's beside it.

use crate::error::BenchError;
use crate::jobs::{Each, First, Meeting};
use crate::worker::Synced;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Syncs of the disk that are timed.
const SYNCS: usize = 50;

/// How long the disk takes to make 4 KiB durable: whatever waits for the disk waits this long at least.
pub(crate) fn disk(at: Option<&Path>) -> Result<(), BenchError> {
    let mut file = match at {
        Some(at) => tempfile::tempfile_in(at)?,
        None => tempfile::tempfile()?,
    };
    let mut took = Vec::new();
    for _ in 0..SYNCS {
        file.write_all(&[7; 4_096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    println!("The disk makes 4 KiB durable in {:.2} ms (median of {SYNCS}).\n", median(took));
    Ok(())
}

pub(crate) fn head() {
    println!("{:<44} {:>10} {:>10} {:>7}   beside it", "job", "floor", "engine", "ratio");
}

pub(crate) fn first_sync(count: usize, runs: &Each<First>) {
    let [floor, engine] = runs;
    let durable = |runs: &[First]| runs.iter().map(|run| run.durable_ms).collect::<Vec<_>>();
    let name = format!("J1 first sync of {count}, durable");
    let bytes = |runs: &[First]| median(runs.iter().map(|run| run.bytes_each).collect());
    let beside = format!(
        "proved after {:.1} ms · {:.0} (floor {:.0}) bytes an entity · {} · floor {}",
        median(engine.iter().map(|run| run.ended_ms).collect()),
        bytes(engine),
        bytes(floor),
        cost(engine),
        cost(floor),
    );
    row(&name, durable(floor), durable(engine), &beside);
}

pub(crate) fn edits(count: usize, runs: &Each<f64>) {
    let [floor, engine] = runs.clone();
    row(&format!("J2 {count} live edit(s), durable on both"), floor, engine, "");
}

pub(crate) fn nothing(count: usize, runs: &Each<Synced>) {
    let [floor, engine] = runs;
    let ended = |runs: &[Synced]| runs.iter().map(|run| run.ended_ms).collect::<Vec<_>>();
    let beside = format!(
        "{:.2} ms of it after the handshake · {:.0} bytes in all",
        median(engine.iter().map(|run| run.conversation_ms).collect()),
        median(engine.iter().map(|run| (run.bytes[0] + run.bytes[1]) as f64).collect()),
    );
    row(&format!("J3 nothing to do among {count}"), ended(floor), ended(engine), &beside);
}

pub(crate) fn reconnect(runs: &Each<f64>) {
    let [floor, engine] = runs.clone();
    row("J5 back and connected, proved equal", floor, engine, "");
}

pub(crate) fn mesh(devices: usize, runs: &Each<f64>) {
    let [floor, engine] = runs.clone();
    let name = format!("J6 1 live edit, on all of {devices} devices");
    row(
        &name,
        floor,
        engine,
        "each connected with every other, all on this machine; the floor has one receiver",
    );
}

pub(crate) fn meeting(runs: &Each<Meeting>) {
    let [floor, engine] = runs;
    let took = |runs: &[Meeting]| runs.iter().map(|run| run.ms).collect::<Vec<_>>();
    row("J4 1,000 offline edits a side, proved equal", took(floor), took(engine), "");
    for (name, runs) in [("floor", floor), ("engine", engine)] {
        if let Some(Meeting { held, .. }) = runs.last() {
            let [shown, review, history] =
                [held.shown, held.in_review, held.in_history].map(|[a, b]| format!("{a} + {b}"));
            println!(
                "   {name}: of 1,000 + 1,000 edits {shown} are shown, {review} wait for review, {history} are in the history"
            );
        }
    }
}

fn row(name: &str, floor: Vec<f64>, engine: Vec<f64>, beside: &str) {
    let ratio = median(engine.iter().zip(&floor).map(|(engine, floor)| engine / floor).collect());
    println!("{name:<44} {:>7.1} ms {:>7.1} ms {ratio:>6.2}×   {beside}", median(floor), median(engine));
}

fn cost(runs: &[First]) -> String {
    let of = |side: usize| {
        let peak = median(runs.iter().map(|run| run.cost[side].peak_kib as f64 / 1_024.0).collect());
        let cpu = median(runs.iter().map(|run| run.cost[side].cpu_ms as f64).collect());
        format!("{peak:.0} MiB {cpu:.0} ms cpu")
    };
    format!("receiver {}, sender {}", of(0), of(1))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => numbers[n / 2],
        n => f64::midpoint(numbers[n / 2 - 1], numbers[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 100.0]), 3.0);
        assert!(median(vec![]).is_nan());
    }
}
