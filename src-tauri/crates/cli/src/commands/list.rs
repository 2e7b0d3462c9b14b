//! `whph list`: the entities of a kind.

use sync_engine::Engine;

use super::known_kind;
use super::show::{Devices, short, title, view_json, waiting};
use crate::args::List;
use crate::errors::CliError;
use crate::output::Output;
use crate::when;

pub(crate) async fn run(engine: &Engine, args: List, output: &mut Output) -> Result<(), CliError> {
    known_kind(engine, &args.kind).await?;
    let views = engine.list(&args.kind).await?;
    if output.is_json() {
        let devices = Devices::load(engine).await?;
        return Ok(views.iter().try_for_each(|view| output.json(&view_json(view, &devices)))?);
    }
    if views.is_empty() {
        output.say(format_args!(
            "No {} here yet. Make one with `whph add {} …`, or sync.",
            args.kind, args.kind
        ))?;
        return Ok(());
    }
    let rows: Vec<_> = views
        .iter()
        .map(|view| {
            let changed = if view.local { "stays here".into() } else { when::local(view.version.wall()) };
            [short(&view.key), title(view), changed, waiting(view)]
        })
        .collect();
    output.table(["ENTITY", "TITLE", "CHANGED", ""], &rows)?;
    Ok(())
}
