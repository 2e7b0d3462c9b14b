//! `whph init`: sets this device up.

use std::path::Path;

use serde_json::json;
use sync_engine::{Backend, Engine, Init};

use crate::args::{self, Keys};
use crate::errors::CliError;
use crate::output::Output;

pub(crate) fn run(dir: &Path, args: args::Init, output: &mut Output) -> Result<(), CliError> {
    let keystore = args.keys.map(|keys| match keys {
        Keys::System => Backend::System,
        Keys::File => Backend::File,
    });
    let device = Engine::init(dir, Init { name: args.name, listen: args.listen, keystore })?;
    output.say(format_args!("This device is {} ({}).", device.name, device.id.short()))?;
    output.say(format_args!("Data: {}", dir.display()))?;
    output.say(format_args!("Listens on {} while `whph serve` or `whph invite` runs.", device.listen))?;
    output
        .say("Next: `whph add task title=\"Water the plants\"`, or `whph invite` to pair another device.")?;
    output
        .json(&json!({ "device": device.id, "name": device.name, "listen": device.listen, "data": dir }))?;
    Ok(())
}
