//! Secret bytes on their way out of the store. A type of its own because the `Debug` of `Zeroizing` prints
//! what it holds.

use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

/// The bytes of one secret. Wiped when dropped; `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub(super) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl Deref for Secret {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
