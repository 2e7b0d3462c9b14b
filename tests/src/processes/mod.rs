//! Real `whph` processes: each device is a folder, each command a process, and between them is the loopback network. Here
//! stands what a person with two machines would notice: what is printed, how a command ends, what two exports hold.
//!
//! The program lies beside the test executable, where cargo puts both. Nothing here has to be quick enough: pauses only
//! choose where a knife falls, and time-outs exist so that a program that hangs fails its test.

mod attacks;
mod backups;
mod bundles;
mod clock;
mod clocks;
mod commands;
mod copies;
mod corrupt;
mod damage;
mod demo;
mod device;
mod first_merge;
mod forgetting;
mod full_disk;
mod import_whph;
mod importing;
mod killed;
mod locked;
mod merging;
#[cfg(target_os = "linux")]
mod metered;
#[cfg(target_os = "linux")]
mod netns;
mod nets;
mod pairing;
mod planning;
mod running;
mod secrets;
mod serving;
mod strangers;
#[cfg(target_os = "linux")]
mod supervised;
mod suspended;
mod together;
mod upgrade;
mod wire;

use std::io::{self, Write};
use std::time::Duration;

/// Exit codes of `whph`.
const FAILED: i32 = 1;
const NOT_PROVED: i32 = 6;
const DAMAGED: i32 = 8;

/// After this long, whatever is waited for has hung.
const HANG: Duration = Duration::from_secs(120);

/// Says why a test cannot ask its question here. `cargo xtask test` counts it as skipped: nothing was shown to work.
fn skip(why: &str) {
    // Past the test harness, which keeps what a test prints to itself unless it fails.
    drop(writeln!(io::stderr(), "\nskipped: {why}"));
}
