//! `cargo xtask fuzz`: throws bytes at the fuzz targets until one fails or the time is over. What it finds is kept beside the seeds,
//! and what fails is named.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::{process, setup};

/// How long each target runs unless somebody says otherwise, in seconds.
const SECONDS: u32 = 60;
/// Longest that libFuzzer makes an input, in bytes: as long as the files of a corpus may be.
const LEN_MAX: u32 = 4_096;
/// Most memory of a run, and of one allocation, in megabytes. No bound of the protocol is above 4 MiB.
const MEMORY_MAX: u32 = 1_024;
const ALLOCATION_MAX: u32 = 32;

/// `options`: a target, a number of seconds, both or neither.
pub(crate) fn fuzz(options: &[&str]) -> Result<(), Failure> {
    let usage = || Failure::Usage { given: format!("fuzz {}", options.join(" ")) };
    let (target, seconds) = match *options {
        [] => (None, SECONDS),
        [one] => one.parse().map_or((Some(one), SECONDS), |seconds| (None, seconds)),
        [target, seconds] => (Some(target), seconds.parse().map_err(|_| usage())?),
        _ => return Err(usage()),
    };
    let all = targets()?;
    let chosen: Vec<&String> =
        all.iter().filter(|name| target.is_none_or(|wanted| wanted == **name)).collect();
    if chosen.is_empty() {
        return Err(Failure::UnknownFuzzTarget { known: all.join(", ") });
    }
    prepare()?;
    for name in chosen {
        println!("\n== {name}, {seconds} s");
        run(name, seconds)?;
    }
    Ok(())
}

fn run(name: &str, seconds: u32) -> Result<(), Failure> {
    let corpus = folder().join("corpus").join(name);
    let found = process::target()?.join("fuzz").join(name);
    fs::create_dir_all(&found).map_err(|source| Failure::Write { path: found.clone(), source })?;
    let mut command = nightly();
    // The project has no unsafe code: a sanitizer would find nothing, and take half of the speed. What is checked as it runs is said
    // in the profile there, which only --release leaves alone.
    command.args(["fuzz", "run", "--release", "--sanitizer", "none", "--fuzz-dir"]).arg(libfuzzer());
    // The first folder is where it writes.
    command.arg(name).args([&found, &corpus]);
    command.args([
        "--".to_owned(),
        format!("-max_total_time={seconds}"),
        format!("-max_len={LEN_MAX}"),
        format!("-rss_limit_mb={MEMORY_MAX}"),
        format!("-malloc_limit_mb={ALLOCATION_MAX}"),
    ]);
    process::run(&mut command)
}

/// Installs what is missing, and says so.
fn prepare() -> Result<(), Failure> {
    setup::prepare()?;
    if !process::is_there(nightly().arg("--version")) {
        println!("libFuzzer needs a nightly compiler, and there is none. Installing it with rustup.");
        process::run(Command::new("rustup").args([
            "toolchain",
            "install",
            "nightly",
            "--profile",
            "minimal",
        ]))?;
    }
    if !process::is_there(&mut process::cargo(["fuzz", "--version"])) {
        println!("cargo-fuzz is missing. Installing it, which compiles for a minute or two, once.");
        process::run(&mut process::cargo(["install", "cargo-fuzz", "--locked"]))?;
    }
    Ok(())
}

/// The cargo of the nightly toolchain. The one that runs us belongs to another, and says so to its children.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).current_dir(process::root());
    command.env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTUP_TOOLCHAIN");
    command
}

fn targets() -> Result<Vec<String>, Failure> {
    let path = libfuzzer().join("fuzz_targets");
    let files = fs::read_dir(&path).map_err(|source| Failure::Read { path, source })?;
    let name = |path: PathBuf| path.file_stem().and_then(OsStr::to_str).map(str::to_owned);
    let mut names: Vec<String> = files.filter_map(|file| name(file.ok()?.path())).collect();
    names.sort();
    Ok(names)
}

fn folder() -> PathBuf {
    process::root().join("tests/fuzz")
}

fn libfuzzer() -> PathBuf {
    folder().join("libfuzzer")
}
