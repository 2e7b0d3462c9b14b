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
    let outcomes = engine.write(edits).await?;
    let changed = outcomes.iter().any(|outcome| *outcome != Outcome::Unchanged);
    output.say(format_args!("{}{}", view.key, if changed { "" } else { " was so already" }))?;
    output.json(&json!({ "kind": view.key.kind, "id": view.key.id, "changed": changed }))?;
    Ok(())
}
