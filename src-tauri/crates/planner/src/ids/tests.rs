use super::*;
use serde_json::json;

const SERIES: Uuid = Uuid::from_u128(0x0f3a4c1e_8b7d_4c55_9d0b_0a1b2c3d4e5f);

fn natural(kind: &str, fields: Value) -> Option<String> {
    natural_id(kind, fields.as_object().expect("an object")).map(|id| id.to_string())
}

/// Derived ids as they were in the first version. They never change: whoever changes one doubles data.
#[test]
fn golden_ids() {
    let task = json!({ "title": "Buy milk" });
    let task = task.as_object().expect("an object");
    let ids = [
        natural("habit_record", json!({ "habit": SERIES.to_string(), "day": "2026-03-01" })).expect("an id"),
        natural("tag", json!({ "name": "work" })).expect("an id"),
        natural("setting", json!({ "key": "theme" })).expect("an id"),
        tag_id("work", |id| Some(id.to_string()) == natural("tag", json!({ "name": "work" })))
            .expect("an id")
            .to_string(),
        line_id("task", task, 0).to_string(),
        line_id("task", task, 1).to_string(),
        file_id("note", "garden/roses.md").to_string(),
        occurrence_id(SERIES, 2).to_string(),
        whph_id("task", "V1StGXR8_Z5jdHi6B-myT").to_string(),
        subtask_id(SERIES, Uuid::nil()).to_string(),
    ];
    assert_eq!(
        ids,
        [
            "628e4dc0-b875-582f-96ed-2e39928ec7d6",
            "c2d32c34-82b9-50be-b261-63624f9c81c2",
            "27f94c0b-ef4d-5478-bc38-1ba8e0dff10a",
            "21436fe4-af07-5c38-81bd-cfc649288d77",
            "c44c8f44-fa77-5091-8f0f-325cd7bd0ba7",
            "284be639-11d7-5037-a32a-9be05607ba4a",
            "4239de14-ed07-581b-863b-ce58758e46e6",
            "45b1ad02-7698-5d24-b70d-f970a72f6790",
            "81abb327-c8b2-5dc7-9be2-ea414d58b826",
            "3b9d230d-3865-5025-973b-1d673799deb7",
        ]
    );
}

/// The bytes that the module's documentation promises.
#[test]
fn the_name_is_made_of_the_parts_with_zero_bytes_between() {
    let expected = Uuid::new_v5(&NAMESPACE, b"key\0setting\0theme");
    assert_eq!(natural("setting", json!({ "key": "theme" })), Some(expected.to_string()));
    let expected = Uuid::new_v5(&NAMESPACE, b"occurrence\x000f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f\x0012");
    assert_eq!(occurrence_id(SERIES, 12), expected);
}

#[test]
fn a_record_is_one_however_its_key_is_written() {
    let plain = natural("habit_record", json!({ "habit": SERIES.to_string(), "day": "2026-03-01" }));
    let capitals =
        json!({ "habit": SERIES.to_string().to_uppercase(), "day": "2026-3-1", "status": "complete" });
    assert_eq!(natural("habit_record", capitals), plain);
    let next_day = json!({ "habit": SERIES.to_string(), "day": "2026-03-02" });
    assert_ne!(natural("habit_record", next_day), plain);
}

#[test]
fn a_tag_is_one_however_it_is_written_and_a_key_is_not() {
    let id = |name: &str| natural("tag", json!({ "name": name }));
    assert_eq!(id("Work"), id(" work "));
    assert_ne!(id("work"), id("works"));
    let id = |key: &str| natural("setting", json!({ "key": key }));
    assert_ne!(id("theme"), id("Theme"));
}

#[test]
fn without_a_key_there_is_no_natural_id() {
    assert_eq!(natural("task", json!({ "title": "x" })), None);
    assert_eq!(natural("gadget", json!({ "key": "x" })), None);
    assert_eq!(natural("tag", json!({})), None);
    assert_eq!(natural("tag", json!({ "name": 7 })), None);
    assert_eq!(natural("tag", json!({ "name": " " })), None);
    assert_eq!(natural("habit_record", json!({ "habit": SERIES.to_string() })), None);
}

#[test]
fn a_new_tag_of_a_renamed_tags_old_name_gets_an_id_of_its_own() {
    let first = tag_id("work", |_| false).expect("an id");
    let second = tag_id("Work", |id| id == first).expect("an id");
    assert_ne!(first, second);
    assert_eq!(Some(second), tag_id("work", |id| id == first));
}

#[test]
fn occurrences_of_a_series_differ() {
    assert_ne!(occurrence_id(SERIES, 1), occurrence_id(SERIES, 2));
    assert_ne!(occurrence_id(SERIES, 1), occurrence_id(Uuid::nil(), 1));
}

#[test]
fn a_file_is_one_on_every_system() {
    assert_eq!(file_id("note", "Cafe\u{301}.md"), file_id("note", "Caf\u{e9}.md"));
    assert_ne!(file_id("note", "a/b.md"), file_id("note", "b.md"));
}
