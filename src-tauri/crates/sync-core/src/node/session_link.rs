//! Sessions on their links.

use super::link::{Link, Stage, Want};
use super::{ALARMS_MAX, ALARMS_WITHIN, ConnectFailure, LinkId, Node, Notice, Output, SESSIONS_PER_PEER_MAX};
use crate::channel::Dial;
use crate::identity::{DeviceId, PublicKey};
use crate::node::storage::Ask;
use crate::session::{End, Event, Role, Session, Settings, Step};
use crate::time::Now;
use crate::wire::Message;
use std::net::SocketAddr;

impl Node {
    pub(super) fn sync(&mut self, link: LinkId, peer: DeviceId, addresses: Vec<SocketAddr>, stay: bool) {
        let Some(known) = self.peers.get(&peer) else {
            return self.notify(Notice::Unreachable { link, peer, reason: ConnectFailure::NotPaired });
        };
        let dial = Dial::Session { peer: known.key, secret: known.secret.clone() };
        self.dial(link, Want::Sync { peer, stay }, dial, addresses);
    }

    pub(super) fn session_open(&mut self, link: LinkId, key: &PublicKey, now: Now) {
        let (role, stay) = match self.links.get(&link).map(|state| &state.stage) {
            Some(Stage::Securing(Want::Sync { stay, .. })) => (Role::Initiator, *stay),
            Some(Stage::Unknown) => (Role::Responder, true),
            Some(
                Stage::Securing(Want::Join) | Stage::Dialling(..) | Stage::Pairing(_) | Stage::Session(_),
            )
            | None => {
                return self.drop_link(link);
            }
        };
        let peer = key.device_id();
        if !self.peers.contains_key(&peer) {
            // Forgotten while it was knocking.
            return self.drop_link(link);
        }
        if role == Role::Responder && self.parting_from(peer) >= SESSIONS_PER_PEER_MAX {
            // What it sent before it left so often is still to be stored. It may come again when that is done.
            return self.drop_link(link);
        }
        let others = self.sessions_with(peer, |_| true);
        for &other in &others {
            // It may have come again because the other link is dead; a live one answers and stays.
            self.with_session(other, now, Session::probe);
        }
        if others.len() >= SESSIONS_PER_PEER_MAX {
            for &oldest in others.iter().take(1) {
                self.with_session(oldest, now, Session::stop);
            }
        }
        self.begin_session(link, peer, role, stay, now);
    }

    pub(super) fn begin_session(&mut self, link: LinkId, peer: DeviceId, role: Role, stay: bool, now: Now) {
        let settings = Settings {
            name: self.profile.name.clone(),
            schema: self.profile.schema,
            addresses: self.profile.addresses.clone(),
            stay,
            heeds_alarms: self.heeds_alarms(peer, now),
        };
        let Some(state) = self.links.get_mut(&link) else { return };
        state.stage = Stage::Session(Box::new(Session::new(role, peer, settings, now)));
        self.notify(Notice::Connected { link, peer });
        self.with_session(link, now, |_, _| {});
    }

    pub(super) fn session_message(&mut self, link: LinkId, message: Message, now: Now) {
        if self.is_session(link) {
            self.with_session(link, now, |session, now| session.receive(message, now));
        } else {
            self.early_message(link, message, now);
        }
    }

    pub(super) fn session_timeout(&mut self, link: LinkId, now: Now) {
        let due = self.is_due(link, now);
        self.with_session(link, now, |session, now| {
            if due {
                session.renew();
            }
            session.timeout(now);
        });
    }

    /// Lets a session act, then does what it wants done.
    pub(super) fn with_session(&mut self, link: LinkId, now: Now, act: impl FnOnce(&mut Session, Now)) {
        let Some(Stage::Session(session)) = self.links.get_mut(&link).map(|state| &mut state.stage) else {
            return;
        };
        act(session, now);
        let peer = session.peer();
        while let Some(Stage::Session(session)) = self.links.get_mut(&link).map(|state| &mut state.stage) {
            match session.poll() {
                Some(Step::Send(message)) => self.send(link, &message, now),
                Some(Step::Ask(ask)) => {
                    if matches!(ask, Ask::Renew) {
                        self.alarms.entry(peer).or_default().push(now.mono);
                    }
                    self.outputs.push_back(Output::Ask { link, ask });
                }
                Some(Step::Event(event)) => self.session_event(link, peer, event, now),
                Some(Step::Close) => self.session_closed(link, now),
                Some(Step::End(end)) => self.session_ended(link, peer, end),
                None => return,
            }
        }
    }

    /// Whether a peer may still raise the alarm of a restore. A person restores a backup once or twice; whoever cries on makes
    /// work for all devices.
    fn heeds_alarms(&mut self, peer: DeviceId, now: Now) -> bool {
        let Some(alarms) = self.alarms.get_mut(&peer) else { return true };
        alarms.retain(|at| now.mono.0.saturating_sub(at.0) < ALARMS_WITHIN);
        alarms.len() < ALARMS_MAX
    }

    /// Those that are not over.
    fn sessions_with(&self, peer: DeviceId, wanted: impl Fn(&Session) -> bool) -> Vec<LinkId> {
        let is_one = |state: &Link| matches!(&state.stage, Stage::Session(s) if s.peer() == peer && s.ended().is_none() && wanted(s));
        self.links.iter().filter(|(_, state)| is_one(state)).map(|(&link, _)| link).collect()
    }

    /// How many are over but for what the store still has of them.
    fn parting_from(&self, peer: DeviceId) -> usize {
        self.links.values().filter(|state| state.is_parting() && state.peer() == Some(peer)).count()
    }

    /// Two devices may have dialled each other at once, and one lasting session is enough: the device with the greater id gives
    /// up the link that it dialled.
    fn settle(&mut self, peer: DeviceId, now: Now) {
        if self.identity.device_id() < peer {
            return;
        }
        let lasting = |role| move |session: &Session| session.is_lasting() && session.role() == role;
        if self.sessions_with(peer, lasting(Role::Responder)).is_empty() {
            return;
        }
        for link in self.sessions_with(peer, lasting(Role::Initiator)) {
            self.with_session(link, now, Session::settle);
        }
    }

    /// What was agreed to on one link holds for every session with that peer.
    pub(super) fn agreed(&mut self, link: LinkId, now: Now) {
        if let Some(peer) = self.links.get(&link).and_then(Link::peer) {
            self.agreed_with(peer, now);
        }
    }

    pub(super) fn agreed_with(&mut self, peer: DeviceId, now: Now) {
        for link in self.sessions_with(peer, |_| true) {
            self.with_session(link, now, Session::agree);
        }
    }

    fn session_event(&mut self, link: LinkId, peer: DeviceId, event: Event, now: Now) {
        let greeted = matches!(event, Event::Greeted { .. });
        if matches!(event, Event::UpToDate(_)) {
            // A stretch of a long session is over: it gets its line in the history now.
            let bytes = self.links.get(&link).map_or([0, 0], Link::bytes);
            if let Some(Stage::Session(session)) = self.links.get_mut(&link).map(|state| &mut state.stage)
                && let Some(record) = session.take_record(bytes)
            {
                self.outputs.push_back(Output::Ask { link, ask: Ask::Record(record) });
            }
        }
        self.notify(Notice::Session { link, peer, event });
        if greeted {
            self.settle(peer, now);
        }
    }

    fn session_closed(&mut self, link: LinkId, now: Now) {
        self.outputs.push_back(Output::Close { link });
        let Some(Stage::Session(session)) = self.links.get(&link).map(|state| &state.stage) else { return };
        if session.ended() == Some(&End::Restart) {
            for other in self.session_links() {
                self.with_session(other, now, Session::restart);
            }
        }
    }

    fn session_ended(&mut self, link: LinkId, peer: DeviceId, end: End) {
        let Some(mut state) = self.links.remove(&link) else { return };
        let bytes = state.bytes();
        let Stage::Session(session) = &mut state.stage else { return };
        let (progress, record) = (session.progress(), session.take_record(bytes));
        if let Some(record) = record.clone() {
            self.outputs.push_back(Output::Ask { link, ask: Ask::Record(record) });
        }
        self.notify(Notice::Ended { link, peer, end, progress, bytes, record });
    }
}
