//! JSON text that is kept byte for byte. A newer application's value must come back to it exactly as it left,
//! so values are never parsed and written again: they are checked once, where they come in, and then carried.

use crate::limits::{DEPTH_MAX, VALUE_MAX};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// One JSON value as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json(Box<str>);

/// Why a JSON text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Longer than [`VALUE_MAX`].
    #[error("the value is {0} bytes long; {VALUE_MAX} is the most")]
    TooLong(usize),
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("the value is nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// Not JSON, or a number or character that JSON cannot carry.
    #[error("the value is not valid JSON: {0}")]
    Invalid(String),
}

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `null`
    Null,
    /// `true`, `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    Text,
    /// `[…]`
    Array,
    /// `{…}`
    Object,
}

impl Json {
    /// Takes a value that serde has already found to be well-formed, and checks what serde's raw form does not:
    /// length, depth, escapes and the range of numbers.
    ///
    /// # Errors
    /// The bound it breaks.
    pub fn from_raw(raw: &RawValue) -> Result<Self, JsonError> {
        let text = raw.get();
        if text.len() > VALUE_MAX {
            return Err(JsonError::TooLong(text.len()));
        }
        // Plain strings, words and short numbers are the common case and need no second look.
        let plain = match text.as_bytes().first() {
            Some(b'"') => !text.contains("\\u"),
            Some(b't' | b'f' | b'n') => true,
            Some(b'0'..=b'9' | b'-') => text.len() < 18 && !text.contains(['e', 'E']),
            Some(_) | None => false,
        };
        if !plain {
            let value: Value = serde_json::from_str(text).map_err(|e| JsonError::Invalid(e.to_string()))?;
            if deeper_than(&value, DEPTH_MAX) {
                return Err(JsonError::TooDeep);
            }
        }
        Ok(Self(text.into()))
    }

    /// Parses a JSON text.
    ///
    /// # Errors
    /// When it is not JSON, or breaks a bound.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|e| JsonError::Invalid(e.to_string()))?;
        Self::from_raw(raw)
    }

    /// The text of a value of ours.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        Self(value.to_string().into())
    }

    /// The text, byte for byte as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The parsed value; only for showing and checking.
    #[must_use]
    pub fn value(&self) -> Value {
        // Checked when it was made; `null` would only ever stand for a bug, and shows as "no value".
        serde_json::from_str(&self.0).unwrap_or(Value::Null)
    }

    /// Its JSON type, read off the first byte.
    #[must_use]
    pub fn class(&self) -> Class {
        match self.0.as_bytes().first() {
            Some(b'"') => Class::Text,
            Some(b't' | b'f') => Class::Bool,
            Some(b'[') => Class::Array,
            Some(b'{') => Class::Object,
            Some(b'n') | None => Class::Null,
            Some(_) => Class::Number,
        }
    }

    /// The string inside, if it is one.
    #[must_use]
    pub fn as_string(&self) -> Option<String> {
        serde_json::from_str(&self.0).ok()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| deeper_than(item, levels - 1)),
        Value::Object(fields) => levels == 0 || fields.values().any(|field| deeper_than(field, levels - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// For `#[serde(deserialize_with)]`: a map in which no key stands twice. serde would keep the last one silently.
pub(crate) fn unique_keys<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Box<str>, V>, D::Error> {
    struct Entries<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
        type Value = BTreeMap<Box<str>, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = BTreeMap::new();
            while let Some((key, value)) = map.next_entry()? {
                if entries.insert(key, value).is_some() {
                    return Err(A::Error::custom("a key stands twice"));
                }
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Entries(PhantomData))
}

/// Whether `name` may name a kind or a field: 1 to [`crate::limits::NAME_MAX`] bytes of `a-z0-9_`.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=crate::limits::NAME_MAX).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_byte() {
        for text in ["1.50", "\"a\\u00e9\\/\"", "{ \"b\": 1, \"a\" :[ ] }", "1e2", "null"] {
            assert_eq!(Json::parse(text).unwrap().text(), text);
        }
    }

    #[test]
    fn refuses_what_cannot_be_shown_later() {
        assert!(matches!(Json::parse("1e999"), Err(JsonError::Invalid(_))));
        assert!(matches!(Json::parse("\"\\ud800\""), Err(JsonError::Invalid(_))));
        assert!(matches!(Json::parse(&"[".repeat(10_000)), Err(JsonError::Invalid(_))));
        let deep = format!("{}1{}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1));
        assert_eq!(Json::parse(&deep), Err(JsonError::TooDeep));
        let long = format!("\"{}\"", "x".repeat(VALUE_MAX));
        assert_eq!(Json::parse(&long), Err(JsonError::TooLong(VALUE_MAX + 2)));
    }
}
