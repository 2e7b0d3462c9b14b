//! WHPH's own database. What its rows become is the planner's; here they are read, and what there is no kind for is counted.

mod file;
mod read;

pub use file::WhphError;

use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, Utc};
use planner::exchange::whph::{Mapped, Mapping, Taken, map};

use crate::ImportError;
use crate::sink::Sink;
use read::Found;

pub(crate) async fn run(file: &Path, sink: &mut Sink<'_>) -> Result<(), ImportError> {
    let Found { tables, damaged, left_out } = read::read(file)?;
    for (table, reason) in damaged {
        sink.refuse(table, reason);
    }
    let Mapped { rows, deleted, orphaned } = map(tables, &day_of);
    for Mapping { place, outcome } in rows {
        match outcome {
            Ok(Taken { draft, notes }) => {
                for note in notes {
                    sink.warn(&place, &note);
                }
                sink.take(place, draft).await?;
            }
            Err(error) => sink.refuse(place, error.to_string()),
        }
    }
    sink.leave_out("deleted in WHPH", deleted);
    sink.leave_out("days of habits that are gone", orphaned);
    for (what, count) in left_out {
        sink.leave_out(what, count);
    }
    Ok(())
}

/// In this computer's time zone, as WHPH shows days.
fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&Local).date_naive()
}
