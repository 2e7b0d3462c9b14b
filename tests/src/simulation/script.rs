//! Random schedules: written down as scripts before they run, so that a failing one can be shortened and kept.

use super::dice::Dice;
use super::network::{Apart, Faults};
use super::oracle::Memory;
use super::promises::Broken;
use super::world::{Who, World, key};
use serde_json::{Map, Value};
use std::path::PathBuf;
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::entity::write::Change;
use sync_core::node::Command;
use sync_core::time::DAY;
use sync_store::WriteError;

/// What kind of life the devices lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) devices: usize,
    /// Only neighbours ever meet: alice–bob–carol.
    pub(crate) chain: bool,
    pub(crate) steps: usize,
    pub(crate) entities: u128,
    /// Wires lose, double, swap and flip.
    pub(crate) bad_wires: bool,
    /// Clocks are wrong and jump.
    pub(crate) bad_clocks: bool,
    /// Kinds are switched off and on.
    pub(crate) toggles: bool,
    /// Devices are away for months, and tombstones shrink.
    pub(crate) absences: bool,
    /// Databases are restored from backups, noticed or not.
    pub(crate) restores: bool,
    /// Cursors jump ahead, so that only digests find what is missing.
    pub(crate) bad_cursors: bool,
    /// Disks and wires are slow.
    pub(crate) slow: bool,
    /// Bob's application is old: it knows one kind, and of that the title.
    pub(crate) old_bob: bool,
}

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
    Cut {
        a: Who,
        b: Who,
    },
    Heal,
    Crash {
        who: Who,
    },
    SetClock {
        who: Who,
        skew: i64,
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
    Skip {
        who: Who,
        of: Who,
    },
}

/// What a person types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Title,
    Rank,
    /// A new line in the body, above the line of this number.
    Line(u64),
    /// The whole body anew.
    Body,
    Tag(u64),
    Untag(u64),
    Clear,
    Delete,
    PutBack,
}

const NAMES: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];
const KINDS: [&str; 2] = ["task", "note"];

/// The script of a seed.
pub(crate) fn script(life: Life, seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed ^ 0x5c71_97ed);
    (0..life.steps).map(|_| step(life, &mut dice)).collect()
}

fn step(life: Life, dice: &mut Dice) -> Step {
    let who = dice.below(life.devices as u64) as usize;
    let other = (who + dice.between(1, life.devices as u64 - 1) as usize) % life.devices;
    match dice.below(100) {
        0..48 => Step::Write { who, entity: u128::from(dice.below(life.entities as u64)), edit: typed(dice) },
        48..53 => Step::Resolve { who, choice: dice.below(8) },
        53..70 => Step::Sync { from: who, to: other, stay: dice.one_in(2) },
        70..84 => Step::Wait { ms: dice.pick(&[1, 3, 10, 30, 100, 400, 2_000, 40_000, 90_000]) },
        84..86 => Step::Stop { who },
        86..89 => Step::Crash { who },
        89..91 => Step::Cut { a: who, b: other },
        91 => Step::Separate { a: who, b: other, how: dice.pick(&[Apart::Refused, Apart::Silent]) },
        92 if !life.bad_cursors => Step::Heal,
        93..95 if life.bad_wires => Step::Faults(faults(dice)),
        95..97 if life.bad_clocks => {
            let years = 365 * DAY as i64;
            let skew = dice.pick(&[
                0,
                -years * 10,
                years * 24,
                DAY as i64,
                -(DAY as i64),
                3_600_000,
                -3_600_000,
                240_000,
            ]);
            Step::SetClock { who, skew }
        }
        97 if life.toggles => Step::Share { who, kind: dice.pick(&KINDS), on: dice.one_in(2) },
        92..95 if life.bad_cursors => Step::Skip { who, of: other },
        98 if life.absences => Step::Absence { days: dice.pick(&[1, 80, 100, 400]) },
        99 if life.absences => Step::Tidy { who },
        95 | 96 if life.restores => Step::BackUp { who },
        97 | 98 if life.restores => Step::Restore { who, noticed: dice.one_in(2) },
        _ => Step::Wait { ms: 5 },
    }
}

fn typed(dice: &mut Dice) -> Typed {
    match dice.below(20) {
        0..5 => Typed::Title,
        5..7 => Typed::Rank,
        7..11 => Typed::Line(dice.below(6)),
        11 => Typed::Body,
        12..14 => Typed::Tag(dice.below(4)),
        14 => Typed::Untag(dice.below(4)),
        15 => Typed::Clear,
        16 | 17 => Typed::Delete,
        18 => Typed::PutBack,
        _ => Typed::Title,
    }
}

fn faults(dice: &mut Dice) -> Faults {
    let mut fault = || if dice.one_in(3) { dice.between(5, 60) } else { 0 };
    Faults { lose: fault(), double: fault(), swap: fault(), flip: fault(), cut: fault() }
}

/// Runs a script; then heals, settles, and holds the world to its promises.
pub(crate) fn run(life: Life, seed: u64, script: &[Step]) -> Result<(), Broken> {
    let mut play = Play::new(life, seed);
    for (number, step) in script.iter().enumerate() {
        play.act(number, *step);
        if let Some(broken) = play.world.broken.take() {
            return Err(Broken(format!("step {number}, {step:?}: {broken}")));
        }
    }
    play.world.heal();
    for who in 0..life.devices {
        KINDS.iter().for_each(|kind| play.world.share(who, kind, true));
    }
    play.world.try_settle()?;
    play.world.check_promises()
}

/// A script on its way.
struct Play {
    world: World,
    folder: Option<tempfile::TempDir>,
    backups: Vec<Option<(PathBuf, Memory)>>,
}

impl Play {
    fn new(life: Life, seed: u64) -> Self {
        let mut devices: Vec<_> = NAMES[..life.devices].iter().map(|name| (*name, super::schema())).collect();
        if life.old_bob {
            devices[1].1.version = 0;
            devices[1].1.kinds.truncate(1);
            devices[1].1.kinds[0].fields.truncate(1);
        }
        let mut world = World::paired(seed, devices);
        world.meetings.retain(|(a, b)| !life.chain || a + 1 == *b);
        // A restored device begins anew, and says so.
        world.trouble_expected = life.restores;
        if life.slow {
            for device in &mut world.devices {
                device.store_delay = world.dice.pick(&[(0, 0), (0, 3), (20, 200), (100, 110)]);
            }
            world.network.latency = world.dice.pick(&[(1, 2), (25, 30), (100, 400)]);
        }
        let folder = life.restores.then(|| tempfile::tempdir().expect("a folder"));
        if let Some(folder) = &folder {
            world.keep_in_files(folder.path());
        }
        Self { world, folder, backups: vec![None; life.devices] }
    }

    fn act(&mut self, number: usize, step: Step) {
        let world = &mut self.world;
        match step {
            Step::Write { who, entity, edit } => {
                let key = key(KINDS[(entity % 2) as usize], entity);
                if let Some(change) = change(world, who, &key, edit, number) {
                    write(world, who, &key, change);
                }
            }
            Step::Resolve { who, choice } => resolve(world, who, choice, number),
            Step::Sync { from, to, stay } => {
                if world.meetings.contains(&(from.min(to), from.max(to))) {
                    world.dial(from, to, stay);
                }
            }
            Step::Wait { ms } => world.run_for(ms),
            Step::Stop { who } => world.command(who, Command::Stop),
            Step::Separate { a, b, how } => world.separate(a, b, how),
            Step::Cut { a, b } => world.cut(a, b),
            Step::Heal => world.heal(),
            Step::Crash { who } => world.crash(who),
            Step::SetClock { who, skew } => world.set_clock(who, skew),
            Step::Share { who, kind, on } => world.share(who, kind, on),
            Step::Faults(faults) => world.faults(faults),
            Step::Absence { days } => {
                // Links do not outlive a night.
                world.stop_all();
                world.sleep(days * DAY);
            }
            Step::Tidy { who } => world.tidy(who),
            Step::BackUp { who } => {
                if let Some(folder) = &self.folder {
                    let path = folder.path().join(format!("{who}-{number}.backup"));
                    let memory = world.back_up(who, &path);
                    self.backups[who] = Some((path, memory));
                }
            }
            Step::Skip { who, of } => world.skip(who, of),
            Step::Restore { who, noticed } => {
                if let Some((path, memory)) = self.backups[who].clone() {
                    world.restore(who, &path, memory, noticed);
                }
            }
        }
    }
}

fn change(world: &mut World, who: Who, key: &EntityKey, edit: Typed, number: usize) -> Option<Change> {
    let set = |field: &str, value: Value| Change::Set(Map::from_iter([(field.to_owned(), value)]));
    let value = Value::from(format!("v{number}"));
    let view = world.store(who).get(key).expect("a view");
    Some(match edit {
        Typed::Title => set("title", value),
        Typed::Rank => set("rank", value),
        Typed::Body => set("body", Value::from(format!("v{number}.\nsecond.\nthird.\nfourth.\n"))),
        Typed::Line(at) => {
            let body = view
                .as_ref()
                .and_then(|view| view.fields.get("body")?.as_str())
                .unwrap_or_default()
                .to_owned();
            let mut lines: Vec<&str> = body.lines().collect();
            let line = format!("v{number}.");
            lines.insert((at as usize).min(lines.len()), &line);
            set("body", Value::from(lines.join("\n") + "\n"))
        }
        Typed::Tag(tag) => Change::Add("tags".into(), Value::from(format!("tag{tag}"))),
        Typed::Untag(tag) => Change::Remove("tags".into(), Value::from(format!("tag{tag}"))),
        Typed::Clear => set("title", Value::Null),
        Typed::Delete => Change::Delete,
        Typed::PutBack => Change::Keep,
    })
    .filter(|change| view.is_some() || matches!(change, Change::Set(_) | Change::Add(..)))
}

fn write(world: &mut World, who: Who, key: &EntityKey, change: Change) {
    match world.write(who, key, change) {
        // Refused: nothing to put back any more, say.
        Ok(_) | Err(WriteError::Refused(_)) => {}
        Err(WriteError::Store(error)) => world.break_promise(format!("a write failed: {error}")),
    }
}

fn resolve(world: &mut World, who: Who, choice: u64, number: usize) {
    let waiting = world.store(who).reviews().expect("reviews");
    let Some(view) = waiting.get(choice as usize % waiting.len().max(1)) else { return };
    let change = match &view.reviews[0] {
        Review::Field { field, candidates } => {
            let value = match candidates.get(choice as usize) {
                Some(candidate) => candidate.value.value(),
                None => Value::from(format!("v{number}")),
            };
            Change::Set(Map::from_iter([(field.to_string(), value)]))
        }
        Review::Deleted { .. } if choice.is_multiple_of(2) => Change::Keep,
        Review::Deleted { .. } => Change::Delete,
    };
    write(world, who, &view.key, change);
    let after = world.store(who).get(&view.key).expect("a view");
    if after.is_some_and(|after| !after.deleted && after.reviews.first() == view.reviews.first()) {
        world.break_promise(format!("{} was decided and is asked again", view.key));
    }
}

/// The shortest script found, by leaving steps out, that still breaks a promise.
pub(crate) fn shorten(life: Life, seed: u64, script: Vec<Step>) -> Vec<Step> {
    let fails = |script: &[Step]| {
        std::panic::catch_unwind(|| run(life, seed, script)).map_or(true, |result| result.is_err())
    };
    let (mut script, mut tries) = (script, 0);
    let mut size = script.len() / 2;
    while size > 0 && tries < 400 {
        let mut at = 0;
        while at < script.len() && tries < 400 {
            tries += 1;
            let mut shorter = script.clone();
            shorter.drain(at..(at + size).min(shorter.len()));
            if fails(&shorter) {
                script = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    script
}
