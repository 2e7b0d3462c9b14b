//! `whph import`: entities from JSON lines or Markdown files. What cannot be taken is reported and left out, and the rest
//! is kept; importing the same again changes nothing.

mod lines;
mod markdown;
mod sink;

use planner::exchange::Importer;
use sync_engine::Engine;

use crate::args::Import;
use crate::errors::CliError;
use crate::output::Output;
use sink::Sink;

pub(crate) async fn run(engine: &Engine, args: Import, output: &mut Output) -> Result<(), CliError> {
    let mut sink = Sink::new(engine, Importer::new(super::named_tags(engine).await?), output);
    match (args.markdown, args.file) {
        (Some(folder), _) => markdown::run(&folder, &mut sink).await?,
        (None, Some(file)) => lines::run(&file, &mut sink).await?,
        (None, None) => return Err(CliError::Usage("name a file, or - for standard input".into())),
    }
    sink.finish(output).await
}
