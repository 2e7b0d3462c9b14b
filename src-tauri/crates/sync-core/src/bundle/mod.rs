//! Bundles: changes that one device hands to another in a file, where no network connects the two. One box (crypto_box's
//! `ChaChaBox`) for one recipient, from a sender who proves its bundle key by it; inside are the batches of a session and what a
//! session's two sides would have told each other.
//!
//! There is no forward secrecy: who gets hold of the key of either device reads every bundle between the two, and with the
//! recipient's can write as any of its peers. Whoever may read a bundle twice or never does no harm: merging is idempotent, and
//! cursors only move over what has arrived. Layout: `PROTOCOL.md`, "Bundles".

mod frames;
mod header;
mod manifest;
#[cfg(test)]
mod tests;

pub use frames::Frames;
pub use manifest::Manifest;

use crypto_box::aead::AeadInPlace;
use crypto_box::{ChaChaBox, Nonce, Tag};
use rand_core::{CryptoRng, RngCore};

use crate::identity::{DeviceId, PublicKey, SecretKey, blake2s};
use crate::limits::{BUNDLE_MAX, MANIFEST_MAX};
use crate::wire::batch::{Batch, BatchError};
use header::Header;

/// Largest file that can be a bundle.
pub const FILE_MAX: usize = header::LEN + BUNDLE_MAX;
/// Bytes of batches that always fit into one bundle.
pub const ROOM: usize = BUNDLE_MAX - TAG_LEN - BINDING_LEN - 4 - MANIFEST_MAX;

const TAG_LEN: usize = 16;
/// The hash of the header, in front of the plaintext: the box has no associated data.
const BINDING_LEN: usize = 32;

/// Why a bundle was not written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Another kind of file.
    #[error("it is no bundle of WHPH. Name a file that `whph bundle write` made")]
    NotABundle,
    /// Of a later format.
    #[error(
        "it was written by a newer version of WHPH (format {0}). Update WHPH on this device, then read it again"
    )]
    Newer(u8),
    /// Cut short, or altered on its way.
    #[error("it is damaged or was cut short. Copy it from the other device again, or write a new one there")]
    Damaged,
    /// It authenticates, and holds what no bundle may.
    #[error(
        "it holds what no bundle can hold ({0}). Update WHPH on both devices, then write a new one there"
    )]
    Malformed(String),
    /// Above the limits.
    #[error(
        "it is larger than a bundle may be ({} MiB). Name a file that `whph bundle write` made", BUNDLE_MAX >> 20
    )]
    TooBig,
    /// Sealed for somebody else.
    #[error("it is for another device. Read it on the one that it was written for")]
    OtherRecipient,
    /// Nobody who is paired wrote it.
    #[error(
        "no device that is paired with this one wrote it. If the device that did was forgotten, or paired by an older version, \
         pair the two anew"
    )]
    Stranger,
    /// We wrote it ourselves.
    #[error("this device wrote it itself. Carry it to the device that it is for, and read it there")]
    Own,
}

/// A bundle that was opened: its sender is who it says.
#[derive(Debug)]
pub struct Opened {
    /// What the sender says of itself and of what is in it.
    pub manifest: Manifest,
    frames: Vec<u8>,
}

impl Opened {
    /// The batches, each decompressed when its turn comes.
    pub fn batches(&self) -> impl Iterator<Item = Result<Batch, BatchError>> + '_ {
        frames::each(&self.frames).map(Batch::decode)
    }
}

/// Seals a bundle for the device with the bundle key `to`.
///
/// # Errors
/// When it is larger than a bundle may be.
pub fn seal(
    manifest: &Manifest,
    frames: Frames,
    from: &SecretKey,
    to: &PublicKey,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Vec<u8>, BundleError> {
    let about = serde_json::to_vec(manifest).map_err(|error| BundleError::Malformed(error.to_string()))?;
    let frames = frames.into_bytes();
    let length = BINDING_LEN + 4 + about.len() + frames.len() + TAG_LEN;
    if about.len() > MANIFEST_MAX || length > BUNDLE_MAX {
        return Err(BundleError::TooBig);
    }
    let mut nonce = [0; header::NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let header =
        Header { nonce, to: header::to(&nonce, to), from: header::from(&nonce, &from.public()), length };
    let header = header.to_bytes();
    let mut file = Vec::with_capacity(header.len() + length);
    file.extend_from_slice(&header);
    file.extend_from_slice(&binding(&header));
    file.extend_from_slice(&(about.len() as u32).to_be_bytes());
    file.extend_from_slice(&about);
    file.extend_from_slice(&frames);
    let sealed =
        cipher(from, to).encrypt_in_place_detached(Nonce::from_slice(&nonce), b"", &mut file[header.len()..]);
    file.extend_from_slice(&sealed.map_err(|_| BundleError::TooBig)?);
    Ok(file)
}

/// Opens a bundle for the device `own_id`, whose bundle key is `own`. `peers` are the paired devices that told their bundle key.
///
/// # Errors
/// Why it is none for us.
pub fn open(
    mut file: Vec<u8>,
    own: &SecretKey,
    own_id: DeviceId,
    peers: &[(DeviceId, PublicKey)],
) -> Result<Opened, BundleError> {
    let (header, bytes) = Header::parse(&file)?;
    let own_key = own.public();
    if header.from == header::from(&header.nonce, &own_key) {
        return Err(BundleError::Own);
    }
    if header.to != header::to(&header.nonce, &own_key) {
        return Err(BundleError::OtherRecipient);
    }
    // Two devices may have told the same key; the manifest then says which of them it was.
    let fits = |(_, key): &&(DeviceId, PublicKey)| header::from(&header.nonce, key) == header.from;
    let senders: Vec<_> = peers.iter().filter(fits).collect();
    let Some((_, key)) = senders.first() else { return Err(BundleError::Stranger) };

    let binding = binding(&bytes);
    let end = file.len().checked_sub(TAG_LEN).ok_or(BundleError::Damaged)?;
    let tag = Tag::clone_from_slice(&file[end..]);
    file.truncate(end);
    file.drain(..header::LEN);
    cipher(own, key)
        .decrypt_in_place_detached(Nonce::from_slice(&header.nonce), b"", &mut file, &tag)
        .map_err(|_| BundleError::Damaged)?;

    let rest = file.strip_prefix(&binding).ok_or(BundleError::Damaged)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| malformed("no manifest"))?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > MANIFEST_MAX {
        return Err(malformed("a manifest beyond the limits"));
    }
    let (about, frames) = rest.split_at_checked(length).ok_or_else(|| malformed("no manifest"))?;
    let manifest = Manifest::parse(about)?;
    if manifest.to != own_id || !senders.iter().any(|(id, _)| *id == manifest.from) {
        return Err(malformed("other devices than it was sealed for"));
    }
    frames::check(frames)?;
    let start = file.len() - frames.len();
    file.drain(..start);
    Ok(Opened { manifest, frames: file })
}

fn malformed(what: &str) -> BundleError {
    BundleError::Malformed(what.to_owned())
}

fn binding(header: &[u8; header::LEN]) -> [u8; BINDING_LEN] {
    blake2s(b"whph bundle v1", &[header])
}

/// The keys are safe to use: a [`PublicKey`] is canonical and not of low order, which crypto_box itself does not look at.
fn cipher(own: &SecretKey, theirs: &PublicKey) -> ChaChaBox {
    let theirs = crypto_box::PublicKey::from(*theirs.as_bytes());
    ChaChaBox::new(&theirs, &crypto_box::SecretKey::from(*own.as_bytes()))
}
