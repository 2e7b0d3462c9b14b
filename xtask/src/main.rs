//! The project's own commands: `cargo xtask run`, `test`, `check`, `android-check`, `coverage`, `gen`, `bench`, `fuzz` and `package`.
//!
//! They are a program rather than shell scripts so that they work wherever the project builds. Every command
//! first builds this crate, so it depends on the standard library alone.

mod android;
mod bench;
mod check;
mod coverage;
mod failure;
mod fuzz;
mod generate;
mod package;
mod process;
mod run;
mod setup;
mod test;

use std::env;
use std::process::ExitCode;

use failure::Failure;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  run [--demo]     build the app and open it; --demo: with a second device beside it that wants to be paired
  test [FILTER]    run every suite, or only the tests whose names contain FILTER
  android-check    what can be proved of the app on a phone without one: types, decisions, manifests
  check            formatting, lints, dependency rules, freshness of generated files
  coverage         how many lines of the engine its tests run
  gen              write the generated files in gen/ anew
  bench [OPTION]   measure syncs between two processes, beside a floor; --help lists the options
  bench search [N] measure what a search in N entities costs, 100,000 unless you say how many
  bench window     measure what the app costs: time to start, memory, size
  fuzz [TARGET] [SECONDS]
                   throw bytes at one fuzz target or at each in turn, for a minute unless you say how long
  package [FORMAT] make what people install: deb, appimage, rpm, dmg, nsis or msi";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [] | ["help" | "-h" | "--help"] => {
            println!("{HELP}");
            Ok(())
        }
        ["run", options @ ..] => run::run(options),
        // Ends with a line of its own, after which nothing may be printed.
        ["test"] => return test::test(None),
        ["test", filter] if !filter.starts_with('-') => return test::test(Some(filter)),
        ["android-check"] => android::check(),
        ["check"] => check::check(),
        ["coverage"] => coverage::coverage(),
        ["gen"] => generate::generate(),
        ["bench", "window"] => bench::window(),
        ["bench", options @ ..] => bench::bench(options),
        ["fuzz", options @ ..] => fuzz::fuzz(options),
        ["package", formats @ ..] => package::package(formats),
        _ => Err(Failure::Usage { given: args.join(" ") }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}
