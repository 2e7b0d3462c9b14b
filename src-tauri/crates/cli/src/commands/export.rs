//! `whph export`: everything that is shared, as JSON lines in the order of kinds and ids. Two devices that hold the same
//! print the same bytes.

use sync_engine::Engine;

use super::known_kind;
use crate::args::Export;
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Export, output: &mut Output) -> Result<(), CliError> {
    if let Some(kind) = &args.kind {
        known_kind(engine, kind).await?;
    }
    exchange::export(engine, args.kind, |line| output.json_line(line)).await?;
    Ok(())
}
