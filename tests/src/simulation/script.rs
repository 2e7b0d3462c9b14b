//! Random schedules: written down as scripts before they run, so that a failing one can be shortened and kept.

use super::dice::Dice;
use super::lives::Life;
use super::network::{Apart, Faults};
use super::world::Who;
use sync_core::time::DAY;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Write {
        who: Who,
        entity: u128,
        edit: Typed,
    },
    /// A person decides the first thing that waits for them.
    Resolve {
        who: Who,
        choice: u64,
    },
    Sync {
        from: Who,
        to: Who,
        stay: bool,
    },
    Wait {
        ms: u64,
    },
    Stop {
        who: Who,
    },
    Separate {
        a: Who,
        b: Who,
        how: Apart,
    },
    /// Nobody reaches this device until all is healed.
    Leave {
        who: Who,
    },
    Cut {
        a: Who,
        b: Who,
    },
    Heal,
    Crash {
        who: Who,
    },
    /// The power goes after so many steps of SQLite, which is in the middle of something.
    PowerCut {
        who: Who,
        steps: u64,
    },
    /// A clock jumps, in so many milliseconds.
    SetClock {
        who: Who,
        skew: i64,
        after: u64,
    },
    Share {
        who: Who,
        kind: &'static str,
        on: bool,
    },
    Faults(Faults),
    Absence {
        days: u64,
    },
    Tidy {
        who: Who,
    },
    BackUp {
        who: Who,
    },
    Restore {
        who: Who,
        noticed: bool,
    },
    /// Once: the device's folder is copied, and the copy is a device more.
    Copy {
        who: Who,
        noticed: bool,
    },
    Skip {
        who: Who,
        of: Who,
    },
}

/// What a person types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Title,
    /// A title that others type too.
    Same,
    Rank,
    /// A number in a field that only newer versions have.
    Weight(u64),
    /// A new line in the body, above the line of this number.
    Line(u64),
    /// The whole body anew.
    Body,
    /// Somebody begins to type in the body, and saves what comes of it later.
    Begin,
    /// What was begun, or what is there now, with a new line above the line of this number; merged with what came meanwhile.
    Merged(u64),
    Tag(u64),
    Untag(u64),
    Clear,
    Delete,
    PutBack,
}

/// Which kinds there are; the last one newer versions alone know.
pub(crate) const KINDS: [&str; 3] = ["task", "note", "mood"];

impl Life {
    /// The kinds that are written.
    pub(crate) fn kinds(&self) -> &'static [&'static str] {
        if self.versions { &KINDS } else { &KINDS[..2] }
    }
}

/// The script of a seed.
pub(crate) fn script(life: Life, seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed ^ 0x5c71_97ed);
    (0..life.steps).map(|_| step(life, &mut dice)).collect()
}

fn step(life: Life, dice: &mut Dice) -> Step {
    // A copy comes after all others, and is nobody before it is made.
    let devices = (life.devices + usize::from(life.copies)) as u64;
    let who = dice.below(devices) as usize;
    let other = (who + dice.between(1, devices - 1) as usize) % devices as usize;
    let entity = u128::from(dice.below(life.entities as u64));
    let noticed = dice.one_in(2);
    // How often, and what; the rest of what a life has comes on top.
    let likely = [
        (48, Step::Write { who, entity, edit: typed(life, dice) }),
        (5, Step::Resolve { who, choice: dice.below(8) }),
        (17, Step::Sync { from: who, to: other, stay: dice.one_in(2) }),
        (14, Step::Wait { ms: dice.pick(&[1, 3, 10, 30, 100, 400, 2_000, 40_000, 90_000]) }),
        (2, Step::Stop { who }),
        (3, Step::Crash { who }),
        (2, Step::Cut { a: who, b: other }),
        (1, Step::Separate { a: who, b: other, how: dice.pick(&[Apart::Refused, Apart::Silent]) }),
        (1, Step::Heal),
        (if life.bad_wires { 3 } else { 0 }, Step::Faults(faults(dice))),
        (if life.bad_clocks { 4 } else { 0 }, clock(who, dice)),
        (
            if life.toggles { 2 } else { 0 },
            Step::Share { who, kind: dice.pick(life.kinds()), on: dice.one_in(2) },
        ),
        (if life.absences { 3 } else { 0 }, Step::Absence { days: dice.pick(&[1, 80, 100, 400]) }),
        (if life.absences { 10 } else { 0 }, Step::Tidy { who }),
        (if life.absences { 2 } else { 0 }, Step::Leave { who }),
        (if life.restores { 5 } else { 0 }, Step::BackUp { who }),
        (if life.restores { 5 } else { 0 }, Step::Restore { who, noticed }),
        (if life.copies { 3 } else { 0 }, Step::Copy { who, noticed }),
        (if life.power_cuts { 8 } else { 0 }, Step::PowerCut { who, steps: dice.between(1, 400) }),
        (if life.bad_cursors { 3 } else { 0 }, Step::Skip { who, of: other }),
    ];
    let mut at = dice.below(likely.iter().map(|(odds, _)| odds).sum());
    for (odds, step) in likely {
        if at < odds {
            return step;
        }
        at -= odds;
    }
    Step::Heal
}

fn typed(life: Life, dice: &mut Dice) -> Typed {
    if life.texts && !dice.one_in(4) {
        return match dice.below(8) {
            0 => Typed::Body,
            1 | 2 => Typed::Line(dice.below(6)),
            3..5 => Typed::Begin,
            _ => Typed::Merged(dice.below(6)),
        };
    }
    match dice.below(20) {
        0..5 => Typed::Title,
        5 => Typed::Rank,
        6 if life.versions => Typed::Weight(dice.below(6)),
        6 => Typed::Rank,
        7 | 8 => Typed::Line(dice.below(6)),
        9 => Typed::Begin,
        10 => Typed::Merged(dice.below(6)),
        11 => Typed::Body,
        12..14 => Typed::Tag(dice.below(4)),
        14 => Typed::Untag(dice.below(4)),
        15 => Typed::Clear,
        16 | 17 => Typed::Delete,
        18 => Typed::PutBack,
        _ => Typed::Same,
    }
}

fn clock(who: Who, dice: &mut Dice) -> Step {
    Step::SetClock { who, skew: skew(dice), after: dice.pick(&[0, 5, 20, 50, 100, 300]) }
}

/// How wrong a clock may be.
pub(crate) fn skew(dice: &mut Dice) -> i64 {
    let (day, year) = (DAY as i64, 365 * DAY as i64);
    dice.pick(&[0, -year * 10, year * 24, -year, year * 3, day, -day, 3_600_000, -3_600_000, 240_000])
}

fn faults(dice: &mut Dice) -> Faults {
    let mut fault = || if dice.one_in(3) { dice.between(5, 60) } else { 0 };
    Faults { lose: fault(), double: fault(), swap: fault(), flip: fault(), cut: fault() }
}
