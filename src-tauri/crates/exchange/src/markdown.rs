//! A folder of Markdown files: each becomes a note. Hidden files and folders, which hold other programs' settings, are left
//! out; and so is what links out of the folder lead to: whoever packed the folder would else choose what of this computer goes to
//! all devices.

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
    for link in found.outside {
        let reason = "it leads out of the folder, and nothing there was read; put a copy in its place, or import what it leads to by itself";
        sink.refuse(link.display().to_string(), reason.into());
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
    /// Links to files and folders that would be read if they were here.
    outside: BTreeSet<PathBuf>,
}

/// The Markdown files below `root`. Links are followed as long as they stay there, but no folder is entered twice: by its own
/// name if it has one here, so that a note's path, and with it its id, is the same each time.
fn find(root: &Path) -> io::Result<Found> {
    let home = root.canonicalize()?;
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
            let is_read = target.is_dir() || (target.is_file() && is_markdown(&path));
            if !is_read {
                continue;
            }
            let is_inside = || root.join(&path).canonicalize().is_ok_and(|place| place.starts_with(&home));
            if is_link && !is_inside() {
                found.outside.insert(path);
            } else if target.is_dir() {
                folders.insert((through_link || is_link, path));
            } else {
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

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_outside_is_not_read() {
        use std::os::unix::fs::symlink;
        let around = tempfile::tempdir().unwrap();
        let root = around.path().join("notes");
        fs::create_dir_all(root.join("deep")).unwrap();
        fs::write(around.path().join("id_ed25519"), "secret").unwrap();
        fs::write(around.path().join("other.md"), "other").unwrap();
        fs::write(root.join("deep/a.md"), "a").unwrap();
        symlink("/", root.join("x")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("../id_ed25519", root.join("key.md")).unwrap();
        symlink("../id_ed25519", root.join("picture.png")).unwrap();
        // By way of a link inside, and of another link.
        symlink("../x", root.join("deep/far")).unwrap();
        symlink("deep/a.md", root.join("b.md")).unwrap();
        // Of the folder itself it does not matter where it is.
        let alias = around.path().join("alias");
        symlink(&root, &alias).unwrap();
        for root in [root, alias] {
            let found = find(&root).unwrap();
            let names = |paths: BTreeSet<PathBuf>| {
                paths.iter().map(|path| relative(path).unwrap()).collect::<Vec<_>>()
            };
            assert_eq!(names(found.files), ["b.md", "deep/a.md"]);
            assert_eq!(names(found.outside), ["deep/far", "key.md", "up", "x"]);
        }
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
