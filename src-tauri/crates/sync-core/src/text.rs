//! Merging two edits of one text. Both started from the same base; what each changed is taken over when the
//! changes do not overlap. The result is a pure function of the three texts, so every device shows the same
//! without any device having to write it.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Past this many pieces (after the common beginning and end are cut off) a text is put up for review instead:
/// comparing costs up to the square of it.
const PIECES_MAX: usize = 4_000;

/// Merges two edits of `base`; `None` when they overlap, so that a person has to look.
#[must_use]
pub fn merge3(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if ours == theirs || theirs == base {
        return Some(ours.to_owned());
    }
    if ours == base {
        return Some(theirs.to_owned());
    }
    let base = pieces(base);
    let (left, right) = (changes(&base, &pieces(ours))?, changes(&base, &pieces(theirs))?);
    combine(&base, left, right)
}

/// A stretch `start..end` of the base, in pieces, and what took its place.
#[derive(Debug, PartialEq, Eq)]
struct Change<'a> {
    start: usize,
    end: usize,
    with: Vec<&'a str>,
}

/// Cuts a text where people cut it: after sentences, and around line breaks. Finer pieces would let two rewrites
/// of one sentence mingle; coarser ones would call two ends of a paragraph a conflict.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(text.len(), |&(next, _)| next);
        if c == '\n' {
            if start < at {
                pieces.push(&text[start..at]);
            }
            pieces.push(&text[at..next]);
            start = next;
        } else if c == ' ' && text[start..at].ends_with(['.', '!', '?', '。']) {
            pieces.push(&text[start..next]);
            start = next;
        }
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn changes<'a>(base: &[&'a str], edited: &[&'a str]) -> Option<Vec<Change<'a>>> {
    let head = base.iter().zip(edited).take_while(|(a, b)| a == b).count();
    let (base_rest, edited_rest) = (&base[head..], &edited[head..]);
    let tail = base_rest.iter().rev().zip(edited_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&base_rest[..base_rest.len() - tail], &edited_rest[..edited_rest.len() - tail]);
    if old.len() + new.len() > PIECES_MAX {
        return None;
    }
    let mut changes: Vec<Change<'a>> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (from, to) = (op.old_range(), op.new_range());
        let with = new[to].iter().copied();
        match changes.last_mut() {
            // A delete and an insert at one place are one replacement.
            Some(last) if last.end == head + from.start => {
                last.end = head + from.end;
                last.with.extend(with);
            }
            Some(_) | None => {
                changes.push(Change { start: head + from.start, end: head + from.end, with: with.collect() })
            }
        }
    }
    Some(changes)
}

fn combine(base: &[&str], left: Vec<Change<'_>>, right: Vec<Change<'_>>) -> Option<String> {
    let mut all: Vec<Change<'_>> = left;
    for change in right {
        if !all.contains(&change) {
            all.push(change);
        }
    }
    all.sort_by_key(|change| (change.start, change.end));
    let mut merged = String::new();
    let mut at = 0;
    let mut previous: Option<(usize, usize)> = None;
    for change in &all {
        if let Some((start, end)) = previous {
            let touching = change.start == end;
            let plain_neighbours = touching && start < end && change.start < change.end;
            if change.start < end || (touching && !plain_neighbours) {
                return None;
            }
        }
        merged.extend(base[at..change.start].iter().copied());
        merged.extend(change.with.iter().copied());
        at = change.end;
        previous = Some((change.start, change.end));
    }
    merged.extend(base[at..].iter().copied());
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_edits_of_a_notes_two_ends() {
        assert_eq!(merge3("body", "top\nbody", "body\nend").as_deref(), Some("top\nbody\nend"));
        let base = "First one. Second one. Third one.";
        let merged =
            merge3(base, "Changed one. Second one. Third one.", "First one. Second one. Third, changed.");
        assert_eq!(merged.as_deref(), Some("Changed one. Second one. Third, changed."));
    }

    #[test]
    fn leaves_overlapping_edits_to_a_person() {
        assert_eq!(merge3("a\nb\nc", "a\nB\nc", "a\nbb\nc"), None);
        assert_eq!(merge3("a\nb\nc", "a\nc", "a\nbb\nc"), None);
        assert_eq!(merge3("", "mine", "theirs"), None);
        assert_eq!(merge3("a", "a\nmine", "a\ntheirs"), None);
    }

    #[test]
    fn takes_the_same_edit_on_both_sides_once() {
        assert_eq!(merge3("a\nb\nc\nd", "a\nX\nc\nd", "a\nX\nc\nD").as_deref(), Some("a\nX\nc\nD"));
    }

    #[test]
    fn pieces_lose_nothing() {
        for text in ["", "\n", "One. Two!\n\nThree", "Ends in space. ", "日本。 語"] {
            assert_eq!(pieces(text).concat(), text);
        }
    }

    #[test]
    fn declines_rather_than_computing_for_ever() {
        let long = |c: &str| (0..5_000).map(|i| format!("{c}{i}\n")).collect::<String>();
        assert_eq!(merge3(&long("a"), &long("b"), &long("c")), None);
    }

    proptest! {
        #[test]
        fn is_symmetric_and_keeps_new_lines(
            base in prop::collection::vec("[a-d]", 0..8),
            ours in prop::collection::vec("[a-d]|x[0-9]", 0..8),
            theirs in prop::collection::vec("[a-d]|y[0-9]", 0..8),
        ) {
            let text = |lines: &[String]| lines.join("\n");
            let (b, o, t) = (text(&base), text(&ours), text(&theirs));
            let merged = merge3(&b, &o, &t);
            prop_assert_eq!(&merged, &merge3(&b, &t, &o));
            if let Some(merged) = merged {
                for new in ours.iter().filter(|l| l.starts_with('x')).chain(theirs.iter().filter(|l| l.starts_with('y'))) {
                    prop_assert!(merged.split('\n').any(|line| line == new), "{merged:?} lost {new}");
                }
            }
        }
    }
}
