//! Whole devices in virtual time: real nodes over real stores, on wires that lose, double, swap and break, under clocks that lie.
//! One seed makes one run, so every failure can be seen again. See `tests/README.md`.

mod decisions;
mod device;
mod dice;
mod fuzzed;
mod lives;
mod machines;
mod network;
mod oracle;
mod people;
mod play;
mod promises;
#[cfg(test)]
mod random;
#[cfg(test)]
mod regressions;
mod script;
#[cfg(test)]
mod stories;
mod tally;
mod versions;
mod world;

pub use fuzzed::schedule;

use sync_core::schema::{Field, Kind, Rule, Schema, Shape};

/// Two kinds with a field of every rule but `derived`, which differs from `register` in what a person is asked alone.
pub(crate) fn schema() -> Schema {
    let text =
        |name, rule| Field { name, rule, shape: Shape::Text { max: 10_000, line: false }, required: false };
    let kind = |name| Kind {
        name,
        fields: vec![
            text("title", Rule::Register),
            text("body", Rule::Text),
            text("rank", Rule::Quiet),
            text("tags", Rule::Set),
            text("here", Rule::Local),
        ],
        title: "title",
        natural_key: &[],
        local_when: None,
        check: None,
    };
    Schema { version: 1, kinds: vec![kind("task"), kind("note")] }
}
