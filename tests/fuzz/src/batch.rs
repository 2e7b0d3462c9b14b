use std::collections::BTreeMap;
use sync_core::entity::row;
use sync_core::json::is_name;
use sync_core::limits::{BATCH_ENTITIES, BATCH_OUTPUT_MAX, ENTITY_MAX, INTRODUCED_MAX};
use sync_core::wire::batch::Batch;

/// Most that a plain text grows to.
const REPEATED_MAX: usize = 8 << 20;

/// A batch. The first byte says what follows: its bytes; or its text, which is compressed here; or two bytes of how often the text
/// is repeated, or four of the length that is declared, and the text. What is taken respects every limit, comes back as it went, and
/// takes no more room than it declared.
pub fn batch(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    match form % 4 {
        0 => decode(rest),
        1 => decode(&packed(rest.len() as u32, rest)),
        2 => {
            let Some((times, text)) = rest.split_first_chunk() else { return };
            let times = usize::from(u16::from_be_bytes(*times)).min(REPEATED_MAX / text.len().max(1));
            let text = text.repeat(times);
            decode(&packed(text.len() as u32, &text));
            // A bomb: the first of the bytes is all that it admits to.
            assert!(text.len() < 2 || Batch::decode(&packed(1, &text)).is_err());
        }
        _ => {
            let Some((declared, text)) = rest.split_first_chunk() else { return };
            let declared = u32::from_be_bytes(*declared);
            let bytes = packed(declared, text);
            assert!(declared as usize == text.len() || Batch::decode(&bytes).is_err());
            decode(&bytes);
        }
    }
}

fn packed(declared: u32, text: &[u8]) -> Vec<u8> {
    [&declared.to_be_bytes()[..], &zstd::bulk::compress(text, 1).unwrap()].concat()
}

fn decode(bytes: &[u8]) {
    if let Ok(batch) = Batch::decode(bytes) {
        holds(&batch);
    }
}

/// What is true of every batch that was read.
pub(crate) fn holds(batch: &Batch) {
    assert!(batch.entities <= BATCH_ENTITIES);
    assert!(batch.writers.len() <= INTRODUCED_MAX);
    assert!(batch.lines.len() <= BATCH_OUTPUT_MAX);
    let encoded = batch.encode().expect("what was read can be written");
    assert_eq!(Batch::decode(&encoded).as_ref(), Ok(batch));

    let writers: BTreeMap<_, _> = batch.writers.iter().map(|writer| (writer.number, writer.id)).collect();
    let mut rows = 0;
    for row in batch.rows() {
        rows += 1;
        match row {
            Ok((key, row)) => {
                assert!(is_name(&key.kind));
                assert!(row.fields.len() + row.meta.len() <= ENTITY_MAX);
                // Refused or not, it spoils no other.
                let _ = row::decode(row.fields, row.meta, |number| writers.get(&number).copied());
            }
            Err(bad) => assert!(batch.lines.contains(bad.line)),
        }
    }
    assert_eq!(rows, batch.entities);
}
