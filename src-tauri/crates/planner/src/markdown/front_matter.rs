//! The YAML block that many Markdown files begin with.
//!
//! Read with saphyr-parser, which yields the events of YAML 1.2 and adds one small crate to the build. The
//! events suit us better than a deserializer: scalars stay the text that stands in the file (a tag `2024`, a
//! title `yes`), aliases are never expanded, and what we do not know is skipped without being understood.

use crate::kinds::{TAGS, note};
use crate::values::check_value;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why a block between `---` lines is no front matter.
#[derive(Debug, thiserror::Error)]
pub enum FrontMatterError {
    /// Too much of it.
    #[error(
        "the front matter is {bytes} bytes long, of {max} at most, and was left in the note's text",
        max = note::FRONT_MATTER_MAX
    )]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Not YAML.
    #[error("the front matter is not YAML and was left in the note's text: {0}")]
    Yaml(#[from] ScanError),
    /// YAML, but not of keys and values.
    #[error("the front matter is not a list of keys and values and was left in the note's text")]
    NotAMapping,
    /// One key twice.
    #[error("the front matter says {key:?} twice and was left in the note's text")]
    Twice {
        /// The key.
        key: String,
    },
}

/// The key under which an export keeps front matter that it cannot take apart.
pub(super) const VERBATIM: &str = "front_matter";
/// Keys that an export writes itself.
const OURS: [&str; 5] = ["title", TAGS, "created", "date", "whph"];

/// What front matter says about its note.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    /// The note's own, from an export.
    pub(super) id: Option<Uuid>,
    pub(super) title: Option<Value>,
    /// A list of names.
    pub(super) tags: Option<Value>,
    /// From `created`, else from `date`.
    pub(super) created: Option<Value>,
    /// The whole block, if anything in it is not in the fields above.
    pub(super) verbatim: Option<Value>,
}

/// Splits a text that begins with a `---` line into the lines up to the next `---` or `...` and what comes
/// after them. `None` if there is no such block.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let mut lines = text.split_inclusive('\n');
    let start = lines.next().filter(|line| line.trim_end() == "---")?.len();
    let mut end = start;
    for line in lines {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&text[start..end], &text[end + line.len()..]));
        }
        end += line.len();
    }
    None
}

impl FrontMatter {
    /// Reads the lines between the marks.
    pub(super) fn parse(block: &str) -> Result<Self, FrontMatterError> {
        if block.len() > note::FRONT_MATTER_MAX {
            return Err(FrontMatterError::TooLong { bytes: block.len() });
        }
        let mut entries = entries(block)?;
        let title = take(&mut entries, "title", "title", title);
        let tags = take(&mut entries, TAGS, TAGS, tags);
        let created = take(&mut entries, "created", "created", moment)
            .or_else(|| take(&mut entries, "date", "created", moment));
        let id = match entries.get("whph") {
            Some(Node::Text(text)) => Uuid::try_parse(text).ok(),
            Some(Node::Empty | Node::List(_) | Node::Other) | None => None,
        };
        if id.is_some() {
            entries.remove("whph");
        }
        let verbatim = match (id, entries.get(VERBATIM)) {
            // An export of ours: all but what it wrote itself was in the note's own front matter.
            (Some(_), Some(Node::Text(text))) => Some(text.clone()),
            (Some(_), _) => Some(others(block)).filter(|kept| !kept.is_empty()),
            // Comments are in no entry: where there may be one, the block is kept as well.
            (None, _) => (!entries.is_empty() || block.contains('#')).then(|| block.to_owned()),
        };
        let verbatim = verbatim.map(Value::from);
        Ok(Self { id, title, tags, created, verbatim })
    }
}

/// What of a block an export does not write itself, line by line.
pub(super) fn others(block: &str) -> String {
    let mut kept = String::new();
    let mut ours = false;
    for line in block.lines() {
        // A key stands at the margin; what belongs to it is further in, or an item of a list.
        let begins = !line.starts_with([' ', '\t', '-']) && !line.is_empty();
        if begins {
            ours = line.split_once(':').is_some_and(|(key, _)| OURS.contains(&key.trim()));
        }
        if !ours {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// What stands after a key, as far as a note has a use for it.
enum Node {
    Empty,
    Text(String),
    List(Vec<String>),
    Other,
}

/// Removes the entry `key` and returns it as the note's `field`; leaves it if it cannot be that.
fn take(
    entries: &mut BTreeMap<String, Node>,
    key: &str,
    field: &str,
    read: fn(&Node) -> Option<Value>,
) -> Option<Value> {
    let value = read(entries.get(key)?)?;
    check_value(note::kind().field(field)?, &value).ok()?;
    entries.remove(key);
    Some(value)
}

fn title(node: &Node) -> Option<Value> {
    match node {
        Node::Text(text) if !text.trim().is_empty() => Some(Value::from(text.trim())),
        Node::Text(_) | Node::Empty | Node::List(_) | Node::Other => None,
    }
}

/// A list, or one text with commas or else white space between the names. Some write `#` before each.
fn tags(node: &Node) -> Option<Value> {
    let names: Vec<&str> = match node {
        Node::List(names) => names.iter().map(String::as_str).collect(),
        Node::Text(text) if text.contains(',') => text.split(',').collect(),
        Node::Text(text) => text.split_whitespace().collect(),
        Node::Empty | Node::Other => return None,
    };
    let names = names.into_iter().map(str::trim).map(|name| name.strip_prefix('#').unwrap_or(name));
    Some(names.filter(|name| !name.is_empty()).collect())
}

/// RFC 3339, or a day with or without a time, which without an offset is read as UTC: the file does not say
/// where it was written, and every device must read the same.
fn moment(node: &Node) -> Option<Value> {
    let Node::Text(text) = node else { return None };
    if DateTime::parse_from_rfc3339(text).is_ok() {
        return Some(Value::from(text.as_str()));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(NaiveDateTime::from);
    let time =
        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).or_else(day)?;
    Some(Value::from(time.format("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

/// The top level of a block. No key and no document is no entry.
fn entries(block: &str) -> Result<BTreeMap<String, Node>, FrontMatterError> {
    let mut events = Parser::new_from_str(block).map(|event| event.map(|(event, _)| event));
    let mut entries = BTreeMap::new();
    loop {
        match next(&mut events)? {
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::MappingStart(..) => break,
            Event::StreamEnd => return Ok(entries),
            // A block with nothing but comments may open and close a document.
            Event::Scalar(text, style, ..) if is_null(&text, style) => {}
            Event::DocumentEnd => {}
            Event::Scalar(..)
            | Event::Alias(_)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingEnd => return Err(FrontMatterError::NotAMapping),
        }
    }
    loop {
        let key = match next(&mut events)? {
            Event::Scalar(key, ..) => key.into_owned(),
            Event::MappingEnd => break,
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::Alias(_)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..) => return Err(FrontMatterError::NotAMapping),
        };
        let node = node(&mut events)?;
        if entries.insert(key.clone(), node).is_some() {
            return Err(FrontMatterError::Twice { key });
        }
    }
    // What comes after may still be no YAML.
    while !matches!(next(&mut events)?, Event::StreamEnd) {}
    Ok(entries)
}

type Events<'a, 'input> = &'a mut dyn Iterator<Item = Result<Event<'input>, ScanError>>;

fn next<'input>(events: Events<'_, 'input>) -> Result<Event<'input>, ScanError> {
    events.next().unwrap_or(Ok(Event::StreamEnd))
}

/// One value, to its end.
fn node(events: Events<'_, '_>) -> Result<Node, ScanError> {
    Ok(match next(events)? {
        Event::Scalar(text, style, ..) if is_null(&text, style) => Node::Empty,
        Event::Scalar(text, ..) => Node::Text(text.into_owned()),
        Event::SequenceStart(..) => collection(events, true)?,
        Event::MappingStart(..) => collection(events, false)?,
        Event::Nothing
        | Event::StreamStart
        | Event::StreamEnd
        | Event::DocumentStart(_)
        | Event::DocumentEnd
        | Event::Alias(_)
        | Event::SequenceEnd
        | Event::MappingEnd => Node::Other,
    })
}

/// The rest of a collection: a list if it is a sequence of scalars.
fn collection(events: Events<'_, '_>, sequence: bool) -> Result<Node, ScanError> {
    let mut items = Vec::new();
    let mut flat = sequence;
    let mut depth = 1_usize;
    while depth > 0 {
        match next(events)? {
            Event::Scalar(text, style, ..) if is_null(&text, style) => {}
            Event::Scalar(text, ..) => items.push(text.into_owned()),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                flat = false;
                depth += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            Event::Alias(_) => flat = false,
            Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
    }
    Ok(if flat { Node::List(items) } else { Node::Other })
}

fn is_null(text: &str, style: ScalarStyle) -> bool {
    style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
