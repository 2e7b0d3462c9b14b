//! The pairing conversation, as a state machine without I/O: messages and the person's decision in,
//! messages and results out.
//!
//! ```text
//! joiner                                displayer
//!   Offer (name, commitment)     ──▶
//!                                ◀──    Answer (name, share)
//!   Reveal (share)               ──▶
//!          both show the other's name and the same six digits
//!   Confirm                      ──▶              (in either order)
//!                                ◀──    Accept
//!                                ◀──    Paired
//!   stores the pair; PairedAck   ──▶    stores the pair
//! ```
//!
//! The joiner commits to its share before it sees the displayer's: nobody can search for shares that give
//! the same digits. Whoever says nothing has not agreed: the caller sets the time limit and drops the link.
//!
//! **Who stores when.** The joiner stores when it gets [`PairingOutput::Paired`], *before* it sends the
//! acknowledgement that follows in the same list; if it cannot store, it drops the link and sends nothing.
//! The displayer stores when it gets its `Paired`, which only the acknowledgement brings. A link that
//! breaks before leaves at most the joiner with a pair that the displayer does not know: the displayer
//! answers its sessions with silence, like any stranger's, and pairing anew replaces it.

mod agreement;
mod displayer;
mod joiner;
#[cfg(test)]
mod tests;

use rand_core::{CryptoRng, RngCore};

use super::{DerivationError, DeviceName, PairingMessage, Share};
use crate::identity::{PairSecret, PublicKey};
pub use agreement::ConfirmationCode;
use displayer::Displayer;
use joiner::Joiner;

/// What this device says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// What it is called.
    pub name: DeviceName,
    /// The lowest and highest session protocol it speaks.
    pub protocol: [u32; 2],
    /// The version of its schema.
    pub schema: u32,
    /// Its key for bundles.
    pub bundle_key: PublicKey,
}

/// The channel that the conversation is bound to, from
/// [`ChannelEvent::Established`](crate::channel::ChannelEvent::Established).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The other device's channel key. Its id follows from this, never from a message.
    pub peer: PublicKey,
    /// The channel's handshake hash.
    pub handshake_hash: [u8; 32],
}

/// A newly paired device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairedPeer {
    /// Its channel key.
    pub key: PublicKey,
    /// Its key for bundles.
    pub bundle_key: PublicKey,
    /// What it calls itself.
    pub name: DeviceName,
    /// What we now share with it.
    pub secret: PairSecret,
    /// The session protocol both speak.
    pub protocol: u32,
    /// The version of its schema.
    pub schema: u32,
}

/// What the caller does next, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairingOutput {
    /// Send this.
    Send(PairingMessage),
    /// Show the person the other device's name and these digits, and ask; then [`Exchange::decide`].
    Compare {
        /// The other device's name.
        name: DeviceName,
        /// The digits, which the other screen must show too.
        code: ConfirmationCode,
    },
    /// Store this pair, and only then go on with the outputs that follow.
    Paired(PairedPeer),
    /// One of the two said no: drop the link. A pair stored in this conversation is to be forgotten.
    Rejected,
    /// The devices have no session protocol in common: say so, and drop the link.
    Incompatible {
        /// What this device speaks, lowest and highest.
        ours: [u32; 2],
        /// What the other device speaks.
        theirs: [u32; 2],
    },
}

/// Why the conversation failed. The caller drops the link; nothing is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// Not a legal message.
    #[error(
        "the other device sent something that cannot be understood: update WHPH on both devices and try again"
    )]
    Malformed,
    /// A message, or a decision, that has no place at this point.
    #[error("pairing got out of step: show a new code and try again")]
    OutOfOrder,
    /// Somebody tried to steer the digits, or sent our own key back.
    #[error(
        "pairing was tampered with and has been stopped: do not use this code again, and check who else could see it"
    )]
    Tampered,
    /// The conversation is over.
    #[error("pairing is over: show a new code to start again")]
    Closed,
    /// This device could not derive a key.
    #[error(transparent)]
    Derivation(#[from] DerivationError),
}

/// One side of a pairing conversation.
#[derive(Debug)]
pub struct Exchange(Role);

#[derive(Debug)]
enum Role {
    Displayer(Displayer),
    Joiner(Joiner),
}

impl Exchange {
    /// The side that showed the code. It speaks second.
    pub fn display(me: Introduction, channel: Binding, rng: &mut (impl RngCore + CryptoRng)) -> Self {
        Self(Role::Displayer(Displayer::new(me, channel, Share::generate(rng))))
    }

    /// The side that used the code, and the message it starts with.
    pub fn join(
        me: Introduction,
        channel: Binding,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> (Self, PairingMessage) {
        let (joiner, offer) = Joiner::new(me, channel, Share::generate(rng));
        (Self(Role::Joiner(joiner)), offer)
    }

    /// Takes a message of the other side. An error ends the conversation.
    pub fn handle(&mut self, message: PairingMessage) -> Result<Vec<PairingOutput>, PairingError> {
        match &mut self.0 {
            Role::Displayer(displayer) => displayer.handle(message),
            Role::Joiner(joiner) => joiner.handle(message),
        }
    }

    /// Takes the person's decision. A no may come at any time until the answer to the last yes is on its
    /// way; a yes only after [`PairingOutput::Compare`]. Saying yes again changes nothing.
    pub fn decide(&mut self, yes: bool) -> Result<Vec<PairingOutput>, PairingError> {
        match &mut self.0 {
            Role::Displayer(displayer) => displayer.decide(yes),
            Role::Joiner(joiner) => joiner.decide(yes),
        }
    }
}

fn rejection() -> Vec<PairingOutput> {
    vec![PairingOutput::Send(PairingMessage::Reject), PairingOutput::Rejected]
}
