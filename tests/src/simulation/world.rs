//! The world: devices, wires and one clock that only moves when something happens.

use super::decisions::Decisions;
use super::device::Device;
use super::dice::Dice;
use super::network::{Network, Parcel};
use super::oracle::{Memory, Oracle};
use super::promises::Broken;
use super::tally::Tally;
use std::collections::BTreeMap;
use std::path::Path;
use sync_core::digest::Digest;
use sync_core::entity::EntityKey;
use sync_core::identity::{DeviceId, PairSecret};
use sync_core::node::storage::Answer;
use sync_core::node::{Command, ConnectFailure, Input, LinkId, Peer};
use sync_core::schema::Schema;
use sync_core::session::{End, Progress};
use sync_core::time::Mono;
use sync_store::{NewPeer, Store};
use uuid::Uuid;

/// A device in a world.
pub(crate) type Who = usize;

pub(crate) type Digests = BTreeMap<Box<str>, Digest>;

/// Virtual milliseconds in which everything that began must have ended.
const PATIENCE: u64 = 30 * 60_000;
/// How long a dialled link takes to open, or not, in milliseconds; a handshake takes no longer.
pub(super) const DIALLING: u64 = 20_000;
/// More happenings than this without an end are a livelock.
const STEPS_MAX: u64 = 2_000_000;

/// Something that is to happen.
pub(super) enum Happening {
    Parcel(Parcel),
    /// A dialled link is answered, or not.
    Dialled {
        who: Who,
        life: u32,
        link: LinkId,
        to: Option<Who>,
    },
    /// A store takes up its next question.
    Work {
        who: Who,
        life: u32,
    },
    /// A clock jumps.
    Clock {
        who: Who,
        skew: i64,
    },
    /// A store's answer reaches its node.
    Answer {
        who: Who,
        life: u32,
        link: LinkId,
        answer: Answer,
    },
}

/// How a session or an attempt at one ended, at one side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcomes {
    Ended(End, Progress),
    Unreachable(ConnectFailure),
}

pub(crate) struct World {
    pub(crate) devices: Vec<Device>,
    pub(crate) network: Network,
    pub(crate) oracle: Oracle,
    pub(super) decisions: Decisions,
    pub(crate) tally: Tally,
    /// Which pairs meet when the world settles.
    pub(crate) meetings: Vec<(Who, Who)>,
    /// What only a story about it may see: ends like broken protocol, unequal or restart, and repairs.
    pub(crate) trouble_expected: bool,
    /// Whether people agree to a first merge as soon as they are asked.
    pub(crate) people_agree: bool,
    /// Whether some cursor was made to jump ahead, so that repairs are no fault.
    pub(super) skipped: bool,
    /// Every digest that a device had, by its seq then; a restored database begins a new list.
    pub(super) moments: Vec<Vec<BTreeMap<u64, Digests>>>,
    pub(crate) now: u64,
    pub(crate) dice: Dice,
    queue: BTreeMap<(u64, u64), Happening>,
    serial: u64,
    /// The first promise that was broken.
    pub(crate) broken: Option<Broken>,
    pub(super) trace: bool,
}

impl World {
    /// Devices that are paired with each other.
    pub(crate) fn new<const N: usize>(seed: u64, names: [&'static str; N]) -> (Self, [Who; N]) {
        Self::with(seed, names.map(|name| (name, super::schema())))
    }

    /// Devices of different versions.
    pub(crate) fn with<const N: usize>(seed: u64, devices: [(&'static str, Schema); N]) -> (Self, [Who; N]) {
        (Self::paired(seed, devices.into()), std::array::from_fn(|at| at))
    }

    /// Any number of devices, all paired with each other.
    pub(crate) fn paired(seed: u64, devices: Vec<(&'static str, Schema)>) -> Self {
        let mut world = Self::strangers(seed, devices);
        for (a, b) in world.pairs() {
            world.pair(a, b);
        }
        world.meetings = world.pairs();
        world
    }

    /// Devices that have never met.
    pub(crate) fn strangers(seed: u64, devices: Vec<(&'static str, Schema)>) -> Self {
        let mut dice = Dice::new(seed);
        let devices: Vec<Device> = devices
            .into_iter()
            .enumerate()
            .map(|(at, (name, schema))| Device::new(at, name, schema, dice.split()))
            .collect();
        let mut world = Self {
            oracle: Oracle::new(devices.len()),
            moments: vec![vec![BTreeMap::new()]; devices.len()],
            devices,
            network: Network::new(),
            meetings: Vec::new(),
            trouble_expected: false,
            people_agree: true,
            skipped: false,
            decisions: Decisions::default(),
            tally: Tally::default(),
            now: 1,
            dice,
            queue: BTreeMap::new(),
            serial: 0,
            broken: None,
            trace: std::env::var_os("WHPH_TRACE").is_some(),
        };
        (0..world.devices.len()).for_each(|who| world.take_moment(who));
        world
    }

    fn pairs(&self) -> Vec<(Who, Who)> {
        let all = 0..self.devices.len();
        all.clone().flat_map(|a| all.clone().map(move |b| (a, b))).filter(|(a, b)| a < b).collect()
    }

    /// As a pairing leaves two devices.
    fn pair(&mut self, a: Who, b: Who) {
        let secret = PairSecret::from_bytes(self.dice.bytes());
        self.add_peer(a, b, &secret);
        self.add_peer(b, a, &secret);
    }

    fn add_peer(&mut self, who: Who, other: Who, secret: &PairSecret) {
        let peer = self.new_peer(other);
        let device = &mut self.devices[who];
        let wall = device.wall(self.now);
        device.store.add_peer(&peer, wall).expect("a peer");
        device.peers.push(Peer { key: peer.channel_key, secret: secret.clone() });
        let peers = device.peers.clone();
        self.command(who, Command::SetPeers(peers));
    }

    fn new_peer(&self, of: Who) -> NewPeer {
        let device = &self.devices[of];
        NewPeer {
            name: device.name.to_owned(),
            channel_key: device.identity.channel.public(),
            bundle_key: None,
            addresses: Vec::new(),
        }
    }

    /// `who` believes to be paired with `other`, who has never heard of it.
    pub(crate) fn pair_one_sided(&mut self, who: Who, other: Who) {
        let secret = PairSecret::from_bytes(self.dice.bytes());
        self.add_peer(who, other, &secret);
    }

    /// Keeps the databases in files, so that they can be backed up and restored.
    pub(crate) fn keep_in_files(&mut self, folder: &Path) {
        for who in 0..self.devices.len() {
            self.devices[who].keep_in_file(folder);
            let peers = self.devices[who].peers.clone();
            for peer in peers {
                let other = self.whose(peer.key.device_id()).expect("a device of this world");
                let new = self.new_peer(other);
                let wall = self.devices[who].wall(self.now);
                self.devices[who].store.add_peer(&new, wall).expect("a peer");
            }
            self.moments[who] = vec![BTreeMap::new()];
            self.take_moment(who);
        }
    }

    /// A copy of a device's database as it is now.
    pub(crate) fn back_up(&mut self, who: Who, to: &Path) -> Memory {
        self.crash(who);
        self.devices[who].reopen(&mut |file| copy_file(file, to));
        self.oracle.remember(who)
    }

    /// The device's database becomes what a backup holds. `noticed`: the application takes note of it, as its marker outside
    /// the database makes it do.
    pub(crate) fn restore(&mut self, who: Who, from: &Path, memory: Memory, noticed: bool) {
        // It takes a moment, so that no stamp of before is given out anew.
        self.run_for(1_000);
        self.crash(who);
        self.devices[who].reopen(&mut |file| copy_file(from, file));
        if noticed {
            self.devices[who].store.renew().expect("a new replica");
        } else {
            let marker = self.devices[who].store.marker().expect("a marker");
            self.oracle.share(marker.writer, marker.clock);
        }
        self.tally.note(if noticed { "backups restored and noticed" } else { "backups restored" });
        self.oracle.recall(who, memory);
        self.moments[who].push(BTreeMap::new());
        self.take_moment(who);
    }

    pub(crate) fn store(&mut self, who: Who) -> &mut Store {
        &mut self.devices[who].store
    }

    pub(crate) fn id(&self, who: Who) -> DeviceId {
        self.devices[who].id()
    }

    pub(super) fn whose(&self, id: DeviceId) -> Option<Who> {
        self.devices.iter().position(|device| device.id() == id)
    }

    /// Lets virtual time pass.
    pub(crate) fn run_for(&mut self, ms: u64) {
        let until = self.now + ms;
        let mut steps = 0;
        while self.next_at().is_some_and(|at| at <= until) && self.broken.is_none() {
            self.step();
            steps += 1;
            self.bound(steps);
        }
        self.now = until;
    }

    /// Runs until no link is open and nothing is on its way.
    pub(crate) fn run_to_the_end(&mut self) {
        let (until, mut steps) = (self.now + PATIENCE, 0);
        while self.broken.is_none() && self.step() {
            steps += 1;
            self.bound(steps);
            if self.now > until {
                self.break_promise("a session does not end");
            }
        }
    }

    /// Runs until `done` says so.
    pub(crate) fn run_until(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        let (until, mut steps) = (self.now + PATIENCE, 0);
        while !done(self) && self.broken.is_none() {
            steps += 1;
            self.bound(steps);
            if !self.step() || self.now > until {
                self.break_promise("what was waited for does not happen");
            }
        }
    }

    fn bound(&mut self, steps: u64) {
        if steps > STEPS_MAX {
            self.break_promise("the devices go round in circles");
        }
    }

    fn next_at(&self) -> Option<u64> {
        let queued = self.queue.keys().next().map(|(at, _)| *at);
        queued.into_iter().chain(self.next_timer().map(|(at, _)| at)).min()
    }

    fn next_timer(&self) -> Option<(u64, Who)> {
        let timer = |(who, device): (Who, &Device)| {
            let Mono(at) = device.node.poll_timeout(device.now(self.now))?;
            Some((at.max(self.now), who))
        };
        self.devices.iter().enumerate().filter_map(timer).min()
    }

    /// The next thing happens. False: nothing will ever happen again.
    pub(crate) fn step(&mut self) -> bool {
        let queued = self.queue.keys().next().copied();
        match (queued, self.next_timer()) {
            (Some(first), timer) if timer.is_none_or(|(at, _)| first.0 <= at) => {
                self.now = self.now.max(first.0);
                if let Some(happening) = self.queue.remove(&first) {
                    self.happen(happening);
                }
                true
            }
            (_, Some((at, who))) => {
                self.now = self.now.max(at);
                self.hear(who, Input::Timeout);
                true
            }
            (_, None) => false,
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Parcel(parcel) => self.deliver(parcel),
            Happening::Dialled { who, life, link, to } if life == self.devices[who].life => {
                self.dialled(who, link, to);
            }
            Happening::Clock { who, skew } => self.set_clock(who, skew),
            Happening::Work { who, life } if life == self.devices[who].life => self.work(who),
            Happening::Answer { who, life, link, answer } if life == self.devices[who].life => {
                self.hear(who, Input::Answered { link, answer });
            }
            // A crash came between.
            Happening::Dialled { .. } | Happening::Work { .. } | Happening::Answer { .. } => {}
        }
    }

    pub(super) fn later(&mut self, at: u64, happening: Happening) {
        self.serial += 1;
        self.queue.insert((at, self.serial), happening);
    }

    pub(super) fn post(&mut self, parcels: impl IntoIterator<Item = Parcel>) {
        for parcel in parcels {
            self.later(parcel.at, Happening::Parcel(parcel));
        }
    }
}

/// An entity of the simulation's own.
pub(crate) fn key(kind: &str, number: u128) -> EntityKey {
    EntityKey::new(kind, Uuid::from_u128(0x51ab_0000_0000_4000_8000_0000_0000_0000 + number * 1_021))
}

pub(super) fn copy_file(from: &Path, to: &Path) {
    std::fs::copy(from, to).expect("a copy");
}
