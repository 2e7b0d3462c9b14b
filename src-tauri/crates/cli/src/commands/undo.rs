//! `whph undo`: answers deletions of many entities at once by another device.

use serde_json::json;
use sync_engine::Engine;

use crate::args::Undo;
use crate::errors::CliError;
use crate::output::{Output, count};

pub(crate) async fn run(engine: &Engine, args: Undo, output: &mut Output) -> Result<(), CliError> {
    let restored = if args.dismiss {
        engine.dismiss_sweep(args.number).await?;
        output.say("The deletions stay, and are not shown any more.")?;
        0
    } else {
        let restored = engine.undo_sweep(args.number).await?;
        let entities = count(restored, "entity");
        output.say(format_args!(
            "Put back: {entities}. The next sync puts them back on the other devices too."
        ))?;
        restored
    };
    Ok(output.json(&json!({ "number": args.number, "restored": restored, "dismissed": args.dismiss }))?)
}
