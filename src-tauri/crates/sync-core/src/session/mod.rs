//! One sync conversation with one peer: hello, pull both ways at once, check, repair, prove, and then live until somebody
//! leaves. A pure state machine: messages and answers of the store in, messages and questions to the store out.
//!
//! Both sides run the same code; they differ only in who draws the lineage token. States and rules: `PROTOCOL.md`.

mod inflow;
mod outflow;
mod proof;
mod repair;
#[cfg(test)]
mod tests;

use crate::identity::DeviceId;
use crate::node::storage::{Answer, Ask, Opening, Report, SessionRecord};
use crate::stamp::ReplicaId;
use crate::time::{MINUTE, Now, Wall};
use crate::wire::{Bye, ByeReason, Hello, Message, PROTOCOL};
use inflow::Inflow;
use outflow::Outflow;
use proof::Proof;
use repair::Repair;
use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;

/// Nothing sent for this long, in milliseconds: a ping goes out.
pub const PING_AFTER: u64 = MINUTE / 2;
/// Nothing heard for this long, in milliseconds: the peer is gone.
pub const DEAD_AFTER: u64 = MINUTE + MINUTE / 4;
/// Messages that may wait while our database is looked at again.
const HELD_MAX: usize = 64;
/// Proved sessions are never repaired more often than this; a device that still differs has a reason of its own.
pub const REPAIRS_MAX: u32 = 2;

/// Who opened the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// We did.
    Initiator,
    /// They did.
    Responder,
}

/// What a session is told of this device.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our device's name.
    pub name: String,
    /// Our schema's version.
    pub schema: u32,
    /// Where we listen.
    pub addresses: Vec<SocketAddr>,
    /// Whether to stay after the first proof and pass changes on as they come. Only the initiator's wish counts.
    pub stay: bool,
    /// What the lineage token is drawn from.
    pub token: u64,
}

/// What a session wants done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send this to the peer.
    Send(Message),
    /// Put this to the store and bring back the answer.
    Ask(Ask),
    /// Tell whoever watches.
    Event(Event),
    /// The session is over; close the link once everything is sent.
    End(End),
}

/// What a session tells on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The peer introduced itself.
    Greeted {
        /// What its device is called now.
        name: String,
        /// Where it listens.
        addresses: Vec<SocketAddr>,
        /// Its wall clock minus ours, in milliseconds.
        skew: i64,
    },
    /// Entities moved.
    Progress(Progress),
    /// Both digests are equal.
    UpToDate(Progress),
}

/// How far a session is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Entities sent and acknowledged.
    pub sent: u64,
    /// What the received entities did.
    pub received: Report,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum End {
    /// Both sides hold the same, and said goodbye.
    #[error("up to date")]
    Proved,
    /// The peer said goodbye before that.
    #[error("the other device ended the session: {}", bye_words(*.0))]
    Left(ByeReason),
    /// The session protocols do not overlap.
    #[error(
        "the other device speaks sync protocol {}–{}, this one {}–{}: update the older app on both devices",
        theirs[0], theirs[1], PROTOCOL[0], PROTOCOL[1]
    )]
    OtherVersion {
        /// The versions it speaks.
        theirs: [u32; 2],
    },
    /// This device was restored from a backup: it has taken a new writer, and the next session compares everything.
    #[error("this device was restored from a backup; everything is compared anew in the next sync")]
    Restart,
    /// The keys are due for renewal: connect again.
    #[error("the connection's keys were due for renewal; sync again to continue")]
    Renew,
    /// Still unequal after repairs.
    #[error(
        "the two devices still differ in {} after {REPAIRS_MAX} repairs{}; run `whph check` on both",
        kinds.join(", "), quarantined_words(*quarantined)
    )]
    Unequal {
        /// Kinds that differ.
        kinds: Vec<String>,
        /// Entities that could not be read here.
        quarantined: u64,
    },
    /// The store could not do it.
    #[error("the database could not be used: {0}")]
    Storage(String),
    /// The peer broke the protocol.
    #[error("the other device sent something it should not have: {0}")]
    Protocol(String),
    /// Nothing moved for too long.
    #[error("the other device stopped answering; sync again when it is reachable")]
    Stalled,
    /// A person stopped it here.
    #[error("stopped")]
    Stopped,
    /// The link broke.
    #[error("the connection broke; what arrived is kept, and the next sync goes on from there")]
    Lost,
}

fn bye_words(reason: ByeReason) -> &'static str {
    match reason {
        ByeReason::Done => "it has finished",
        ByeReason::OtherVersion => "it speaks another version of the sync protocol; update the older app",
        ByeReason::Restart => "it was restored from a backup and begins anew; sync again",
        ByeReason::Renew => "its keys were due for renewal; sync again to continue",
        ByeReason::Unequal => "it still differs after repairs; run `whph check` on both",
        ByeReason::Storage => "its database could not be used; look at its status",
        ByeReason::Protocol => "it did not understand this one; update the older app",
        ByeReason::Stalled => "it waited too long; sync again",
        ByeReason::Stopped => "it was stopped there",
    }
}

fn quarantined_words(quarantined: u64) -> String {
    if quarantined == 0 { String::new() } else { format!(" ({quarantined} could not be read here)") }
}

/// A session. Drive it with [`Session::receive`], [`Session::answer`], [`Session::changed`] and
/// [`Session::timeout`], and empty [`Session::poll`] after each.
#[derive(Debug)]
pub struct Session {
    role: Role,
    peer: DeviceId,
    settings: Settings,
    ours: Option<Opening>,
    theirs: Option<Hello>,
    /// The peer seems to know more of us than we do: our database is looked at once more, and what comes meanwhile waits.
    doubted: bool,
    held: Vec<Message>,
    /// Kinds that either side does not share; complete once both have said hello.
    off: BTreeSet<Box<str>>,
    out: Outflow,
    inn: Inflow,
    proof: Proof,
    repair: Option<Repair>,
    steps: VecDeque<Step>,
    ended: Option<End>,
    started: Wall,
    /// What the history has been told, and the bytes by then.
    recorded: (Progress, [u64; 2]),
    last_heard: u64,
    last_sent: u64,
    /// Since when the peer owes us something, in monotonic milliseconds.
    waiting: Option<u64>,
    renewing: bool,
    wall: Wall,
    mono: u64,
}

impl Session {
    /// A session with an authenticated peer.
    #[must_use]
    pub fn new(role: Role, peer: DeviceId, settings: Settings, now: Now) -> Self {
        let mut session = Self {
            role,
            peer,
            settings,
            ours: None,
            theirs: None,
            doubted: false,
            held: Vec::new(),
            off: BTreeSet::new(),
            out: Outflow::default(),
            inn: Inflow::default(),
            proof: Proof::default(),
            repair: None,
            steps: VecDeque::new(),
            ended: None,
            started: now.wall,
            recorded: Default::default(),
            last_heard: now.mono.0,
            last_sent: now.mono.0,
            waiting: None,
            renewing: false,
            wall: now.wall,
            mono: now.mono.0,
        };
        session.ask(Ask::Open { peer });
        session
    }

    /// With whom.
    #[must_use]
    pub fn peer(&self) -> DeviceId {
        self.peer
    }

    /// What it wants done next.
    pub fn poll(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn ended(&self) -> Option<&End> {
        self.ended.as_ref()
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { sent: self.out.acknowledged_entities, received: self.inn.report }
    }

    /// What the history keeps of it since the last call: `None` when nothing moved and nothing failed, or when the same
    /// was told already. `bytes` sent and received over the link in all.
    pub fn take_record(&mut self, bytes: [u64; 2]) -> Option<SessionRecord> {
        let proved = matches!(self.ended, Some(End::Proved)) || (self.ended.is_none() && self.is_proved());
        let (before, bytes_before) = self.recorded;
        let progress = self.progress();
        let sent = progress.sent - before.sent;
        let received = progress.received.since(before.received);
        if proved && sent == 0 && received == Report::default() {
            return None;
        }
        let started = std::mem::replace(&mut self.started, self.wall);
        self.recorded = (progress, bytes);
        Some(SessionRecord {
            peer: self.peer,
            started: started.0,
            ended: self.wall.0,
            sent,
            received,
            bytes: [bytes[0].saturating_sub(bytes_before[0]), bytes[1].saturating_sub(bytes_before[1])],
            proved,
            reason: self.ended.as_ref().filter(|_| !proved).map(ToString::to_string),
        })
    }

    /// A message came.
    pub fn receive(&mut self, message: Message, now: Now) {
        if self.observe(now) {
            return;
        }
        self.last_heard = now.mono.0;
        if (self.ours.is_none() || self.theirs.is_none()) && !message.may_come_first() {
            return self.fail(End::Protocol("a message before its hello".into()));
        }
        if !self.doubted {
            self.take(message);
        } else if self.held.len() < HELD_MAX {
            self.held.push(message);
        } else {
            self.fail(End::Protocol("more than it was allowed".into()));
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Hello(hello) => self.hello(*hello),
            Message::Bye(Bye { reason }) => self.bye(reason),
            Message::Ping => self.send(Message::Pong),
            Message::Pong => {}
            Message::Pairing(_) => self.fail(End::Protocol("a pairing message in a session".into())),
            Message::Batch { upto, head, batch } => self.batch(upto, head, batch),
            Message::Ack => self.ack(),
            Message::Check(check) => self.checked(check),
            Message::Buckets { kind, digests } => self.buckets(kind, digests),
            Message::BucketsEnd => self.buckets_end(),
            Message::Repair(batch) => self.repair(batch),
            Message::RepairEnd => self.repair_end(),
            Message::Prove(prove) => self.prove(prove),
            Message::Proved(prove) => self.proved(prove),
        }
        self.go_on();
    }

    /// The store answered.
    pub fn answer(&mut self, answer: Answer, now: Now) {
        if self.observe(now) {
            return;
        }
        match answer {
            Answer::Opening(opening) => self.opened(*opening),
            Answer::Changes { batch, upto, more, introduced } => self.changes(batch, upto, more, introduced),
            Answer::Applied { upto, report, head } => self.applied(upto, report, head),
            Answer::Digests { digests, head } => self.digested(digests, head),
            Answer::Buckets(buckets) => self.bucketed(buckets),
            Answer::Repair { batch, next, introduced } => self.repairs(batch, next, introduced),
            Answer::Done => self.done(),
            Answer::Failed(reason) => self.fail(End::Storage(reason)),
        }
        self.go_on();
    }

    /// Something changed in our database; `head` is its highest seq now.
    pub fn changed(&mut self, head: u64, now: Now) {
        if self.observe(now) {
            return;
        }
        self.out.head = self.out.head.max(head);
        self.go_on();
    }

    /// A person wants it to end, or the node needs the link.
    pub fn stop(&mut self, now: Now) {
        if !self.observe(now) {
            self.fail(End::Stopped);
        }
    }

    /// Another session found our database restored: this one goes on under a replica that is no more.
    pub fn restart(&mut self, now: Now) {
        if !self.observe(now) {
            self.fail(End::Restart);
        }
    }

    /// The link broke. What was applied stays, and the next session goes on there.
    pub fn lost(&mut self, now: Now) {
        if !self.observe(now) {
            self.ended = Some(End::Lost);
        }
    }

    /// The peer sent something that is no message.
    pub fn garbage(&mut self, error: String, now: Now) {
        if !self.observe(now) {
            self.fail(End::Protocol(error));
        }
    }

    /// Ends at the next quiet moment so that a link with new keys can take over.
    pub fn renew(&mut self) {
        self.renewing = true;
    }

    /// When [`Session::timeout`] wants to be called, in monotonic milliseconds.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        if self.ended.is_some() {
            return None;
        }
        let ping = self.last_sent + PING_AFTER;
        let dead = self.last_heard + DEAD_AFTER;
        let stalled = self.waiting.map(|since| since + DEAD_AFTER);
        [Some(ping), Some(dead), stalled].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Now) {
        if self.observe(now) {
            return;
        }
        let overdue = |since: u64| now.mono.0 >= since + DEAD_AFTER;
        if overdue(self.last_heard) || self.waiting.is_some_and(overdue) {
            self.fail(End::Stalled);
        } else if now.mono.0 >= self.last_sent + PING_AFTER {
            self.send(Message::Ping);
        }
    }

    /// Takes note of the time; whether the session is over.
    fn observe(&mut self, now: Now) -> bool {
        self.wall = now.wall;
        self.mono = now.mono.0;
        self.ended.is_some()
    }

    fn opened(&mut self, opening: Opening) {
        if self.doubted {
            return self.reconsider(&opening);
        }
        self.out.head = opening.head;
        self.send(Message::Hello(Box::new(Hello {
            protocol: PROTOCOL,
            schema: self.settings.schema,
            name: self.settings.name.clone(),
            writer: opening.writer,
            replica: opening.replica,
            head: opening.head,
            peer_replica: opening.peer_replica,
            cursors: opening.cursors.clone(),
            off: opening.off.clone(),
            lineage: opening.lineage,
            seen: opening.seen.iter().map(|&(writer, hlc)| (writer, hlc.bits())).collect(),
            wall: self.wall.0,
            addresses: self.settings.addresses.clone(),
            features: BTreeSet::new(),
        })));
        self.ours = Some(opening);
        self.begin();
    }

    fn hello(&mut self, hello: Hello) {
        if self.theirs.is_some() {
            return self.fail(End::Protocol("a second hello".into()));
        }
        if hello.protocol[0] > PROTOCOL[1] || hello.protocol[1] < PROTOCOL[0] {
            return self.fail(End::OtherVersion { theirs: hello.protocol });
        }
        let skew = i64::try_from(i128::from(hello.wall) - i128::from(self.wall.0)).unwrap_or(i64::MAX);
        let (name, addresses) = (hello.name.clone(), hello.addresses.clone());
        self.steps.push_back(Step::Event(Event::Greeted { name, addresses, skew }));
        self.theirs = Some(hello);
        self.begin();
    }

    /// Both hellos are there: settle where each stream begins, unless one of us is not who it was.
    fn begin(&mut self) {
        let (Some(ours), Some(theirs)) = (&self.ours, &self.theirs) else { return };
        if was_restored(ours, theirs) {
            // Or another session with it has moved on since we said hello.
            self.doubted = true;
            return self.ask(Ask::Open { peer: self.peer });
        }
        self.start();
    }

    fn reconsider(&mut self, opening: &Opening) {
        if self.ours.as_ref().is_none_or(|ours| ours.replica != opening.replica) {
            // Somebody else found out, and what we said of ourselves is no longer true.
            return self.fail(End::Restart);
        }
        if self.theirs.as_ref().is_none_or(|theirs| was_restored(opening, theirs)) {
            self.ask(Ask::Renew);
            return self.fail(End::Restart);
        }
        self.doubted = false;
        self.start();
        for message in std::mem::take(&mut self.held) {
            if self.ended.is_none() {
                self.take(message);
            }
        }
    }

    fn start(&mut self) {
        let (Some(ours), Some(theirs)) = (&self.ours, &self.theirs) else { return };
        self.off = ours.off.union(&theirs.off).cloned().collect();
        let known_to_them = theirs.peer_replica == Some(ours.replica);
        let known_to_us = ours.peer_replica == Some(theirs.replica);
        self.out.begin(if known_to_them { theirs.cursors.clone() } else { Default::default() }, &self.off);
        self.inn.begin(if known_to_us { ours.cursors.lowest(&self.off) } else { 0 }, theirs.head);
    }

    fn bye(&mut self, reason: ByeReason) {
        let end = if reason == ByeReason::Done && self.is_proved() { End::Proved } else { End::Left(reason) };
        self.ended = Some(end.clone());
        self.steps.push_back(Step::End(end));
    }

    /// Does whatever can be done now.
    fn go_on(&mut self) {
        if self.ended.is_some() || self.ours.is_none() || self.theirs.is_none() || self.doubted {
            return;
        }
        self.repair_on();
        self.fetch_more();
        self.check_when_quiet();
        let owed = self.out.unacknowledged() || self.proof.awaits_peer();
        self.waiting = if owed { self.waiting.or(Some(self.mono)) } else { None };
        if self.is_proved() {
            if self.renewing {
                self.fail(End::Renew);
            } else if self.role == Role::Initiator && !self.settings.stay && !self.proof.is_open() {
                self.fail(End::Proved);
            }
        }
    }

    /// Everything known is sent, acknowledged, received and applied.
    fn is_quiet(&self) -> bool {
        self.out.is_done() && self.inn.is_done()
    }

    fn their_replica(&self) -> ReplicaId {
        self.theirs.as_ref().map_or(ReplicaId([0; 8]), |hello| hello.replica)
    }

    fn send(&mut self, message: Message) {
        self.last_sent = self.mono;
        self.steps.push_back(Step::Send(message));
    }

    fn ask(&mut self, ask: Ask) {
        self.steps.push_back(Step::Ask(ask));
    }

    /// Ends the session from our side, saying why.
    fn fail(&mut self, end: End) {
        if self.ended.is_some() {
            return;
        }
        let reason = match &end {
            End::Proved => ByeReason::Done,
            End::Left(reason) => *reason,
            End::OtherVersion { .. } => ByeReason::OtherVersion,
            End::Restart => ByeReason::Restart,
            End::Renew => ByeReason::Renew,
            End::Unequal { .. } => ByeReason::Unequal,
            End::Storage(_) => ByeReason::Storage,
            End::Protocol(_) => ByeReason::Protocol,
            End::Stalled => ByeReason::Stalled,
            End::Stopped | End::Lost => ByeReason::Stopped,
        };
        self.send(Message::Bye(Bye { reason }));
        self.ended = Some(end.clone());
        self.steps.push_back(Step::End(end));
    }
}

/// Whether our database is older than what the peer has already seen of it.
fn was_restored(ours: &Opening, theirs: &Hello) -> bool {
    let later_stamp =
        theirs.seen.iter().any(|&(writer, hlc)| writer == ours.writer && hlc > ours.clock.bits());
    if later_stamp {
        return true;
    }
    let same_replicas =
        theirs.peer_replica == Some(ours.replica) && ours.peer_replica == Some(theirs.replica);
    if theirs.peer_replica == Some(ours.replica) && theirs.cursors.base > ours.head {
        return true;
    }
    // A crash between the two halves of a proof leaves one side one behind, and so do proofs of two sessions at once; that
    // is no restore.
    same_replicas && theirs.lineage[0].count > ours.lineage[0].count + 1
}
