//! A made-up planner of 1,000 entities, always the same.

use std::fmt::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

/// Edited in two fields.
pub(super) const PLANTS: &str = "task/5ee1c0de";
/// Edited in one field, on both sides.
pub(super) const CALL: &str = "task/ca11c0de";
/// Deleted on one side, edited on the other.
pub(super) const GYM: &str = "task/97a3c0de";
/// Edited at both ends.
pub(super) const PACKING: &str = "note/9acc1d5e";
pub(super) const PACKING_LINES: &str = "tent\nsleeping bags\nstove\nmaps\n";

const TAGS: [&str; 5] = ["home", "work", "garden", "health", "errands"];
const TASKS: usize = 700;
const HABITS: usize = 20;
const RECORDS: usize = 75;
const NOTES: usize = 200;

/// The planner as JSON lines.
pub(super) fn lines() -> String {
    let mut sample = Sample { text: String::new(), random: 1 };
    for tag in TAGS {
        sample.line("tag", None, json!({ "name": tag }));
    }
    for (entity, title) in
        [(PLANTS, "Water the plants"), (CALL, "Call the dentist"), (GYM, "Cancel the gym membership")]
    {
        sample.line("task", Some(id(entity)), json!({ "title": title, "status": "todo" }));
    }
    for _ in 3..TASKS {
        sample.task();
    }
    let habits: Vec<Uuid> = (0..HABITS as u128).map(|n| Uuid::from_u128((0xab17_c0de << 96) | n)).collect();
    for (n, id) in habits.iter().enumerate() {
        let what = ["Read", "Walk", "Stretch", "Write", "Practise"][n % 5];
        let when = ["daily", "at noon", "before bed", "outside"][n % 4];
        sample.line("habit", Some(*id), json!({ "name": format!("{what} {when}"), "order": n }));
    }
    for n in 0..RECORDS {
        let day = format!("2026-04-{:02}", n / HABITS + 1);
        let status = ["complete", "complete", "skipped"][sample.below(3)];
        sample.line(
            "habit_record",
            None,
            json!({ "habit": habits[n % HABITS], "day": day, "status": status }),
        );
    }
    sample.line("note", Some(id(PACKING)), json!({ "title": "Packing list", "content": PACKING_LINES }));
    for n in 1..NOTES {
        sample.note(n);
    }
    sample.text
}

struct Sample {
    text: String,
    random: u64,
}

impl Sample {
    fn line(&mut self, kind: &str, id: Option<Uuid>, fields: Value) {
        let line = match id {
            Some(id) => json!({ "kind": kind, "id": id, "fields": fields }),
            None => json!({ "kind": kind, "fields": fields }),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn task(&mut self) {
        const VERBS: [&str; 8] = ["Buy", "Repair", "Plan", "Sort", "Review", "Order", "Return", "Clean"];
        const THINGS: [&str; 10] = [
            "the bicycle",
            "the tax papers",
            "a birthday present",
            "the garden tools",
            "the quarterly report",
            "winter tyres",
            "the photo albums",
            "a book for Aunt May",
            "the kitchen shelf",
            "the train tickets",
        ];
        const PLACES: [&str; 5] = ["", " with Sam", " before Friday", " for the trip", " at the office"];
        let title = format!("{} {}{}", self.one(&VERBS), self.one(&THINGS), self.one(&PLACES));
        let mut fields = json!({
            "title": title,
            "status": self.one(&["todo", "todo", "in_progress", "done"]),
            "priority": self.one(&["urgent_important", "important", "urgent", "neither"]),
            "tags": [self.one(&TAGS)],
            "order": self.below(100_000),
        });
        if self.below(3) == 0 {
            fields["deadline"] =
                json!(format!("2026-05-{:02}T{:02}:00:00Z", self.below(28) + 1, self.below(12) + 8));
        }
        if self.below(4) == 0 {
            fields["estimated_minutes"] = json!((self.below(12) + 1) * 10);
        }
        self.line("task", None, fields);
    }

    fn note(&mut self, n: usize) {
        const SENTENCES: [&str; 6] = [
            "The second draft reads better than the first.",
            "Ask whether the meeting can move to Tuesday.",
            "The recipe wants less salt and ten more minutes.",
            "Three of the five seedlings have come up.",
            "Remember to back up the pictures before the update.",
            "The trail along the river is closed until May.",
        ];
        let paragraphs: Vec<String> =
            (0..self.below(6) + 3).map(|_| format!("- {}", self.one(&SENTENCES))).collect();
        let subject = self.one(&["Meeting", "Garden", "Recipe", "Journal", "Ideas"]);
        let title = format!("{subject} notes, no. {n}");
        let content = format!("# {title}\n\n{}\n", paragraphs.join("\n"));
        let tag = self.one(&TAGS);
        self.line("note", None, json!({ "title": title, "content": content, "tags": [tag] }));
    }

    fn one<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// A number below `n`: the same ones in every run.
    fn below(&mut self, n: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % n
    }
}

/// The id whose first eight digits an entity above is named by.
fn id(entity: &str) -> Uuid {
    let digits = entity.rsplit('/').next().and_then(|digits| u128::from_str_radix(digits, 16).ok());
    Uuid::from_u128(digits.unwrap_or_default() << 96)
}

#[cfg(test)]
mod tests {
    use super::*;
    use planner::exchange::{Importer, parse_line};
    use std::collections::BTreeSet;

    #[test]
    fn the_sample_is_a_thousand_different_valid_entities() {
        let mut importer = Importer::new([]);
        let text = lines();
        let entities: BTreeSet<_> = text
            .lines()
            .flat_map(|line| importer.admit(parse_line(line).unwrap()))
            .map(|entity| (entity.kind, entity.id))
            .collect();
        assert_eq!((text.lines().count(), entities.len()), (1_000, 1_000));
        assert_eq!(text, lines());
    }
}
