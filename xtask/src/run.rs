//! `cargo xtask run`: from a fresh clone to the running program in one command.

use crate::failure::Failure;
use crate::{process, setup};

pub(crate) fn run() -> Result<(), Failure> {
    setup::prepare()?;
    println!("Building and starting the headless demo: the real engine and devices, shown as text.");
    process::run(&mut process::cargo(["run", "--release", "--package", "whph", "--", "demo"]))
}
