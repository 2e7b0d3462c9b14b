//! What both sides compute from the two shares.

use std::fmt;

use blake2::Blake2s256;
use hkdf::SimpleHkdf;
use zeroize::Zeroizing;

use super::{DerivationError, Share};
use crate::identity::{PairSecret, blake2s};

/// Six digits that are equal on both screens if nobody stands between the two devices. Shown as
/// `123 456`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmationCode(u32);

impl fmt::Display for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

/// Both shares under one channel.
pub(super) struct Agreement<'a> {
    pub(super) handshake_hash: &'a [u8; 32],
    pub(super) joiner: &'a Share,
    pub(super) displayer: &'a Share,
}

impl Agreement<'_> {
    /// BLAKE2s over both shares and the handshake hash, its first 8 bytes as a number modulo 10^6.
    pub(super) fn code(&self) -> ConfirmationCode {
        let parts = [self.handshake_hash, self.joiner.as_bytes(), self.displayer.as_bytes()];
        let hash = blake2s(b"whph sas v1", &parts.map(|part| part.as_slice()));
        let number = hash[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        ConfirmationCode((number % 1_000_000) as u32)
    }

    /// HKDF-BLAKE2s over both shares, bound to the handshake hash.
    pub(super) fn pair_secret(&self) -> Result<PairSecret, DerivationError> {
        let shares = Zeroizing::new([*self.joiner.as_bytes(), *self.displayer.as_bytes()].concat());
        let info = [b"whph pair secret v1".as_slice(), self.handshake_hash].concat();
        let mut secret = Zeroizing::new([0; 32]);
        SimpleHkdf::<Blake2s256>::new(None, &shares)
            .expand(&info, secret.as_mut())
            .map_err(|_| DerivationError)?;
        Ok(PairSecret::from_bytes(*secret))
    }
}
