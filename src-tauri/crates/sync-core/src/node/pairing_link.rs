//! Pairings on their links. Nothing is known of a device until both people have said yes and it is stored; then the first
//! session goes on over the same channel.

use super::link::{PairingLink, Stage, Want};
use super::{LinkId, Node, Notice, Output, PairFailure};
use crate::channel::ChannelError;
use crate::identity::{DeviceId, PublicKey};
use crate::pairing::{
    Binding, DeviceName, Exchange, INVITE_MS, Introduction, Invite, PairLink, PairingError, PairingMessage,
    PairingOutput,
};
use crate::session::Role;
use crate::time::{Mono, Now};
use crate::wire::{Message, PROTOCOL};
use std::net::SocketAddr;

/// Messages of the first session that may come while the new device is being stored: a hello and a few words.
const EARLY_MAX: usize = 8;

impl Node {
    pub(super) fn open_invite(&mut self, addresses: &[SocketAddr], now: Now) {
        match Invite::open(&mut self.rng, now.mono) {
            Ok(invite) => {
                let link =
                    PairLink::new(self.identity.channel.public(), invite.link_secret().clone(), addresses);
                self.notify(Notice::InviteOpened {
                    link: link.to_text(),
                    code: invite.code().grouped(),
                    open_ms: invite.remaining_ms(now.mono),
                });
                self.invite = Some(invite);
            }
            Err(_) => self.notify(Notice::InviteClosed { used: false }),
        }
    }

    pub(super) fn close_invite(&mut self, used: bool) {
        if let Some(mut invite) = self.invite.take() {
            invite.use_up();
            self.notify(Notice::InviteClosed { used });
        }
    }

    /// Whether a device is already answering our invite: one at a time.
    pub(super) fn is_displaying(&self) -> bool {
        self.links.values().any(|link| matches!(&link.stage, Stage::Pairing(p) if p.role == Role::Responder))
    }

    pub(super) fn pairing_open(&mut self, link: LinkId, peer: PublicKey, handshake_hash: [u8; 32], now: Now) {
        let me = Introduction {
            name: DeviceName::clean(&self.profile.name),
            protocol: PROTOCOL,
            schema: self.profile.schema,
            bundle_key: self.identity.bundle.public(),
        };
        let binding = Binding { peer, handshake_hash };
        let (role, exchange, offer) = match self.links.get(&link).map(|state| &state.stage) {
            Some(Stage::Securing(Want::Join)) => {
                let (exchange, offer) = Exchange::join(me, binding, &mut self.rng);
                (Role::Initiator, exchange, Some(offer))
            }
            // Two may have knocked before either got here; one code pairs one device.
            Some(Stage::Unknown) if self.is_displaying() || self.invite.is_none() => {
                return self.drop_link(link);
            }
            Some(Stage::Unknown) => (Role::Responder, Exchange::display(me, binding, &mut self.rng), None),
            Some(
                Stage::Securing(Want::Sync { .. })
                | Stage::Dialling(..)
                | Stage::Pairing(_)
                | Stage::Session(_),
            )
            | None => {
                return self.drop_link(link);
            }
        };
        let deadline = Mono(now.mono.0 + INVITE_MS);
        let pairing =
            PairingLink { exchange, role, held: Vec::new(), stored: None, early: Vec::new(), deadline };
        if let Some(state) = self.links.get_mut(&link) {
            state.stage = Stage::Pairing(Box::new(pairing));
        }
        if let Some(offer) = offer {
            self.pairing_outputs(link, vec![PairingOutput::Send(offer)], now);
        }
    }

    pub(super) fn pairing_message(&mut self, link: LinkId, body: &[u8], now: Now) {
        let Some(pairing) = self.pairing(link) else {
            return self.channel_failed(link, ChannelError::BadRecord, now);
        };
        let outputs = PairingMessage::decode(body).and_then(|message| pairing.exchange.handle(message));
        self.pairing_result(link, outputs, now);
    }

    pub(super) fn decide(&mut self, link: LinkId, accept: bool, now: Now) {
        if let Some(pairing) = self.pairing(link) {
            let outputs = pairing.exchange.decide(accept);
            self.pairing_result(link, outputs, now);
        }
    }

    /// The new device is stored, or could not be.
    pub(super) fn remembered(&mut self, link: LinkId, peer: DeviceId, error: Option<String>, now: Now) {
        let Some(role) = self.storing.remove(&link) else { return };
        if let Some(error) = error {
            return self.pairing_failed(link, PairFailure::Storage(error));
        }
        let Some(pairing) = self.pairing(link) else {
            // The link is gone. The displayer stored last, so both have it; the joiner's acknowledgement never went out.
            if role == Role::Initiator {
                self.outputs.push_back(Output::Forget { peer });
            }
            return;
        };
        let held = std::mem::take(&mut pairing.held);
        let (early, stored) = (std::mem::take(&mut pairing.early), pairing.stored.take());
        let Some((key, name)) = stored else { return };
        self.pairing_outputs(link, held, now);
        let peer = key.device_id();
        self.notify(Notice::Paired { link, peer, name });
        if role == Role::Responder {
            self.close_invite(true);
        }
        self.begin_session(link, peer, role, false, now);
        for message in early {
            self.session_message(link, message, now);
        }
    }

    /// A word of the first session came while the new device is still being stored.
    pub(super) fn early_message(&mut self, link: LinkId, message: Message, now: Now) {
        match self.pairing(link) {
            Some(pairing) if pairing.stored.is_some() && pairing.early.len() < EARLY_MAX => {
                pairing.early.push(message)
            }
            Some(_) | None => self.channel_failed(link, ChannelError::BadRecord, now),
        }
    }

    fn pairing(&mut self, link: LinkId) -> Option<&mut PairingLink> {
        match &mut self.links.get_mut(&link)?.stage {
            Stage::Pairing(pairing) => Some(pairing),
            Stage::Dialling(..) | Stage::Securing(_) | Stage::Unknown | Stage::Session(_) => None,
        }
    }

    fn pairing_result(&mut self, link: LinkId, outputs: Result<Vec<PairingOutput>, PairingError>, now: Now) {
        match outputs {
            Ok(outputs) => self.pairing_outputs(link, outputs, now),
            Err(error) => self.pairing_failed(link, error.into()),
        }
    }

    fn pairing_outputs(&mut self, link: LinkId, outputs: Vec<PairingOutput>, now: Now) {
        let mut outputs = outputs.into_iter();
        while let Some(output) = outputs.next() {
            match output {
                PairingOutput::Send(message) => match message.encode() {
                    Ok(body) => self.send(link, &Message::Pairing(body), now),
                    Err(error) => return self.pairing_failed(link, error.into()),
                },
                PairingOutput::Compare { name, code } => {
                    let displaying = self.pairing(link).is_some_and(|p| p.role == Role::Responder);
                    let (name, digits) = (name.as_str().to_owned(), code.to_string());
                    self.notify(Notice::Compare { link, name, digits, displaying });
                }
                PairingOutput::Paired(peer) => {
                    // Whatever follows, the acknowledgement above all, waits until the device is stored.
                    if let Some(pairing) = self.pairing(link) {
                        pairing.held = outputs.collect();
                        pairing.stored = Some((peer.key, peer.name.as_str().to_owned()));
                        let role = pairing.role;
                        self.storing.insert(link, role);
                        self.outputs.push_back(Output::Remember { link, peer: Box::new(peer) });
                    }
                    return;
                }
                PairingOutput::Rejected => return self.pairing_failed(link, PairFailure::Rejected),
                PairingOutput::Incompatible { ours, theirs } => {
                    return self.pairing_failed(link, PairFailure::Incompatible { ours, theirs });
                }
            }
        }
    }

    fn pairing_failed(&mut self, link: LinkId, reason: PairFailure) {
        let displayed = self.pairing(link).is_some_and(|pairing| pairing.role == Role::Responder);
        self.drop_link(link);
        if displayed && reason == PairFailure::Rejected {
            // Whoever was turned away knows the code.
            self.close_invite(false);
        }
        self.notify(Notice::PairingFailed { link, reason });
    }
}
