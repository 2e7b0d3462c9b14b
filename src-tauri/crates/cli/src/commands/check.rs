//! `whph check`: whether the database is what was written.

use serde_json::json;
use sync_engine::Engine;

use crate::errors::CliError;
use crate::output::{Output, count};

pub(crate) async fn run(engine: &Engine, output: &mut Output) -> Result<(), CliError> {
    let checkup = engine.check().await?;
    let problems: Vec<String> = checkup.problems.iter().map(ToString::to_string).collect();
    output.json(&json!({ "entities": checkup.entities, "problems": problems }))?;
    for problem in &problems {
        output.say(problem)?;
    }
    let checked = count(checkup.entities, "entity");
    if problems.is_empty() {
        output.say(format_args!("{checked} checked: file, checksums, digests and indexes are in order."))?;
        return Ok(());
    }
    Err(CliError::Check { found: count(problems.len() as u64, "problem") })
}
