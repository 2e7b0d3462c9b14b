//! Invites as people handle them: a link to scan or paste, a code to type.

use std::net::SocketAddr;
use sync_core::identity::{InviteSecret, PublicKey};
use sync_core::pairing::{CodeError, DerivationError, LinkError, PairLink, TypedCode};

/// An invite that is open on this device.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The link, for QR and paste.
    pub link: String,
    /// The code, for typing.
    pub code: String,
    /// How long it stays open, in milliseconds.
    pub open_ms: u64,
}

/// Link and code are secrets.
impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("open_ms", &self.open_ms).finish_non_exhaustive()
    }
}

/// Another device's invite, as it was scanned, pasted or typed here.
#[derive(Clone, Debug)]
pub struct JoinBy {
    pub(super) secret: InviteSecret,
    pub(super) expected: Option<PublicKey>,
    pub(super) addresses: Vec<SocketAddr>,
}

/// Why what was entered is no invite.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// It looks like a link, and is none.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It is neither a link nor a code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The code's key could not be derived.
    #[error(transparent)]
    Derivation(#[from] DerivationError),
}

impl JoinBy {
    /// Reads a link or a code; `own` is this device's channel key. Addresses given by hand are tried before those in a link.
    /// A code without an address finds the device that shows it, if both are on one network.
    /// A code takes a few hundred milliseconds of processor time, on purpose.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str, own: &PublicKey, by_hand: Vec<SocketAddr>) -> Result<Self, JoinError> {
        let text = text.trim();
        if text.contains(':') {
            let link = PairLink::parse(text, own)?;
            let addresses = by_hand.into_iter().chain(link.addresses().iter().copied()).collect();
            return Ok(Self { secret: link.secret().clone(), expected: Some(link.key()), addresses });
        }
        let code = TypedCode::parse(text)?;
        Ok(Self { secret: code.secret()?, expected: None, addresses: by_hand })
    }
}
