//! The vocabulary of rules over several fields.
//!
//! A rule refuses only what cannot be meant. What is merely unusual, such as a deadline before the planned
//! time, passes. So does a setting that rests while its switch is off (`recurrence: none` with an interval):
//! people switch things off and on again. A switch that was never named at all is a slip.

use serde_json::{Map, Value};
use sync_core::schema::Violation;

pub(super) type Fields = Map<String, Value>;

/// The text of a field.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// Whether a field has a value: null and an empty set count as none.
pub(super) fn given(fields: &Fields, name: &str) -> bool {
    match fields.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => true,
    }
}

/// `names` make sense only beside `switch`.
pub(super) fn need(fields: &Fields, names: &[&str], switch: &str) -> Result<(), Violation> {
    match names.iter().find(|name| given(fields, name)) {
        Some(name) if !given(fields, switch) => Err(Violation::new(*name, format!("needs {switch} as well"))),
        Some(_) | None => Ok(()),
    }
}

/// `names` must be given, because of `why`.
pub(super) fn require(fields: &Fields, names: &[&str], why: &str) -> Result<(), Violation> {
    match names.iter().find(|name| !given(fields, name)) {
        Some(name) => Err(Violation::new(*name, format!("is required when {why}"))),
        None => Ok(()),
    }
}
