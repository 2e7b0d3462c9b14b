//! From `FIELD=VALUE` arguments to changes of an entity.

use planner::exchange::{Admitted, Tags};
use planner::kinds::TAGS;
use serde_json::{Map, Value};
use sync_core::entity::write::Change;
use sync_core::schema::Violation;

use crate::errors::CliError;

/// One argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment<'a> {
    pub(crate) field: &'a str,
    pub(crate) operator: Operator,
    pub(crate) text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Remove,
}

/// Reads arguments.
pub(crate) fn parse(arguments: &[String]) -> Result<Vec<Assignment<'_>>, CliError> {
    arguments.iter().map(|argument| assignment(argument)).collect()
}

/// What `add` writes.
pub(crate) fn new_fields(kind: &str, assignments: &[Assignment<'_>]) -> Result<Map<String, Value>, CliError> {
    let mut fields = Map::new();
    for &Assignment { field, operator, text } in assignments {
        if operator != Operator::Set {
            return Err(CliError::Usage(format!(
                "a new entity has no {field} yet to change: write {field}=…"
            )));
        }
        let value = planner::parse_field(kind, field, text)?;
        if fields.insert(field.to_owned(), value).is_some() {
            return Err(twice(field));
        }
    }
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

/// What `set` does, and the tags that it names and that nobody has made.
pub(crate) fn changes(
    kind: &str,
    assignments: &[Assignment<'_>],
    tags: &mut Tags,
) -> Result<(Vec<Change>, Vec<Admitted>), CliError> {
    let mut set = Map::new();
    let mut items = Vec::new();
    let mut made = Vec::new();
    for &Assignment { field, operator, text } in assignments {
        let mut value = planner::parse_field(kind, field, text)?;
        if operator == Operator::Remove {
            for item in list(field, value)? {
                items.push(Change::Remove(field.into(), known_tag(field, item, tags)));
            }
            continue;
        }
        made.extend(resolve(field, &mut value, tags));
        if operator == Operator::Add {
            items.extend(list(field, value)?.into_iter().map(|item| Change::Add(field.into(), item)));
        } else if set.insert(field.to_owned(), value).is_some() {
            return Err(twice(field));
        }
    }
    let set = (!set.is_empty()).then_some(Change::Set(set));
    Ok((set.into_iter().chain(items).collect(), made))
}

/// Turns names of tags into ids. Returns the tags to be made.
pub(crate) fn resolve(field: &str, value: &mut Value, tags: &mut Tags) -> Vec<Admitted> {
    if let (TAGS, Value::Array(items)) = (field, value) { tags.resolve(items) } else { Vec::new() }
}

fn assignment(argument: &str) -> Result<Assignment<'_>, CliError> {
    let Some((left, text)) = argument.split_once('=') else {
        return Err(CliError::Usage(format!(
            "{argument:?} is not of the form FIELD=VALUE, such as title=\"Buy milk\""
        )));
    };
    let (field, operator) = match (left.strip_suffix('+'), left.strip_suffix('-')) {
        (Some(field), _) => (field, Operator::Add),
        (None, Some(field)) => (field, Operator::Remove),
        (None, None) => (left, Operator::Set),
    };
    Ok(Assignment { field, operator, text })
}

fn list(field: &str, value: Value) -> Result<Vec<Value>, CliError> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(Vec::new()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(Violation::new(field, format!("is not a list; write {field}=…")).into())
        }
    }
}

/// A tag that is to be taken away is looked up and never made.
fn known_tag(field: &str, item: Value, tags: &Tags) -> Value {
    let id = item.as_str().filter(|name| field == TAGS && uuid::Uuid::try_parse(name).is_err());
    id.and_then(|name| tags.id(name)).map_or(item, |id| Value::from(id.to_string()))
}

fn twice(field: &str) -> CliError {
    CliError::Usage(format!("{field} is given twice"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    fn parsed(arguments: &[&str], tags: &mut Tags) -> Result<(Vec<Change>, Vec<Admitted>), CliError> {
        let arguments: Vec<String> = arguments.iter().map(|&a| a.to_owned()).collect();
        changes("task", &parse(&arguments)?, tags)
    }

    fn no_tags() -> Tags {
        Tags::new([])
    }

    #[test]
    fn values_are_read_by_their_field() {
        let (changes, _) =
            parsed(&["title=a=b", "order=-1.5", "estimated_minutes=", "status=done"], &mut no_tags())
                .unwrap();
        let Value::Object(expected) =
            json!({ "title": "a=b", "order": -1.5, "estimated_minutes": null, "status": "done" })
        else {
            unreachable!()
        };
        assert_eq!(changes, [Change::Set(expected)]);
    }

    #[test]
    fn lists_take_items_and_names_of_tags() {
        let home = Uuid::from_u128(7);
        let mut tags = Tags::new([("home".to_owned(), home)]);
        let (changes, made) = parsed(&["tags+=Home,garden", "tags-=home"], &mut tags).unwrap();
        let garden = made[0].id;
        assert_eq!((made.len(), made[0].kind.as_str()), (1, "tag"));
        assert_eq!(changes.len(), 3);
        for id in [home, garden] {
            assert!(changes.contains(&Change::Add("tags".into(), json!(id.to_string()))));
        }
        assert!(changes.contains(&Change::Remove("tags".into(), json!(home.to_string()))));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_a_reason() {
        for (arguments, said) in [
            (&["title"][..], "FIELD=VALUE"),
            (&["title=a", "title=b"], "given twice"),
            (&["title+=a"], "is not a list"),
            (&["titel=a"], "titel"),
            (&["order=many"], "order: must be a number"),
        ] {
            let error = parsed(arguments, &mut no_tags()).unwrap_err().to_string();
            assert!(error.contains(said), "{arguments:?}: {error}");
        }
        let added = ["tags+=a".to_owned()];
        assert!(new_fields("task", &parse(&added).unwrap()).is_err());
    }
}
