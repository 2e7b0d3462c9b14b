//! Secrets in files, for machines without a system key store: one file a secret, in a folder of its own.
//!
//! A value is written to a new file that is then renamed into place, so a reader sees the old value or the
//! new one and never a part. A file that others could have read, or that somebody else put there, is refused
//! rather than repaired: whether its secret can still be trusted is for the person to say.

use std::fs::{self, DirEntry, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{KeystoreError, MAX_SECRET, Secret};

const FOLDER: &str = "keys";
const UNFINISHED: &str = ".new-";
// Writing one takes milliseconds; younger files may be another process's, just being written.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);

/// The folder of secrets.
#[derive(Debug)]
pub(super) struct FileStore {
    folder: PathBuf,
}

/// Whether a file store was used in the data folder `dir` before.
pub(super) fn holds_keys(dir: &Path) -> bool {
    fs::read_dir(dir.join(FOLDER)).is_ok_and(|mut entries| entries.next().is_some())
}

impl FileStore {
    /// Opens the folder below `dir`, making it where it is missing, and removes what a killed program left
    /// half written. Several processes may use a folder at once.
    pub(super) fn open(dir: &Path) -> Result<Self, KeystoreError> {
        let folder = dir.join(FOLDER);
        access::make_folder(&folder).map_err(at(&folder))?;
        access::check_folder(&folder)?;
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let entry = entry.map_err(at(&folder))?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && is_abandoned(&entry) {
                remove(&entry.path())?;
            }
        }
        Ok(Self { folder })
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>, KeystoreError> {
        let path = self.folder.join(name);
        let Some(file) = access::open(&path)? else { return Ok(None) };
        // Room for one byte too many, so that reading never moves a part of the secret to another place.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_SECRET + 1));
        file.take(MAX_SECRET as u64 + 1).read_to_end(&mut bytes).map_err(at(&path))?;
        if bytes.len() > MAX_SECRET {
            return Err(KeystoreError::Damaged { name: name.to_owned() });
        }
        Ok(Some(Secret::new(bytes)))
    }

    pub(super) fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeystoreError> {
        self.replace(name, secret, File::sync_all)?;
        self.sync_folder()
    }

    pub(super) fn set_relaxed(&self, name: &str, secret: &[u8]) -> Result<(), KeystoreError> {
        self.replace(name, secret, |_| Ok(()))
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), KeystoreError> {
        if remove(&self.folder.join(name))? { self.sync_folder() } else { Ok(()) }
    }

    fn replace(
        &self,
        name: &str,
        secret: &[u8],
        sync: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<(), KeystoreError> {
        // Created exclusively and with mode 0600; removed again if anything below fails.
        let mut new = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.folder)
            .map_err(at(&self.folder))?;
        let path = self.folder.join(name);
        new.write_all(secret).and_then(|()| sync(new.as_file())).map_err(at(new.path()))?;
        new.persist(&path).map_err(|error| at(&path)(error.error))?;
        Ok(())
    }

    fn sync_folder(&self) -> Result<(), KeystoreError> {
        access::sync_folder(&self.folder).map_err(at(&self.folder))
    }
}

// A file that is gone already, or from the future, is left alone.
fn is_abandoned(entry: &DirEntry) -> bool {
    let written = entry.metadata().and_then(|found| found.modified());
    written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > ABANDONED_AFTER))
}

// Whether there was such a file.
fn remove(path: &Path) -> Result<bool, KeystoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(at(path)(error)),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeystoreError {
    let path = path.to_owned();
    |source| KeystoreError::Io { path, source }
}

#[cfg(unix)]
pub(super) mod access {
    //! Unix: modes and owners, asked of the open file so that it cannot be swapped in between.

    use std::fs::Metadata;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    use rustix::fs::OFlags;
    use rustix::io::Errno;

    use super::{File, KeystoreError, OpenOptions, Path, at, fs, io};

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    pub(super) fn check_folder(folder: &Path) -> Result<(), KeystoreError> {
        let found = fs::symlink_metadata(folder).map_err(at(folder))?;
        check(folder, &found, found.is_dir(), 0o700)
    }

    pub(in crate::keystore) fn open(path: &Path) -> Result<Option<File>, KeystoreError> {
        // Without NONBLOCK a pipe put here would hold the program for ever.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let opened = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                return Err(KeystoreError::NotOurs { path: path.to_owned() });
            }
            Err(error) => return Err(at(path)(error)),
        };
        let found = file.metadata().map_err(at(path))?;
        check(path, &found, found.is_file(), 0o600)?;
        Ok(Some(file))
    }

    pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn check(path: &Path, found: &Metadata, right_kind: bool, wanted: u32) -> Result<(), KeystoreError> {
        let path = path.to_owned();
        let mode = found.mode() & 0o7777;
        if !right_kind {
            Err(KeystoreError::NotOurs { path })
        } else if found.uid() != rustix::process::geteuid().as_raw() {
            Err(KeystoreError::Foreign { path })
        } else if mode & 0o077 != 0 {
            Err(KeystoreError::Loose { path, mode, wanted })
        } else {
            Ok(())
        }
    }
}

#[cfg(not(unix))]
mod access {
    //! Elsewhere a person's own folder is closed to others by inheritance, and only the kind is checked.

    use super::{File, KeystoreError, OpenOptions, Path, at, fs, io};

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    pub(super) fn check_folder(folder: &Path) -> Result<(), KeystoreError> {
        check(folder, fs::symlink_metadata(folder).map_err(at(folder))?.is_dir())
    }

    pub(super) fn open(path: &Path) -> Result<Option<File>, KeystoreError> {
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(path)(error)),
        };
        check(path, found.is_file())?;
        OpenOptions::new().read(true).open(path).map(Some).map_err(at(path))
    }

    // There is no such call here: renaming is as durable as it gets.
    pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn check(path: &Path, right_kind: bool) -> Result<(), KeystoreError> {
        if right_kind { Ok(()) } else { Err(KeystoreError::NotOurs { path: path.to_owned() }) }
    }
}
