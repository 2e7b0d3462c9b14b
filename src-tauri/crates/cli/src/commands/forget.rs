//! `whph forget`: removes a paired device.

use serde_json::json;
use sync_engine::Engine;

use crate::args::Forget;
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Forget, output: &mut Output) -> Result<(), CliError> {
    let peer = engine.find_peer(&args.device).await?;
    engine.forget(peer.device).await?;
    output.say(format_args!(
        "{} is forgotten: it is refused from now on. What it holds already stays on it; this device cannot wipe it.",
        peer.name
    ))?;
    output.json(&json!({ "device": peer.device, "name": peer.name }))?;
    Ok(())
}
