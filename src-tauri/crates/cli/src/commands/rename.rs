//! `whph rename`: gives this device another name.

use serde_json::json;
use sync_engine::Engine;

use crate::args::Rename;
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Rename, output: &mut Output) -> Result<(), CliError> {
    engine.rename(&args.name).await?;
    let device = engine.device();
    output.say(format_args!(
        "This device is {} now. Paired devices learn it with the next sync, unless they call it by a name of their own.",
        device.name
    ))?;
    output.json(&json!({ "device": device.id, "name": device.name }))?;
    Ok(())
}
