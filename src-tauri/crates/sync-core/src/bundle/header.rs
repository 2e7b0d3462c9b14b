//! What stands in front of the box, for everybody to read: no more than the recipient needs to say what is wrong with a file. The
//! two tags mean something only to whoever knows the bundle keys, which are told while pairing and nowhere else; to anybody else
//! two bundles of the same device look like those of two.

use super::BundleError;
use crate::identity::{PublicKey, blake2s};
use crate::limits::BUNDLE_MAX;

pub(super) const LEN: usize = 57;
pub(super) const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 8;
const MAGIC: &[u8; 8] = b"WHPHBNDL";
const VERSION: u8 = 1;
const SUM_AT: usize = LEN - 4;

pub(super) struct Header {
    pub(super) nonce: [u8; NONCE_LEN],
    /// See [`to`].
    pub(super) to: [u8; TAG_LEN],
    /// See [`from`].
    pub(super) from: [u8; TAG_LEN],
    /// Bytes of the box.
    pub(super) length: usize,
}

impl Header {
    pub(super) fn to_bytes(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8] = VERSION;
        bytes[9..33].copy_from_slice(&self.nonce);
        bytes[33..41].copy_from_slice(&self.to);
        bytes[41..49].copy_from_slice(&self.from);
        bytes[49..SUM_AT].copy_from_slice(&(self.length as u32).to_be_bytes());
        let sum = checksum(&bytes);
        bytes[SUM_AT..].copy_from_slice(&sum);
        bytes
    }

    /// The header of a whole file, and its bytes.
    pub(super) fn parse(file: &[u8]) -> Result<(Self, [u8; LEN]), BundleError> {
        let rest = file.strip_prefix(MAGIC).ok_or(BundleError::NotABundle)?;
        match rest.first() {
            Some(&VERSION) => {}
            Some(&version) => return Err(BundleError::Newer(version)),
            None => return Err(BundleError::Damaged),
        }
        let bytes = *file.first_chunk::<LEN>().ok_or(BundleError::Damaged)?;
        if bytes[SUM_AT..] != checksum(&bytes) {
            return Err(BundleError::Damaged);
        }
        let part = |at: usize| {
            let mut tag = [0; TAG_LEN];
            tag.copy_from_slice(&bytes[at..at + TAG_LEN]);
            tag
        };
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&bytes[9..33]);
        let length = u32::from_be_bytes([bytes[49], bytes[50], bytes[51], bytes[52]]) as usize;
        if length > BUNDLE_MAX {
            return Err(BundleError::TooBig);
        }
        if file.len() != LEN + length {
            return Err(BundleError::Damaged);
        }
        Ok((Self { nonce, to: part(33), from: part(41), length }, bytes))
    }
}

/// What the recipient knows its bundle by.
pub(super) fn to(nonce: &[u8; NONCE_LEN], key: &PublicKey) -> [u8; TAG_LEN] {
    tag(b"whph bundle to v1", nonce, key)
}

/// What the recipient knows the sender by.
pub(super) fn from(nonce: &[u8; NONCE_LEN], key: &PublicKey) -> [u8; TAG_LEN] {
    tag(b"whph bundle from v1", nonce, key)
}

fn tag(label: &[u8], nonce: &[u8; NONCE_LEN], key: &PublicKey) -> [u8; TAG_LEN] {
    let hash = blake2s(label, &[nonce, key.as_bytes()]);
    let mut tag = [0; TAG_LEN];
    tag.copy_from_slice(&hash[..TAG_LEN]);
    tag
}

/// Tells a damaged header from one that means somebody else.
fn checksum(bytes: &[u8; LEN]) -> [u8; 4] {
    let hash = blake2s(b"whph bundle header v1", &[&bytes[..SUM_AT]]);
    [hash[0], hash[1], hash[2], hash[3]]
}
