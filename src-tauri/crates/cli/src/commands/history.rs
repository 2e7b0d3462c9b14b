//! `whph history`: past syncs, or what became of one entity.

use serde_json::{Value, json};
use sync_core::entity::EntityKey;
use sync_core::node::storage::SessionRecord;
use sync_core::time::Wall;
use sync_engine::{Engine, HistoryEntry, HistoryEvent, HistoryFilter};

use super::entity;
use super::show::{Devices, text};
use crate::args::History;
use crate::errors::CliError;
use crate::output::Output;
use crate::when;

/// Entries that are shown.
const PAGE: usize = 200;

pub(crate) async fn run(engine: &Engine, args: History, output: &mut Output) -> Result<(), CliError> {
    let devices = Devices::load(engine).await?;
    match args.entity {
        Some(argument) => changes(engine, entity(engine, &argument).await?.key, &devices, output).await,
        None => sessions(engine, &devices, output).await,
    }
}

async fn changes(
    engine: &Engine,
    key: EntityKey,
    devices: &Devices,
    output: &mut Output,
) -> Result<(), CliError> {
    let filter = HistoryFilter { entity: Some(key.clone()), ..HistoryFilter::default() };
    let entries = engine.history(filter, PAGE).await?;
    if output.is_json() {
        return Ok(entries.iter().try_for_each(|entry| output.json(&entry_json(entry)))?);
    }
    if entries.is_empty() {
        output.say(format_args!("Nothing of {key} was replaced or deleted in the last 90 days."))?;
        return Ok(());
    }
    for entry in entries {
        let author = devices.name_or_unknown(entry.author);
        let what = match &entry.event {
            HistoryEvent::Replaced { field, from, to } => {
                let to = to.as_ref().map_or_else(String::new, |to| format!(" → {}", text(&to.value())));
                format!("{field}: {}{to}", text(&from.value()))
            }
            HistoryEvent::Deleted => "deleted".into(),
            HistoryEvent::PutBack => "put back".into(),
        };
        output.say(format_args!("{} · {} · {author} · {what}", entry.number, when::local(entry.at)))?;
    }
    Ok(output.say("`whph put-back NUMBER` puts back what the line of that number kept.")?)
}

async fn sessions(engine: &Engine, devices: &Devices, output: &mut Output) -> Result<(), CliError> {
    let sessions = engine.sessions(None, PAGE).await?;
    if output.is_json() {
        return Ok(sessions
            .iter()
            .try_for_each(|(number, record)| output.json(&session_json(*number, record)))?);
    }
    if sessions.is_empty() {
        output.say("No sync has moved anything yet. `whph sync` syncs with the paired devices.")?;
        return Ok(());
    }
    for (_, record) in &sessions {
        output.say(session_line(record, &devices.name(record.peer)))?;
    }
    Ok(())
}

fn session_line(record: &SessionRecord, name: &str) -> String {
    let received = record.received;
    let seconds = record.ended.saturating_sub(record.started) as f64 / 1000.0;
    let end = match &record.reason {
        Some(reason) => reason.as_str(),
        None if record.proved => "up to date",
        None => "not compared",
    };
    format!(
        "{} · {name} · sent {} · {} new, {} changed, {} deleted · {seconds:.1} s · {end}",
        when::local(Wall(record.ended)),
        record.sent,
        received.new,
        received.changed,
        received.deleted,
    )
}

fn entry_json(entry: &HistoryEntry) -> Value {
    let (event, field, from, to) = match &entry.event {
        HistoryEvent::Replaced { field, from, to } => {
            ("replaced", Some(field), Some(from.value()), to.as_ref().map(|to| to.value()))
        }
        HistoryEvent::Deleted => ("deleted", None, None, None),
        HistoryEvent::PutBack => ("put-back", None, None, None),
    };
    json!({
        "number": entry.number, "kind": entry.key.kind, "id": entry.key.id, "at": when::utc(entry.at),
        "event": event, "field": field, "from": from, "to": to,
        "author": entry.author, "made": when::utc(entry.made), "through": entry.through,
    })
}

fn session_json(number: u64, record: &SessionRecord) -> Value {
    json!({
        "number": number, "device": record.peer,
        "started": when::utc(Wall(record.started)), "ended": when::utc(Wall(record.ended)),
        "sent": record.sent, "received": record.received, "bytes": record.bytes,
        "proved": record.proved, "reason": record.reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::identity::DeviceId;
    use sync_core::node::storage::Report;

    #[test]
    fn a_sync_is_one_line() {
        let mut record = SessionRecord {
            peer: DeviceId::from_bytes([2; 16]),
            started: 1_000,
            ended: 1_234,
            sent: 4,
            received: Report { new: 3, changed: 2, deleted: 1, ..Report::default() },
            bytes: [10, 20],
            proved: true,
            reason: None,
        };
        let line = session_line(&record, "pixel");
        assert!(
            line.ends_with(" · pixel · sent 4 · 3 new, 2 changed, 1 deleted · 0.2 s · up to date"),
            "{line}"
        );
        record.proved = false;
        record.reason = Some("it stopped answering".into());
        assert!(session_line(&record, "pixel").ends_with("it stopped answering"));
    }
}
