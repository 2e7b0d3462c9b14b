use super::*;

fn tags(tags: &[Value]) -> Vec<Mapping> {
    mapped(Tables { tags: rows(tags), ..Tables::default() }).rows
}

#[test]
fn every_column_of_a_tag_arrives() {
    let all = [
        json!({ "id": "a", "name": "Home", "color": "FF5733", "is_archived": 1, "type": 2, "created_date": LATE }),
    ];
    let mapping = &tags(&all)[0];
    let draft = &taken(mapping).draft;
    assert_eq!((draft.kind.as_str(), draft.id), ("tag", None), "the name gives the id");
    assert_eq!(
        Value::Object(draft.fields.clone()),
        json!({ "name": "Home", "colour": "#ff5733", "archived": true, "type": "project", "created": "2026-03-01T23:30:00Z" })
    );
    for (at, word) in ["label", "context", "project"].into_iter().enumerate() {
        assert_eq!(field(&tags(&[json!({ "id": "a", "name": "x", "type": at })])[0], "type"), word);
    }
    let odd = &tags(&[json!({ "id": "a", "name": "x", "type": 3, "color": "tomato" })])[0];
    assert_eq!((field(odd, "type"), field(odd, "colour")), (Value::Null, Value::Null));
    assert!(notes(odd).contains("type is 3") && notes(odd).contains("tomato"), "{}", notes(odd));
}

#[test]
fn tags_of_one_name_are_one_and_their_links_meet() {
    let tables = Tables {
        tags: rows(&[
            json!({ "id": "a", "name": "Work", "color": "112233" }),
            json!({ "id": "b", "name": " work ", "color": "445566" }),
            json!({ "id": "c", "name": "  " }),
            json!({ "id": "d", "name": "n".repeat(300) }),
        ]),
        notes: rows(&[json!({ "id": "n", "title": "x" })]),
        note_tags: rows(&[
            json!({ "id": "1", "note_id": "n", "tag_id": "b", "tag_order": 0 }),
            json!({ "id": "2", "note_id": "n", "tag_id": "c" }),
            json!({ "id": "3", "note_id": "n", "tag_id": "nowhere" }),
            json!({ "id": "4", "note_id": "n", "tag_id": "d", "deleted_date": LATE }),
        ]),
        ..Tables::default()
    };
    let mapped = mapped(tables).rows;
    assert_eq!(mapped.len(), 4);
    assert_eq!(field(&mapped[0], "colour"), "#112233");
    assert!(notes(&mapped[0]).contains("one tag with tag_table b"), "{}", notes(&mapped[0]));
    assert!(refusal(&mapped[1]).contains("blank"));
    assert_eq!(field(&mapped[2], "name"), "n".repeat(200));
    assert!(notes(&mapped[2]).contains(&"n".repeat(300)), "the whole name is told");
    assert_eq!(field(&mapped[3], "tags"), json!(["work"]));
    let mut importer = crate::exchange::Importer::new([]);
    let ids: Vec<_> =
        mapped.into_iter().filter_map(|row| importer.admit(row.outcome.ok()?.draft).pop()).collect();
    assert_eq!(ids[2].fields["tags"], json!([ids[0].id.to_string()]));
    assert_eq!(Some(ids[0].id), crate::tag_id("WORK", |_| false));
}

#[test]
fn every_column_of_a_note_arrives() {
    let row =
        json!({ "id": "n", "title": "Packing", "content": "# tent\n", "order": 3, "created_date": LATE });
    let mapping = mapped(Tables { notes: rows(&[row]), ..Tables::default() }).rows.remove(0);
    let draft = &taken(&mapping).draft;
    assert_eq!((draft.kind.as_str(), draft.id), ("note", Some(whph_id("note", "n"))));
    assert_eq!(
        Value::Object(draft.fields.clone()),
        json!({ "title": "Packing", "content": "# tent\n", "order": 3.0, "created": "2026-03-01T23:30:00Z" })
    );
}
