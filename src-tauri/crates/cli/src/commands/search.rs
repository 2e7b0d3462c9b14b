//! `whph search`: tasks, habits and notes by the words in them.

use std::path::Path;

use search::Search;
use serde_json::json;
use sync_engine::Engine;

use super::show::short;
use crate::args;
use crate::errors::CliError;
use crate::output::{Output, Progress, count};

pub(crate) async fn run(
    engine: &Engine,
    folder: &Path,
    args: args::Search,
    output: &mut Output,
) -> Result<(), CliError> {
    let search = Search::new(folder);
    let mut progress = Progress::new(output);
    while search.follow(engine).await? {
        let behind = search.behind(engine).await?;
        progress.show(format_args!("{} to read", count(behind, "entity")));
    }
    drop(progress);
    let findings = search.find(&args.words.join(" "), args.limit).await?;
    if output.is_json() {
        let text = |parts: &[search::Part]| parts.iter().map(|part| part.text.as_str()).collect::<String>();
        return Ok(findings.found.iter().try_for_each(|found| {
            output.json(&json!({ "kind": found.key.kind, "id": found.key.id, "title": found.title, "text": text(&found.parts) }))
        })?);
    }
    if findings.found.is_empty() {
        output.say("Nothing found. Every word has to occur; try fewer, or their beginnings.")?;
        return Ok(());
    }
    let rows: Vec<_> = findings
        .found
        .iter()
        .map(|found| {
            let text: String = found.parts.iter().map(|part| part.text.as_str()).collect();
            [short(&found.key), found.title.clone(), text]
        })
        .collect();
    output.table(["ENTITY", "TITLE", "TEXT"], &rows)?;
    if findings.more {
        output.say(format_args!("There is more; --limit {} shows it.", args.limit.saturating_mul(5)))?;
    }
    Ok(())
}
