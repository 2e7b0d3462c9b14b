//! Tests that need several crates, several devices or several processes. What is where: `README.md` beside this crate.

// A test looks for the one case that it is about.
#![allow(clippy::wildcard_enum_match_arm)]
// Everything here is a test, also where it is lent to the fuzzer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// The fuzzer needs a part of it.
#![cfg_attr(not(test), allow(dead_code))]

#[cfg(any(test, feature = "fuzzed"))]
mod hostile;
#[cfg(test)]
mod layering;
// Signals and file modes are Unix's.
#[cfg(unix)]
#[cfg(test)]
mod processes;
#[cfg(any(test, feature = "fuzzed"))]
mod simulation;
#[cfg(test)]
mod vectors;

#[cfg(any(test, feature = "fuzzed"))]
pub use {hostile::conversation, simulation::schedule};
