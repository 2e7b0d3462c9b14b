//! Plays a script in a world and holds it to its promises; shortens one that breaks them.

use super::lives::Life;
use super::oracle::Memory;
use super::promises::Broken;
use super::script::{KINDS, Step, Typed, skew};
use super::tally::Tally;
use super::versions::{newer, older};
use super::world::{Who, World, key};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::entity::write::Change;
use sync_core::node::Command;
use sync_core::time::DAY;
use sync_store::WriteError;

const NAMES: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];
/// How often a device is looked at while a script runs, in steps.
const LOOK_EVERY: usize = 5;

/// Runs a script; then heals, settles, and holds the world to its promises.
pub(crate) fn run(life: Life, seed: u64, script: &[Step]) -> Result<Tally, Broken> {
    let mut play = Play::new(life, seed);
    for (number, step) in script.iter().enumerate() {
        play.act(number, *step);
        let devices = play.world.devices.len();
        let mut found = play.world.broken.take().map_or(Ok(()), Err);
        // Looking makes a device believe that others know its texts as they stand, so only every other world is looked at.
        if found.is_ok() && seed.is_multiple_of(2) && number.is_multiple_of(LOOK_EVERY) {
            found = play.world.look((number / LOOK_EVERY) % devices).map(drop);
        }
        if let Err(broken) = found {
            return Err(Broken(format!("step {number}, {step:?}: {broken}")));
        }
    }
    let world = &mut play.world;
    for who in 0..world.devices.len() {
        world.devices[who].fuse = None;
        KINDS.iter().for_each(|kind| world.share(who, kind, true));
    }
    world.try_settle()?;
    world.check_promises()?;
    Ok(world.tally.clone())
}

/// A script on its way.
struct Play {
    life: Life,
    world: World,
    folder: Option<tempfile::TempDir>,
    backups: Vec<Option<(PathBuf, Memory)>>,
    /// What people began to type from, by device and entity.
    begun: BTreeMap<(Who, EntityKey), String>,
}

impl Play {
    fn new(life: Life, seed: u64) -> Self {
        let mut devices: Vec<_> = NAMES[..life.devices].iter().map(|name| (*name, super::schema())).collect();
        if life.versions {
            devices[0].1 = newer();
            devices[1].1 = older();
        }
        let mut world = World::paired(seed, devices);
        world.meetings.retain(|(a, b)| !life.chain || a + 1 == *b);
        // A restored or copied device begins anew, and says so.
        world.trouble_expected = life.needs_files();
        if life.slow {
            for device in &mut world.devices {
                device.store_delay = world.dice.pick(&[(0, 0), (0, 3), (20, 200), (100, 110)]);
            }
            world.network.latency = world.dice.pick(&[(1, 2), (25, 30), (100, 400)]);
        }
        if life.bad_clocks {
            for who in 0..life.devices {
                let skew = skew(&mut world.dice);
                world.set_clock(who, skew);
            }
        }
        let folder = life.needs_files().then(folder);
        if let Some(folder) = &folder {
            world.keep_in_files(folder.path());
        }
        Self { life, world, folder, backups: vec![None; life.devices + 1], begun: BTreeMap::new() }
    }

    fn act(&mut self, number: usize, step: Step) {
        let world = &mut self.world;
        if step.people().iter().any(|who| *who >= world.devices.len()) {
            // A copy that was not made yet.
            return;
        }
        match step {
            Step::Write { who, entity, edit } => {
                let kinds = self.life.kinds();
                let key = key(kinds[(entity % kinds.len() as u128) as usize], entity);
                if let Some(change) = change(world, &mut self.begun, who, &key, edit, number) {
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
            Step::Leave { who } => world.leave(who),
            Step::Cut { a, b } => world.cut(a, b),
            Step::Heal => world.heal(),
            Step::Crash { who } => world.crash(who),
            Step::PowerCut { who, steps } => world.light_fuse(who, steps),
            Step::SetClock { who, skew, after } => world.set_clock_later(who, skew, after),
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
            Step::Copy { who, noticed } => {
                if let Some(folder) =
                    self.folder.as_ref().filter(|_| world.devices.len() == self.life.devices)
                {
                    world.copy_folder(who, &folder.path().join("copy.sqlite"), noticed);
                }
            }
            // A copy of oneself is nobody to have a cursor for.
            Step::Skip { who, of } if world.id(who) != world.id(of) => world.skip(who, of),
            Step::Skip { .. } => {}
            Step::Restore { who, noticed } => {
                if let Some((path, memory)) = self.backups[who].clone() {
                    world.restore(who, &path, memory, noticed);
                }
            }
        }
    }
}

/// Where databases are kept that must be files: in memory if there is such a place, because nothing here is about the disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

fn change(
    world: &mut World,
    begun: &mut BTreeMap<(Who, EntityKey), String>,
    who: Who,
    key: &EntityKey,
    edit: Typed,
    number: usize,
) -> Option<Change> {
    let set = |field: &str, value: Value| Change::Set(Map::from_iter([(field.to_owned(), value)]));
    let value = Value::from(words(number));
    let view = world.store(who).get(key).expect("a view");
    let body =
        view.as_ref().and_then(|view| view.fields.get("body")?.as_str()).unwrap_or_default().to_owned();
    Some(match edit {
        Typed::Title => set("title", value),
        Typed::Same => set("title", Value::from("the same")),
        Typed::Weight(at) => {
            let schema = &world.devices[who].schema;
            schema.kind(&key.kind)?.field("weight")?;
            set("weight", Value::from([0.1, 1e-7, -1.5e300, 3.0, 9_007_199_254_740_993.0, 0.0][at as usize]))
        }
        Typed::Rank => set("rank", value),
        Typed::Body => set("body", Value::from(format!("v{number}.\nsecond.\nthird.\nfourth.\n"))),
        Typed::Line(at) => set("body", Value::from(with_line(&body, at, number))),
        Typed::Begin => {
            begun.insert((who, key.clone()), body);
            return None;
        }
        Typed::Merged(at) => {
            let base = begun.remove(&(who, key.clone())).unwrap_or(body);
            let text = with_line(&base, at, number);
            Change::Text { field: "body".into(), base, text }
        }
        Typed::Tag(tag) => Change::Add("tags".into(), Value::from(format!("tag{tag}"))),
        Typed::Untag(tag) => Change::Remove("tags".into(), Value::from(format!("tag{tag}"))),
        Typed::Clear => set("title", Value::Null),
        Typed::Delete => Change::Delete,
        Typed::PutBack => Change::Keep,
    })
    .filter(|change| {
        view.is_some() || matches!(change, Change::Set(_) | Change::Text { .. } | Change::Add(..))
    })
}

/// A text with a line more, which no other text has.
fn with_line(text: &str, at: u64, number: usize) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let line = format!("v{number}.");
    lines.insert((at as usize).min(lines.len()), &line);
    lines.join("\n") + "\n"
}

/// Different each time, and now and then hard to carry.
fn words(number: usize) -> String {
    match number % 5 {
        0 => format!("v{number} \u{1F324} \"quoted\" \\ \u{2028} ñ"),
        1 if number.is_multiple_of(3) => format!("v{number} {}", "long ".repeat(200)).trim_end().to_owned(),
        _ => format!("v{number}"),
    }
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

impl Step {
    /// Who must be there for it.
    fn people(&self) -> [Who; 2] {
        match *self {
            Self::Write { who, .. }
            | Self::Resolve { who, .. }
            | Self::Stop { who }
            | Self::Leave { who }
            | Self::Crash { who }
            | Self::PowerCut { who, .. }
            | Self::SetClock { who, .. }
            | Self::Share { who, .. }
            | Self::Tidy { who }
            | Self::BackUp { who }
            | Self::Restore { who, .. }
            | Self::Copy { who, .. } => [who; 2],
            Self::Sync { from: a, to: b, .. }
            | Self::Separate { a, b, .. }
            | Self::Cut { a, b }
            | Self::Skip { who: a, of: b } => [a, b],
            Self::Wait { .. } | Self::Heal | Self::Faults(_) | Self::Absence { .. } => [0; 2],
        }
    }
}
