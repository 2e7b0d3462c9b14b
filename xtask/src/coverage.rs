//! `cargo xtask coverage`: how many lines of the engine its tests run, as tarpaulin counts them: by stopping the tests at each line,
//! which needs no tools beside the compiler, and takes its time.

use crate::failure::Failure;
use crate::process::{self, cargo};
use crate::setup;

/// What is counted: everything between the wire, the disk and the app.
const ENGINE: &[&str] =
    &["sync-core", "sync-store", "sync-net", "sync-engine", "planner", "exchange", "agenda", "search"];
/// Their own tests, and those of the whole that run in one process: simulator, hostile peers, golden vectors.
const TESTS: &str = "whph-tests";

pub(crate) fn coverage() -> Result<(), Failure> {
    setup::prepare()?;
    if !process::is_there(&mut cargo(["tarpaulin", "--version"])) {
        println!("cargo-tarpaulin is missing. Installing it, which compiles for some minutes, once.");
        process::run(&mut cargo(["install", "cargo-tarpaulin", "--locked"]))?;
    }
    let mut tarpaulin = cargo(["tarpaulin", "--engine", "ptrace", "--skip-clean", "--out", "Stdout"]);
    tarpaulin.args(["--target-dir", "target/coverage", "--timeout", "900"]);
    for package in ENGINE.iter().chain([&TESTS]) {
        tarpaulin.args(["--packages", package]);
    }
    // The tests themselves are no lines of the engine.
    for outside in [
        "tests/*",
        "*/tests.rs",
        "*/tests/*",
        "*/testing.rs",
        "*/benches/*",
        "*/examples/*",
        "xtask/*",
        "src-tauri/src/*",
        "src-tauri/plugins/*",
        "*/crates/cli/*",
    ] {
        tarpaulin.args(["--exclude-files", outside]);
    }
    tarpaulin.args(["--", "--skip", "processes::"]);
    process::run(&mut tarpaulin)
}
