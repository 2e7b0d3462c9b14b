//! Random schedules of every kind of life. `WHPH_SEEDS=5000 cargo test -p whph-tests random` runs that many of each, `WHPH_SEED=17`
//! begins at that seed; a failure prints the seed and a shortened script, which then belongs into `regressions.rs`.

use super::lives::{LIVES, Life};
use super::play::{run, shorten};
use super::script::script;
use super::tally::Tally;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

macro_rules! lives {
    ($($name:ident: $usual:literal,)*) => {
        $(#[test]
        fn $name() {
            let life = LIVES.iter().find(|(name, _)| *name == stringify!($name)).expect("a life").1;
            each_seed(stringify!($name), |_| life, $usual);
        })*

        #[test]
        fn every_life_has_its_test() {
            assert_eq!(LIVES.map(|(name, _)| name), [$(stringify!($name)),*]);
            assert!(EVERYTHING $(+ $usual)* >= 1_000, "seeds in a usual run");
        }
    };
}

lives! {
    two_devices: 200,
    three_devices: 60,
    three_devices_of_which_two_never_meet: 60,
    texts_written_at_once: 100,
    five_devices: 10,
    older_and_newer_versions: 60,
    slow_disks_and_wires: 40,
    cursors_that_jumped_ahead: 60,
    bad_wires: 60,
    bad_clocks: 50,
    kinds_switched_off_and_on: 60,
    long_absences: 90,
    power_cuts: 90,
    restored_backups: 40,
    copied_folders: 40,
}

const EVERYTHING: u64 = 130;

/// What happens at least once in the usual seeds, so that the simulation is about what it says it is.
const MET: [&str; 14] = [
    "writes",
    "texts merged as they were saved",
    "texts typed over others",
    "proofs",
    "conflicts decided",
    "repairs",
    "devices away",
    "tombstones shrunk",
    "written anew after a shrunk tombstone",
    "power cuts within a transaction",
    "backups restored",
    "backups restored and noticed",
    "folders copied",
    "folders copied and noticed",
];

#[test]
fn everything_at_once() {
    let tally = each_seed("everything_at_once", Life::of, EVERYTHING);
    // A single seed need not meet everything.
    if asked("WHPH_SEED").is_none() && asked("WHPH_SEEDS").is_none_or(|seeds| seeds >= EVERYTHING) {
        let never: Vec<_> = MET.iter().filter(|what| tally.of(what) == 0).collect();
        assert!(never.is_empty(), "never met: {never:?}");
    }
}

fn asked(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

fn each_seed(name: &str, life: impl Fn(u64) -> Life, usual: u64) -> Tally {
    let first = asked("WHPH_SEED").unwrap_or(1);
    // One seed asked for is one seed run.
    let count = asked("WHPH_SEEDS").unwrap_or(if asked("WHPH_SEED").is_some() { 1 } else { usual });
    let mut tally = Tally::default();
    for seed in first..first + count {
        let life = life(seed);
        let steps = script(life, seed);
        let failure = match catch_unwind(AssertUnwindSafe(|| run(life, seed, &steps))) {
            Ok(Ok(met)) => {
                tally.add(&met);
                continue;
            }
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
    println!("{name}: {count} seeds from {first}. {tally}");
    tally
}
