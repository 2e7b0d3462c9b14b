//! One sync conversation with one peer: hello, the first time a look at what a merge would do, pull both ways at once, check, repair, prove, and then live until somebody
//! leaves. A pure state machine: messages and answers of the store in, messages and questions to the store out.
//!
//! Both sides run the same code; they differ only in who proves. States and rules: `PROTOCOL.md`.

mod agreement;
mod end;
mod hello;
mod inflow;
mod outflow;
mod proof;
mod repair;
mod report;
#[cfg(test)]
mod tests;

use crate::identity::DeviceId;
use crate::limits::BATCH_CREDIT;
use crate::node::storage::{Answer, Ask, Opening};
use crate::stamp::ReplicaId;
use crate::time::{MINUTE, Now, Wall};
use crate::wire::{Bye, ByeReason, Hello, Message};
use agreement::Agreement;
pub use agreement::Preview;
pub use end::End;
use inflow::Inflow;
use outflow::Outflow;
use proof::Proof;
use repair::Repair;
pub use report::Progress;
use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;

/// Nothing sent for this long, in milliseconds: a ping goes out.
pub const PING_AFTER: u64 = MINUTE / 2;
/// Nothing heard for this long, in milliseconds: the peer is gone.
pub const DEAD_AFTER: u64 = MINUTE + MINUTE / 4;
/// Asked whether it is still there, a peer has this long to say anything, in milliseconds.
pub const PROBE_ANSWER: u64 = 5_000;
/// Pings are answered so often at most, in milliseconds: one answer says as much as many, and whoever asks without listening must
/// not make us heap up answers.
pub const PONG_EVERY: u64 = 1_000;
/// Messages that may wait while our database is looked at again, no more than the usual credit of them batches with entities.
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
    /// Whether to believe the peer that our database is an old one: that costs a comparison with everybody.
    pub heeds_alarms: bool,
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
    /// The session is over: close the link once everything is sent.
    Close,
    /// The store has answered for every batch that it was given, too; nothing follows.
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
        /// Kinds that it does not share with us.
        off: BTreeSet<Box<str>>,
    },
    /// Both sides hold data, and nobody has agreed yet to merge it: the session waits for [`Session::agree`] or
    /// [`Session::decline`], here or there.
    Preview(Preview),
    /// Somebody agreed, here or there: the merge that [`Event::Preview`] told of goes on.
    Agreed,
    /// Entities moved.
    Progress(Progress),
    /// Both digests are equal.
    UpToDate(Progress),
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
    /// What a person has to agree to before anything is merged, if it comes to that.
    agreement: Option<Agreement>,
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
    /// A ping was not answered yet, and when the next answer may go out.
    pinged: bool,
    next_pong: u64,
    /// Since when the peer owes us something, in monotonic milliseconds.
    waiting: Option<u64>,
    renewing: bool,
    /// When the peer was last asked whether it is still there, until it says something.
    probed: Option<u64>,
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
            agreement: None,
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
            pinged: false,
            next_pong: 0,
            waiting: Some(now.mono.0),
            renewing: false,
            probed: None,
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

    /// A message came.
    pub fn receive(&mut self, message: Message, now: Now) {
        if self.observe(now) {
            return;
        }
        self.last_heard = now.mono.0;
        self.probed = None;
        if (self.ours.is_none() || self.theirs.is_none()) && !message.may_come_first() {
            return self.fail(End::Protocol("a message before its hello".into()));
        }
        if !self.doubted {
            self.take(message);
        } else if self.may_wait(&message) {
            self.held.push(message);
        } else {
            self.fail(End::Protocol("more than it was allowed".into()));
        }
    }

    /// Whether there is room for it among what waits: for as much as a peer may say that has heard nothing yet.
    fn may_wait(&self, message: &Message) -> bool {
        let credited = self.held.iter().filter(|held| held.takes_credit()).count();
        self.held.len() < HELD_MAX && (credited < BATCH_CREDIT || !message.takes_credit())
    }

    fn take(&mut self, message: Message) {
        if !matches!(message, Message::Ping | Message::Pong) {
            self.waiting = None;
        }
        if self.awaits_agreement() && !message.may_come_before_agreement() {
            return self.fail(End::Protocol("a message that merges before anybody agreed to it".into()));
        }
        match message {
            Message::Hello(hello) => self.hello(*hello),
            Message::Bye(Bye { reason }) => self.bye(reason),
            Message::Ping => {
                self.pinged = true;
                self.pong();
            }
            Message::Pong => {}
            Message::Pairing(_) => self.fail(End::Protocol("a pairing message in a session".into())),
            Message::Batch { upto, head, batch } => self.batch(upto, head, batch),
            Message::Ack => self.ack(),
            Message::Check(check) => self.checked(check),
            Message::Digests(digests) => self.differ(digests),
            Message::Buckets { kind, digests } => self.buckets(kind, digests),
            Message::BucketsEnd => self.buckets_end(),
            Message::Repair(batch) => self.repair(batch),
            Message::RepairEnd => self.repair_end(),
            Message::Prove(prove) => self.prove(prove),
            Message::Proved(prove) => self.proved(prove),
            Message::Outline(marks) => self.outline(&marks),
            Message::OutlineEnd { entities } => self.outline_end(entities),
            Message::Agree => self.they_agree(),
        }
        self.go_on();
    }

    /// The store answered.
    pub fn answer(&mut self, answer: Answer, now: Now) {
        if self.observe(now) {
            return self.answered_late(&answer);
        }
        match answer {
            Answer::Opening(opening) => self.opened(*opening),
            Answer::Changes { batch, upto, more, introduced } => self.changes(batch, upto, more, introduced),
            Answer::Applied { upto, report, head } => self.applied(upto, report, head),
            Answer::Digests { digests, head } => self.digested(digests, head),
            Answer::Buckets(buckets) => self.bucketed(buckets),
            Answer::Repair { batch, next, introduced } => self.repairs(batch, next, introduced),
            Answer::Outline { marks, next } => self.outlined(marks, next),
            Answer::Agreement { .. } => {}
            Answer::Done => self.done(),
            Answer::Failed(reason) => {
                self.inn.not_stored();
                self.fail(End::Storage(reason));
            }
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

    /// A person here agrees to the merge that [`Event::Preview`] told of, or did so in another session. Without one that
    /// waits, nothing happens.
    pub fn agree(&mut self, now: Now) {
        if !self.observe(now) && self.awaits_agreement() {
            self.send(Message::Agree);
            self.agreed();
            self.go_on();
        }
    }

    /// A person here does not agree to it for now.
    pub fn decline(&mut self, now: Now) {
        if !self.observe(now) && self.awaits_agreement() {
            self.fail(End::NotNow);
        }
    }

    /// A person wants it to end, or the node needs the link.
    pub fn stop(&mut self, now: Now) {
        if !self.observe(now) {
            self.fail(End::Stopped);
        }
    }

    /// Another link with this peer goes on.
    pub fn settle(&mut self, now: Now) {
        if !self.observe(now) {
            self.fail(End::Settled);
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
            self.end(End::Lost);
        }
    }

    /// The peer does not take what it is sent, although it goes on making us say more.
    pub fn clogged(&mut self, now: Now) {
        if !self.observe(now) {
            self.fail(End::Stalled);
        }
    }

    /// The peer sent something that is no message.
    pub fn garbage(&mut self, error: String, now: Now) {
        if !self.observe(now) {
            self.fail(End::Protocol(error));
        }
    }

    /// These kinds are not shared with the peer now. A session keeps to what it said in its hello, so if that was something
    /// else it ends, and the next one begins with this.
    pub fn share(&mut self, off: &BTreeSet<Box<str>>, now: Now) {
        let as_said = self.ours.as_ref().is_none_or(|ours| ours.off == *off);
        if !as_said && !self.observe(now) {
            self.fail(End::Renew);
        }
    }

    /// Ends at the next quiet moment so that a link with new keys can take over.
    pub fn renew(&mut self) {
        self.renewing = true;
    }

    /// Asks whether the peer is still there: the network changed, this machine slept, or the peer has come again on another
    /// link. Whoever does not answer soon is gone.
    pub fn probe(&mut self, now: Now) {
        if !self.observe(now) && self.probed.is_none() {
            self.probed = Some(now.mono.0);
            self.send(Message::Ping);
        }
    }

    /// Whether whoever opened the link means to stay.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self.role {
            Role::Initiator => self.settings.stay,
            Role::Responder => {
                self.theirs.as_ref().is_some_and(|hello| hello.features.contains(crate::wire::LASTING))
            }
        }
    }

    /// Who opened the link.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
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
        let unanswered = self.probed.map(|since| since + PROBE_ANSWER);
        let pong = self.pinged.then_some(self.next_pong);
        [Some(ping), Some(dead), stalled, unanswered, pong].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Now) {
        if self.observe(now) {
            return;
        }
        let overdue = |since: u64| now.mono.0 >= since + DEAD_AFTER;
        let unanswered = self.probed.is_some_and(|since| now.mono.0 >= since + PROBE_ANSWER);
        if unanswered || overdue(self.last_heard) || self.waiting.is_some_and(overdue) {
            return self.fail(End::Stalled);
        }
        self.pong();
        if now.mono.0 >= self.last_sent + PING_AFTER {
            self.send(Message::Ping);
        }
    }

    /// Answers all pings that came, unless the last answer is too young.
    fn pong(&mut self) {
        if self.pinged && self.mono >= self.next_pong {
            self.pinged = false;
            self.next_pong = self.mono + PONG_EVERY;
            self.send(Message::Pong);
        }
    }

    /// Takes note of the time; whether the session is over.
    fn observe(&mut self, now: Now) -> bool {
        self.wall = now.wall;
        self.mono = now.mono.0;
        self.ended.is_some()
    }

    fn bye(&mut self, reason: ByeReason) {
        self.end(if reason == ByeReason::Done && self.is_proved() { End::Proved } else { End::Left(reason) });
    }

    /// Does whatever can be done now.
    fn go_on(&mut self) {
        if self.ended.is_some() || self.ours.is_none() || self.theirs.is_none() || self.doubted {
            return;
        }
        if self.awaits_agreement() {
            let owed = self.agreement.as_ref().is_some_and(Agreement::awaits_peer);
            self.waiting = if owed { self.waiting.or(Some(self.mono)) } else { None };
            return;
        }
        self.repair_on();
        self.fetch_more();
        self.check_when_quiet();
        let owed = self.out.unacknowledged()
            || self.inn.awaits_peer()
            || self.proof.awaits_peer()
            || self.repair.as_ref().is_some_and(Repair::awaits_peer);
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
        let reason = end.reason();
        self.send(Message::Bye(Bye { reason }));
        self.end(end);
    }
}
