//! Everything that `whph` prints goes through here: as short aligned text for people, or as JSON for programs. Text is
//! made safe for the terminal on the way (see [`crate::safe`]), so that no command can forget to.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::{Duration, Instant};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::safe;

/// How much of a value a table shows, in columns.
const CELL_MAX: usize = 60;

/// Where a command's results go.
pub(crate) struct Output {
    json: bool,
    to: Box<dyn Write + Send>,
}

impl Output {
    /// To standard output.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, to: Box::new(BufWriter::new(io::stdout())) }
    }

    /// Whether JSON was asked for. Text for people is then not printed at all.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// One line of text.
    pub(crate) fn say(&mut self, line: impl Display) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        writeln!(self.to, "{}", safe::one_line(&line.to_string()))
    }

    /// A text of several lines, set off so that it cannot be taken for ours.
    pub(crate) fn quote(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| self.say(format_args!("  │ {line}")))
    }

    /// A drawing of ours in blocks, light on dark. On a terminal in colours of its own: a QR code in a terminal's reversed
    /// colours is one that many scanners cannot read.
    pub(crate) fn draw(&mut self, drawing: &str) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let (on, off) = if io::stdout().is_terminal() { ("\x1b[97;40m", "\x1b[0m") } else { ("", "") };
        drawing.lines().try_for_each(|line| writeln!(self.to, "{on}{line}{off}"))
    }

    /// Rows under headings, in aligned columns. Long cells are cut.
    pub(crate) fn table<const N: usize>(&mut self, heads: [&str; N], rows: &[[String; N]]) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| fit(cell))).collect();
        let mut widths = heads.map(UnicodeWidthStr::width);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        self.row(&heads, &widths)?;
        rows.iter().try_for_each(|row| self.row(&row.each_ref().map(String::as_str), &widths))
    }

    /// One JSON document, if JSON was asked for.
    pub(crate) fn json(&mut self, document: &impl Serialize) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string(document)?;
        self.json_line(text)
    }

    /// A line that is JSON whatever was asked for.
    pub(crate) fn json_line(&mut self, text: String) -> io::Result<()> {
        writeln!(self.to, "{}", safe::json(text))
    }

    /// Makes what was printed so far visible; for whoever waits for something next.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn row<const N: usize>(&mut self, cells: &[&str; N], widths: &[usize; N]) -> io::Result<()> {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        writeln!(self.to, "{}", line.trim_end())
    }
}

/// A count that moves on standard error while something long runs; only where a person watches.
pub(crate) struct Progress {
    shown: bool,
    last: Option<Instant>,
}

impl Progress {
    const EVERY: Duration = Duration::from_millis(100);

    pub(crate) fn new(output: &Output) -> Self {
        Self { shown: !output.is_json() && io::stderr().is_terminal(), last: None }
    }

    /// Shows the line in place of the one before, if that one stood there long enough.
    pub(crate) fn show(&mut self, line: impl Display) {
        if self.shown && self.last.is_none_or(|last| last.elapsed() >= Self::EVERY) {
            self.last = Some(Instant::now());
            // Nothing depends on whether it can be seen.
            let _ = write!(io::stderr(), "\r\x1b[K{}", safe::one_line(&line.to_string()));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.last.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// `n` of something, with its English plural: `1,000 entities`.
pub(crate) fn count(n: u64, one: &str) -> String {
    // `entities`, but `days`.
    let stem = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (n, stem) {
        (1, _) => format!("1 {one}"),
        (n, Some(stem)) => format!("{} {stem}ies", grouped(n)),
        (n, None) => format!("{} {one}s", grouped(n)),
    }
}

/// With a comma between each three digits.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn fit(cell: &str) -> String {
    let cell = safe::one_line(cell);
    if cell.width() <= CELL_MAX {
        return cell.into_owned();
    }
    let mut cut = String::new();
    for c in cell.chars() {
        cut.push(c);
        if cut.width() >= CELL_MAX - 1 {
            break;
        }
    }
    cut.push('…');
    cut
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    pub(crate) struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Paper {
        pub(crate) fn output(&self, json: bool) -> Output {
            Output { json, to: Box::new(self.clone()) }
        }

        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn columns_are_aligned_also_under_wide_letters() {
        let paper = Paper::default();
        let rows = [["日本語".to_owned(), "1".to_owned()], ["ab".to_owned(), "22".to_owned()]];
        paper.output(false).table(["NAME", "N"], &rows).unwrap();
        assert_eq!(paper.text(), "NAME    N\n日本語  1\nab      22\n");
    }

    #[test]
    fn long_cells_are_cut_and_hostile_ones_tamed() {
        let paper = Paper::default();
        let rows = [["x".repeat(10_000)], ["a\nb\u{1b}[2J".to_owned()]];
        paper.output(false).table(["TITLE"], &rows).unwrap();
        let text = paper.text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1].width(), CELL_MAX);
        assert_eq!(lines[2], "a⏎b\u{fffd}[2J");
    }

    #[test]
    fn json_and_text_do_not_mix() {
        let paper = Paper::default();
        let mut output = paper.output(true);
        output.say("for people").unwrap();
        output.table(["A"], &[["b".to_owned()]]).unwrap();
        output.json(&serde_json::json!({ "a": 1 })).unwrap();
        assert_eq!(paper.text(), "{\"a\":1}\n");
    }

    #[test]
    fn counts_read_well() {
        assert_eq!((count(1, "entity"), count(0, "entity")), ("1 entity".into(), "0 entities".into()));
        assert_eq!((count(1, "day"), count(3, "day")), ("1 day".into(), "3 days".into()));
        assert_eq!((count(1, "tag"), count(999, "tag")), ("1 tag".into(), "999 tags".into()));
        assert_eq!(
            (count(1_000, "tag"), count(1_234_567, "tag")),
            ("1,000 tags".into(), "1,234,567 tags".into())
        );
    }
}
