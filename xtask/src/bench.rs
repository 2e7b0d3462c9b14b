//! `cargo xtask bench`: what a sync costs on this machine, beside the least that any engine would have to do.

use crate::failure::Failure;
use crate::{process, setup};

/// What the app's window costs: time to start, memory, size.
pub(crate) fn window() -> Result<(), Failure> {
    setup::prepare_tests()?;
    process::run(&mut process::cargo(["build", "--release", "--package", "whph-app", "--package", "whph"]))?;
    process::run(&mut process::cargo([
        "run",
        "--release",
        "--package",
        "whph-windows",
        "--example",
        "measure",
    ]))
}

/// `options` go to the benchmark as they are: `--sizes`, `--runs`, `--jobs`, `--at`.
pub(crate) fn bench(options: &[&str]) -> Result<(), Failure> {
    setup::prepare()?;
    let build = ["run", "--release", "--package", "whph-bench", "--"];
    process::run(&mut process::cargo(build.into_iter().chain(options.iter().copied())))
}
