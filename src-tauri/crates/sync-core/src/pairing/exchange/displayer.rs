//! The side that showed the code, and whose person must accept the new device.

use super::agreement::Agreement;
use super::{Binding, Introduction, PairedPeer, PairingError, PairingOutput, rejection};
use crate::pairing::{Answer, Offer, PairingMessage, Share};

#[derive(Debug)]
pub(super) struct Displayer {
    me: Introduction,
    channel: Binding,
    state: State,
}

#[derive(Debug)]
enum State {
    AwaitOffer { share: Share },
    AwaitReveal { share: Share, offer: Box<Offer>, protocol: u32 },
    Comparing { found: Box<PairedPeer>, accepted: bool, confirmed: bool },
    AwaitAck { found: Box<PairedPeer> },
    Closed,
}

impl Displayer {
    pub(super) fn new(me: Introduction, channel: Binding, share: Share) -> Self {
        Self { me, channel, state: State::AwaitOffer { share } }
    }

    pub(super) fn handle(&mut self, message: PairingMessage) -> Result<Vec<PairingOutput>, PairingError> {
        let state = std::mem::replace(&mut self.state, State::Closed);
        if matches!(state, State::Closed) {
            return Err(PairingError::Closed);
        }
        match message {
            PairingMessage::Offer(offer) => {
                let State::AwaitOffer { share } = state else { return Err(PairingError::OutOfOrder) };
                self.offered(offer, share)
            }
            PairingMessage::Reveal { share: revealed } => {
                let State::AwaitReveal { share, offer, protocol } = state else {
                    return Err(PairingError::OutOfOrder);
                };
                self.revealed(*offer, protocol, &revealed, &share)
            }
            PairingMessage::Confirm => {
                let State::Comparing { found, accepted, confirmed: false } = state else {
                    return Err(PairingError::OutOfOrder);
                };
                Ok(self.compared(found, accepted, true))
            }
            PairingMessage::PairedAck => {
                let State::AwaitAck { found } = state else { return Err(PairingError::OutOfOrder) };
                Ok(vec![PairingOutput::Paired(*found)])
            }
            PairingMessage::Reject => Ok(vec![PairingOutput::Rejected]),
            PairingMessage::Answer(_)
            | PairingMessage::Accept
            | PairingMessage::Paired
            | PairingMessage::Incompatible { .. } => Err(PairingError::OutOfOrder),
        }
    }

    pub(super) fn decide(&mut self, yes: bool) -> Result<Vec<PairingOutput>, PairingError> {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Closed => Err(PairingError::Closed),
            // Our last yes is on its way, and the joiner may have stored the pair by it.
            State::AwaitAck { found } => {
                self.state = State::AwaitAck { found };
                Ok(vec![])
            }
            State::Comparing { found, accepted, confirmed } if yes => {
                let mut outputs = Vec::new();
                if !accepted {
                    outputs.push(PairingOutput::Send(PairingMessage::Accept));
                }
                outputs.extend(self.compared(found, true, confirmed));
                Ok(outputs)
            }
            State::AwaitOffer { .. } | State::AwaitReveal { .. } if yes => Err(PairingError::OutOfOrder),
            State::AwaitOffer { .. } | State::AwaitReveal { .. } | State::Comparing { .. } => Ok(rejection()),
        }
    }

    fn offered(&mut self, offer: Offer, share: Share) -> Result<Vec<PairingOutput>, PairingError> {
        if offer.bundle_key == self.me.bundle_key {
            return Err(PairingError::Tampered);
        }
        let (ours, theirs) = (self.me.protocol, offer.protocol);
        let protocol = ours[1].min(theirs[1]);
        if protocol < ours[0].max(theirs[0]) {
            let refusal = PairingOutput::Send(PairingMessage::Incompatible { protocol: ours });
            return Ok(vec![refusal, PairingOutput::Incompatible { ours, theirs }]);
        }
        let answer = Answer {
            name: self.me.name.clone(),
            protocol,
            schema: self.me.schema,
            bundle_key: self.me.bundle_key,
            share: share.clone(),
        };
        self.state = State::AwaitReveal { share, offer: Box::new(offer), protocol };
        Ok(vec![PairingOutput::Send(PairingMessage::Answer(answer))])
    }

    fn revealed(
        &mut self,
        offer: Offer,
        protocol: u32,
        revealed: &Share,
        share: &Share,
    ) -> Result<Vec<PairingOutput>, PairingError> {
        if revealed.commitment() != offer.commitment {
            return Err(PairingError::Tampered);
        }
        let agreement =
            Agreement { handshake_hash: &self.channel.handshake_hash, joiner: revealed, displayer: share };
        let found = PairedPeer {
            key: self.channel.peer,
            bundle_key: offer.bundle_key,
            name: offer.name,
            secret: agreement.pair_secret()?,
            protocol,
            schema: offer.schema,
        };
        let compare = PairingOutput::Compare { name: found.name.clone(), code: agreement.code() };
        self.state = State::Comparing { found: Box::new(found), accepted: false, confirmed: false };
        Ok(vec![compare])
    }

    /// Goes on once both people have said yes.
    fn compared(&mut self, found: Box<PairedPeer>, accepted: bool, confirmed: bool) -> Vec<PairingOutput> {
        if accepted && confirmed {
            self.state = State::AwaitAck { found };
            vec![PairingOutput::Send(PairingMessage::Paired)]
        } else {
            self.state = State::Comparing { found, accepted, confirmed };
            vec![]
        }
    }
}
