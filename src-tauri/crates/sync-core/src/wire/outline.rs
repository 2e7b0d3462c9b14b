//! What a device holds, in a few bytes an entity: so that two devices can say what a first merge would do before it is done.

use super::error::{WireError, malformed};
use crate::entity::Checksum;
use crate::limits::OUTLINE_PAGE;
use uuid::Uuid;

/// Bytes a mark.
const WIDTH: usize = 16;

/// An entity and the state that it is in, as far as a comparison needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The first 8 bytes of a hash of its kind and id.
    pub entity: u64,
    /// The first 8 bytes of its checksum, but for the last bit, which says whether it lives.
    pub state: u64,
}

impl Mark {
    /// Of an entity.
    #[must_use]
    pub fn new(kind: &str, id: Uuid, checksum: Checksum, lives: bool) -> Self {
        let mut entity = [0; 8];
        blake3::Hasher::new().update(kind.as_bytes()).update(id.as_bytes()).finalize_xof().fill(&mut entity);
        let [a, b, c, d, e, f, g, h, ..] = checksum.0;
        let state = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        Self { entity: u64::from_be_bytes(entity), state: state & !1 | u64::from(lives) }
    }

    /// Whether it is not deleted.
    #[must_use]
    pub const fn lives(self) -> bool {
        self.state & 1 == 1
    }
}

pub(super) fn encode(marks: &[Mark]) -> Vec<u8> {
    marks.iter().flat_map(|mark| [mark.entity.to_be_bytes(), mark.state.to_be_bytes()]).flatten().collect()
}

pub(super) fn decode(body: &[u8]) -> Result<Vec<Mark>, WireError> {
    let (chunks, rest) = body.as_chunks::<WIDTH>();
    if !rest.is_empty() {
        return Err(malformed("outline", "it ends in the middle of an entity"));
    }
    if chunks.is_empty() || chunks.len() > OUTLINE_PAGE {
        return Err(WireError::TooMuch { kind: "outline" });
    }
    let mark = |chunk: &[u8; WIDTH]| {
        let both = u128::from_be_bytes(*chunk);
        Mark { entity: (both >> u64::BITS) as u64, state: both as u64 }
    };
    Ok(chunks.iter().map(mark).collect())
}
