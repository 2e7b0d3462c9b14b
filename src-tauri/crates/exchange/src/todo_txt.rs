//! A file in the format of todo.txt: each line becomes a task.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, NaiveTime, Utc};
use planner::todo_txt::task_from_todo_txt;

use crate::ImportError;
use crate::lines::{self, Line};
use crate::sink::Sink;

pub(crate) async fn run(
    reader: &mut (dyn BufRead + Send),
    path: &Path,
    sink: &mut Sink<'_>,
) -> Result<(), ImportError> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut number = 0_u64;
    while let Some(line) = lines::next(reader, path)? {
        number += 1;
        let place = format!("line {number}");
        let line = match line {
            Line::Text(text) => text.trim_start_matches('\u{feff}').trim().to_owned(),
            Line::Broken(reason) => {
                sink.refuse(place, reason.to_string());
                continue;
            }
        };
        if line.is_empty() {
            continue;
        }
        let twins = seen.entry(line.clone()).or_insert(0);
        let read = task_from_todo_txt(&line, *twins, &begins);
        *twins += 1;
        match read {
            Ok(read) => {
                for note in read.notes {
                    sink.warn(&place, &note);
                }
                sink.take(place, read.draft).await?;
            }
            Err(violation) => sink.refuse(place, violation.to_string()),
        }
    }
    Ok(())
}

/// In this computer's time zone: the file does not say where it was written.
fn begins(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_time(NaiveTime::MIN).and_local_timezone(Local).earliest()?.to_utc())
}
