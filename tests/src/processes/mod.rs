//! Real `whph` processes: each device is a folder, each command a process, and between them is the loopback network. Here
//! stands what a person with two machines would notice: what is printed, how a command ends, what two exports hold.
//!
//! The program lies beside the test executable, where cargo puts both. Nothing here waits for a moment to pass; time-outs
//! exist only so that a program that hangs fails its test.

mod commands;
mod copies;
mod damage;
mod demo;
mod device;
mod forgetting;
mod importing;
mod killed;
mod merging;
mod pairing;
mod running;
mod secrets;
mod serving;
mod strangers;
mod together;
mod wire;

use std::time::Duration;

/// After this long, whatever is waited for has hung.
const HANG: Duration = Duration::from_secs(120);
