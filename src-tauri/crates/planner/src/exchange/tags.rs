//! Tags by name. People write `work`; entities hold ids.

use super::Admitted;
use crate::ids::tag_id;
use crate::kinds::tag;
use crate::values::sort;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The tags there are, by name: asked for a name it does not know, it makes the tag.
#[derive(Clone, Debug)]
pub struct Tags {
    by_name: BTreeMap<String, Uuid>,
    ids: BTreeSet<Uuid>,
}

impl Tags {
    /// The tags that exist, each with its present name, which need not be the one that gave it its id.
    #[must_use]
    pub fn new(existing: impl IntoIterator<Item = (String, Uuid)>) -> Self {
        let mut tags = Self { by_name: BTreeMap::new(), ids: BTreeSet::new() };
        for (name, id) in existing {
            tags.learn(&name, id);
        }
        tags
    }

    /// Turns the names among `items` into ids, sorts the items and drops doubles. Returns the tags that this
    /// calls for and that nobody has made: write them along with the entity.
    pub fn resolve(&mut self, items: &mut Vec<Value>) -> Vec<Admitted> {
        let mut made = Vec::new();
        for item in items.iter_mut() {
            let Value::String(name) = item else { continue };
            if Uuid::try_parse(name).is_ok() {
                continue;
            }
            let Some(id) = self.id(name) else { continue };
            if !self.by_name.contains_key(&tag::fold(name)) {
                self.learn(name, id);
                let fields = Map::from_iter([("name".to_owned(), Value::from(tag::tidy(name)))]);
                made.push(Admitted { kind: tag::NAME.to_owned(), id, fields });
            }
            *item = Value::from(id.to_string());
        }
        sort(items);
        made
    }

    /// The id of the tag of that name: its own if it exists, else the one it would get. `None` for a blank
    /// name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<Uuid> {
        let known = self.by_name.get(&tag::fold(name)).copied();
        known.or_else(|| tag_id(name, |id| self.ids.contains(&id)))
    }

    /// Takes note of a tag. Of two with one name the smaller id counts, on every device the same.
    pub(super) fn learn(&mut self, name: &str, id: Uuid) {
        self.ids.insert(id);
        self.by_name.entry(tag::fold(name)).and_modify(|known| *known = id.min(*known)).or_insert(id);
    }
}
