//! The side that used the code.

use super::agreement::Agreement;
use super::{Binding, Introduction, PairedPeer, PairingError, PairingOutput, rejection};
use crate::pairing::{Answer, Offer, PairingMessage, Share};

#[derive(Debug)]
pub(super) struct Joiner {
    me: Introduction,
    channel: Binding,
    state: State,
}

#[derive(Debug)]
enum State {
    Offered {
        share: Share,
    },
    Comparing {
        found: Box<PairedPeer>,
        confirmed: bool,
        accepted: bool,
    },
    /// The pair was handed out to be stored.
    Paired,
    Closed,
}

impl Joiner {
    pub(super) fn new(me: Introduction, channel: Binding, share: Share) -> (Self, PairingMessage) {
        let offer = Offer {
            name: me.name.clone(),
            protocol: me.protocol,
            schema: me.schema,
            bundle_key: me.bundle_key,
            commitment: share.commitment(),
        };
        (Self { me, channel, state: State::Offered { share } }, PairingMessage::Offer(offer))
    }

    pub(super) fn handle(&mut self, message: PairingMessage) -> Result<Vec<PairingOutput>, PairingError> {
        let state = std::mem::replace(&mut self.state, State::Closed);
        if matches!(state, State::Closed) {
            return Err(PairingError::Closed);
        }
        match message {
            PairingMessage::Answer(answer) => {
                let State::Offered { share } = state else { return Err(PairingError::OutOfOrder) };
                self.answered(answer, share)
            }
            PairingMessage::Accept => {
                let State::Comparing { found, confirmed, accepted: false } = state else {
                    return Err(PairingError::OutOfOrder);
                };
                self.state = State::Comparing { found, confirmed, accepted: true };
                Ok(vec![])
            }
            PairingMessage::Paired => {
                let State::Comparing { found, confirmed: true, accepted: true } = state else {
                    return Err(PairingError::OutOfOrder);
                };
                self.state = State::Paired;
                let ack = PairingOutput::Send(PairingMessage::PairedAck);
                Ok(vec![PairingOutput::Paired(*found), ack])
            }
            PairingMessage::Reject => Ok(vec![PairingOutput::Rejected]),
            PairingMessage::Incompatible { protocol: theirs } => {
                let State::Offered { .. } = state else { return Err(PairingError::OutOfOrder) };
                Ok(vec![PairingOutput::Incompatible { ours: self.me.protocol, theirs }])
            }
            PairingMessage::Offer(_)
            | PairingMessage::Reveal { .. }
            | PairingMessage::Confirm
            | PairingMessage::PairedAck => Err(PairingError::OutOfOrder),
        }
    }

    pub(super) fn decide(&mut self, yes: bool) -> Result<Vec<PairingOutput>, PairingError> {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Closed => Err(PairingError::Closed),
            // Both have said yes, and the pair was handed out: to take it back is to unpair.
            State::Paired => {
                self.state = State::Paired;
                Ok(vec![])
            }
            State::Comparing { found, confirmed, accepted } if yes => {
                self.state = State::Comparing { found, confirmed: true, accepted };
                let confirm = PairingOutput::Send(PairingMessage::Confirm);
                Ok(if confirmed { vec![] } else { vec![confirm] })
            }
            State::Offered { .. } if yes => Err(PairingError::OutOfOrder),
            State::Offered { .. } | State::Comparing { .. } => Ok(rejection()),
        }
    }

    fn answered(&mut self, answer: Answer, share: Share) -> Result<Vec<PairingOutput>, PairingError> {
        if answer.bundle_key == self.me.bundle_key {
            return Err(PairingError::Tampered);
        }
        if !(self.me.protocol[0]..=self.me.protocol[1]).contains(&answer.protocol) {
            return Err(PairingError::Malformed);
        }
        let agreement = Agreement {
            handshake_hash: &self.channel.handshake_hash,
            joiner: &share,
            displayer: &answer.share,
        };
        let found = PairedPeer {
            key: self.channel.peer,
            bundle_key: answer.bundle_key,
            name: answer.name,
            secret: agreement.pair_secret()?,
            protocol: answer.protocol,
            schema: answer.schema,
        };
        let code = agreement.code();
        let compare = PairingOutput::Compare { name: found.name.clone(), code };
        self.state = State::Comparing { found: Box::new(found), confirmed: false, accepted: false };
        Ok(vec![PairingOutput::Send(PairingMessage::Reveal { share }), compare])
    }
}
