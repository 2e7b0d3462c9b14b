//! `whph keep`: keeps an entity on this device only, or shares it again.

use serde_json::json;
use sync_engine::{Engine, Outcome};

use super::living;
use crate::args::Keep;
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Keep, output: &mut Output) -> Result<(), CliError> {
    let key = living(engine, &args.entity).await?.key;
    let here = args.here;
    let is_changed = engine.keep_here(key.clone(), here).await? != Outcome::Unchanged;
    let words = match (here, is_changed) {
        (true, true) => "stays on this device only",
        (true, false) => "stays on this device only already",
        (false, true) => "is shared from the next sync on",
        (false, false) => "is shared already",
    };
    output.say(format_args!("{key} {words}"))?;
    Ok(output.json(&json!({ "kind": key.kind, "id": key.id, "local": here, "changed": is_changed }))?)
}
