//! The data that everything is measured on: the same on every machine, of the size and the variety of a planner's. Numbers come
//! from a splitmix64 of our own, so that they depend on no library's version.

use serde_json::{Map, Value, json};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_engine::Edit;
use uuid::Uuid;

const SEED: u64 = 20_240_607;
/// Edits are made to the first so many entities.
pub(crate) const EDITED: usize = 10_000;
const DAY: u64 = 86_400;

/// One entity as another application might hold it; [`Row::edit`] is the planner's view of it.
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) kind: &'static str,
    title: String,
    description: String,
    created: String,
    modified: String,
    due: Option<String>,
    parent: Option<Uuid>,
    priority: usize,
    position: f64,
    estimated_minutes: Option<u64>,
    completed: bool,
    archived: bool,
    tags: Vec<&'static str>,
}

/// A new text for one field of one entity.
#[derive(Clone, Debug)]
pub(crate) struct TextEdit {
    pub(crate) id: Uuid,
    pub(crate) kind: &'static str,
    /// Of the title; else of the description.
    pub(crate) of_title: bool,
    pub(crate) value: String,
}

impl Row {
    /// The entity of that number.
    pub(crate) fn new(number: usize) -> Self {
        let mut r = Dice(SEED.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let wanted = r.below(5);
        let mut tags = Vec::new();
        for _ in 0..wanted {
            let tag = TAGS[r.skewed(TAGS.len())];
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Self {
            id: r.uuid(),
            kind: ["task", "task", "task", "habit", "note"][r.below(5) as usize],
            title: r.words(3, 8),
            description: if r.below(100) < 80 { r.words(5, 28) } else { String::new() },
            created: r.moment(1_672_531_200),
            modified: r.moment(1_700_000_000),
            due: if r.below(2) == 1 { Some(r.moment(1_710_000_000)) } else { None },
            parent: if r.below(4) == 0 { Some(r.uuid()) } else { None },
            priority: r.below(4) as usize,
            position: r.below(1 << 20) as f64 / 16.0,
            estimated_minutes: if r.below(3) == 0 { Some(5 * r.below(24)) } else { None },
            completed: r.below(3) == 0,
            archived: r.below(20) == 0,
            tags,
        }
    }

    /// What it is called.
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// Made as a new entity of the planner. What has no counterpart there travels as an unknown field.
    pub(crate) fn edit(&self) -> Edit {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
        put(title_field(self.kind), json!(self.title));
        if !self.description.is_empty() {
            put(description_field(self.kind), json!(self.description));
        }
        put("created", json!(self.created));
        put("modified_at", json!(self.modified));
        put("order", json!(self.position));
        if let Some(due) = &self.due {
            put(if self.kind == "task" { "deadline" } else { "due_at" }, json!(due));
        }
        if let Some(parent) = self.parent {
            put(if self.kind == "task" { "parent" } else { "parent_id" }, json!(parent));
        }
        let priorities = ["urgent_important", "important", "urgent", "neither"];
        put("priority", json!(priorities[self.priority]));
        if let Some(minutes) = self.estimated_minutes.filter(|minutes| *minutes > 0) {
            put("estimated_minutes", json!(minutes));
        }
        put(
            if self.kind == "task" { "status" } else { "state" },
            json!(if self.completed { "done" } else { "todo" }),
        );
        put("archived", json!(self.archived));
        let tags: Vec<Uuid> =
            self.tags.iter().map(|tag| Uuid::new_v5(&Uuid::NAMESPACE_OID, tag.as_bytes())).collect();
        if !tags.is_empty() {
            put("tags", json!(tags));
        }
        Edit { key: EntityKey::new(self.kind, self.id), change: Change::Set(fields) }
    }

    /// As one JSON object, for an engine that knows no fields.
    pub(crate) fn json(&self) -> String {
        json!({
            "id": self.id, "kind": self.kind, "title": self.title, "description": self.description,
            "created_at": self.created, "modified_at": self.modified, "due_at": self.due, "deleted_at": null,
            "parent_id": self.parent, "priority": self.priority, "position": self.position,
            "estimated_minutes": self.estimated_minutes, "completed": self.completed, "archived": self.archived,
            "tags": self.tags,
        })
        .to_string()
    }
}

impl TextEdit {
    /// As an edit of the planner.
    pub(crate) fn edit(&self) -> Edit {
        let field = if self.of_title { title_field(self.kind) } else { description_field(self.kind) };
        let fields = Map::from_iter([(field.to_owned(), json!(self.value))]);
        Edit { key: EntityKey::new(self.kind, self.id), change: Change::Set(fields) }
    }

    /// The name of the field in [`Row::json`].
    pub(crate) fn json_field(&self) -> &'static str {
        if self.of_title { "title" } else { "description" }
    }
}

/// The edits of one side before two devices meet again: 1,000 each, 500 of them on entities that both edit, and 250 of those
/// in the same field.
pub(crate) fn offline_edits(by_a: bool) -> Vec<TextEdit> {
    let places = shuffled();
    let edits = |range: std::ops::Range<usize>, of_title| {
        let who = if by_a { "AAA" } else { "BBB" };
        places[range].iter().map(move |&place| text_edit(place, who, of_title)).collect::<Vec<_>>()
    };
    if by_a {
        edits(0..1_000, true)
    } else {
        [edits(500..750, true), edits(750..1_000, false), edits(1_000..1_500, true)].concat()
    }
}

/// A round of so many edits: 1 or 100.
pub(crate) fn round(number: usize, count: usize) -> Vec<TextEdit> {
    let places = shuffled();
    let start = 5_000 + number * count;
    places[start..start + count]
        .iter()
        .map(|&place| text_edit(place, &format!("round {number}"), true))
        .collect()
}

fn text_edit(place: usize, who: &str, of_title: bool) -> TextEdit {
    let row = Row::new(place);
    let mut r = Dice(SEED ^ place as u64 ^ who.len() as u64);
    TextEdit { id: row.id, kind: row.kind, of_title, value: format!("{who} edited: {}", r.words(3, 8)) }
}

fn shuffled() -> Vec<usize> {
    let mut places: Vec<usize> = (0..EDITED).collect();
    let mut r = Dice(SEED + 1);
    for i in (1..places.len()).rev() {
        places.swap(i, r.below(i as u64 + 1) as usize);
    }
    places
}

fn title_field(kind: &str) -> &'static str {
    if kind == "habit" { "name" } else { "title" }
}

fn description_field(kind: &str) -> &'static str {
    if kind == "note" { "content" } else { "description" }
}

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Small numbers come more often, like some words in a text.
    fn skewed(&mut self, n: usize) -> usize {
        let a = self.below(1 << 20) as f64 / f64::from(1 << 20);
        (n as f64 * a * a) as usize
    }

    fn words(&mut self, least: u64, most: u64) -> String {
        let count = least + self.below(most - least + 1);
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        (0..count).map(|_| words[self.skewed(words.len())]).collect::<Vec<_>>().join(" ")
    }

    fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.next()) << 64 | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    /// A moment within 400 days after this Unix second.
    fn moment(&mut self, base: u64) -> String {
        let at = base + self.below(400 * DAY);
        let (days, second) = (at / DAY, at % DAY);
        // A civil date from the number of days, after Howard Hinnant's `civil_from_days`.
        let z = days + 719_468;
        let day_of_era = z % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = z / 146_097 * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

const WORDS: &str = "the to a and of for in on with is review plan call write read send check update buy clean fix meeting report
project email draft weekly daily team budget client design morning evening exercise run walk water plants book notes
prepare schedule dentist doctor appointment pay rent bill invoice order groceries milk bread coffee laundry kitchen
garage car oil tires insurance passport renew visa flight hotel trip pack bag camera photos backup disk server deploy
release version bug ticket customer feedback survey analyse data chart slide deck talk conference paper submit deadline
proposal contract sign lawyer tax return receipts bank transfer savings budgeting retirement goals habit track meditate
breathe stretch yoga gym weights protein breakfast lunch dinner recipe soup salad pasta rice vegetables fruit market
library course lecture homework exam study chapter summary exercise language spanish german vocabulary grammar practice
piano guitar song lyrics concert museum exhibition movie series episode game chess puzzle garden seeds soil compost
repair door window paint wall floor lamp shelf desk chair cable router wifi password account update privacy settings
parents birthday gift card party cake friends neighbour kids school teacher meeting parents costume camp summer winter
clothes shoes donate charity volunteer community event newsletter blog post outline edit publish podcast interview
question answer research topic reference citation experiment result hypothesis measure sample noise error baseline
quarter roadmap milestone retro standup sprint backlog refine estimate priority blocker dependency owner stakeholder";

const TAGS: [&str; 40] = [
    "work",
    "home",
    "health",
    "finance",
    "errand",
    "learning",
    "family",
    "urgent",
    "waiting",
    "someday",
    "computer",
    "phone",
    "shopping",
    "travel",
    "reading",
    "writing",
    "music",
    "garden",
    "car",
    "kids",
    "focus",
    "quick",
    "deep",
    "review",
    "team",
    "client",
    "admin",
    "legal",
    "research",
    "design",
    "code",
    "ops",
    "fitness",
    "food",
    "sleep",
    "mind",
    "social",
    "volunteer",
    "ideas",
    "archive",
];
