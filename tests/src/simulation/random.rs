//! Random schedules. `WHPH_SEEDS=5000 cargo test -p whph-tests random` runs more of them, `WHPH_SEED=17` begins at that
//! seed; a failure prints the seed and a shortened script, which then belongs into `regressions.rs`.

use super::script::{Life, run, script, shorten};
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) const PLAIN: Life = Life {
    devices: 2,
    chain: false,
    steps: 60,
    entities: 6,
    bad_wires: false,
    bad_clocks: false,
    toggles: false,
    absences: false,
    restores: false,
    bad_cursors: false,
    slow: false,
    old_bob: false,
};

#[test]
fn two_devices() {
    each_seed("two_devices", PLAIN, 60);
}

#[test]
fn three_devices() {
    each_seed("three_devices", Life { devices: 3, steps: 90, ..PLAIN }, 60);
}

#[test]
fn three_devices_of_which_two_never_meet() {
    each_seed("chain", Life { devices: 3, steps: 90, chain: true, ..PLAIN }, 40);
}

#[test]
fn five_devices() {
    each_seed("five_devices", Life { devices: 5, steps: 120, slow: true, ..PLAIN }, 15);
}

#[test]
fn an_old_version_among_newer_ones() {
    each_seed("old_bob", Life { devices: 3, steps: 80, chain: true, old_bob: true, ..PLAIN }, 30);
}

#[test]
fn slow_disks_and_wires() {
    each_seed("slow", Life { devices: 3, steps: 90, slow: true, ..PLAIN }, 40);
}

#[test]
fn cursors_that_jumped_ahead() {
    each_seed("cursors", Life { devices: 3, steps: 80, bad_cursors: true, slow: true, ..PLAIN }, 40);
}

#[test]
fn bad_wires() {
    each_seed("bad_wires", Life { devices: 3, steps: 80, bad_wires: true, ..PLAIN }, 40);
}

#[test]
fn bad_clocks() {
    each_seed("bad_clocks", Life { devices: 3, steps: 80, bad_clocks: true, ..PLAIN }, 40);
}

#[test]
fn kinds_switched_off_and_on() {
    each_seed("toggles", Life { devices: 3, steps: 80, toggles: true, bad_wires: true, ..PLAIN }, 40);
}

#[test]
fn long_absences() {
    let life = Life { devices: 3, steps: 80, absences: true, bad_clocks: true, toggles: true, ..PLAIN };
    each_seed("absences", life, 40);
}

#[test]
fn restored_backups() {
    each_seed("restores", Life { devices: 3, steps: 60, restores: true, ..PLAIN }, 15);
}

fn each_seed(name: &str, life: Life, usual: u64) {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("WHPH_SEED").unwrap_or(1);
    // One seed asked for is one seed run.
    let count = number("WHPH_SEEDS").unwrap_or(if env::var_os("WHPH_SEED").is_some() { 1 } else { usual });
    for seed in first..first + count {
        let steps = script(life, seed);
        let failure = match catch_unwind(AssertUnwindSafe(|| run(life, seed, &steps))) {
            Ok(Ok(())) => continue,
            Ok(Err(broken)) => broken.to_string(),
            Err(_) => "a panic, printed above".to_owned(),
        };
        let shortest = shorten(life, seed, steps);
        let again = catch_unwind(AssertUnwindSafe(|| run(life, seed, &shortest)));
        panic!(
            "{name}, seed {seed}: {failure}\n\nShortened: {again:?}\n{life:?}\n{}",
            shortest.iter().map(|step| format!("    Step::{step:?},\n")).collect::<String>()
        );
    }
}
