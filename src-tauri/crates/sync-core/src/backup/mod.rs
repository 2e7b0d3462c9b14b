//! Backups: what a person sees on a device, sealed to a recovery key whose secret half is on paper and nowhere else. So a backup may
//! lie anywhere: without the words nobody reads it, the device that wrote it included.
//!
//! A file is a header and parts, each in a sealed box of its own, so that neither side needs much memory. Every part names its
//! file and its place in it: parts cannot be left out, exchanged or taken from another backup. Who wrote it is not proved, by the
//! nature of sealed boxes: whoever knows the public key can write one. Layout: `PROTOCOL.md`, "Backups".

mod item;
mod recovery;
#[cfg(test)]
mod tests;

pub use item::{About, Item};
pub use recovery::{RecoveryKey, WordsError};

use std::io::{self, Read, Write};

use rand_core::{CryptoRng, RngCore};

use crate::identity::{PublicKey, blake2s};
use crate::limits::{BACKUP_PART_MAX, BATCH_BYTES};
use item::{Lines, pack, unpack};

const MAGIC: &[u8; 8] = b"WHPHBKUP";
const VERSION: u8 = 1;
const ID_LEN: usize = 16;
const TAG_LEN: usize = 8;
const SUM_AT: usize = 8 + 1 + ID_LEN + TAG_LEN;
const HEADER_LEN: usize = SUM_AT + 4;
/// Binding ‖ number ‖ kind.
const PART_HEAD: usize = 32 + 4 + 1;
/// The ephemeral key in front of a sealed box.
const EPHEMERAL_LEN: usize = 32;

/// Why a backup was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Another kind of file.
    #[error("it is no backup of WHPH. Name a file that `whph backup` made")]
    NotABackup,
    /// Of a later format.
    #[error("it was written by a newer version of WHPH (format {0}). Update WHPH, then restore it again")]
    Newer(u8),
    /// Cut short or altered.
    #[error("it is damaged or was cut short. Try another copy of it, or an earlier backup")]
    Damaged,
    /// It opens, and holds what no backup may.
    #[error("it holds what no backup can hold ({0}). Update WHPH, or try an earlier backup")]
    Malformed(String),
    /// The words are those of another recovery key.
    #[error(
        "it was not sealed for these words. Use those that were shown when this backup's recovery key was made"
    )]
    OtherKey,
    /// One entity is larger than a part may be.
    #[error("one of the entities is larger than a backup can hold. `whph check` looks for damage")]
    TooBig,
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The kinds of parts.
const ABOUT: u8 = 0;
const ITEMS: u8 = 1;
const END: u8 = 2;

/// Writes a backup.
#[derive(Debug)]
pub struct Writer<W> {
    to: W,
    key: PublicKey,
    binding: [u8; 32],
    number: u32,
    lines: Lines,
    items: u64,
}

impl<W: Write> Writer<W> {
    /// Begins one that the secret half of `key` opens.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(
        mut to: W,
        key: &PublicKey,
        about: &About,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, BackupError> {
        let mut id = [0; ID_LEN];
        rng.fill_bytes(&mut id);
        let header = header(&id, key);
        to.write_all(&header)?;
        let mut writer =
            Self { to, key: *key, binding: binding(&header), number: 0, lines: Lines::default(), items: 0 };
        let about = serde_json::to_vec(about).map_err(|error| malformed(&error.to_string()))?;
        writer.part(ABOUT, &about, rng)?;
        Ok(writer)
    }

    /// Adds an item.
    ///
    /// # Errors
    /// When it is larger than a part may be, or cannot be written.
    pub fn item(&mut self, item: &Item, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), BackupError> {
        self.lines.push(item)?;
        self.items += 1;
        if self.lines.len() >= BATCH_BYTES { self.flush(rng) } else { Ok(()) }
    }

    /// Writes what is left, and returns where it all went with the number of items.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(W, u64), BackupError> {
        self.flush(rng)?;
        let items = self.items.to_be_bytes();
        self.part(END, &items, rng)?;
        self.to.flush()?;
        Ok((self.to, self.items))
    }

    fn flush(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), BackupError> {
        let lines = std::mem::take(&mut self.lines);
        if lines.len() == 0 {
            return Ok(());
        }
        let packed = pack(lines)?;
        self.part(ITEMS, &packed, rng)
    }

    fn part(
        &mut self,
        kind: u8,
        content: &[u8],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), BackupError> {
        let mut plain = Vec::with_capacity(PART_HEAD + content.len());
        plain.extend_from_slice(&self.binding);
        plain.extend_from_slice(&self.number.to_be_bytes());
        plain.push(kind);
        plain.extend_from_slice(content);
        let sealed = crypto_box::PublicKey::from(*self.key.as_bytes()).seal(rng, &plain);
        let sealed = sealed.map_err(|_| BackupError::TooBig)?;
        if sealed.len() > BACKUP_PART_MAX {
            return Err(BackupError::TooBig);
        }
        self.to.write_all(&(sealed.len() as u32).to_be_bytes())?;
        self.to.write_all(&sealed)?;
        self.number += 1;
        Ok(())
    }
}

/// Reads a backup: what it is about, then its items a part at a time.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    key: RecoveryKey,
    binding: [u8; 32],
    number: u32,
    items: u64,
    about: About,
    over: bool,
}

impl<R: Read> Reader<R> {
    /// Opens one.
    ///
    /// # Errors
    /// Why it is none, or none for this key.
    pub fn new(mut from: R, key: RecoveryKey) -> Result<Self, BackupError> {
        let header = read_header(&mut from)?;
        let mut id = [0; ID_LEN];
        id.copy_from_slice(&header[9..9 + ID_LEN]);
        if header != self::header(&id, &key.public()) {
            return Err(BackupError::OtherKey);
        }
        let about = About::default();
        let mut reader =
            Self { from, key, binding: binding(&header), number: 0, items: 0, about, over: false };
        let (kind, content) = reader.part()?;
        if kind != ABOUT {
            return Err(malformed("no beginning"));
        }
        reader.about = serde_json::from_slice(&content).map_err(|error| malformed(&error.to_string()))?;
        Ok(reader)
    }

    /// What it is about.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The next items; `None` once all were given and it proved to be whole.
    ///
    /// # Errors
    /// When it is damaged or cut short: nothing more follows then.
    pub fn items(&mut self) -> Result<Option<Vec<Item>>, BackupError> {
        if self.over {
            return Ok(None);
        }
        match self.part()? {
            (ITEMS, content) => {
                let items = unpack(&content)?;
                self.items += items.len() as u64;
                Ok(Some(items))
            }
            (END, content) => {
                if content != self.items.to_be_bytes() || self.from.read(&mut [0])? > 0 {
                    return Err(BackupError::Damaged);
                }
                self.over = true;
                Ok(None)
            }
            (kind, _) => Err(malformed(&format!("a part of the kind {kind}"))),
        }
    }

    fn part(&mut self) -> Result<(u8, Vec<u8>), BackupError> {
        let mut length = [0; 4];
        self.from.read_exact(&mut length).map_err(cut_short)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > BACKUP_PART_MAX {
            return Err(BackupError::Damaged);
        }
        // Memory grows with what is there, not with what was promised.
        let mut sealed = Vec::new();
        self.from.by_ref().take(length as u64).read_to_end(&mut sealed)?;
        if sealed.len() != length {
            return Err(BackupError::Damaged);
        }
        let ephemeral = sealed.get(..EPHEMERAL_LEN).ok_or(BackupError::Damaged)?;
        PublicKey::try_from(ephemeral).map_err(|_| BackupError::Damaged)?;
        let plain = self.key.unseal(&sealed).ok_or(BackupError::Damaged)?;
        let place = [&self.binding[..], &self.number.to_be_bytes()].concat();
        let rest = plain.strip_prefix(&place[..]).ok_or(BackupError::Damaged)?;
        let (kind, content) = rest.split_first().ok_or_else(|| malformed("an empty part"))?;
        self.number = self.number.checked_add(1).ok_or_else(|| malformed("too many parts"))?;
        Ok((*kind, content.to_vec()))
    }
}

fn header(id: &[u8; ID_LEN], key: &PublicKey) -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(MAGIC);
    header[8] = VERSION;
    header[9..9 + ID_LEN].copy_from_slice(id);
    header[9 + ID_LEN..SUM_AT]
        .copy_from_slice(&blake2s(b"whph backup key v1", &[id, key.as_bytes()])[..TAG_LEN]);
    let sum = checksum(&header);
    header[SUM_AT..].copy_from_slice(&sum);
    header
}

fn read_header(from: &mut impl Read) -> Result<[u8; HEADER_LEN], BackupError> {
    let mut bytes = Vec::new();
    from.by_ref().take(HEADER_LEN as u64).read_to_end(&mut bytes)?;
    if !bytes.starts_with(MAGIC) {
        return Err(BackupError::NotABackup);
    }
    match bytes.get(8) {
        Some(&VERSION) => {}
        Some(&version) => return Err(BackupError::Newer(version)),
        None => return Err(BackupError::Damaged),
    }
    let header = <[u8; HEADER_LEN]>::try_from(bytes).map_err(|_| BackupError::Damaged)?;
    if header[SUM_AT..] == checksum(&header) { Ok(header) } else { Err(BackupError::Damaged) }
}

fn binding(header: &[u8; HEADER_LEN]) -> [u8; 32] {
    blake2s(b"whph backup v1", &[header])
}

/// Tells a damaged header from one that is for another key.
fn checksum(header: &[u8; HEADER_LEN]) -> [u8; 4] {
    let hash = blake2s(b"whph backup header v1", &[&header[..SUM_AT]]);
    [hash[0], hash[1], hash[2], hash[3]]
}

fn cut_short(error: io::Error) -> BackupError {
    if error.kind() == io::ErrorKind::UnexpectedEof { BackupError::Damaged } else { error.into() }
}

/// What is told may quote the file: not at any length.
fn malformed(what: &str) -> BackupError {
    BackupError::Malformed(what.chars().take(200).collect())
}
