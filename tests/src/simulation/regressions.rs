//! Schedules that once broke a promise, as short as they could be made.

use super::lives::{Life, PLAIN};
use super::network::Apart;
use super::play::run;
use super::script::{Step, Typed};

#[track_caller]
fn holds(life: Life, seed: u64, script: &[Step]) {
    run(life, seed, script).unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn a_proof_may_lag_behind_edits() {
    let life = Life { devices: 3, toggles: true, ..PLAIN };
    let script = [
        Step::Sync { from: 2, to: 0, stay: true },
        Step::Share { who: 2, kind: "note", on: false },
        Step::Wait { ms: 100 },
        Step::Sync { from: 1, to: 0, stay: true },
        Step::Write { who: 0, entity: 2, edit: Typed::Title },
        Step::Write { who: 0, entity: 1, edit: Typed::Line(1) },
        Step::Sync { from: 0, to: 2, stay: false },
        Step::Write { who: 2, entity: 2, edit: Typed::Line(2) },
    ];
    holds(life, 8, &script);
}

#[test]
fn a_hello_is_older_than_what_other_sessions_did_since() {
    let life = Life { devices: 3, absences: true, bad_clocks: true, toggles: true, ..PLAIN };
    let script = [
        Step::Sync { from: 1, to: 0, stay: true },
        Step::Write { who: 0, entity: 2, edit: Typed::Title },
        Step::Write { who: 1, entity: 1, edit: Typed::Rank },
        Step::Write { who: 0, entity: 1, edit: Typed::Tag(1) },
        Step::Write { who: 2, entity: 2, edit: Typed::Body },
        Step::Wait { ms: 1 },
        Step::Sync { from: 0, to: 2, stay: false },
        Step::Wait { ms: 90_000 },
        Step::Write { who: 0, entity: 0, edit: Typed::Title },
        Step::Write { who: 1, entity: 0, edit: Typed::Line(3) },
        Step::Sync { from: 0, to: 2, stay: true },
        Step::Wait { ms: 40_000 },
        Step::Separate { a: 1, b: 2, how: Apart::Silent },
        Step::Sync { from: 0, to: 1, stay: false },
        Step::Write { who: 2, entity: 5, edit: Typed::Title },
        Step::Write { who: 2, entity: 4, edit: Typed::Line(4) },
        Step::Write { who: 1, entity: 5, edit: Typed::Title },
        Step::Sync { from: 1, to: 0, stay: false },
        Step::Wait { ms: 3 },
        Step::Write { who: 2, entity: 5, edit: Typed::Rank },
        Step::Write { who: 0, entity: 4, edit: Typed::Line(2) },
        Step::Sync { from: 2, to: 0, stay: false },
    ];
    holds(life, 6, &script);
}

#[test]
fn sessions_in_parallel_are_no_restore() {
    let script = [
        Step::Sync { from: 1, to: 0, stay: true },
        Step::Sync { from: 0, to: 1, stay: false },
        Step::Write { who: 1, entity: 0, edit: Typed::Body },
        Step::Wait { ms: 90_000 },
        Step::Write { who: 1, entity: 3, edit: Typed::Body },
        Step::Sync { from: 0, to: 1, stay: true },
    ];
    holds(PLAIN, 2, &script);
}

#[test]
fn what_a_delete_had_seen_replaced_is_in_the_history() {
    let script = [
        Step::Write { who: 2, entity: 5, edit: Typed::Title },
        Step::Sync { from: 0, to: 2, stay: false },
        Step::Write { who: 0, entity: 5, edit: Typed::Title },
        Step::Wait { ms: 2_000 },
        Step::Resolve { who: 0, choice: 1 },
        Step::Sync { from: 0, to: 2, stay: true },
        Step::Write { who: 0, entity: 5, edit: Typed::Delete },
    ];
    holds(Life { devices: 3, ..PLAIN }, 2, &script);
}

#[test]
fn a_shrunk_tombstone_takes_no_tags_along() {
    let script = [
        Step::Write { who: 2, entity: 0, edit: Typed::Tag(0) },
        Step::Sync { from: 1, to: 2, stay: false },
        Step::Write { who: 2, entity: 0, edit: Typed::Delete },
        Step::Absence { days: 400 },
        Step::Write { who: 1, entity: 0, edit: Typed::Line(1) },
        Step::Tidy { who: 2 },
    ];
    holds(Life { devices: 3, ..PLAIN }, 5, &script);
}

#[test]
fn a_shrunk_tombstone_takes_no_side_of_a_conflict_along() {
    let life = Life { devices: 4, absences: true, slow: true, ..PLAIN };
    let script = [
        Step::Sync { from: 3, to: 1, stay: false },
        Step::Write { who: 3, entity: 1, edit: Typed::Title },
        Step::Write { who: 1, entity: 1, edit: Typed::Same },
        Step::Wait { ms: 2_000 },
        Step::Sync { from: 3, to: 2, stay: false },
        Step::Write { who: 1, entity: 1, edit: Typed::Delete },
        Step::Sync { from: 2, to: 0, stay: true },
        Step::Wait { ms: 3 },
        Step::Absence { days: 100 },
        Step::Tidy { who: 0 },
        Step::Write { who: 1, entity: 1, edit: Typed::PutBack },
    ];
    holds(life, 76, &script);
}

#[test]
fn a_copy_nobody_noticed_empties_no_tombstone_in_silence() {
    let script = [
        Step::Copy { who: 2, noticed: false },
        Step::Write { who: 2, entity: 0, edit: Typed::Same },
        Step::Write { who: 3, entity: 0, edit: Typed::Rank },
        Step::Write { who: 3, entity: 0, edit: Typed::Delete },
        Step::Sync { from: 3, to: 1, stay: false },
    ];
    holds(Life { devices: 3, copies: true, ..PLAIN }, 1_104, &script);
}
