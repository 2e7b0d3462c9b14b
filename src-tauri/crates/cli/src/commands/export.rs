//! `whph export`: everything that is shared, as JSON lines in the order of kinds and ids, so that two devices that hold the
//! same print the same bytes; or as Markdown files.

use serde_json::json;
use sync_engine::Engine;

use super::known_kind;
use crate::args::Export;
use crate::errors::CliError;
use crate::output::{Output, count};

pub(crate) async fn run(engine: &Engine, args: Export, output: &mut Output) -> Result<(), CliError> {
    if let Some(parent) = args.markdown {
        let today = chrono::Local::now().date_naive();
        let exported = exchange::export_markdown(engine, &parent, today).await?;
        let folder = exported.folder.display().to_string();
        output.say(format_args!("{} written into {folder}", count(exported.files, "file")))?;
        output.json(&json!({ "folder": folder, "files": exported.files }))?;
        return Ok(());
    }
    if let Some(kind) = &args.kind {
        known_kind(engine, kind).await?;
    }
    exchange::export(engine, args.kind, |line| output.json_line(line)).await?;
    Ok(())
}
