//! A schedule that bytes spell, for the fuzzer.

use super::lives::{Life, PLAIN};
use super::network::{Apart, Faults};
use super::play::run;
use super::script::{KINDS, Step, Typed};

/// Most steps of a schedule: settling what they did takes the longest.
const STEPS_MAX: usize = 40;
const WAITS: [u64; 8] = [1, 3, 10, 30, 100, 400, 2_000, 90_000];

/// Two devices live through what the bytes say; then all is healed, and every promise must hold.
///
/// # Panics
/// When one is broken.
pub fn schedule(bytes: &[u8]) {
    let Some((&first, mut rest)) = bytes.split_first() else { return };
    let life = Life { slow: first & 1 != 0, ..PLAIN };
    let mut script = Vec::new();
    while script.len() < STEPS_MAX
        && let Some([what, how]) = rest.split_off(..2)
    {
        script.push(step(*what, *how));
    }
    if let Err(broken) = run(life, u64::from(first >> 1), &script) {
        let steps: String = script.iter().map(|step| format!("    Step::{step:?},\n")).collect();
        panic!("{broken}\n{life:?}, seed {}\n{steps}", first >> 1);
    }
}

/// One step in two bytes: half of them are writes and syncs, as in a life.
fn step(what: u8, how: u8) -> Step {
    let who = usize::from(what >> 7);
    let other = 1 - who;
    let (low, high) = (how % 16, how / 16);
    match what % 24 {
        0..8 => Step::Write { who, entity: u128::from(low % 4), edit: typed(what % 24, high) },
        8..11 => Step::Sync { from: who, to: other, stay: how & 1 != 0 },
        11..14 => Step::Wait { ms: WAITS[usize::from(how) % WAITS.len()] },
        14 => Step::Resolve { who, choice: u64::from(how % 8) },
        15 => Step::Stop { who },
        16 => Step::Separate {
            a: who,
            b: other,
            how: if how & 1 == 0 { Apart::Refused } else { Apart::Silent },
        },
        17 => Step::Cut { a: who, b: other },
        18 => Step::Heal,
        19 => Step::Crash { who },
        20 => Step::PowerCut { who, steps: u64::from(how) + 1 },
        21 => Step::Share { who, kind: KINDS[usize::from(how & 1)], on: how & 2 != 0 },
        22 => Step::Faults(faults(low, high)),
        _ if how & 1 == 0 => Step::Absence { days: 1 + u64::from(how) },
        _ => Step::Tidy { who },
    }
}

fn typed(what: u8, how: u8) -> Typed {
    let at = u64::from(how % 4);
    match what {
        0 => Typed::Title,
        1 => Typed::Same,
        2 => Typed::Line(at),
        3 if how & 1 == 0 => Typed::Body,
        3 => Typed::Rank,
        4 => Typed::Tag(at),
        5 => Typed::Untag(at),
        6 if how & 1 == 0 => Typed::Clear,
        6 => Typed::PutBack,
        _ => Typed::Delete,
    }
}

/// One kind of fault, once in so many chunks.
fn faults(which: u8, rate: u8) -> Faults {
    let rate = 4 + 4 * u64::from(rate);
    let mut faults = Faults::default();
    match which % 5 {
        0 => faults.lose = rate,
        1 => faults.double = rate,
        2 => faults.swap = rate,
        3 => faults.flip = rate,
        _ => faults.cut = rate,
    }
    faults
}
