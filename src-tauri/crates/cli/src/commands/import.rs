//! `whph import`: entities from JSON lines, todo.txt, Markdown files or WHPH's own database.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use exchange::{Imported, News};
use serde_json::json;
use sync_engine::Engine;

use crate::args::Import;
use crate::errors::CliError;
use crate::output::{Output, Progress, count};
use crate::safe;

pub(crate) async fn run(engine: &Engine, args: Import, output: &mut Output) -> Result<(), CliError> {
    let quiet = output.is_json();
    let mut progress = Progress::new(output);
    let mut tell = |news: News<'_>| match news {
        News::Noted { place, what } if !quiet => eprintln!("{}", safe::one_line(&format!("{place}: {what}"))),
        News::Noted { .. } => {}
        News::Read(read) => progress.show(format_args!("{} imported", count(read, "entity"))),
    };
    let imported = match (args.whph, args.markdown, args.todo, args.file) {
        (Some(file), _, _, _) => exchange::import_whph(engine, &file, &mut tell).await?,
        (None, Some(folder), _, _) => exchange::import_markdown(engine, &folder, &mut tell).await?,
        (None, None, Some(file), _) => {
            exchange::import_todo_txt(engine, &mut *open(&file)?, &file, &mut tell).await?
        }
        (None, None, None, Some(file)) => {
            exchange::import_lines(engine, &mut *open(&file)?, &file, &mut tell).await?
        }
        (None, None, None, None) => {
            return Err(CliError::Usage("name a file, or - for standard input".into()));
        }
    };
    drop(progress);
    report(imported, output)
}

fn open(file: &Path) -> Result<Box<dyn BufRead + Send>, CliError> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let unreadable = |source| CliError::Read { path: file.to_owned(), source };
    Ok(Box::new(BufReader::with_capacity(64 * 1024, File::open(file).map_err(unreadable)?)))
}

fn report(imported: Imported, output: &mut Output) -> Result<(), CliError> {
    let Imported { read, created, changed, unchanged, refused, noted, left_out } = imported;
    let count = refused.len() as u64;
    output.say(format_args!(
        "{read} read: {created} new, {changed} changed, {unchanged} as before, {count} refused."
    ))?;
    if !left_out.is_empty() {
        let parts: Vec<_> = left_out.iter().map(|left| format!("{} {}", left.count, left.what)).collect();
        output.say(format_args!("Left out: {}.", parts.join(", ")))?;
    }
    let reasons: Vec<_> =
        refused.iter().map(|refused| json!({ "place": refused.place, "reason": refused.reason })).collect();
    let notes: Vec<_> =
        noted.iter().map(|noted| json!({ "place": noted.place, "what": noted.what })).collect();
    let left: Vec<_> =
        left_out.iter().map(|left| json!({ "what": left.what, "count": left.count })).collect();
    output.json(&json!({
        "read": read, "created": created, "changed": changed, "unchanged": unchanged, "refused": reasons,
        "noted": notes, "left_out": left
    }))?;
    if count == 0 { Ok(()) } else { Err(CliError::Import { refused: count, read }) }
}
