//! Files that a person carries: written whole or not at all, and read up to a bound.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why a file was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is one of that name.
    #[error("{} is there already, and was left as it is. Choose another name, or overwrite it with --force", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("{} cannot be read: {source}. Check its name and its permissions", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be written.
    #[error(
        "{} cannot be written: {source}. Check that the folder is there, writable and has room", path.display()
    )]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "file-exists",
            Self::Read { .. } => "file",
            Self::Write { .. } => "file-not-written",
        }
    }
}

/// A file that appears under its name once it is whole and on the disk.
pub(crate) struct NewFile {
    path: PathBuf,
    force: bool,
    file: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Begins one beside where it will be. Without `force` it replaces nothing.
    pub(crate) fn begin(path: &Path, force: bool) -> Result<Self, FileError> {
        may_be_written(path, force)?;
        let file = NamedTempFile::new_in(folder(path)).map_err(unwritable(path))?;
        Ok(Self { path: path.to_owned(), force, file: BufWriter::new(file) })
    }

    /// Gives it its name.
    pub(crate) fn finish(self) -> Result<(), FileError> {
        let Self { path, force, file } = self;
        let failed = unwritable(&path);
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(&failed)?;
        // Looked at once more, and not asked of the system in one step: the file systems of sticks do not all know that one.
        may_be_written(&path, force)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        sync_folder(folder(&path)).map_err(&failed)
    }

    pub(crate) fn failed(&self, source: io::Error) -> FileError {
        FileError::Write { path: self.path.clone(), source }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// All of a file, or so much of it that it shows to be larger than `most`.
pub(crate) fn read(path: &Path, most: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|source| FileError::Read { path: path.to_owned(), source })?;
    Ok(bytes)
}

/// The path with this extension, and with a number before it unless that is 1.
pub(crate) fn named(path: &Path, extension: &str, number: usize) -> PathBuf {
    let is_named = path.extension().is_some_and(|found| found == extension);
    let stem = if is_named { path.with_extension("") } else { path.to_owned() };
    let mut name = stem.into_os_string();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    name.push(format!(".{extension}"));
    name.into()
}

fn may_be_written(path: &Path, force: bool) -> Result<(), FileError> {
    let is_taken = !force && path.symlink_metadata().is_ok();
    if is_taken { Err(FileError::Exists { path: path.to_owned() }) } else { Ok(()) }
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> FileError + use<> {
    let path = path.to_owned();
    move |source| FileError::Write { path: path.clone(), source }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// There is no such call here: renaming is as durable as it gets.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_name_gets_its_extension_once_and_a_number_before_it() {
        for (given, number, name) in [
            ("stick/a", 1, "stick/a.whphbundle"),
            ("stick/a.whphbundle", 1, "stick/a.whphbundle"),
            ("stick/a.whphbundle", 2, "stick/a-2.whphbundle"),
            ("stick/a.b", 3, "stick/a.b-3.whphbundle"),
        ] {
            assert_eq!(named(Path::new(given), "whphbundle", number), Path::new(name));
        }
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all_and_replaces_nothing_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut begun = NewFile::begin(&path, false).unwrap();
        begun.write_all(b"half").unwrap();
        drop(begun);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut late = NewFile::begin(&path, false).unwrap();
        late.write_all(b"late").unwrap();
        fs::write(&path, "there").unwrap();
        assert!(matches!(late.finish(), Err(FileError::Exists { .. })));
        assert!(matches!(NewFile::begin(&path, false), Err(FileError::Exists { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"there");
        let mut forced = NewFile::begin(&path, true).unwrap();
        forced.write_all(b"forced").unwrap();
        forced.finish().unwrap();
        assert_eq!((read(&path, 10).unwrap(), read(&path, 3).unwrap().len()), (b"forced".to_vec(), 4));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(NewFile::begin(&folder.path().join("no/a"), false), Err(FileError::Write { .. })));
    }
}
