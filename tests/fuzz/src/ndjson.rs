use planner::exchange::{Admitted, Draft, Importer, line, parse_line};
use serde_json::Value;
use std::collections::BTreeMap;
use sync_core::json::is_name;
use sync_core::limits::{FIELDS_MAX, VALUE_MAX};
use uuid::Uuid;

/// A file of our own form, line by line. What is taken is within the limits, and what was written of it is read back as the same;
/// importing it again, or what it became, makes nothing new.
pub fn ndjson(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let drafts: Vec<Draft> = lines.filter_map(|line| parse_line(line).ok()).collect();
    drafts.iter().for_each(comes_back);

    let admitted = import(&drafts);
    assert_eq!(import(&drafts), admitted);
    let written = admitted.iter().map(|entity| line(&entity.kind, entity.id, &entity.fields));
    let again: Vec<Draft> = written.map(|line| parse_line(&line).expect("what was written")).collect();
    assert_eq!(import(&again), admitted);
}

/// A draft is within the limits, and has one spelling.
pub(crate) fn comes_back(draft: &Draft) {
    assert!(is_name(&draft.kind));
    assert!(draft.fields.len() <= FIELDS_MAX);
    for (name, value) in &draft.fields {
        assert!(is_name(name) && !value.is_null());
        assert!(value.to_string().len() <= VALUE_MAX);
    }
    let id = draft.id.unwrap_or(Uuid::from_u128(7));
    let written = line(&draft.kind, id, &draft.fields);
    let read = parse_line(&written).expect("what was written");
    assert_eq!(read, Draft { id: Some(id), ..draft.clone() });
    assert_eq!(line(&read.kind, id, &read.fields), written);
}

/// The entities that drafts become. Where they have tags of a known kind these are ids.
pub(crate) fn import(drafts: &[Draft]) -> Vec<Admitted> {
    let mut importer = Importer::new([("work".to_owned(), Uuid::from_u128(1))]);
    let admitted: Vec<Admitted> = drafts.iter().flat_map(|draft| importer.admit(draft.clone())).collect();
    let mut tags = BTreeMap::new();
    for entity in &admitted {
        if matches!(&*entity.kind, "task" | "habit" | "note")
            && let Some(Value::Array(items)) = entity.fields.get("tags")
        {
            assert!(items.iter().all(|item| item.as_str().is_some_and(|id| Uuid::try_parse(id).is_ok())));
        }
        if entity.kind == "tag" {
            tags.insert(entity.id, &entity.fields);
        }
    }
    admitted
}
