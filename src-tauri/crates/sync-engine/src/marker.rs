//! The restore and clone marker: what this device last knew of its own database, kept in the key store, outside of it.
//!
//! A database that comes back from a backup would give out stamps that it has given out before, and peers would take its
//! new edits for ones that they have. So before the first write the marker is compared with the database: whatever does not
//! fit gets a new writer and a new replica. That costs one full comparison with each peer and loses nothing, so every
//! doubt is answered that way.
//!
//! Several processes may use one folder at once. The clock in the database only grows and the marker is always written
//! from it, so a marker that is read *before* the database is never ahead of it.

use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use blake2::{Blake2s256, Digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sync_core::stamp::{ReplicaId, WriterId};

use crate::keystore::{Keystore, KeystoreError};

const NAME: &str = "marker";

/// What the database says of itself, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marker {
    pub(crate) writer: WriterId,
    pub(crate) replica: ReplicaId,
    /// The latest moment given out or observed, as bits of an [`Hlc`](sync_core::hlc::Hlc).
    pub(crate) clock: u64,
    pub(crate) place: Place,
}

/// Which file on which machine.
///
/// Inode and birth, not the number of the disk: that number may be another one after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    machine: Option<String>,
    inode: u64,
    /// Nanoseconds since 1970, where the file system knows it.
    born: Option<u64>,
}

/// What the key store holds under the marker's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    Damaged,
    Marker(Marker),
}

/// Something that happened to this device's data and that a person should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The database is not the file, or not on the machine, that this device worked with last.
    Copied,
    /// The database is older than what this device worked with last.
    Restored,
    /// The marker is gone, so neither can be ruled out.
    Unmarked,
}

impl Renewal {
    /// A stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Restored => "restored",
            Self::Unmarked => "unmarked",
        }
    }
}

impl std::fmt::Display for Renewal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Copied => {
                "This folder is a copy, or was moved to another disk or computer. Nothing is lost: the next sync compares \
                 everything. If the original is still in use, stop using one of them: two copies of one device cannot \
                 sync with each other."
            }
            Self::Restored => {
                "This folder was restored from a backup. Nothing is lost: the next sync compares everything and brings \
                 back what is missing."
            }
            Self::Unmarked => {
                "This device could not tell whether this folder was copied or restored. Nothing is lost: the next sync \
                 compares everything."
            }
        })
    }
}

impl Place {
    /// Of the database file at `path`.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        let born = found.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            machine: machine(),
            inode: inode(&found),
            born: born.and_then(|since| u64::try_from(since.as_nanos()).ok()),
        })
    }
}

impl Found {
    /// Reads what was saved last.
    pub(crate) fn read(keystore: &Keystore) -> Result<Self, KeystoreError> {
        let Some(bytes) = keystore.get(NAME)? else { return Ok(Self::Nothing) };
        Ok(unseal(&bytes).map_or(Self::Damaged, Self::Marker))
    }

    /// What is wrong with a database that says `now` of itself.
    pub(crate) fn doubt(&self, now: &Marker) -> Option<Renewal> {
        match self {
            Self::Nothing | Self::Damaged => Some(Renewal::Unmarked),
            Self::Marker(last) if last.place != now.place => Some(Renewal::Copied),
            Self::Marker(last)
                if (last.writer, last.replica) != (now.writer, now.replica) || last.clock > now.clock =>
            {
                Some(Renewal::Restored)
            }
            Self::Marker(_) => None,
        }
    }
}

impl Marker {
    pub(crate) fn new(state: sync_store::Marker, place: Place) -> Self {
        let sync_store::Marker { writer, replica, clock } = state;
        Self { writer, replica, clock: clock.bits(), place }
    }

    /// Saves it, unless another process has already saved as much or more. Not synced to the disk: a marker lost in a power
    /// cut reads as [`Found::Damaged`], which is safe.
    pub(crate) fn save(&self, keystore: &Keystore) -> Result<(), KeystoreError> {
        if let Found::Marker(last) = Found::read(keystore)? {
            let same_life =
                (last.writer, last.replica, &last.place) == (self.writer, self.replica, &self.place);
            if same_life && last.clock >= self.clock {
                return Ok(());
            }
        }
        keystore.set_relaxed(NAME, seal(self).as_bytes())
    }
}

/// The marker's JSON with its own checksum, so that a damaged one is not taken for another state.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    marker: Marker,
    sum: String,
}

fn seal(marker: &Marker) -> String {
    let sum = sum(marker);
    serde_json::json!(Sealed { marker: marker.clone(), sum }).to_string()
}

fn unseal(bytes: &[u8]) -> Option<Marker> {
    let Sealed { marker, sum: expected } = serde_json::from_slice(bytes).ok()?;
    (sum(&marker) == expected).then_some(marker)
}

fn sum(marker: &Marker) -> String {
    hash(b"whph marker v1", serde_json::json!(marker).to_string().as_bytes())
}

/// A name for this machine, where it has one. On systems without such a file the key store itself belongs to the machine.
/// Hashed, because the id of a machine is for nobody else to know.
fn machine() -> Option<String> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .into_iter()
        .find_map(|path| fs::read(path).ok().filter(|id| !id.is_empty()))
        .map(|id| hash(b"whph machine v1", id.trim_ascii()))
}

fn hash(label: &[u8], bytes: &[u8]) -> String {
    let hash = Blake2s256::new_with_prefix(label).chain_update(bytes).finalize();
    HEXLOWER.encode(&hash[..16])
}

#[cfg(unix)]
fn inode(found: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

// Elsewhere the birth of the file has to do.
#[cfg(not(unix))]
fn inode(_found: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keystore::Backend;

    fn marker(writer: u8, clock: u64, place: &Place) -> Marker {
        let (writer, replica) = (WriterId([writer; 8]), ReplicaId([1; 8]));
        Marker { writer, replica, clock, place: place.clone() }
    }

    fn folder() -> (tempfile::TempDir, Keystore, Place) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("whph.db");
        fs::write(&file, "").unwrap();
        let keystore = Keystore::open(Backend::File, dir.path(), "alice").unwrap();
        let place = Place::of(&file).unwrap();
        (dir, keystore, place)
    }

    #[test]
    fn a_database_that_went_on_since_is_trusted() {
        let (_dir, keystore, place) = folder();
        marker(1, 10, &place).save(&keystore).unwrap();
        let found = Found::read(&keystore).unwrap();
        assert_eq!(found.doubt(&marker(1, 10, &place)), None);
        assert_eq!(found.doubt(&marker(1, 11, &place)), None);
    }

    #[test]
    fn a_database_from_a_backup_is_noticed() {
        let (_dir, keystore, place) = folder();
        marker(2, 10, &place).save(&keystore).unwrap();
        let found = Found::read(&keystore).unwrap();
        assert_eq!(found.doubt(&marker(2, 9, &place)), Some(Renewal::Restored));
        assert_eq!(found.doubt(&marker(1, 99, &place)), Some(Renewal::Restored));
    }

    #[test]
    fn a_copied_folder_is_noticed() {
        let (dir, keystore, place) = folder();
        marker(1, 10, &place).save(&keystore).unwrap();
        let copy = dir.path().join("copy.db");
        fs::copy(dir.path().join("whph.db"), &copy).unwrap();
        let found = Found::read(&keystore).unwrap();
        assert_eq!(found.doubt(&marker(1, 10, &Place::of(&copy).unwrap())), Some(Renewal::Copied));
        let elsewhere = Place { machine: Some("another".into()), ..place };
        assert_eq!(found.doubt(&marker(1, 10, &elsewhere)), Some(Renewal::Copied));
    }

    #[test]
    fn a_missing_or_damaged_marker_vouches_for_nothing() {
        let (_dir, keystore, place) = folder();
        assert_eq!(Found::read(&keystore).unwrap().doubt(&marker(1, 10, &place)), Some(Renewal::Unmarked));
        let sealed = seal(&marker(1, 10, &place));
        for damaged in [sealed.replace(":10,", ":11,").as_str(), &sealed[..sealed.len() / 2], ""] {
            keystore.set_relaxed(NAME, damaged.as_bytes()).unwrap();
            assert_eq!(Found::read(&keystore).unwrap(), Found::Damaged, "{damaged}");
        }
    }

    #[test]
    fn an_older_process_does_not_take_the_marker_back() {
        let (_dir, keystore, place) = folder();
        marker(1, 20, &place).save(&keystore).unwrap();
        marker(1, 10, &place).save(&keystore).unwrap();
        assert_eq!(Found::read(&keystore).unwrap(), Found::Marker(marker(1, 20, &place)));
        // A new writer starts its clock over.
        marker(2, 5, &place).save(&keystore).unwrap();
        assert_eq!(Found::read(&keystore).unwrap(), Found::Marker(marker(2, 5, &place)));
    }
}
