//! What people and their machines do in a world.

use super::device::address;
use super::network::{Apart, Faults};
use super::promises::holds;
use super::world::{DIALLING, Happening, Outcomes, Who, World, copy_file};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use sync_core::entity::EntityKey;
use sync_core::entity::view::Review;
use sync_core::entity::write::Change;
use sync_core::node::storage::{Answer, Ask};
use sync_core::node::{Command, Input, LinkId, Notice};
use sync_core::stamp::Stamp;
use sync_core::time::{DAY, Wall};
use sync_store::{Edit, Outcome, StoreError, View, WriteError};

/// How long the history is kept, in milliseconds.
const KEPT: u64 = 90 * DAY;

/// Whether a line that was typed into `base` has the neighbours in `shown`, too, that it was typed between.
fn apart(base: &str, text: &str, shown: &str) -> bool {
    // Where the last line has no end, both may add it.
    if [base, shown].iter().any(|text| !text.ends_with('\n')) {
        return false;
    }
    let ends = |text: &str| -> Vec<String> {
        ["^"].into_iter().chain(text.lines()).chain(["$"]).map(str::to_owned).collect()
    };
    let (base, text, shown) = (ends(base), ends(text), ends(shown));
    let once = |lines: &[String]| lines.iter().collect::<BTreeSet<_>>().len() == lines.len();
    let Some(at) = text.iter().position(|line| !base.contains(line)) else { return false };
    let between = [&text[at - 1], &text[at + 1]];
    once(&base) && once(&shown) && shown.windows(2).any(|pair| [&pair[0], &pair[1]] == between)
}

/// The text that a change is about, as it is shown; empty where there is none.
fn text_of(view: Option<&View>, change: &Change) -> String {
    let Change::Text { field, .. } = change else { return String::new() };
    view.and_then(|view| view.fields.get(&**field)?.as_str()).unwrap_or_default().to_owned()
}

impl World {
    /// One edit at one device.
    pub(crate) fn write(&mut self, who: Who, key: &EntityKey, change: Change) -> Result<Outcome, WriteError> {
        let device = &mut self.devices[who];
        let wall = device.wall(self.now);
        let edit = Edit { key: key.clone(), change: change.clone() };
        let view = device.store.get(key)?;
        let shown = text_of(view.as_ref(), &change);
        let asked = view.map(|view| view.reviews).unwrap_or_default();
        let before = device.store.head()?;
        let Some(outcome) = device.at_risk(|store| store.write(std::slice::from_ref(&edit), wall)) else {
            let committed = device.store.head()? != before;
            if committed {
                let change = self.merged(who, key, change, &shown)?;
                self.wrote(who, key, &change, &asked)?;
            }
            self.power_went(who, committed);
            return Ok(if committed { Outcome::Changed } else { Outcome::Unchanged });
        };
        let outcome = outcome?[0];
        if outcome != Outcome::Unchanged {
            let change = self.merged(who, key, change, &shown)?;
            self.wrote(who, key, &change, &asked)?;
            self.take_moment(who);
            self.announce(who);
        }
        Ok(outcome)
    }

    /// What a text that was typed, over the one that was `shown`, came to: everything that was typed, and everything that was
    /// there unless both cannot be merged.
    fn merged(
        &mut self,
        who: Who,
        key: &EntityKey,
        change: Change,
        shown: &str,
    ) -> Result<Change, StoreError> {
        let Change::Text { field, base, text } = &change else { return Ok(change) };
        let now = text_of(self.devices[who].store.get(key)?.as_ref(), &change);
        let lines: BTreeSet<&str> = now.lines().collect();
        let typed = text.lines().filter(|line| !base.lines().any(|old| old == *line));
        if let Some(lost) = typed.into_iter().find(|line| !lines.contains(line)) {
            self.break_promise(format!("{lost} was typed into {key} and is not in {now:?}"));
        }
        let gone = shown.lines().any(|line| !lines.contains(line));
        if gone && (now != *text || apart(base, text, shown)) {
            self.break_promise(format!("{shown:?} of {key} was merged with {text:?} to {now:?}"));
        }
        if gone {
            self.tally.note("texts typed over others");
        } else if shown != base {
            self.tally.note("texts merged as they were saved");
        }
        Ok(Change::Set(Map::from_iter([(field.to_string(), Value::from(now))])))
    }

    /// A write is in the database, and it answers what was `asked` there.
    fn wrote(
        &mut self,
        who: Who,
        key: &EntityKey,
        change: &Change,
        asked: &[Review],
    ) -> Result<(), StoreError> {
        let device = &mut self.devices[who];
        let marker = device.store.marker()?;
        if device.store.get(key)?.is_some_and(|view| !view.local) {
            let stamp = Stamp { hlc: marker.clock, writer: marker.writer };
            self.oracle.wrote(who, &Arc::clone(&device.schema), key, change, stamp);
            if self.oracle.is_doubtful(key) {
                self.read_back(who, std::slice::from_ref(key));
            }
            self.decided(key, asked, change, stamp);
            self.check_decisions(who, [key]);
            self.tally.note("writes");
        }
        Ok(())
    }

    /// The power went while the store was at work; afterwards it is there again.
    pub(super) fn power_went(&mut self, who: Who, committed: bool) {
        self.tally.note(if committed {
            "power cuts after a commit"
        } else {
            "power cuts within a transaction"
        });
        self.crash(who);
        self.take_moment(who);
    }

    /// Tells a device's open sessions that its database changed.
    pub(super) fn announce(&mut self, who: Who) {
        let head = self.devices[who].store.head().expect("a head");
        self.command(who, Command::Changed { head });
    }

    /// Begins a session and returns at once.
    pub(crate) fn dial(&mut self, from: Who, to: Who, stay: bool) -> LinkId {
        let link = self.devices[from].node.new_link();
        let peer = self.id(to);
        self.command(from, Command::Sync { link, peer, addresses: vec![address(to)], stay });
        link
    }

    /// Syncs two devices and waits until both are done. How it ended at `from`.
    pub(crate) fn sync(&mut self, from: Who, to: Who) -> Outcomes {
        let link = self.dial(from, to, false);
        self.run_to_the_end();
        self.outcome(from, link).unwrap_or_else(|| panic!("the session has no end"))
    }

    /// How a link ended at one side.
    pub(crate) fn outcome(&self, who: Who, link: LinkId) -> Option<Outcomes> {
        self.devices[who].notices.iter().rev().find_map(|notice| match notice {
            Notice::Ended { link: l, end, progress, .. } if *l == link => {
                Some(Outcomes::Ended(end.clone(), *progress))
            }
            Notice::Unreachable { link: l, reason, .. } if *l == link => {
                Some(Outcomes::Unreachable(reason.clone()))
            }
            _ => None,
        })
    }

    pub(crate) fn separate(&mut self, a: Who, b: Who, how: Apart) {
        if how == Apart::Refused {
            self.cut(a, b);
        }
        self.network.separate(a, b, how);
    }

    /// A device is out of everybody's reach until all is healed.
    pub(crate) fn leave(&mut self, who: Who) {
        for other in (0..self.devices.len()).filter(|other| *other != who) {
            self.separate(who, other, Apart::Silent);
        }
        self.tally.note("devices away");
    }

    /// Every link between two devices breaks.
    pub(crate) fn cut(&mut self, a: Who, b: Who) {
        for wire in self.network.between(a, b) {
            let parcels = self.network.cut(wire, self.now, &mut self.dice);
            self.post(parcels);
        }
    }

    pub(crate) fn heal(&mut self) {
        self.network.heal();
    }

    pub(crate) fn faults(&mut self, faults: Faults) {
        self.network.faults = faults;
    }

    /// Power off and on again.
    pub(crate) fn crash(&mut self, who: Who) {
        for wire in self.network.of(who) {
            let parcels = self.network.cut(wire, self.now, &mut self.dice);
            self.post(parcels);
        }
        self.devices[who].crash(who, self.now);
    }

    /// The power of a device goes after so many of SQLite's steps.
    pub(crate) fn light_fuse(&mut self, who: Who, steps: u64) {
        self.devices[who].fuse = Some(steps);
    }

    /// A device's clock jumps, perhaps in the middle of something.
    pub(crate) fn set_clock_later(&mut self, who: Who, skew: i64, after: u64) {
        self.later(self.now + after, Happening::Clock { who, skew });
    }

    pub(crate) fn set_clock(&mut self, who: Who, skew: i64) {
        self.devices[who].skew = skew;
    }

    /// Time passes and nobody does anything.
    pub(crate) fn sleep(&mut self, ms: u64) {
        self.run_for(ms);
    }

    pub(crate) fn share(&mut self, who: Who, kind: &str, on: bool) {
        match self.devices[who].at_risk(|store| store.share_kind(kind, None, on)) {
            Some(shared) => shared.expect("a toggle"),
            None => self.power_went(who, false),
        }
    }

    /// What is old is dropped, and nothing else.
    pub(crate) fn tidy(&mut self, who: Who) {
        let wall = self.devices[who].wall(self.now);
        let (before, then) = (self.state(who), self.replaced(who));
        // A clock that has jumped is believed the next day.
        for wall in [Wall(wall.0.saturating_sub(DAY)), wall] {
            match self.devices[who].at_risk(|store| store.tidy(wall)) {
                Some(tidied) => drop(tidied.expect("tidied up")),
                None => self.power_went(who, false),
            }
        }
        let (after, now) = (self.state(who), self.replaced(who));
        for key in before.iter().filter(|(key, entity)| after.get(*key) != Some(entity)).map(|(key, _)| key) {
            self.tally.note("tombstones shrunk");
            if !self.oracle.shrunk(who, key) {
                self.break_promise(format!("the content of {key} was dropped, and it lives"));
            }
        }
        let forgotten: BTreeMap<_, _> = then.iter().filter(|(value, _)| !now.contains_key(*value)).collect();
        if let Some((value, at)) = forgotten.iter().find(|(_, at)| at.0 + KEPT > wall.0) {
            self.break_promise(format!("{value:?} of {at:?} left the history too early"));
        }
        let forgotten = forgotten
            .into_keys()
            .filter(|(key, field, value)| !after.get(key).is_some_and(|entity| holds(entity, field, value)));
        self.oracle.forgot(who, &forgotten.cloned().collect());
    }

    /// Somebody copies a device's folder, keys and all, and uses both. `noticed`: the application takes note of it, as its marker
    /// outside the database makes it do.
    pub(crate) fn copy_folder(&mut self, of: Who, file: &Path, noticed: bool) -> Who {
        let copy = self.devices.len();
        self.crash(of);
        self.devices[of].reopen(&mut |original| copy_file(original, file));
        let mut device = self.devices[of].copy(copy, "copy", file.to_owned());
        device.crash(copy, self.now);
        if noticed {
            device.store.renew().expect("a new replica");
        } else {
            let marker = device.store.marker().expect("a marker");
            self.oracle.share(marker.writer, marker.clock);
        }
        self.devices.push(device);
        self.oracle.copied(of);
        self.moments.push(self.moments[of].clone());
        self.moments[copy].push(BTreeMap::new());
        self.take_moment(copy);
        // Two copies of one device cannot sync with each other; with everybody else both do.
        let met = self.meetings.iter().filter(|(a, b)| *a == of || *b == of);
        let others: Vec<Who> = met.map(|&(a, b)| if a == of { b } else { a }).collect();
        self.meetings.extend(others.into_iter().map(|other| (other, copy)));
        self.tally.note(if noticed { "folders copied and noticed" } else { "folders copied" });
        copy
    }

    /// A device believes to have applied everything of another, whether it has or not: what a bug or a damaged database may do.
    pub(crate) fn skip(&mut self, who: Who, of: Who) {
        let (peer, wall) = (self.id(of), self.devices[who].wall(self.now));
        let (replica, applied) =
            (self.store(of).marker().expect("a marker").replica, self.store(of).head().expect("a head"));
        let Answer::Opening(opening) = self.store(who).answer(Ask::Open { peer }) else {
            panic!("an opening")
        };
        let proofs = opening.proofs;
        let off = BTreeSet::new();
        let done =
            self.store(who).answer(Ask::Proved { peer, replica, acked: 0, applied, proofs, off, wall });
        assert_eq!(done, Answer::Done);
        self.skipped = true;
    }

    pub(crate) fn command(&mut self, who: Who, command: Command) {
        self.hear(who, Input::Command(command));
    }

    /// Every session ends, those too that are only about to begin.
    pub(crate) fn stop_all(&mut self) {
        self.run_for(DIALLING);
        for who in 0..self.devices.len() {
            self.command(who, Command::Stop);
        }
        self.run_to_the_end();
    }
}
