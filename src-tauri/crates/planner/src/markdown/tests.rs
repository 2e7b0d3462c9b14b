use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn import(path: &str, text: &str) -> Imported {
    note_from_markdown(path, text).expect("a note")
}

fn fields(path: &str, text: &str) -> Value {
    let imported = import(path, text);
    assert!(imported.warning.is_none(), "{:?}", imported.warning);
    Value::Object(imported.draft.fields)
}

#[test]
fn front_matter_becomes_fields() {
    let text = "---\ntitle: \"Roses: how to\"\ntags: [garden, Deep Work]\ncreated: 2026-03-01T09:00:00+01:00\n---\n\n# Other\nText\n";
    assert_eq!(
        fields("garden/roses.md", text),
        json!({
            "title": "Roses: how to", "tags": ["Deep Work", "garden"], "created": "2026-03-01T09:00:00+01:00",
            "content": "\n# Other\nText\n"
        })
    );
}

#[test]
fn the_title_is_found_somewhere() {
    for (path, text, title) in [
        ("a.md", "---\ntitle: Front\n---\n# Heading\n", "Front"),
        ("a.md", "---\ntitle: 2024\n---\n", "2024"),
        ("a.md", "---\ntitle:\n---\n# Heading\n", "Heading"),
        ("a.md", "text\n\n# Heading \nmore", "Heading"),
        ("a.md", "```sh\n# a comment\n```\n# Heading", "Heading"),
        ("a.md", "#hashtag\n## Second\n", "a"),
        ("dir.d/my.first note.md", "", "my.first note"),
        (".hidden", "", ".hidden"),
        ("", "", "Untitled"),
    ] {
        assert_eq!(fields(path, text)["title"], title, "{path} {text:?}");
    }
    let long = format!("# {}", "ä".repeat(600));
    assert_eq!(fields("a.md", &long)["title"], "ä".repeat(500));
    assert_eq!(fields("a.md", &long)["content"], long);
}

#[test]
fn tags_are_a_list_or_one_text() {
    for (tags, expected) in [
        ("[b, a, b]", json!(["a", "b"])),
        ("\n  - a\n  - '#b'", json!(["a", "b"])),
        ("a b", json!(["a", "b"])),
        ("deep work, home,", json!(["deep work", "home"])),
        ("2024", json!(["2024"])),
        ("[yes, 1]", json!(["1", "yes"])),
    ] {
        assert_eq!(fields("a.md", &format!("---\ntags: {tags}\n---\nx"))["tags"], expected, "{tags}");
    }
    assert_eq!(fields("a.md", "a #tag in the text")["tags"], Value::Null);
}

#[test]
fn creation_is_read_where_it_can_be() {
    for (entry, created) in [
        ("created: 2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
        ("date: 2026-03-01", "2026-03-01T00:00:00Z"),
        ("date: 2026-03-01 09:30", "2026-03-01T09:30:00Z"),
        ("created: 2026-03-01T09:30:15", "2026-03-01T09:30:15Z"),
        ("date: 2020-01-01\ncreated: 2026-03-01", "2026-03-01T00:00:00Z"),
        ("created: some day\ndate: 2026-03-01", "2026-03-01T00:00:00Z"),
    ] {
        assert_eq!(fields("a.md", &format!("---\n{entry}\n---\nx"))["created"], created, "{entry}");
    }
}

#[test]
fn what_no_field_holds_is_kept_word_for_word() {
    for block in [
        "title: x\naliases: [y, z]\n",
        "title: x # and a remark\n",
        "created: some day\n",
        "date: 2020-01-01\ncreated: 2026-03-01\n",
        "title: [not, a, title]\n",
        "tags: {a: 1}\n",
        "tags: [[a], b]\n",
        "title: x\nlayout:\n",
        "a: &anchor b\ntitle: *anchor\n",
        "# only a remark\n",
    ] {
        let note = fields("a.md", &format!("---\n{block}---\nText"));
        assert_eq!(note["front_matter"], block);
        assert_eq!(note["content"], "Text");
    }
    assert_eq!(fields("a.md", "---\ntitle: x\ntags: a\n---\n")["front_matter"], Value::Null);
}

#[test]
fn bad_front_matter_stays_in_the_text_with_a_warning() {
    let long = format!("---\ntitle: {}\n---\n", "x".repeat(note::FRONT_MATTER_MAX));
    for (text, reason) in [
        ("---\ntitle: [unclosed\n---\nText", "not YAML"),
        ("---\n\tx: : y\n---\nText", "not YAML"),
        ("---\njust words\n---\nText", "not a list of keys and values"),
        ("---\n- a\n---\nText", "not a list of keys and values"),
        ("---\ntitle: a\ntitle: b\n---\nText", "says \"title\" twice"),
        (long.as_str(), "of 16384 at most"),
    ] {
        let imported = import("stem.md", text);
        assert_eq!(imported.draft.fields["content"], text);
        assert_eq!(imported.draft.fields["title"], "stem");
        let warning = imported.warning.expect("a warning").to_string();
        assert!(warning.contains(reason), "{warning}");
    }
}

#[test]
fn not_everything_between_lines_is_front_matter() {
    for text in
        ["", "---", "---\n", "---\ntitle: x\nno end", "text\n---\ntitle: x\n---\n", "----\na: b\n----\n"]
    {
        assert_eq!(fields("a.md", text), json!({ "title": "a", "content": text }));
    }
    assert_eq!(fields("a.md", "---\n---\nText"), json!({ "title": "a", "content": "Text" }));
    assert_eq!(fields("a.md", "---\ntitle: x\n...\nText"), json!({ "title": "x", "content": "Text" }));
}

#[test]
fn line_breaks_become_lf_and_a_byte_order_mark_goes() {
    let note = fields("a.md", "\u{feff}---\r\ntitle: x\r\n---\r\nOne\r\nTwo\rThree  \n");
    assert_eq!(note, json!({ "title": "x", "content": "One\nTwo\rThree  \n" }));
}

#[test]
fn the_id_comes_from_the_path_alone() {
    let id = |path, text| import(path, text).draft.id;
    assert_eq!(id("a/b.md", "one"), id("a/b.md", "two"));
    assert_ne!(id("a/b.md", "one"), id("b.md", "one"));
}

#[test]
fn what_cannot_be_a_note_is_refused_by_field() {
    let long = "x".repeat(note::CONTENT_MAX + 1);
    let told = |text: &str| note_from_markdown("a.md", text).expect_err("a refusal").to_string();
    assert_eq!(told(&long), "content: must be at most 131072 bytes long, and this is 131073");
    assert_eq!(told("a\0b"), "content: must not contain a NUL character");
}

#[test]
fn aliases_are_not_expanded() {
    let mut block = String::from("a0: &a0 [x, x]\n");
    for n in 1..100 {
        block += &format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1);
    }
    block += "tags: *a99\n";
    let note = fields("a.md", &format!("---\n{block}---\n"));
    assert_eq!((&note["tags"], &note["front_matter"]), (&Value::Null, &json!(block)));
}

proptest! {
    #[test]
    fn no_file_panics_and_none_loses_its_text(block in "[ -~\n\t{}\\[\\]:&*#'\"|>-]{0,200}", content in any::<String>()) {
        let text = format!("---\n{block}\n---\n{content}");
        if let Ok(imported) = note_from_markdown("a.md", &text) {
            let kept = imported.draft.fields["content"].as_str().unwrap_or_default();
            prop_assert!(kept.ends_with(&content.replace("\r\n", "\n")));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = note_from_markdown("a.md", &String::from_utf8_lossy(&bytes));
    }
}
