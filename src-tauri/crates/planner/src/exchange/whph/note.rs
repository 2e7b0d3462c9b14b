//! `note_table`.

use super::row::Reader;
use super::{RowError, Tagged, title};
use crate::exchange::Draft;
use crate::kinds::note;

pub(super) fn map(row: &mut Reader<'_>, tagged: &Tagged) -> Result<Draft, RowError> {
    title::put(row, ("title", "title"), ("content", "content"));
    row.put_tags(tagged);
    row.put_order();
    row.put_created();
    row.finish(note::NAME)
}
