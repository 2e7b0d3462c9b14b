//! `whph set`: changes fields of an entity.

use exchange::edit;
use serde_json::json;
use sync_engine::{Edit, Engine, Outcome};

use super::{living, tags};
use crate::args::Set;
use crate::errors::CliError;
use crate::fields;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Set, output: &mut Output) -> Result<(), CliError> {
    let assignments = fields::parse(&args.fields)?;
    let view = living(engine, &args.entity).await?;
    let mut tags = tags(engine).await?;
    let (changes, made) = fields::changes(&view.key.kind, &assignments, &mut tags)?;
    let mut edits: Vec<Edit> = made.into_iter().map(edit).collect();
    edits.extend(changes.into_iter().map(|change| Edit { key: view.key.clone(), change }));
    let written = agenda::write(engine, edits, chrono::Utc::now(), &chrono::Local).await?;
    let changed = written.iter().any(|(_, outcome)| *outcome != Outcome::Unchanged);
    // The next occurrence of a task that recurs.
    let next = written.iter().find(|(key, outcome)| {
        key.kind == view.key.kind && key.id != view.key.id && *outcome == Outcome::Created
    });
    output.say(format_args!("{}{}", view.key, if changed { "" } else { " was so already" }))?;
    if let Some((next, _)) = next {
        output.say(format_args!("next: {next}"))?;
    }
    let next = next.map(|(next, _)| next.id);
    output.json(&json!({ "kind": view.key.kind, "id": view.key.id, "changed": changed, "next": next }))?;
    Ok(())
}
