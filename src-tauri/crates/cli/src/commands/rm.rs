//! `whph rm`: deletes an entity. An edit made elsewhere meanwhile beats it and is put up for review.

use serde_json::json;
use sync_core::entity::write::Change;
use sync_engine::{Edit, Engine};

use super::entity;
use crate::args::One;
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: One, output: &mut Output) -> Result<(), CliError> {
    let view = entity(engine, &args.entity).await?;
    if !view.deleted {
        engine.write(vec![Edit { key: view.key.clone(), change: Change::Delete }]).await?;
    }
    output.say(format_args!(
        "{} {}",
        view.key,
        if view.deleted { "was deleted already" } else { "is deleted" }
    ))?;
    output.json(&json!({ "kind": view.key.kind, "id": view.key.id, "changed": !view.deleted }))?;
    Ok(())
}
