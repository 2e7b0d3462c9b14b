//! Peers with a valid key and no manners. Alice's real node and store meet mallory, who is paired with her and says whatever
//! he likes: the session ends, and nothing of hers is harmed.

#[cfg(test)]
mod alarms;
mod fuzzed;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod random;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod versions;

pub use fuzzed::conversation;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use sync_core::channel::{Admission, Channel, ChannelEvent, Dial, SeenEphemerals};
use sync_core::digest::Digest;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::hlc::Hlc;
use sync_core::identity::{DeviceId, Identity, PairSecret};
use sync_core::node::storage::{Answer, Ask, Cursors};
use sync_core::node::{Command, Input, LinkId, Node, Notice, Output, Peer, Profile};
use sync_core::session::End;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::{Mono, Now, Wall};
use sync_core::wire::batch::{Batch, Builder, Writer};
use sync_core::wire::{Check, Hello, Message, PROTOCOL};
use sync_store::{Edit, NewPeer, NewReplica, Store};
use uuid::Uuid;

const NOW: Now = Now { wall: Wall(1_772_323_200_000), mono: Mono(1_000) };
const MALLORYS_WRITER: WriterId = WriterId([0xee; 8]);

/// Which side mallory is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mallory {
    /// He opened the link.
    Dials,
    /// Alice did.
    Answers,
}

/// Alice, and mallory on an encrypted link to her.
pub(crate) struct Scene {
    node: Node,
    pub(crate) store: Store,
    alice: Identity,
    mallory: Identity,
    secret: PairSecret,
    link: LinkId,
    channel: Channel,
    asks: VecDeque<(LinkId, Ask)>,
    now: Now,
    /// Whether mallory listens to nothing.
    pub(crate) deaf: bool,
    /// Whether alice's store lets everything wait.
    pub(crate) stuck: bool,
    /// What alice said.
    pub(crate) heard: Vec<Message>,
    pub(crate) notices: Vec<Notice>,
    /// Whether alice closed the link.
    pub(crate) closed: bool,
    /// All links that she closed.
    pub(crate) shut: Vec<LinkId>,
}

impl Scene {
    /// The handshake is done, and nobody has said a word.
    pub(crate) fn new(mallory: Mallory) -> Self {
        let mut scene = Self::before_the_handshake();
        scene.meet(mallory);
        scene
    }

    /// Both make a handshake as it should be.
    pub(crate) fn meet(&mut self, mallory: Mallory) {
        match mallory {
            Mallory::Dials => {
                let dial = Dial::Session { peer: self.alice.channel.public(), secret: self.secret.clone() };
                self.dial(dial);
                self.accept();
            }
            Mallory::Answers => self.call(),
        }
        self.pump();
    }

    /// After a session alice dials him once more; `turn`: another one each time.
    pub(crate) fn meet_again(&mut self, turn: u8) {
        self.channel = Channel::accept(&self.mallory, [turn; 32], self.now.mono);
        self.closed = false;
        self.notices.clear();
        self.call();
        self.pump();
    }

    /// Mallory dials once more; `turn`: another one each time.
    pub(crate) fn come_again(&mut self, turn: u8) {
        let dial = Dial::Session { peer: self.alice.channel.public(), secret: self.secret.clone() };
        self.channel = Channel::initiate(&self.mallory, dial, [turn; 32], self.now.mono).unwrap();
        self.closed = false;
        self.accept();
        self.pump();
    }

    /// Mallory's end of the link is gone.
    pub(crate) fn hang_up(&mut self) {
        self.hear(Input::LinkDown { link: self.link, reached: true });
    }

    /// More waits for mallory than a link may hold, because he takes nothing.
    pub(crate) fn clog(&mut self) {
        self.hear(Input::Clogged { link: self.link });
    }

    /// Mallory begins a handshake.
    pub(crate) fn dial(&mut self, dial: Dial) {
        self.channel = Channel::initiate(&self.mallory, dial, [7; 32], self.now.mono).unwrap();
    }

    /// Alice has one task, and is paired with mallory.
    pub(crate) fn before_the_handshake() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (alice, mallory) = (Identity::generate(&mut rng), Identity::generate(&mut rng));
        let secret = PairSecret::from_bytes([3; 32]);
        let replica = NewReplica {
            device: alice.device_id(),
            name: "alice".into(),
            writer: WriterId([1; 8]),
            replica: ReplicaId([1; 8]),
            settings: vec![],
        };
        let mut fresh = 10u8;
        let fresh_id = Box::new(move || {
            fresh += 1;
            [fresh; 8]
        });
        let mut store = Store::in_memory(&replica, Arc::new(crate::simulation::schema()), fresh_id).unwrap();
        let peer = NewPeer {
            name: "mallory".into(),
            channel_key: mallory.channel.public(),
            bundle_key: None,
            addresses: vec![],
        };
        store.add_peer(&peer, NOW.wall).unwrap();
        let edit = Edit {
            key: alices_task(),
            change: Change::Set(Map::from_iter([("title".to_owned(), json!("Alice's"))])),
        };
        store.write(&[edit], NOW.wall).unwrap();
        let profile = Profile { name: "alice".into(), schema: 1, addresses: vec![] };
        let mut node = Node::new(alice.clone(), profile, [9; 32]);
        let peers = vec![Peer { key: mallory.channel.public(), secret: secret.clone() }];
        node.handle(Input::Command(Command::SetPeers(peers)), NOW);
        let channel = Channel::accept(&mallory, [8; 32], NOW.mono);
        Self {
            node,
            store,
            alice,
            mallory,
            secret,
            link: LinkId(0),
            channel,
            asks: VecDeque::new(),
            now: NOW,
            deaf: false,
            stuck: false,
            heard: vec![],
            notices: vec![],
            closed: false,
            shut: vec![],
        }
    }

    /// Somebody opens a link to alice.
    pub(crate) fn accept(&mut self) {
        self.accept_from(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }

    /// Somebody at that address does.
    pub(crate) fn accept_from(&mut self, from: IpAddr) -> LinkId {
        self.link = self.node.new_link();
        self.hear(Input::Accepted { link: self.link, from });
        self.link
    }

    /// Alice opens a link to mallory.
    pub(crate) fn call(&mut self) {
        self.link = self.node.new_link();
        let (link, peer) = (self.link, self.mallory.device_id());
        self.hear(Input::Command(Command::Sync { link, peer, addresses: vec![], stay: true }));
        self.hear(Input::LinkUp { link });
    }

    /// Mallory says something that is a message; alice does whatever follows.
    pub(crate) fn say(&mut self, message: &Message) {
        let (kind, body) = message.encode().unwrap();
        self.utter(kind, &body);
    }

    /// Mallory says anything at all.
    pub(crate) fn utter(&mut self, kind: u8, body: &[u8]) {
        if self.channel.send(kind, body).is_ok() {
            self.pump();
        }
    }

    /// Both hellos are said.
    pub(crate) fn greeted(mallory: Mallory) -> Self {
        let mut scene = Self::new(mallory);
        scene.say(&Message::Hello(Box::new(hello())));
        scene
    }

    /// What alice said last, thrown back at her: the surest way deep into a session.
    pub(crate) fn echo(&mut self) {
        let back = self.heard.iter().rev().find_map(|message| match message.clone() {
            Message::Check(Check { sent, applied, repairs, digest }) => {
                Some(Message::Check(Check { sent: applied, applied: sent, repairs, digest }))
            }
            Message::Digests(_) => Some(Message::Digests(digests())),
            Message::Prove(prove) => Some(Message::Proved(prove)),
            Message::Buckets { .. } => Some(Message::BucketsEnd),
            Message::RepairEnd => Some(Message::RepairEnd),
            _ => None,
        });
        if let Some(back) = back {
            self.say(&back);
        }
    }

    /// How the session ended at alice's.
    pub(crate) fn end(&self) -> Option<End> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::Ended { end, .. } => Some(end.clone()),
            _ => None,
        })
    }

    /// Mallory says something although alice has closed the link: it was on its way.
    pub(crate) fn say_anyway(&mut self, message: &Message) {
        let (kind, body) = message.encode().unwrap();
        self.channel.send(kind, &body).unwrap();
        let bytes = self.channel.take_outgoing();
        self.throw(bytes);
    }

    /// How many bytes alice's node read in the session that is over.
    pub(crate) fn bytes_heard(&self) -> Option<u64> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::Ended { bytes, .. } => Some(bytes[1]),
            _ => None,
        })
    }

    /// Bytes reach alice's node as they are.
    pub(crate) fn throw(&mut self, bytes: Vec<u8>) {
        self.hear(Input::Received { link: self.link, bytes });
    }

    /// Time passes; mallory pings every 20 seconds, and answers pings.
    pub(crate) fn pass(&mut self, seconds: u64) {
        for second in 1..=seconds {
            self.now.mono.0 += 1_000;
            self.now.wall.0 += 1_000;
            if self.node.poll_timeout(self.now).is_some_and(|at| at <= self.now.mono) {
                self.hear(Input::Timeout);
            }
            if second % 20 == 0 {
                self.say(&Message::Ping);
                self.say(&Message::Pong);
            }
        }
    }

    /// Carries bytes both ways until nobody has any.
    fn pump(&mut self) {
        loop {
            let bytes = self.channel.take_outgoing();
            if bytes.is_empty() {
                return;
            }
            if !self.closed {
                self.hear(Input::Received { link: self.link, bytes });
            }
            self.listen();
        }
    }

    /// Alice's node takes an input; its store answers at once unless it is stuck.
    fn hear(&mut self, input: Input) {
        self.node.handle(input, self.now);
        loop {
            while let Some(output) = self.node.poll_output() {
                self.carry_out(output);
            }
            if self.stuck {
                return;
            }
            let Some((link, ask)) = self.asks.pop_front() else { return };
            let answer = self.store.answer(ask);
            assert!(!matches!(answer, Answer::Failed(_)), "{answer:?}");
            self.node.handle(Input::Answered { link, answer }, self.now);
        }
    }

    /// Alice's store can do nothing of what it was asked.
    pub(crate) fn give_up(&mut self) {
        while let Some((link, _)) = self.asks.pop_front() {
            let answer = Answer::Failed("it is stuck".to_owned());
            self.node.handle(Input::Answered { link, answer }, self.now);
            while let Some(output) = self.node.poll_output() {
                self.carry_out(output);
            }
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { bytes, .. } if !self.deaf => {
                // What alice says to a channel that mallory broke is lost on him.
                let _ = self.channel.receive(&bytes, self.now.mono);
                self.listen();
            }
            Output::Close { link } => {
                self.closed |= link == self.link;
                self.shut.push(link);
            }
            Output::Ask { link, ask } => self.asks.push_back((link, ask)),
            Output::Notify(notice) => self.notices.push(notice),
            Output::Send { .. } | Output::Dial { .. } | Output::Remember { .. } | Output::Forget { .. } => {}
        }
    }

    /// Mallory listens.
    fn listen(&mut self) {
        while let Some(event) = self.channel.poll_event() {
            match event {
                ChannelEvent::Knock { .. } => {
                    let peers = [(self.alice.channel.public(), self.secret.clone())];
                    let admission = Admission { peers: &peers, invite_secrets: &[] };
                    self.channel.admit(admission, &mut SeenEphemerals::new(), self.now.mono).unwrap();
                    let bytes = self.channel.take_outgoing();
                    self.hear(Input::Received { link: self.link, bytes });
                }
                ChannelEvent::Established { .. } => {}
                ChannelEvent::Message { kind, body } => {
                    self.heard.push(Message::decode(kind, &body).expect("alice minds her words"));
                }
            }
        }
    }

    /// The session is over because mallory broke the protocol, and alice is as she was.
    #[track_caller]
    pub(crate) fn assert_thrown_out(&mut self) {
        let end = self.end();
        assert!(matches!(end, Some(End::Protocol(_))), "{end:?}");
        assert!(self.closed);
        self.assert_unharmed();
    }

    #[track_caller]
    pub(crate) fn assert_unharmed(&mut self) {
        let checkup = self.store.check().unwrap();
        assert_eq!(checkup.problems, []);
        let view = self.store.get(&alices_task()).unwrap().expect("her task is still there");
        assert_eq!(view.fields["title"], "Alice's");
        assert!(!view.deleted);
        assert_eq!(self.store.peers().unwrap().len(), 1);
    }

    /// Nothing at all was stored.
    #[track_caller]
    pub(crate) fn assert_untouched(&mut self) {
        self.assert_unharmed();
        assert_eq!(self.store.head().unwrap(), 1);
        assert_eq!(self.store.quarantined().unwrap(), []);
        assert_eq!(self.store.peers().unwrap()[0].last_sync, None);
    }

    fn replica(&mut self) -> ReplicaId {
        self.store.marker().unwrap().replica
    }
}

fn alices_task() -> EntityKey {
    EntityKey::new("task", Uuid::from_u128(1))
}

/// A hello that is all right.
pub(crate) fn hello() -> Hello {
    Hello {
        protocol: PROTOCOL,
        schema: 1,
        name: "mallory".into(),
        replica: ReplicaId([0xee; 8]),
        head: 0,
        peer_replica: None,
        cursors: Cursors::default(),
        off: BTreeSet::new(),
        proofs: 0,
        seen: vec![],
        wall: NOW.wall.0,
        addresses: vec![],
        features: BTreeSet::new(),
    }
}

/// A batch of one task of mallory's.
pub(crate) fn batch(number: u128, fields: &str, meta: &str) -> Batch {
    let mut builder = Builder::default();
    builder.introduce(Writer { number: 1, id: MALLORYS_WRITER, device: DeviceId::from_bytes([0xee; 16]) });
    builder.push("task", Uuid::from_u128(0x1000 + number), fields, meta);
    builder.finish()
}

/// A batch that is all right.
pub(crate) fn good_batch(number: u128) -> Batch {
    let hlc = Hlc::at(NOW.wall).bits();
    batch(number, r#"{"title":"Mallory's"}"#, &format!(r#"{{"v":[[1,{hlc}]]}}"#))
}

/// Not what alice has.
pub(crate) const DIGEST: Digest = Digest(17);

pub(crate) fn digests() -> BTreeMap<Box<str>, Digest> {
    BTreeMap::from([("task".into(), DIGEST)])
}
