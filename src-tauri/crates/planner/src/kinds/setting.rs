//! A setting of the application: a key and its value. Some belong to one device, some are secrets, and
//! neither leaves it.

use super::check::{Fields, text as text_of};
use super::{created, line, register, required};
use serde::de::IgnoredAny;
use sync_core::schema::{Kind, LocalWhen, Shape, Violation};

/// The kind's name.
pub const NAME: &str = "setting";

/// Longest key, in bytes of UTF-8.
pub const KEY_MAX: usize = 200;
/// Longest value, in bytes of UTF-8.
pub const VALUE_MAX: usize = 64 * 1024;

/// What the text in `value` is to be read as.
pub const TYPES: &[&str] = &["text", "integer", "real", "bool", "json"];

/// The settings that stay on their device: what concerns the machine itself, and secrets.
pub const LOCAL: LocalWhen = LocalWhen {
    field: "key",
    values: &["start_at_boot", "locale", "window_state"],
    prefixes: &["device.", "secret."],
};

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    Kind {
        name: NAME,
        fields: vec![
            required(register("key", line(KEY_MAX))),
            register("value", Shape::Text { max: VALUE_MAX, line: false }),
            register("type", Shape::Choice(TYPES)),
            created(),
        ],
        title: "key",
        natural_key: &["key"],
        local_when: Some(LOCAL),
        check: Some(check),
    }
}

fn check(fields: &Fields) -> Result<(), Violation> {
    let (Some(value), Some(kind)) = (text_of(fields, "value"), text_of(fields, "type")) else {
        return Ok(());
    };
    let fits = match kind {
        "integer" => value.parse::<i64>().is_ok(),
        "real" => value.parse::<f64>().is_ok_and(f64::is_finite),
        "bool" => matches!(value, "true" | "false"),
        "json" => serde_json::from_str::<IgnoredAny>(value).is_ok(),
        // Text, and what a newer version may know.
        _ => true,
    };
    if fits { Ok(()) } else { Err(Violation::new("value", format!("must be of the type {kind}"))) }
}
