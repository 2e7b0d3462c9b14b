//! Tests that need several crates, several devices or several processes. What is where: `README.md` beside this crate.

// A test looks for the one case that it is about.
#![allow(clippy::wildcard_enum_match_arm)]

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod layering;
// Signals and file modes are Unix's.
#[cfg(unix)]
#[cfg(test)]
mod processes;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod vectors;
