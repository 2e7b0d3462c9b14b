//! `cargo xtask test`: every suite, and one line at the end that says how it went.
//!
//! Cargo knows whether a suite failed, not whether it ran anything: a suite that was emptied by accident, or
//! crashed before its first test, must not look like success. So cargo's output is read while it is shown.

mod tally;

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitCode};

use crate::failure::Failure;
use crate::process::{self, cargo};
use crate::setup;
use tally::Tally;

/// Runs all suites, or only the tests whose names contain `filter`. The last line printed is the tally.
pub(crate) fn test(filter: Option<&str>) -> ExitCode {
    let mut tally = Tally::default();
    if let Err(failure) = run_suites(filter, &mut tally) {
        tally.add_failure(failure.to_string());
    }
    // Where nothing could be built, what has not run says nothing.
    if tally.has_suites() {
        silent_suites(filter, &tally).into_iter().for_each(|silent| tally.add_failure(silent));
    }
    if !tally.failures().is_empty() {
        println!("\nFailed:\n  {}", tally.failures().join("\n  "));
    }
    println!("\n{tally}");
    if tally.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_suites(filter: Option<&str>, tally: &mut Tally) -> Result<(), Failure> {
    setup::prepare_tests()?;
    println!("== Building the programs that the process tests start");
    process::run(&mut cargo(["build", "--workspace", "--bins", "--tests"]))?;
    println!("\n== Tests");
    let targets = ["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"];
    let engine = watch(cargo(targets.into_iter().chain(filter)), tally);
    println!("\n== Examples in the documentation");
    let examples =
        watch(cargo(["test", "--workspace", "--no-fail-fast", "--doc"].into_iter().chain(filter)), tally);
    println!("\n== Frontend");
    let frontend = frontend(filter, tally);
    engine.and(examples).and(frontend)
}

/// The types of the frontend, and the tests of its components.
fn frontend(filter: Option<&str>, tally: &mut Tally) -> Result<(), Failure> {
    process::run(&mut setup::npm(["run", "--silent", "check"]))?;
    let named = filter.map(|filter| ["--testNamePattern", filter]);
    let mut tests =
        setup::npm(["test", "--", "--passWithNoTests"].into_iter().chain(named.into_iter().flatten()));
    // The count is read from plain text.
    tests.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    watch(tests, tally)
}

/// Shows the output of a command line by line and counts along. A failure that no count tells of, such as a
/// build that fails, is returned.
fn watch(mut command: Command, tally: &mut Tally) -> Result<(), Failure> {
    let failed_before = tally.failed();
    let unreadable = |line: String| move |source| Failure::Output { command: line, source };
    // One pipe for both streams keeps the name of a suite (from cargo) before its result (from the suite).
    let (reader, writer) = io::pipe().map_err(unreadable(process::line(&command)))?;
    let errors = writer.try_clone().map_err(unreadable(process::line(&command)))?;
    command.stdout(writer).stderr(errors);
    let (name, line) = (process::name(&command), process::line(&command));
    let mut child = command.spawn().map_err(|source| Failure::Start { program: name, source })?;
    // Our own writing ends must go, or the reading end would never come to its end.
    drop(command);

    let mut shown = io::stdout().lock();
    for bytes in BufReader::new(reader).split(b'\n') {
        let bytes = bytes.map_err(unreadable(line.clone()))?;
        let text = String::from_utf8_lossy(&bytes);
        // Whoever reads our output may have left; the count goes on all the same.
        let _ = writeln!(shown, "{text}");
        tally.read(&text);
    }
    tally.close_suite();
    let status = child.wait().map_err(unreadable(line.clone()))?;
    if status.success() || tally.failed() > failed_before {
        Ok(())
    } else {
        Err(Failure::Step { command: line, code: status.code() })
    }
}

/// What should have run a test and did not, in words.
fn silent_suites(filter: Option<&str>, tally: &Tally) -> Vec<String> {
    if let Some(filter) = filter {
        let none = format!(
            "No test has {filter:?} in its name. Names look like `keystore::tests::links_are_refused`."
        );
        return if tally.ran() == 0 { vec![none] } else { Vec::new() };
    }
    let listed =
        process::output(&mut cargo(["tree", "--workspace", "--depth", "0", "--prefix", "none", "--offline"]));
    match listed {
        Ok(listed) => String::from_utf8_lossy(&listed)
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .chain([tally::FRONTEND])
            .filter(|package| tally.ran_in(&package.replace('-', "_")) == 0)
            .map(|package| {
                format!("The suite of {package} ran no test. Every package of the workspace has tests, and the frontend.")
            })
            .collect(),
        Err(failure) => vec![failure.to_string()],
    }
}
