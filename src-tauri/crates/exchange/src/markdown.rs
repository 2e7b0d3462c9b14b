//! A folder of Markdown files: each becomes a note. Hidden files and folders, which hold other programs' settings, are left
//! out.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use planner::markdown::note_from_markdown;

use crate::ImportError;
use crate::sink::Sink;

/// Longest file that is read, in bytes; a note takes less.
const FILE_MAX: u64 = 1024 * 1024;

pub(crate) async fn run(folder: &Path, sink: &mut Sink<'_>) -> Result<(), ImportError> {
    let found = find(folder).map_err(|source| ImportError::Read { path: folder.to_owned(), source })?;
    for (folder, error) in found.unreadable {
        sink.refuse(folder.display().to_string(), format!("it cannot be read: {error}"));
    }
    for file in found.files {
        let place = file.display().to_string();
        let Some(path) = relative(&file) else {
            sink.refuse(place, "its name is not UTF-8 text; rename it".into());
            continue;
        };
        let text = match read(&folder.join(&file)) {
            Ok(text) => text,
            Err(reason) => {
                sink.refuse(place, reason);
                continue;
            }
        };
        match note_from_markdown(&path, &text) {
            Ok(imported) => {
                if let Some(warning) = imported.warning {
                    sink.warn(&place, &warning.to_string());
                }
                sink.take(place, imported.draft).await?;
            }
            Err(violation) => sink.refuse(place, violation.to_string()),
        }
    }
    Ok(())
}

/// What is below a folder, as paths relative to it, sorted.
#[derive(Default)]
struct Found {
    files: BTreeSet<PathBuf>,
    unreadable: Vec<(PathBuf, io::Error)>,
}

/// The Markdown files below `root`. Links are followed, but no folder is entered twice: by its own name if it has one here,
/// so that a note's path, and with it its id, is the same each time.
fn find(root: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    let mut folders = BTreeSet::from([(false, PathBuf::new())]);
    while let Some((through_link, folder)) = folders.pop_first() {
        let path = root.join(&folder);
        let entries = path.canonicalize().and_then(|place| {
            if seen.insert(place) { fs::read_dir(&path)?.collect() } else { Ok(Vec::new()) }
        });
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) if folder.as_os_str().is_empty() => return Err(error),
            Err(error) => {
                found.unreadable.push((folder, error));
                continue;
            }
        };
        for entry in entries {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            let path = folder.join(name);
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            // A link to nowhere is nothing.
            let Ok(target) = fs::metadata(root.join(&path)) else { continue };
            if target.is_dir() {
                folders.insert((through_link || is_link, path));
            } else if target.is_file() && is_markdown(&path) {
                found.files.insert(path);
            }
        }
    }
    Ok(found)
}

fn is_markdown(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("md" | "markdown"))
}

fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_MAX + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(format!("it cannot be read: {error}")),
        Ok(_) if bytes.len() as u64 > FILE_MAX => {
            Err(format!("it is longer than {FILE_MAX} bytes; split it"))
        }
        Ok(_) => String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text; save it as UTF-8".to_owned()),
    }
}

/// With `/` between its parts on every system, because the note's id comes from it.
fn relative(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_markdown_in_every_folder_but_hidden_ones() {
        let root = tempfile::tempdir().unwrap();
        for file in
            ["b.md", "a/x.markdown", "a/deep/y.MD", "picture.png", ".obsidian/hidden.md", "a/.hidden.md"]
        {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "# hello").unwrap();
        }
        let found: Vec<_> =
            find(root.path()).unwrap().files.iter().map(|path| relative(path).unwrap()).collect();
        assert_eq!(found, ["a/deep/y.MD", "a/x.markdown", "b.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_linked_into_itself_ends() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("notes")).unwrap();
        fs::write(root.path().join("notes/a.md"), "a").unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("notes/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("gone.md")).unwrap();
        std::os::unix::fs::symlink("notes", root.path().join("alias")).unwrap();
        let found: Vec<_> = find(root.path()).unwrap().files.into_iter().collect();
        assert_eq!(found, [Path::new("notes/a.md")]);
    }

    #[test]
    fn a_huge_or_binary_file_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.md");
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(read(&path).unwrap_err().contains("UTF-8"));
        File::options().write(true).open(&path).unwrap().set_len(FILE_MAX + 1).unwrap();
        assert!(read(&path).unwrap_err().contains("longer"));
    }
}
