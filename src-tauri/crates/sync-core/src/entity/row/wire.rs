//! The JSON forms of `meta`, as serde reads them.

use crate::limits::FIELDS_MAX;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meta<'a> {
    pub(super) v: Vec<WireStamp>,
    #[serde(default)]
    pub(super) d: Option<WireStamp>,
    #[serde(default, borrow)]
    pub(super) s: Ascending<'a, Vec<WireSibling<'a>>>,
    #[serde(default, borrow)]
    pub(super) t: Ascending<'a, Vec<(u32, u32, u64)>>,
    #[serde(default)]
    pub(super) x: Vec<WireRemoval>,
}

#[derive(Clone, Copy, Deserialize)]
pub(super) struct WireStamp(pub(super) u32, pub(super) u64);

#[derive(Deserialize)]
pub(super) struct WireRemoval(pub(super) u32, pub(super) u64, pub(super) Option<Vec<WireStamp>>);

/// `[writer, hlc]`, then the value, then the base.
pub(super) struct WireSibling<'a> {
    pub(super) stamp: WireStamp,
    pub(super) value: Option<&'a RawValue>,
    pub(super) base: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for WireSibling<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = WireSibling<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[writer, hlc, value?, base?]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let missing = || A::Error::custom("a sibling without a stamp");
                let writer = seq.next_element()?.ok_or_else(missing)?;
                let hlc = seq.next_element()?.ok_or_else(missing)?;
                let (value, base) = (seq.next_element()?, seq.next_element()?);
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom("a sibling with too many parts"));
                }
                Ok(WireSibling { stamp: WireStamp(writer, hlc), value, base })
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}

/// An object whose keys stand in ascending order, so that none stands twice.
pub(super) struct Ascending<'a, T>(pub(super) Vec<(&'a str, T)>);

impl<T> Ascending<'_, T> {
    /// Takes out what stands under that key. A meta names few.
    pub(super) fn take(&mut self, key: &str) -> Option<T> {
        let at = self.0.iter().position(|(name, _)| *name == key)?;
        Some(self.0.remove(at).1)
    }
}

impl<T> Default for Ascending<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Ascending<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Vec<(&'de str, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with its keys in ascending order")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Self::Value =
                    Vec::with_capacity(map.size_hint().unwrap_or(16).min(FIELDS_MAX));
                while let Some((key, value)) = map.next_entry::<&'de str, T>()? {
                    if entries.last().is_some_and(|(last, _)| *last >= key) {
                        return Err(A::Error::custom("keys must stand in ascending order, each once"));
                    }
                    if entries.len() >= FIELDS_MAX {
                        return Err(A::Error::custom("too many fields"));
                    }
                    entries.push((key, value));
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData)).map(Ascending)
    }
}
