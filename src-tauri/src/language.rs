//! The language that people read. Everything is said in English; it is put into another language at the door, by a table of
//! pairs: in the page for what it shows, and here for what the app shows itself, such as its tray.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[cfg(desktop)]
use chrono::{Datelike, NaiveDate};

/// A language that there are words of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// The language of a tag of BCP 47, if there are words of it.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let base = tag.split(['-', '_']).next().unwrap_or_default();
        if base.eq_ignore_ascii_case("de") {
            Some(Self::German)
        } else if base.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The first of the system's that there are words of.
    pub(crate) fn of_system() -> Self {
        sys_locale::get_locales().find_map(|tag| Self::of_tag(&tag)).unwrap_or(Self::English)
    }

    /// The one that was chosen, as a tag of BCP 47; else the system's.
    pub(crate) fn chosen(tag: Option<&str>) -> Self {
        tag.and_then(Self::of_tag).unwrap_or_else(Self::of_system)
    }

    /// What is said in English, in this language; what the table does not know stays as it is.
    pub(crate) fn say(self, text: &str) -> String {
        self.say_of(text, &[])
    }

    /// As [`Self::say`]. The names in the text are what people gave: they are left as they are, whatever they look like.
    pub(crate) fn say_of(self, text: &str, names: &[String]) -> String {
        match self {
            Self::English => text.to_owned(),
            Self::German => GERMAN.as_ref().map_or_else(|| text.to_owned(), |table| table.say(text, names)),
        }
    }

    /// A day as it is said of a reminder: "Tue 5 May".
    #[cfg(desktop)]
    pub(crate) fn weekday(self, day: NaiveDate) -> String {
        match self {
            Self::English => day.format("%a %-d %b").to_string(),
            Self::German => {
                let weekday = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
                let at = day.weekday().num_days_from_monday() as usize;
                format!("{}, {}", weekday.get(at).copied().unwrap_or_default(), self.day(day))
            }
        }
    }

    /// A day of this year: "5 May".
    #[cfg(desktop)]
    pub(crate) fn day(self, day: NaiveDate) -> String {
        let format = match self {
            Self::English => "%-d %b",
            Self::German => "%-d.%-m.",
        };
        day.format(format).to_string()
    }
}

/// The table that is built in is good: a test reads it. If it were not, English would stand.
static GERMAN: LazyLock<Option<Table>> = LazyLock::new(|| Table::read(include_str!("../words/de.json")).ok());

/// Texts of ours, and what each is in the other language.
struct Table {
    exact: BTreeMap<String, String>,
    /// Those in which something stands, the one with the most text of its own first.
    open: Vec<Pair>,
}

/// A text of ours, cut where anything may stand, and what it is in the other language: `{0}` puts the first of that in.
struct Pair {
    parts: Vec<String>,
    to: String,
}

impl Table {
    fn read(json: &str) -> serde_json::Result<Self> {
        let (open, exact): (Vec<_>, Vec<_>) = serde_json::from_str::<Vec<(String, String)>>(json)?
            .into_iter()
            .partition(|(from, _)| from.contains("{}"));
        let pair =
            |(from, to): (String, String)| Pair { parts: from.split("{}").map(str::to_owned).collect(), to };
        let mut open: Vec<Pair> = open.into_iter().map(pair).collect();
        open.sort_by_key(|pair| Reverse(pair.own()));
        Ok(Self { exact: exact.into_iter().collect(), open })
    }

    fn say(&self, text: &str, names: &[String]) -> String {
        let masked = mask(text, names);
        let said = masked.as_ref().and_then(|masked| Some(unmask(&self.sentences(masked, &[])?, names)));
        // A name may be a word of the text itself: then the text is read as it came.
        said.or_else(|| self.sentences(text, names)).unwrap_or_else(|| text.to_owned())
    }

    /// Several sentences are said one by one, if all of them can be: what is between the text of a pair would else take in those
    /// that follow.
    fn sentences(&self, text: &str, names: &[String]) -> Option<String> {
        if let Some(said) = self.exact.get(text) {
            return Some(said.clone());
        }
        let mut ends = text.match_indices(['.', '!', '?']).map(|(at, _)| text.split_at(at + 1));
        let one_by_one = ends.find_map(|(first, rest)| {
            let rest = rest.strip_prefix(' ')?;
            Some(format!("{} {}", self.whole(first, Some(names))?, self.sentences(rest, names)?))
        });
        one_by_one.or_else(|| self.whole(text, Some(names)))
    }

    /// `names`: what is not looked up where it stands in a hole; `None`: the text is in one itself, where no other hole is looked
    /// into.
    fn whole(&self, text: &str, names: Option<&[String]>) -> Option<String> {
        if let Some(said) = self.exact.get(text) {
            return Some(said.clone());
        }
        let (pair, holes) = self.open.iter().find_map(|pair| Some((pair, pair.holes(text)?)))?;
        let inside = |hole: &str| {
            let looked_up = names.filter(|names| !names.iter().any(|name| name == hole));
            looked_up.and_then(|_| self.whole(hole, None)).unwrap_or_else(|| hole.to_owned())
        };
        let holes: Vec<String> = holes.into_iter().map(inside).collect();
        Some(pair.filled(&holes))
    }
}

/// Signs that nobody types, and no pair has.
const SIGNS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// The text with a sign in place of each name, so that none is cut where it has an "and" or a full stop in it; of two that
/// overlap, the longer one. `None`: there is none.
fn mask(text: &str, names: &[String]) -> Option<String> {
    let mut longest: Vec<(usize, &String)> =
        names.iter().enumerate().filter(|(_, name)| !name.is_empty()).collect();
    longest.sort_by_key(|(_, name)| Reverse(name.len()));
    let [before, after] = SIGNS;
    let (mut masked, mut rest, mut within, mut found) = (String::new(), text, false, false);
    while let Some(letter) = rest.chars().next() {
        let ends = |name: &str| !rest[name.len()..].starts_with(char::is_alphanumeric);
        let name = longest.iter().find(|(_, name)| !within && rest.starts_with(name.as_str()) && ends(name));
        match name {
            Some((number, name)) => {
                masked.push_str(&format!("{before}{number}{after}"));
                rest = &rest[name.len()..];
                (within, found) = (true, true);
            }
            None => {
                masked.push(letter);
                rest = &rest[letter.len_utf8()..];
                within = letter.is_alphanumeric();
            }
        }
    }
    found.then_some(masked)
}

/// The text with its names again.
fn unmask(said: &str, names: &[String]) -> String {
    let [before, after] = SIGNS;
    let mut parts = said.split(before);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (number, rest) = part.split_once(after).unwrap_or((part, ""));
        text + number.parse().ok().and_then(|at: usize| names.get(at)).map_or("", String::as_str) + rest
    })
}

impl Pair {
    /// How much text of its own it has.
    fn own(&self) -> usize {
        self.parts.iter().map(|part| part.chars().count()).sum()
    }

    /// What stands between the parts, the first of it as short as it goes; `None`: the text is not made of them.
    fn holes<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let [first, middle @ .., last] = self.parts.as_slice() else { return None };
        let mut rest = text.strip_prefix(first.as_str())?;
        let mut holes = Vec::new();
        for part in middle {
            // Nothing stands in no hole.
            let one = rest.chars().next()?.len_utf8();
            let (hole, _) = rest.split_at(one + rest[one..].find(part.as_str())?);
            holes.push(hole);
            rest = &rest[hole.len() + part.len()..];
        }
        holes.push(rest.strip_suffix(last.as_str()).filter(|hole| !hole.is_empty())?);
        Some(holes)
    }

    fn filled(&self, holes: &[String]) -> String {
        let mut said = String::new();
        let mut rest = self.to.as_str();
        while let Some((before, at, after)) = next_hole(rest) {
            said.push_str(before);
            said.push_str(holes.get(at).map_or("", String::as_str));
            rest = after;
        }
        said + rest
    }
}

/// What is before the next `{0}`, its number, and what is after it.
fn next_hole(text: &str) -> Option<(&str, usize, &str)> {
    let (before, after) = text.split_once('{')?;
    let (number, after) = after.split_once('}')?;
    Some((before, number.parse().ok()?, after))
}

#[cfg(test)]
mod tests;
