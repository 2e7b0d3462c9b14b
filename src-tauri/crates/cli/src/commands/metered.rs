//! `whph metered`: whether to sync by itself over a network that costs by volume.

use serde_json::json;
use sync_engine::Engine;

use crate::args::{Metered, OnMetered};
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Metered, output: &mut Output) -> Result<(), CliError> {
    if let Some(wanted) = args.wanted {
        engine.set_syncs_on_metered(wanted == OnMetered::Allow).await?;
    }
    let allowed = engine.syncs_on_metered().await?;
    output.say(if allowed {
        "Over a metered network this device syncs as over any other."
    } else {
        "On a metered network this device waits for another one. `whph sync` syncs all the same."
    })?;
    Ok(output.json(&json!({ "allowed": allowed }))?)
}
