//! How two devices come to trust each other: an invite shown by the one, a conversation inside the
//! channel that the invite's secret opened, and two people who compare six digits.
//!
//! The secret proves that the joiner has seen the displayer's screen; the digits prove that the device
//! which used it is the one in the person's other hand. Neither is enough alone: a code can be read over
//! a shoulder, and six digits can be guessed by who may try often.

mod code;
mod exchange;
mod invite;
mod link;
mod message;
mod name;
#[cfg(test)]
mod tests;

pub use code::{CodeError, DerivationError, TypedCode};
pub use exchange::{
    Binding, ConfirmationCode, Exchange, Introduction, PairedPeer, PairingError, PairingOutput,
};
pub use invite::{INVITE_MS, Invite};
pub(crate) use link::is_dialable;
pub use link::{ADDRESSES_MAX, LINK_MAX, LinkError, PairLink};
pub use message::{Answer, Commitment, MESSAGE_MAX, Offer, PairingMessage, Share};
pub use name::{DEVICE_NAME_MAX, DeviceName, InvalidDeviceName};
