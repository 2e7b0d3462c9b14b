//! `tag_table`. Tags of one name are one tag here, and the same as the one that is here already: their ids come from the name.

use super::row::Reader;
use super::text::{cut, one_line};
use super::{Mapping, Row, RowError, Taken, place};
use crate::exchange::Draft;
use crate::kinds::tag;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const TYPES: &[&str] = &["label", "context", "project"];

/// Makes the tags, and returns the name of each by WHPH's id.
pub(super) fn map(rows: &[Row], out: &mut Vec<Mapping>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    // Where the first tag of a name went.
    let mut first = BTreeMap::new();
    for row in rows {
        let mut reader = Reader::new(row);
        match name(&mut reader) {
            Ok((id, name)) => {
                names.insert(id, name.clone());
                match first.entry(tag::fold(&name)) {
                    Entry::Occupied(at) => join(&mut out[*at.get()], row),
                    Entry::Vacant(free) => {
                        free.insert(out.len());
                        let outcome =
                            make(&mut reader, name).map(|draft| Taken { draft, notes: reader.notes });
                        out.push(Mapping { place: place("tag_table", row), outcome });
                    }
                }
            }
            Err(error) => out.push(Mapping { place: place("tag_table", row), outcome: Err(error) }),
        }
    }
    names
}

fn name(row: &mut Reader<'_>) -> Result<(String, String), RowError> {
    let id = row.required("id")?.to_owned();
    let full = tag::tidy(&one_line(row.required("name")?));
    let name = cut(&full, tag::NAME_MAX).trim_end().to_owned();
    if name.is_empty() {
        return Err(RowError::Nameless);
    }
    if name != full {
        row.note(format!("its name is longer than {} bytes, and was cut; it was {full:?}", tag::NAME_MAX));
    }
    Ok((id, name))
}

fn make(row: &mut Reader<'_>, name: String) -> Result<Draft, RowError> {
    row.put("name", Some(name));
    let colour = row.text("color").and_then(|text| {
        let colour = colour(&text);
        if colour.is_none() {
            row.note(format!("its color is {text:?}, which is none, and was left out"));
        }
        colour
    });
    row.put("colour", colour);
    let kind = row.choice("type", TYPES);
    row.put("type", kind);
    let archived = row.flag("is_archived");
    row.put("archived", Some(archived));
    row.put_created();
    // Without an id: the name gives it.
    row.finish_as(tag::NAME, None)
}

/// WHPH writes six digits, without the `#`.
fn colour(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| format!("#{}", digits.to_ascii_lowercase()))
}

fn join(tag: &mut Mapping, row: &Row) {
    if let Ok(taken) = &mut tag.outcome {
        taken.notes.push(format!("it is one tag with {}, which has the same name", place("tag_table", row)));
    }
}
