//! `whph`: the planner and its sync without a window. It is the same engine that the app runs; several of them may use one
//! data folder at once, so `whph add` works beside `whph serve`.

mod args;
mod commands;
mod errors;
mod fields;
mod output;
mod safe;
mod when;

use std::process::ExitCode;

use clap::Parser;

use args::Args;
use errors::{CliError, Exit, report};
use output::Output;

fn main() -> ExitCode {
    match Args::try_parse() {
        Ok(args) => run(args),
        Err(error) => refuse(&error),
    }
}

fn run(args: Args) -> ExitCode {
    let json = args.json;
    let mut output = Output::new(json);
    let runtime = tokio::runtime::Runtime::new().map_err(CliError::from);
    let done = runtime.and_then(|runtime| runtime.block_on(commands::run(args, &mut output)));
    // What was printed so far belongs before the error.
    let done = done.and(output.flush().map_err(CliError::from));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", report(error.code(), &error.to_string(), json));
            ExitCode::from(error.exit() as u8)
        }
    }
}

/// Help, the version, or arguments that make no sense: clap has the words.
fn refuse(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && json {
        eprintln!("{}", report("usage", &error.render().to_string(), true));
        return ExitCode::from(Exit::Usage as u8);
    }
    // Nobody is left to tell when even this cannot be printed.
    drop(error.print());
    if error.use_stderr() { ExitCode::from(Exit::Usage as u8) } else { ExitCode::SUCCESS }
}
