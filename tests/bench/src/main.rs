//! Measures what a sync costs, between two real processes on loopback with databases on disk, and beside it in the same run the
//! least that any engine would have to do. Machines differ and are noisy: the ratio is what to compare.
//!
//! `cargo xtask bench` builds and runs it.

mod data;
mod engine;
mod error;
mod finding;
mod floor;
mod jobs;
mod mesh;
mod process;
mod table;
mod worker;

use error::BenchError;
use jobs::Jobs;
use std::path::Path;
use std::process::ExitCode;
use worker::{System, work};

const USAGE: &str = "usage: whph-bench [--sizes N,N…] [--runs N] [--jobs 1,2,3,4,5,6] [--at FOLDER], or whph-bench search [N]";

/// Devices of the mesh: as many as can be paired.
const MESH: usize = 16;

/// What is measured.
struct Plan {
    sizes: Vec<usize>,
    runs: usize,
    jobs: Vec<usize>,
    at: Option<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["prepare", "engine", count, dir] => {
            number(count).and_then(|count| engine::prepare(Path::new(dir), count))
        }
        ["prepare", "floor", count, dir] => {
            number(count).and_then(|count| floor::prepare(Path::new(dir), count))
        }
        ["pair", one, other] => engine::pair(Path::new(one), Path::new(other)),
        ["work", "engine", dir] => engine::Device::open(Path::new(dir)).and_then(work),
        ["search"] => finding::measure(100_000),
        ["search", count] => number(count).and_then(finding::measure),
        ["work", "floor", dir] => floor::Floor::open(Path::new(dir)).and_then(work),
        _ => plan(&words).and_then(|plan| measure(&plan)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn plan(words: &[&str]) -> Result<Plan, BenchError> {
    let mut plan =
        Plan { sizes: vec![1_000, 10_000, 100_000], runs: 5, jobs: vec![1, 2, 3, 4, 5, 6], at: None };
    for pair in words.chunks(2) {
        match pair {
            ["--sizes", list] => plan.sizes = list.split(',').map(number).collect::<Result<_, _>>()?,
            ["--runs", count] => plan.runs = number(count)?.max(1),
            ["--jobs", list] => plan.jobs = list.split(',').map(number).collect::<Result<_, _>>()?,
            ["--at", folder] => plan.at = Some(folder.into()),
            _ => return Err(BenchError::Wrong(USAGE.into())),
        }
    }
    Ok(plan)
}

fn measure(plan: &Plan) -> Result<(), BenchError> {
    let mut jobs = Jobs::new(plan.at.as_deref())?;
    let wanted = |job| plan.jobs.contains(&job);
    table::disk(plan.at.as_deref())?;
    table::head();
    if wanted(1) {
        for &count in &plan.sizes {
            table::first_sync(count, &jobs.first_sync(count, plan.runs)?);
        }
    }
    if wanted(2) {
        for count in [1, 100] {
            table::edits(count, &jobs.edits(count, 2 * plan.runs)?);
        }
    }
    if wanted(3) {
        for &count in plan.sizes.iter().filter(|count| **count >= 10_000) {
            table::nothing(count, &jobs.nothing(count, 4 * plan.runs)?);
        }
    }
    if wanted(4) {
        table::meeting(&jobs.meeting(plan.runs)?);
    }
    if wanted(5) {
        table::reconnect(&jobs.reconnect(4 * plan.runs)?);
    }
    if wanted(6) {
        table::mesh(MESH, &jobs.mesh(MESH, 2 * plan.runs)?);
    }
    Ok(())
}

fn number(text: &str) -> Result<usize, BenchError> {
    text.replace('_', "").parse().map_err(|_| BenchError::Wrong(format!("{text:?} is no number. {USAGE}")))
}
