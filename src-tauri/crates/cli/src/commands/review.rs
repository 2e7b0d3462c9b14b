//! `whph review`: what was edited on two devices at once, and settling it.

use serde_json::json;
use similar::TextDiff;
use sync_core::entity::view::{Candidate, Review};
use sync_core::stamp::Stamp;
use sync_engine::{Choice, Engine, View};

use super::entity;
use super::show::{Devices, short, text, title, view_json, waiting};
use crate::args::{One, Resolve, Review as Args, ReviewCommand};
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Args, output: &mut Output) -> Result<(), CliError> {
    match args.command {
        ReviewCommand::List => list(engine, output).await,
        ReviewCommand::Show(one) => show(engine, one, output).await,
        ReviewCommand::Resolve(resolve) => settle(engine, resolve, output).await,
    }
}

async fn list(engine: &Engine, output: &mut Output) -> Result<(), CliError> {
    let views = engine.reviews().await?;
    let devices = Devices::load(engine).await?;
    output.json(&views.iter().map(|view| view_json(view, &devices)).collect::<Vec<_>>())?;
    if views.is_empty() {
        output.say("Nothing waits for you: no field was edited differently on two devices.")?;
        return Ok(());
    }
    let rows: Vec<_> = views.iter().map(|view| [short(&view.key), title(view), waiting(view)]).collect();
    output.table(["ENTITY", "TITLE", "WAITS"], &rows)?;
    output.say("Next: `whph review show ENTITY`")?;
    Ok(())
}

async fn show(engine: &Engine, args: One, output: &mut Output) -> Result<(), CliError> {
    let view = entity(engine, &args.entity).await?;
    let devices = Devices::load(engine).await?;
    output.json(&view_json(&view, &devices))?;
    output.say(format_args!("{}: {}", short(&view.key), title(&view)))?;
    if view.reviews.is_empty() {
        output.say("Nothing about it waits for you.")?;
    }
    for review in &view.reviews {
        match review {
            Review::Field { field, candidates } => show_field(&view, field, candidates, &devices, output)?,
            Review::Deleted { deletes, edits } => show_deletion(&view, deletes, edits, &devices, output)?,
        }
    }
    Ok(())
}

fn show_field(
    view: &View,
    field: &str,
    candidates: &[Candidate],
    devices: &Devices,
    output: &mut Output,
) -> Result<(), CliError> {
    output.say("")?;
    output.say(format_args!("{field} was written differently on {} devices:", candidates.len()))?;
    let values: Vec<String> = candidates.iter().map(|candidate| text(&candidate.value.value())).collect();
    let is_long = values.iter().any(|value| value.contains('\n'));
    for (at, (candidate, value)) in candidates.iter().zip(&values).enumerate() {
        let signature = devices.signature(view, candidate.stamp);
        let now = if at == 0 { " (shown now)" } else { "" };
        if !is_long {
            output.say(format_args!("  {}  {value}   [{signature}]{now}", at + 1))?;
            continue;
        }
        output.say(format_args!("  {}  [{signature}]{now}", at + 1))?;
        match values.first().filter(|_| at > 0) {
            Some(shown) => output.quote(&difference(shown, value))?,
            None => output.quote(value)?,
        }
    }
    let entity = short(&view.key);
    output.say(format_args!(
        "Choose: `whph review resolve {entity} {field} mine`, `theirs`, a number, or --value VALUE"
    ))?;
    Ok(())
}

fn show_deletion(
    view: &View,
    deletes: &[Stamp],
    edits: &[Stamp],
    devices: &Devices,
    output: &mut Output,
) -> Result<(), CliError> {
    let latest = |stamps: &[Stamp]| {
        stamps.iter().max().map_or_else(|| "somebody".to_owned(), |stamp| devices.signature(view, *stamp))
    };
    output.say("")?;
    output.say(format_args!("It was deleted [{}] and edited [{}].", latest(deletes), latest(edits)))?;
    output.say(format_args!("Choose: `whph review resolve {} keep` or `delete`", short(&view.key)))?;
    Ok(())
}

async fn settle(engine: &Engine, args: Resolve, output: &mut Output) -> Result<(), CliError> {
    let Resolve { entity: argument, words, value } = args;
    let view = entity(engine, &argument).await?;
    let (field, choice) = choose(&view, words, value)?;
    engine.resolve(view.key.clone(), field, choice).await?;
    let left = engine.get(&view.key).await?.map_or_else(String::new, |view| waiting(&view));
    if left.is_empty() {
        output.say(format_args!(
            "{} is settled; the other devices learn it with the next sync.",
            short(&view.key)
        ))?;
    } else {
        output.say(format_args!("Settled. Of {} still waits: {left}", short(&view.key)))?;
    }
    output.json(&json!({ "kind": view.key.kind, "id": view.key.id, "settled": left.is_empty() }))?;
    Ok(())
}

/// Reads `[FIELD] CHOICE`, or `[FIELD]` beside a value.
fn choose(
    view: &View,
    words: Vec<String>,
    value: Option<String>,
) -> Result<(Option<String>, Choice), CliError> {
    let mut words = words.into_iter();
    let (first, second) = (words.next(), words.next());
    if let Some(text) = value {
        if second.is_some() {
            return Err(CliError::Usage("--value is a choice of its own: leave the other away".into()));
        }
        let Some(field) = first.or_else(|| only_field(view)) else {
            return Err(CliError::Usage("say which field gets that value, before --value".into()));
        };
        let value = planner::parse_field(&view.key.kind, &field, &text)?;
        return Ok((Some(field), Choice::Value(value)));
    }
    let (field, word) = match (first, second) {
        (Some(field), Some(word)) => (Some(field), word),
        (Some(word), None) => (None, word),
        (None, _) => {
            return Err(CliError::Usage(
                "say what to choose: mine, theirs, a number, keep, delete, or --value VALUE".into(),
            ));
        }
    };
    let choice = match word.as_str() {
        "mine" => Choice::Mine,
        "theirs" => Choice::Theirs,
        "keep" => Choice::Keep,
        "delete" => Choice::Delete,
        number => Choice::Number(number.parse().map_err(|_| {
            CliError::Usage(format!(
                "{number:?} is no choice; use mine, theirs, a number, keep, delete, or --value VALUE"
            ))
        })?),
    };
    Ok((field, choice))
}

fn only_field(view: &View) -> Option<String> {
    let mut fields = view.reviews.iter().filter_map(|review| match review {
        Review::Field { field, .. } => Some(field.to_string()),
        Review::Deleted { .. } => None,
    });
    fields.next().filter(|_| fields.next().is_none())
}

/// What to change in `shown` to get `other`, by lines.
fn difference(shown: &str, other: &str) -> String {
    TextDiff::from_lines(shown, other).unified_diff().context_radius(2).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeMap;
    use sync_core::entity::EntityKey;
    use sync_core::hlc::Hlc;
    use sync_core::json::Json;
    use sync_core::stamp::WriterId;
    use uuid::Uuid;

    fn view() -> View {
        let candidate = |value: &str| Candidate {
            value: Json::of(&json!(value)),
            stamp: Stamp { hlc: Hlc::default(), writer: WriterId([1; 8]) },
        };
        View {
            key: EntityKey::new("task", Uuid::nil()),
            title: None,
            fields: serde_json::Map::new(),
            deleted: false,
            version: Hlc::default(),
            modified_by: None,
            reviews: vec![Review::Field {
                field: "title".into(),
                candidates: vec![candidate("a"), candidate("b")],
            }],
            authors: BTreeMap::new(),
            local: false,
        }
    }

    fn chosen(words: &[&str], value: Option<&str>) -> Result<(Option<String>, Choice), CliError> {
        choose(&view(), words.iter().map(|&word| word.to_owned()).collect(), value.map(str::to_owned))
    }

    #[test]
    fn the_field_may_be_left_out_where_it_is_clear() {
        assert_eq!(chosen(&["mine"], None).unwrap(), (None, Choice::Mine));
        assert_eq!(chosen(&["title", "2"], None).unwrap(), (Some("title".into()), Choice::Number(2)));
        assert_eq!(chosen(&[], Some("c")).unwrap(), (Some("title".into()), Choice::Value(Value::from("c"))));
        assert_eq!(chosen(&["keep"], None).unwrap(), (None, Choice::Keep));
    }

    #[test]
    fn what_is_no_choice_is_explained() {
        assert!(matches!(chosen(&[], None), Err(CliError::Usage(_))));
        assert!(matches!(chosen(&["title", "yours"], None), Err(CliError::Usage(_))));
        assert!(matches!(chosen(&["title", "mine"], Some("c")), Err(CliError::Usage(_))));
        assert!(matches!(chosen(&["status"], Some("nonsense")), Err(CliError::Refused(_))));
    }

    #[test]
    fn long_texts_are_compared_by_lines() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
    }
}
