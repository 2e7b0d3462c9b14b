//! `whph get`: shows an entity.

use std::collections::BTreeMap;

use planner::kinds::TAGS;
use serde_json::Value;
use sync_engine::Engine;

use super::entity;
use super::show::{Devices, short, text, view_json, waiting};
use crate::args::One;
use crate::errors::CliError;
use crate::output::Output;
use crate::when;

pub(crate) async fn run(engine: &Engine, args: One, output: &mut Output) -> Result<(), CliError> {
    let view = entity(engine, &args.entity).await?;
    let devices = Devices::load(engine).await?;
    output.json(&view_json(&view, &devices))?;
    if output.is_json() {
        return Ok(());
    }

    output.say(&view.key)?;
    let names = tag_names(engine).await?;
    let width = view.fields.keys().map(String::len).max().unwrap_or(0);
    for (field, value) in &view.fields {
        let shown = if field == TAGS { with_names(value, &names) } else { text(value) };
        if shown.contains('\n') {
            output.say(format_args!("  {field}:"))?;
            output.quote(&shown)?;
        } else {
            output.say(format_args!("  {field:width$}  {shown}"))?;
        }
    }
    let author = devices.name_or_unknown(view.modified_by);
    if view.local {
        output.say("It stays on this device.")?;
    } else if view.deleted {
        output.say(format_args!("It was deleted by {author}, {}.", when::local(view.version.wall())))?;
    } else {
        output.say(format_args!("Last changed by {author}, {}.", when::local(view.version.wall())))?;
    }
    if !view.reviews.is_empty() {
        let entity = short(&view.key);
        output.say(format_args!("Waits for you: {}. `whph review show {entity}`", waiting(&view)))?;
    }
    Ok(())
}

async fn tag_names(engine: &Engine) -> Result<BTreeMap<String, String>, CliError> {
    let tags = engine.list("tag").await?;
    Ok(tags.into_iter().filter_map(|tag| Some((tag.key.id.to_string(), tag.title?))).collect())
}

/// A list of tags by their names; one whose tag is not here keeps its id.
fn with_names(tags: &Value, names: &BTreeMap<String, String>) -> String {
    let name = |id: &Value| {
        let id = text(id);
        names.get(&id).cloned().unwrap_or(id)
    };
    match tags {
        Value::Array(ids) => ids.iter().map(name).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => text(tags),
    }
}
