//! JSON lines. A line of any length is read without holding more of it than an entity may take.

use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::LazyLock;

use planner::exchange::{Draft, LINE_MAX, parse_line};
use sync_core::schema::Schema;

use crate::ImportError;
use crate::sink::Sink;

pub(crate) async fn run(
    reader: &mut (dyn BufRead + Send),
    path: &Path,
    sink: &mut Sink<'_>,
) -> Result<(), ImportError> {
    let mut number = 0_u64;
    while let Some(line) = next(reader, path)? {
        number += 1;
        let place = format!("line {number}");
        match line {
            Line::Text(text) if text.trim().is_empty() => {}
            Line::Text(text) => match parse_line(text.trim_start_matches('\u{feff}')) {
                Ok(draft) => {
                    if let Some(what) = unknown(&draft) {
                        sink.warn(&place, &what);
                    }
                    sink.take(place, draft).await?;
                }
                Err(error) => sink.refuse(place, error.to_string()),
            },
            Line::Broken(reason) => sink.refuse(place, reason.to_string()),
        }
    }
    Ok(())
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(planner::schema);

/// What this version does not know of an entity. A newer one may, so it is kept; a slip of the pen must not pass for right, though.
fn unknown(draft: &Draft) -> Option<String> {
    let Some(kind) = SCHEMA.kind(&draft.kind) else {
        return Some(format!("it is of the unknown kind {}: kept, and shown on no screen", draft.kind));
    };
    let unknown = draft.fields.keys().filter(|name| kind.field(name).is_none());
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    let is_none = unknown.is_empty();
    (!is_none)
        .then(|| format!("it has unknown fields: kept, and shown on no screen ({})", unknown.join(", ")))
}

/// A line of a file.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Text(String),
    Broken(Broken),
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    #[error("it is not UTF-8 text; save the file as UTF-8")]
    NotText,
    #[error("it is longer than {LINE_MAX} bytes, the most an entity may take")]
    TooLong,
}

/// The next line without its end; `None` after the last.
pub(crate) fn next(reader: &mut dyn BufRead, path: &Path) -> Result<Option<Line>, ImportError> {
    read(reader).map_err(|source| ImportError::Read { path: path.to_owned(), source })
}

fn read(reader: &mut dyn BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    // One byte more than allowed, and the line's end.
    reader.take(LINE_MAX as u64 + 2).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let ended = bytes.pop_if(|last| *last == b'\n').is_some();
    if bytes.len() > LINE_MAX {
        if !ended {
            skip_line(reader)?;
        }
        return Ok(Some(Line::Broken(Broken::TooLong)));
    }
    Ok(Some(String::from_utf8(bytes).map_or(Line::Broken(Broken::NotText), Line::Text)))
}

fn skip_line(reader: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(bytes: &[u8]) -> Vec<Line> {
        let mut reader = BufReader::with_capacity(7, bytes);
        std::iter::from_fn(|| read(&mut reader).unwrap()).collect()
    }

    #[test]
    fn every_line_counts_whatever_is_in_it() {
        let text = |text: &str| Line::Text(text.into());
        assert_eq!(
            lines(b"a\n\n\xff\nlast"),
            [text("a"), text(""), Line::Broken(Broken::NotText), text("last")]
        );
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory_or_hide_the_next() {
        let long = [vec![b'x'; 3 * LINE_MAX], b"\nnext".to_vec()].concat();
        assert_eq!(lines(&long), [Line::Broken(Broken::TooLong), Line::Text("next".into())]);
        let full = [vec![b'x'; LINE_MAX], b"\nnext".to_vec()].concat();
        assert_eq!(lines(&full)[1], Line::Text("next".into()));
        assert!(matches!(&lines(&full)[0], Line::Text(text) if text.len() == LINE_MAX));
        let just_over = [vec![b'x'; LINE_MAX + 1], b"\nnext".to_vec()].concat();
        assert_eq!(lines(&just_over), [Line::Broken(Broken::TooLong), Line::Text("next".into())]);
    }
}
