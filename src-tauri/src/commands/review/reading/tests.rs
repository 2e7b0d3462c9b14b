use super::*;
use crate::commands::review::Choice;
use serde_json::json;
use std::collections::BTreeMap;
use sync_core::entity::EntityKey;
use sync_core::entity::view::Candidate;
use sync_core::hlc::Hlc;
use sync_core::identity::DeviceId;
use sync_core::json::Json;
use sync_core::stamp::Stamp;
use sync_core::stamp::WriterId;
use sync_engine::View;
use uuid::Uuid;

const OWN: DeviceId = DeviceId::from_bytes([1; 16]);
const PHONE: DeviceId = DeviceId::from_bytes([2; 16]);

fn stamp(writer: u8, at: u64) -> Stamp {
    Stamp { hlc: Hlc::from_bits(at << 16).unwrap(), writer: WriterId([writer; 8]) }
}

fn candidate(value: Value, writer: u8, at: u64) -> Candidate {
    Candidate { value: Json::of(&value), stamp: stamp(writer, at) }
}

fn view(fields: Value, reviews: Vec<Waiting>) -> View {
    let Value::Object(fields) = fields else { unreachable!() };
    View {
        key: EntityKey::new("task", Uuid::nil()),
        title: Some("Water".into()),
        fields,
        deleted: false,
        version: Hlc::default(),
        modified_by: None,
        reviews,
        authors: BTreeMap::from([(WriterId([1; 8]), OWN), (WriterId([2; 8]), PHONE)]),
        local: false,
    }
}

fn reader() -> Reader {
    let by_id = BTreeMap::from([(PHONE, "the phone".to_owned()), (OWN, "the laptop".to_owned())]);
    let titles = BTreeMap::from([(Uuid::from_u128(7).to_string(), "home".to_owned())]);
    Reader { schema: std::sync::Arc::new(planner::schema()), names: Names { own: OWN, by_id }, titles }
}

#[test]
fn a_question_shows_each_side_with_its_device_and_what_is_different() {
    let title = vec![candidate(json!("Water the roses"), 2, 9), candidate(json!("Water plants"), 1, 8)];
    let view = view(
        json!({ "title": "Water the roses", "tags": [Uuid::from_u128(7).to_string()] }),
        vec![Waiting::Field { field: "title".into(), candidates: title }],
    );
    let review = reader().review(view.clone());
    let [Question::Field { label, multiline, now, sides, combined, options, .. }] = &review.questions[..]
    else {
        panic!("{review:?}")
    };
    assert_eq!(
        (label.as_str(), *multiline, now.as_str(), options),
        ("Title", false, "Water the roses", &None)
    );
    assert_eq!((sides[0].name.as_str(), sides[0].own, sides[0].number), ("the phone", false, 1));
    assert_eq!((sides[1].name.as_str(), sides[1].own, sides[1].at), ("the laptop", true, 8));
    assert!(sides[0].diff.iter().all(|part| part.op == words::DiffOp::Same));
    assert!(sides[1].diff.iter().any(|part| part.op == words::DiffOp::Added && part.text.contains("plants")));
    assert!(combined.as_ref().is_some_and(|all| all.contains("roses") && all.contains("plants")));
    assert_eq!(
        review.unchanged,
        [Unchanged { field: "tags".into(), label: "Tags".into(), text: "home".into() }]
    );
    let item = item(&view, &reader().names);
    assert_eq!((item.devices, item.at), (vec!["the phone".to_owned(), "the laptop".to_owned()], 9));
}

#[test]
fn a_choice_is_asked_with_its_choices_and_a_delete_by_who_did_what() {
    let priority = vec![candidate(json!("urgent"), 1, 3), candidate(json!("neither"), 2, 2)];
    let view = view(
        json!({ "priority": "urgent" }),
        vec![
            Waiting::Deleted { deletes: vec![stamp(2, 5)], edits: vec![stamp(1, 6), stamp(1, 4)] },
            Waiting::Field { field: "priority".into(), candidates: priority },
        ],
    );
    let review = reader().review(view);
    let Question::Deleted { deleted_by, deleted_at, deleted_own, edited_at, edited_own, .. } =
        &review.questions[0]
    else {
        panic!("{review:?}")
    };
    assert_eq!(
        (deleted_by.as_str(), *deleted_at, *deleted_own, *edited_at, *edited_own),
        ("the phone", 5, false, 6, true)
    );
    let Question::Field { sides, options, combined, .. } = &review.questions[1] else { panic!("{review:?}") };
    assert_eq!((sides[0].text.as_str(), combined), ("Urgent, not important", &None));
    assert_eq!(options.as_ref().map(Vec::len), Some(4));
    let document = serde_json::to_value(&review.questions[0]).unwrap();
    assert_eq!(document["type"], "deleted");
    assert_eq!(
        serde_json::from_value::<Choice>(json!({ "type": "number", "number": 2 })).unwrap(),
        Choice::Number { number: 2 }
    );
}
