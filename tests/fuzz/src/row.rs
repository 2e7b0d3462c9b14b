use sync_core::entity::row::{Row, RowError, decode, encode};
use sync_core::entity::view::{reviews, shown_fields};
use sync_core::entity::{Entity, EntityKey, apply, merge};
use sync_core::json::is_name;
use sync_core::limits::{FIELDS_MAX, SET_MAX, SIBLINGS_MAX, VALUE_MAX, WRITERS_MAX};
use sync_core::stamp::WriterId;
use uuid::Uuid;

/// Rows of one entity: lines of `fields` and `meta` in turn. What is taken respects every limit and has one spelling; and any two
/// merge alike, whichever is there first; what comes of it can be stored, or is told from what can.
pub fn row(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let mut entities: Vec<Entity> = Vec::new();
    while let (Some(fields), Some(meta)) = (lines.next(), lines.next()) {
        let Ok(entity) = decode(fields, meta, writer) else { continue };
        within_limits(&entity);
        let spelt = row_of(&entity);
        assert_eq!(decode(&spelt.fields, &spelt.meta, writer).as_ref(), Ok(&entity));
        if let Some(before) = entities.last() {
            merges(before, &entity);
        }
        entities.push(entity);
    }
}

fn within_limits(entity: &Entity) {
    assert!(entity.fields.len() + entity.sets.len() <= FIELDS_MAX);
    assert!((1..=WRITERS_MAX).contains(&entity.vv.len()));
    assert!(entity.fields.keys().chain(entity.sets.keys()).all(|name| is_name(name)));
    assert!(entity.fields.keys().all(|name| !entity.sets.contains_key(name)));
    assert!(entity.removals.len() <= SIBLINGS_MAX);
    for siblings in entity.fields.values() {
        assert!((1..=SIBLINGS_MAX).contains(&siblings.len()));
        for sibling in siblings {
            assert!(entity.vv.covers(sibling.stamp));
            assert!(sibling.value.text().len() <= VALUE_MAX);
        }
    }
    for members in entity.sets.values() {
        assert!(members.len() <= SET_MAX);
        assert!(members.iter().all(|member| entity.vv.covers(member.stamp)));
    }
    // Whatever is in it can be shown.
    assert!(shown_fields(entity).len() <= FIELDS_MAX);
    let _ = reviews(entity, None);
}

fn merges(a: &Entity, b: &Entity) {
    let key = EntityKey::new("task", Uuid::from_u128(1));
    let merged = merge(a, b);
    assert_eq!(merge(b, a), merged);
    assert_eq!(merge(a, a), *a);
    assert_eq!(merge(&merged, b), merged);
    assert_eq!(merge(b, a).checksum(&key), merged.checksum(&key));
    let _ = apply(Some(a), b.clone());
    let stored = row_of(&merged);
    // A field here and a set there: what is written of the two reads as something else, by which a store knows to set it aside.
    let torn = merged.fields.keys().any(|name| merged.sets.contains_key(name));
    match decode(&stored.fields, &stored.meta, writer) {
        Ok(read) => assert_eq!(read == merged, !torn, "{stored:?}"),
        // So is what is too much, though neither was.
        Err(error) => assert!(torn || matches!(error, RowError::TooMany(_)), "{error}: {stored:?}"),
    }
}

fn row_of(entity: &Entity) -> Row {
    encode(entity, |writer| u32::from(writer.0[0]))
}

/// The writer with that number: eight bytes of it.
fn writer(number: u32) -> Option<WriterId> {
    u8::try_from(number).ok().map(|number| WriterId([number; 8]))
}
