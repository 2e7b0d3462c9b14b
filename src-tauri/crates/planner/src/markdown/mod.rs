//! A Markdown file as a note.
//!
//! Nothing in the file is lost. Its front matter becomes the note's title, tags and creation, and is kept
//! word for word in `front_matter` where it says more than these fields hold. Front matter that cannot be
//! read stays in the content.
//!
//! Line breaks become LF. The content is merged and shown by lines, and text fields everywhere hand back
//! LF: with CRLF, the first edit of a single word would change every line and collide with any other.

mod front_matter;
mod write;

pub use front_matter::FrontMatterError;
pub use write::{Habit, Task, file_name, habits_to_markdown, note_to_markdown, tasks_to_markdown};

use crate::exchange::Draft;
use crate::exchange::check_size;
use crate::ids::file_id;
use crate::kinds::{TAGS, TITLE_MAX, note};
use crate::values::{canonical_fields, check_fields};
use front_matter::FrontMatter;
use sync_core::schema::Violation;

/// A file that became a note.
#[derive(Debug)]
pub struct Imported {
    /// The note; its `tags` are names, for [`Importer`](crate::exchange::Importer) to resolve.
    pub draft: Draft,
    /// Why the file's front matter stayed in the content. Tell the person; the note is whole.
    pub warning: Option<FrontMatterError>,
}

/// Makes a note of the file at `path`, relative to the imported folder, with `/` between its parts. The id
/// is what an export wrote as `whph`, or comes from the path, so importing the folder again makes no second note.
///
/// The title is the front matter's, else the first `# ` heading, else the file's name without its ending.
///
/// # Errors
/// The content cannot be a note's: too long, or not text.
pub fn note_from_markdown(path: &str, text: &str) -> Result<Imported, Violation> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let (front_matter, content, warning) = match front_matter::split(&text) {
        None => (FrontMatter::default(), text.as_str(), None),
        Some((block, rest)) => match FrontMatter::parse(block) {
            Ok(front_matter) => (front_matter, rest, None),
            Err(error) => (FrontMatter::default(), text.as_str(), Some(error)),
        },
    };

    let title = front_matter.title.unwrap_or_else(|| heading(content).unwrap_or_else(|| stem(path)).into());
    let values = [
        ("title", Some(title)),
        ("content", Some(content.into())),
        (TAGS, front_matter.tags),
        ("created", front_matter.created),
        ("front_matter", front_matter.verbatim),
    ];
    let fields = values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();

    let kind = note::kind();
    let fields = canonical_fields(Some(&kind), fields);
    check_fields(&kind, &fields)?;
    for (name, value) in &fields {
        check_size(name, value)?;
    }
    let draft = Draft {
        kind: note::NAME.to_owned(),
        id: Some(front_matter.id.unwrap_or_else(|| file_id(note::NAME, path))),
        fields,
    };
    Ok(Imported { draft, warning })
}

/// The first top heading outside of code blocks.
fn heading(content: &str) -> Option<String> {
    let mut in_code = false;
    for line in content.lines() {
        if line.starts_with("```") || line.starts_with("~~~") {
            in_code = !in_code;
        } else if !in_code && let Some(title) = line.strip_prefix("# ").and_then(title) {
            return Some(title);
        }
    }
    None
}

fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        Some(_) | None => name,
    };
    title(stem).unwrap_or_else(|| "Untitled".to_owned())
}

/// `text` as a title: one line of bearable length, which the content has in full.
fn title(text: &str) -> Option<String> {
    let mut title = text.replace(char::is_control, " ").trim().to_owned();
    while title.len() > TITLE_MAX {
        title.pop();
    }
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests;
