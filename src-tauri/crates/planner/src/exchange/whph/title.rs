//! Titles. WHPH bounds none; ours are one line of bearable length.

use super::row::Reader;
use super::text::{cut, one_line};
use crate::kinds::TITLE_MAX;

/// What a thing without any name is called.
const UNTITLED: &str = "Untitled";

/// Puts the title in `column` into `field`, and the long text in `body` into `body_field`. A title that is too long begins
/// the body in full; where there is none, the body's first line is one.
pub(super) fn put(row: &mut Reader<'_>, (column, field): (&str, &str), (body, body_field): (&str, &str)) {
    let full = row.text(column).unwrap_or_default();
    let mut body = row.text(body);
    let mut title = one_line(&full);
    if title.is_empty() {
        let first = body.as_deref().and_then(|body| body.lines().map(one_line).find(|line| !line.is_empty()));
        title = cut(first.as_deref().unwrap_or(UNTITLED), TITLE_MAX).to_owned();
        row.note(format!("it has no {field}, and is called {title:?} now"));
    } else if title.len() > TITLE_MAX {
        title = cut(&title, TITLE_MAX).trim_end().to_owned();
        body = Some(body.map_or_else(|| full.clone(), |body| format!("{full}\n\n{body}")));
        row.note(format!("its {field} is longer than {TITLE_MAX} bytes; all of it begins its {body_field}"));
    }
    row.put(field, Some(title));
    row.put(body_field, body);
}
