use super::*;
use proptest::prelude::*;
use serde_json::json;

const ALICE: &str = "0f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f";

fn told(line: &str) -> String {
    parse_line(line).expect_err("a refusal").to_string()
}

fn import(lines: &[&str], existing: &[(&str, Uuid)]) -> Vec<Admitted> {
    let mut importer = Importer::new(existing.iter().map(|(name, id)| ((*name).to_owned(), *id)));
    lines.iter().flat_map(|line| importer.admit(parse_line(line).expect("a line"))).collect()
}

#[test]
fn a_line_becomes_a_draft() {
    let draft = parse_line(
        r#"{"kind":"task","id":"0F3A4C1E-8B7D-4C55-9D0B-0A1B2C3D4E5F","fields":{"title":"Buy milk","deadline":null,"order":2}}"#,
    )
    .expect("a draft");
    assert_eq!(draft.kind, "task");
    assert_eq!(draft.id.map(|id| id.to_string()).as_deref(), Some(ALICE));
    assert_eq!(Value::Object(draft.fields), json!({ "title": "Buy milk", "order": 2.0 }));
}

#[test]
fn what_a_newer_version_wrote_travels_as_it_is() {
    let line = r#"{"kind":"mood","fields":{"tags":["happy",1,null],"deep":{"b":[1.5,null],"a":"x"}}}"#;
    let draft = parse_line(line).expect("a draft");
    assert_eq!(
        Value::Object(draft.fields),
        json!({ "tags": ["happy", 1, null], "deep": { "a": "x", "b": [1.5, null] } })
    );
    let line = r#"{"kind":"task","fields":{"title":"x","mood":{"of":["alice"]}}}"#;
    assert_eq!(parse_line(line).expect("a draft").fields["mood"], json!({ "of": ["alice"] }));
    // A newer version's list of things that merely look like tags makes no tags.
    let admitted = import(&[r#"{"kind":"mood","fields":{"tags":["happy"]}}"#], &[]);
    assert_eq!(admitted.len(), 1);
    assert_eq!(admitted[0].fields["tags"], json!(["happy"]));
}

#[test]
fn a_refusal_says_what_is_wrong() {
    for (line, part) in [
        ("", "EOF"),
        ("not json", "expected"),
        ("[]", "invalid"),
        (r#"{"kind":"task"}"#, "missing field `fields`"),
        (r#"{"fields":{}}"#, "missing field `kind`"),
        (r#"{"kind":"task","fields":{"title":"x"},"title":"x"}"#, "unknown field `title`"),
        (r#"{"kind":"task","kind":"note","fields":{}}"#, "duplicate field `kind`"),
        (r#"{"kind":"task","fields":{"title":"x","title":"y"}}"#, "the key \"title\" stands there twice"),
        (r#"{"kind":"mood","fields":{"deep":{"a":1,"a":2}}}"#, "the key \"a\" stands there twice"),
        (r#"{"kind":"task","fields":{"title":"x"}} {}"#, "trailing"),
        (r#"{"kind":"task","id":"7","fields":{"title":"x"}}"#, "UUID parsing failed"),
        (r#"{"kind":"mood","fields":{"n":1e999}}"#, "number out of range"),
        (r#"{"kind":"mood","fields":{"s":"\ud800"}}"#, "hex escape"),
        (r#"{"kind":"Task","fields":{}}"#, "\"Task\" is no name of a kind or field"),
        (r#"{"kind":"task","fields":{"a-b":1}}"#, "\"a-b\" is no name"),
        (r#"{"kind":"task","fields":{}}"#, "title: is required"),
        (r#"{"kind":"task","fields":{"title":null}}"#, "title: is required"),
        (r#"{"kind":"task","fields":{"title":"x","priority":"high"}}"#, "priority: must be one of"),
        (r#"{"kind":"task","fields":{"title":"x","tags":"work"}}"#, "tags: must be a list"),
        (r#"{"kind":"task","fields":{"title":"x","tags":[7]}}"#, "tags: must be the id"),
        (
            r#"{"kind":"task","fields":{"title":"x","tags":[" "]}}"#,
            "tags: must not be blank (the name of a tag)",
        ),
        (r#"{"kind":"task","fields":{"title":["x"]}}"#, "title: must be a line of text"),
        (
            r#"{"kind":"habit","fields":{"name":"x","goal":true}}"#,
            "goal_frequency: is required when goal is true",
        ),
    ] {
        let told = told(line);
        assert!(told.contains(part), "{line}: {told}");
    }
}

#[test]
fn a_line_is_bounded() {
    let nested = |depth: usize| {
        format!(r#"{{"kind":"mood","fields":{{"x":{}{}}}}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    assert!(parse_line(&nested(sync_core::limits::DEPTH_MAX)).is_ok());
    assert!(told(&nested(sync_core::limits::DEPTH_MAX + 1)).contains("nested deeper than 32"));
    assert!(parse_line(&nested(10_000)).is_err());

    assert!(matches!(parse_line(&" ".repeat(LINE_MAX + 1)), Err(LineError::TooLong { .. })));
    let fields: Vec<_> = (0..257).map(|n| format!("\"f{n}\":1")).collect();
    let many = format!(r#"{{"kind":"mood","fields":{{{}}}}}"#, fields.join(","));
    assert!(matches!(parse_line(&many), Err(LineError::TooManyFields { count: 257 })));
    // Short enough as text, too long once its characters are escaped.
    let escaped =
        format!(r#"{{"kind":"note","fields":{{"title":"x","content":"{}"}}}}"#, "\\u0001".repeat(100_000));
    assert!(told(&escaped).starts_with("content: must be at most 262144 bytes of JSON"));
}

#[test]
fn importing_twice_gives_the_same_entities() {
    let lines = [
        r#"{"kind":"task","fields":{"title":"Buy milk","tags":["home"]}}"#,
        r#"{"kind":"task","fields":{"tags":["home"],"title":"Buy milk"}}"#,
        r#"{"kind":"mood","fields":{"level":3}}"#,
        r#"{"kind":"habit_record","fields":{"habit":"0f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f","day":"2026-03-01","status":"complete"}}"#,
    ];
    let once = import(&lines, &[]);
    assert_eq!(once, import(&lines, &[]));
    // By the second time the tag exists, and has even been renamed.
    let home = once[0].id;
    let again = import(&lines, &[("Household", home)]);
    let ids = |all: &[Admitted]| all.iter().filter(|e| e.kind != "tag").map(|e| e.id).collect::<Vec<_>>();
    assert_eq!(ids(&once), ids(&again));
}

#[test]
fn twins_stay_two_in_any_spelling() {
    let admitted = import(
        &[
            r#"{"kind":"task","fields":{"title":"Buy milk","order":1}}"#,
            r#"{"fields":{"order":1.0,"title":"Buy milk","deadline":null},"kind":"task"}"#,
            r#"{"kind":"task","fields":{"title":"Buy bread"}}"#,
        ],
        &[],
    );
    assert_eq!(admitted[0].fields, admitted[1].fields);
    let ids: std::collections::BTreeSet<_> = admitted.iter().map(|e| e.id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn an_id_in_the_line_wins() {
    let line = format!(r#"{{"kind":"tag","id":"{ALICE}","fields":{{"name":"work"}}}}"#);
    let admitted = import(&[&line, r#"{"kind":"task","fields":{"title":"x","tags":["Work"]}}"#], &[]);
    assert_eq!(admitted.len(), 2, "the tag is there already");
    assert_eq!(admitted[0].id.to_string(), ALICE);
    assert_eq!(admitted[1].fields["tags"], json!([ALICE]));
}

#[test]
fn a_tag_by_name_is_made_once() {
    let admitted = import(
        &[
            r#"{"kind":"task","fields":{"title":"x","tags":[" Deep  Work ","deep work","home"]}}"#,
            r#"{"kind":"note","fields":{"title":"y","tags":["DEEP WORK"]}}"#,
        ],
        &[],
    );
    let made: Vec<_> = admitted.iter().map(|e| (e.kind.as_str(), e.fields.get("name"))).collect();
    let (work, home) = (json!("Deep Work"), json!("home"));
    assert_eq!(made, [("tag", Some(&work)), ("tag", Some(&home)), ("task", None), ("note", None)]);
    assert_eq!(Some(admitted[0].id), crate::natural_id("tag", &admitted[0].fields));
    assert_eq!(admitted[3].fields["tags"], json!([admitted[0].id]));
    let mut both = [admitted[0].id.to_string(), admitted[1].id.to_string()];
    both.sort();
    assert_eq!(admitted[2].fields["tags"], json!(both));
}

#[test]
fn an_existing_tag_wins_over_the_derived_id() {
    let chosen = Uuid::parse_str(ALICE).expect("an id");
    let lines = [
        r#"{"kind":"task","fields":{"title":"x","tags":["work"]}}"#,
        r#"{"kind":"tag","fields":{"name":"Work"}}"#,
    ];
    let admitted = import(&lines, &[("Work", chosen)]);
    assert_eq!(admitted.len(), 2);
    assert_eq!(admitted[0].fields["tags"], json!([ALICE]));
    assert_eq!(admitted[1].id, chosen);
}

#[test]
fn a_renamed_tag_is_not_renamed_back() {
    let job = crate::tag_id("work", |_| false).expect("an id");
    let lines = [r#"{"kind":"task","fields":{"title":"x","tags":["work"]}}"#];
    let admitted = import(&lines, &[("Job", job)]);
    assert_eq!((admitted[0].kind.as_str(), &admitted[0].fields["name"]), ("tag", &json!("work")));
    assert_ne!(admitted[0].id, job);
    assert_eq!(admitted, import(&lines, &[("Job", job)]));
}

#[test]
fn tags_of_one_name_resolve_alike_in_any_order() {
    let (low, high) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for order in [[low, high], [high, low]] {
        assert_eq!(Tags::new(order.map(|id| ("work".to_owned(), id))).id("Work"), Some(low));
    }
}

#[test]
fn equal_entities_give_equal_lines() {
    let id = Uuid::parse_str(ALICE).expect("an id");
    let one = json!({ "title": "x", "tags": [ALICE, "00000000-0000-4000-8000-000000000000"], "order": 1, "z": { "b": 1, "a": [2, 1] } });
    let two = json!({ "z": { "a": [2, 1], "b": 1 }, "order": 1.0, "deadline": null, "tags": ["00000000-0000-4000-8000-000000000000", ALICE], "title": "x" });
    let written = line("task", id, one.as_object().expect("an object"));
    assert_eq!(written, line("task", id, two.as_object().expect("an object")));
    assert_eq!(
        written,
        r#"{"fields":{"order":1.0,"tags":["00000000-0000-4000-8000-000000000000","0f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f"],"title":"x","z":{"a":[2,1],"b":1}},"id":"0f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f","kind":"task"}"#
    );
}

#[test]
fn a_written_line_is_one_line_and_reads_back() {
    let fields = json!({ "title": "“x”", "content": "a\nb\r\n\u{2028}c" });
    let fields = fields.as_object().expect("an object");
    let id = Uuid::parse_str(ALICE).expect("an id");
    let written = line("note", id, fields);
    assert!(!written.contains('\n'));
    let draft = parse_line(&written).expect("a draft");
    assert_eq!((draft.id, &draft.fields), (Some(id), fields));
}

/// Without serde_json's `float_roundtrip` this number comes back one bit smaller with every export.
#[test]
fn numbers_do_not_drift() {
    let fields = json!({ "order": 2.8879542845729995e225 });
    let fields = fields.as_object().expect("an object");
    let draft = parse_line(&line("mood", Uuid::nil(), fields)).expect("a draft");
    assert_eq!(&draft.fields, fields);
}

/// Words that mean something to the parser, so that the generator gets past the first byte.
const WORDS: &[&str] =
    &["task", "tag", "mood", "title", "tags", "name", "colour", "order", "recurrence", "daily"];

fn likely_line() -> impl Strategy<Value = String> {
    let object = |value: BoxedStrategy<Value>| {
        prop::collection::btree_map(prop::sample::select(WORDS), value, 0..6)
            .prop_map(|map| Value::Object(map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(WORDS).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 16, 6, move |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from), object(inner)]
    });
    (prop::sample::select(WORDS), object(value.boxed()))
        .prop_map(|(kind, fields)| json!({ "kind": kind, "fields": fields }).to_string())
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = parse_line(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse_line(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn what_is_accepted_survives_a_round_trip(text in likely_line()) {
        if let Ok(draft) = parse_line(&text) {
            let id = Uuid::nil();
            let written = line(&draft.kind, id, &draft.fields);
            let again = parse_line(&written).expect("what we wrote");
            prop_assert_eq!(&again.fields, &draft.fields);
            prop_assert_eq!(line(&again.kind, id, &again.fields), written);
            let mut importer = Importer::new([]);
            prop_assert!(!importer.admit(draft).is_empty());
        }
    }
}
