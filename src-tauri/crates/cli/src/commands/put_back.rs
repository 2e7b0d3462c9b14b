//! `whph put-back`: what a line of the history kept becomes the shown value again, by an ordinary write.

use serde_json::json;
use sync_engine::Engine;

use super::show::title;
use crate::args::PutBack;
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: PutBack, output: &mut Output) -> Result<(), CliError> {
    let view = engine.put_back(args.number).await?;
    output.say(format_args!("{} ({}): line {} is put back", view.key, title(&view), args.number))?;
    output.json(&json!({ "kind": view.key.kind, "id": view.key.id, "fields": view.fields }))?;
    Ok(())
}
