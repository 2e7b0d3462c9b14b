//! `cargo xtask check`: everything a machine can say about a change without running the tests. All checks run,
//! also after one has failed.

use std::process::Command;

use crate::failure::Failure;
use crate::generate;
use crate::process::{self, cargo};
use crate::setup;

type Check = (&'static str, fn() -> Result<(), Failure>);

const CHECKS: &[Check] = &[
    ("formatting", formatting),
    ("lints", lints),
    ("dependency rules", dependency_rules),
    ("generated files", generated_files),
    ("frontend", frontend),
];

pub(crate) fn check() -> Result<(), Failure> {
    setup::prepare_app()?;
    let mut failed = Vec::new();
    for (name, check) in CHECKS {
        println!("\n== {name}");
        if let Err(failure) = check() {
            eprintln!("{failure}");
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        println!("\nAll checks passed.");
        Ok(())
    } else {
        Err(Failure::Checks { failed })
    }
}

fn formatting() -> Result<(), Failure> {
    process::run(&mut cargo(["fmt", "--all", "--check"]))
}

fn lints() -> Result<(), Failure> {
    process::run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn dependency_rules() -> Result<(), Failure> {
    if !process::is_there(&mut cargo(["deny", "--version"])) {
        println!("cargo-deny is missing. Installing it, which compiles for some six minutes, once.");
        process::run(&mut cargo(["install", "cargo-deny", "--locked"]))?;
    }
    process::run(&mut cargo(["deny", "--workspace", "check", "bans", "licenses", "sources"]))
}

fn frontend() -> Result<(), Failure> {
    process::run(&mut setup::npm(["run", "--silent", "check"]))?;
    process::run(&mut setup::npm(["run", "--silent", "format:check"]))
}

fn generated_files() -> Result<(), Failure> {
    generate::generate()?;
    let changed = ["diff", "--exit-code", "--", "gen/"];
    let unknown = ["ls-files", "--others", "--exclude-standard", "--", "gen/"];
    process::run(git().args(changed)).map_err(|_| Failure::Stale)?;
    if process::output(git().args(unknown))?.is_empty() { Ok(()) } else { Err(Failure::Stale) }
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(process::root());
    command
}
