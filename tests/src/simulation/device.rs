//! A simulated device: a real node over a real store, with a clock of its own that may be wrong.

use super::dice::Dice;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use sync_core::identity::{DeviceId, Identity};
use sync_core::node::storage::{Ask, Report};
use sync_core::node::{Command, Input, LinkId, Node, Notice, Peer, Profile};
use sync_core::schema::Schema;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::{Mono, Now, Wall};
use sync_store::{FreshId, NewReplica, Store};

/// What all calendars show when a simulation begins: 1 March 2026.
pub(crate) const EPOCH: u64 = 1_772_323_200_000;

/// What a proof was about: the peer, our seq, the peer's seq, and the kinds left out.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) peer: DeviceId,
    pub(crate) acked: u64,
    pub(crate) applied: u64,
    pub(crate) off: BTreeSet<Box<str>>,
}

pub(crate) struct Device {
    pub(crate) name: &'static str,
    pub(crate) identity: Identity,
    id: DeviceId,
    pub(crate) node: Node,
    pub(crate) store: Store,
    pub(crate) schema: Arc<Schema>,
    pub(crate) peers: Vec<Peer>,
    /// Its wall clock minus the true time, in milliseconds.
    pub(crate) skew: i64,
    /// Counts crashes.
    pub(crate) life: u32,
    /// Each open link's wire, and our side of it.
    pub(crate) links: BTreeMap<LinkId, (usize, usize)>,
    /// Questions to the store that it has not begun to answer.
    pub(crate) asks: VecDeque<(LinkId, Ask)>,
    /// How long the store thinks about a question, and takes to bring the answer, in milliseconds.
    pub(crate) store_delay: (u64, u64),
    /// Whether the store is at work.
    pub(crate) busy: bool,
    /// When its last answer arrives: answers keep their order.
    pub(crate) answers_at: u64,
    /// What each link last proved.
    pub(crate) claims: BTreeMap<LinkId, Claim>,
    pub(crate) notices: Vec<Notice>,
    /// What all batches did that its store ever applied.
    pub(crate) applied: Report,
    /// Where its database is, if it has a file.
    pub(crate) file: Option<PathBuf>,
    /// How many more of SQLite's steps its power lasts.
    pub(crate) fuse: Option<u64>,
    dice: Dice,
}

impl Device {
    pub(crate) fn new(at: usize, name: &'static str, schema: Schema, mut dice: Dice) -> Self {
        let schema = Arc::new(schema);
        let identity = Identity::generate(dice.rng());
        let replica = new_replica(name, &identity, &mut dice);
        let store = Store::in_memory(&replica, Arc::clone(&schema), fresh_ids(&mut dice)).expect("a store");
        let node = node(at, name, &schema, &identity, &mut dice);
        Self {
            name,
            id: identity.device_id(),
            identity,
            node,
            store,
            schema,
            peers: Vec::new(),
            skew: 0,
            life: 0,
            links: BTreeMap::new(),
            asks: VecDeque::new(),
            store_delay: (0, 3),
            busy: false,
            answers_at: 0,
            claims: BTreeMap::new(),
            notices: Vec::new(),
            applied: Report::default(),
            file: None,
            fuse: None,
            dice,
        }
    }

    /// A second device with the same keys, over a copy of the database at `file`.
    pub(crate) fn copy(&mut self, at: usize, name: &'static str, file: PathBuf) -> Self {
        let mut dice = self.dice.split();
        let store = Store::open(&file, Arc::clone(&self.schema), fresh_ids(&mut dice)).expect("a database");
        let node = node(at, name, &self.schema, &self.identity, &mut dice);
        Self {
            name,
            identity: self.identity.clone(),
            id: self.id,
            node,
            store,
            schema: Arc::clone(&self.schema),
            peers: self.peers.clone(),
            skew: self.skew,
            life: 0,
            links: BTreeMap::new(),
            asks: VecDeque::new(),
            store_delay: self.store_delay,
            busy: false,
            answers_at: 0,
            claims: BTreeMap::new(),
            notices: Vec::new(),
            applied: Report::default(),
            file: Some(file),
            fuse: None,
            dice,
        }
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.id
    }

    pub(crate) fn now(&self, now: u64) -> Now {
        Now { wall: self.wall(now), mono: Mono(now) }
    }

    pub(crate) fn wall(&self, now: u64) -> Wall {
        Wall((EPOCH + now).saturating_add_signed(self.skew))
    }

    /// Power off and on: the links, the node and what the store had not begun are gone; what was committed stays.
    pub(crate) fn crash(&mut self, at: usize, now: u64) {
        self.life += 1;
        self.links.clear();
        self.asks.clear();
        self.claims.clear();
        self.busy = false;
        self.node = node(at, self.name, &self.schema, &self.identity, &mut self.dice);
        let now = self.now(now);
        self.node.handle(Input::Command(Command::SetPeers(self.peers.clone())), now);
    }

    /// Moves the (still empty) database into a file.
    pub(crate) fn keep_in_file(&mut self, folder: &Path) {
        let path = folder.join(format!("{}.sqlite", self.name));
        let replica = new_replica(self.name, &self.identity, &mut self.dice);
        Store::create(&path, &replica).expect("a database");
        self.file = Some(path);
        self.reopen(&mut |_| {});
    }

    /// Closes the file, lets `meanwhile` do something with it, and opens it again.
    pub(crate) fn reopen(&mut self, meanwhile: &mut dyn FnMut(&Path)) {
        let path = self.file.clone().expect("a device whose database is a file");
        let placeholder = new_replica(self.name, &self.identity, &mut self.dice);
        let in_memory = Store::in_memory(&placeholder, Arc::clone(&self.schema), fresh_ids(&mut self.dice));
        drop(std::mem::replace(&mut self.store, in_memory.expect("a store")));
        meanwhile(&path);
        self.store =
            Store::open(&path, Arc::clone(&self.schema), fresh_ids(&mut self.dice)).expect("a database");
    }

    /// Lets the store work for as long as the power lasts. `None`: it went meanwhile, and what is on the disk now is what was
    /// there in that very moment.
    pub(crate) fn at_risk<T>(&mut self, work: impl FnOnce(&mut Store) -> T) -> Option<T> {
        let Some(fuse) = self.fuse.take() else { return Some(work(&mut self.store)) };
        let left = Arc::new(AtomicU64::new(fuse));
        let (burning, files) = (Arc::clone(&left), self.file.clone());
        let power_goes = move || {
            let step = |left: u64| left.checked_sub(1);
            let goes = burning.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) == Ok(1);
            if let (true, Some(file)) = (goes, &files) {
                image(file, &beside(file, ".image"));
            }
            goes
        };
        let done = self.store.at_risk(power_goes, work);
        match left.load(Ordering::Relaxed) {
            0 => {
                if self.file.is_some() {
                    self.reopen(&mut |file| image(&beside(file, ".image"), file));
                }
                None
            }
            left => {
                self.fuse = Some(left);
                Some(done)
            }
        }
    }
}

/// Copies a database with the log beside it, as they are.
fn image(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let (from, to) = (beside(from, suffix), beside(to, suffix));
        if from.exists() {
            std::fs::copy(from, to).expect("a copy");
        } else if to.exists() {
            std::fs::remove_file(to).expect("no log");
        }
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Where a device listens.
pub(crate) fn address(at: usize) -> SocketAddr {
    SocketAddr::new(ip(at), 4711)
}

pub(crate) fn ip(at: usize) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, 1 + at as u8).into()
}

fn new_replica(name: &str, identity: &Identity, dice: &mut Dice) -> NewReplica {
    NewReplica {
        device: identity.device_id(),
        name: name.to_owned(),
        writer: WriterId(dice.bytes()),
        replica: ReplicaId(dice.bytes()),
        settings: Vec::new(),
    }
}

fn fresh_ids(dice: &mut Dice) -> FreshId {
    let mut dice = dice.split();
    Box::new(move || dice.bytes())
}

fn node(at: usize, name: &str, schema: &Schema, identity: &Identity, dice: &mut Dice) -> Node {
    let profile = Profile { name: name.to_owned(), schema: schema.version, addresses: vec![address(at)] };
    Node::new(identity.clone(), profile, dice.bytes())
}
