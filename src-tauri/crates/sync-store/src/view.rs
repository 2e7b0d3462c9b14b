//! Reading entities as a person sees them.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, Writers, hlc, i64_of, u64_of};
use crate::overlay::{compose, has_any, is_local, load};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use sync_core::entity::EntityKey;
use sync_core::entity::row::decode;
use sync_core::entity::view::{Review, reviews};
use sync_core::hlc::Hlc;
use sync_core::identity::DeviceId;
use sync_core::schema::Schema;
use sync_core::stamp::WriterId;
use uuid::Uuid;

/// An entity as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Which entity.
    pub key: EntityKey,
    /// What a person recognises it by: its kind's title field.
    pub title: Option<String>,
    /// Its fields, the local ones of this device among them; sets as arrays, empty ones left out.
    pub fields: Map<String, Value>,
    /// Whether it is deleted. The fields are then what it last held, until that is dropped after 90 days.
    pub deleted: bool,
    /// When it last changed. Zero for one that its kind makes local.
    pub version: Hlc,
    /// Who changed it last.
    pub modified_by: Option<DeviceId>,
    /// What waits for a person to decide.
    pub reviews: Vec<Review>,
    /// The devices of the writers that `reviews` names.
    pub authors: BTreeMap<WriterId, DeviceId>,
    /// Whether it stays on this device as a whole: its kind says so, or its person (see [`Store::keep_here`]).
    pub local: bool,
}

/// Which entities to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that live.
    Living,
    /// Deleted ones.
    Deleted,
    /// Both.
    All,
}

impl Store {
    /// One entity, also a deleted one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn get(&mut self, key: &EntityKey) -> Result<Option<View>, StoreError> {
        self.read(|reader| reader.get(key))
    }

    /// A page of the entities of a kind in the order of their ids: at most `limit`, all after the id `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        &mut self,
        kind: &str,
        which: Which,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<View>, StoreError> {
        self.read(|reader| {
            let mut page = Vec::new();
            if limit == 0 {
                return Ok(page);
            }
            reader.each_of(kind, which, after, &mut |view| {
                page.push(view);
                Ok::<_, StoreError>(page.len() < limit)
            })?;
            Ok(page)
        })
    }

    /// Gives every entity to `with`, in the order of kinds and ids, all as they are at one moment.
    ///
    /// # Errors
    /// When the database fails, or `with` does.
    pub fn each<E: From<StoreError>>(
        &mut self,
        which: Which,
        mut with: impl FnMut(View) -> Result<(), E>,
    ) -> Result<(), E> {
        self.read(|reader| {
            for (kind, _) in reader.kinds.by_name() {
                reader.each_of(&kind, which, None, &mut |view| with(view).map(|()| true))?;
            }
            Ok(())
        })
    }

    /// Every entity that waits for a person to decide something, by kind and id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reviews(&mut self) -> Result<Vec<View>, StoreError> {
        self.read(|reader| {
            let mut statement =
                reader.conn.prepare_cached(&format!("{ROW} WHERE review > 0 ORDER BY kind, id"))?;
            let mut rows = statement.query([])?;
            let mut waiting = Vec::new();
            while let Some(row) = rows.next()? {
                waiting.extend(reader.view(row)?);
            }
            Ok(waiting)
        })
    }

    /// What changed after the seq `after`, living or dead, in the order of change: at most `limit` rows. With the seq to go
    /// on from, and whether there is more. A row moves to a new seq whenever it changes, so each comes once, as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn changed_since(&mut self, after: u64, limit: usize) -> Result<(Vec<View>, u64, bool), StoreError> {
        self.read(|reader| {
            let mut statement =
                reader.conn.prepare_cached(&format!("{ROW} WHERE seq > ?1 ORDER BY seq LIMIT ?2"))?;
            let mut rows = statement.query(params![i64_of(after), limit])?;
            let (mut views, mut read, mut last) = (Vec::new(), 0, after);
            while let Some(row) = rows.next()? {
                read += 1;
                last = u64_of(row.get(7)?);
                views.extend(reader.view(row)?);
            }
            let head = u64_of(crate::head(reader.conn)?);
            let more = read == limit && last < head;
            Ok((views, if more { last } else { head }, more))
        })
    }

    fn read<T, E: From<StoreError>>(
        &mut self,
        with: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let conn = self.conn.transaction().map_err(StoreError::from)?;
        let (kinds, writers) = (Kinds::load(&conn)?, Writers::load(&conn)?);
        with(&Reader { schema: &self.schema, conn: &conn, kinds, writers })
    }
}

const ROW: &str = "SELECT kind, id, version, died, review, fields, meta, seq, here FROM entity";

struct Reader<'a> {
    schema: &'a Schema,
    conn: &'a Connection,
    kinds: Kinds,
    writers: Writers,
}

impl Reader<'_> {
    fn get(&self, key: &EntityKey) -> Result<Option<View>, StoreError> {
        let Some(number) = self.kinds.number(&key.kind) else { return Ok(None) };
        let mut statement = self.conn.prepare_cached(&format!("{ROW} WHERE kind = ?1 AND id = ?2"))?;
        let shared = statement.query_row(params![number, key.id.as_bytes()], |row| Ok(self.view(row)));
        if let Some(view) = shared.optional()?.transpose()?.flatten() {
            return Ok(Some(view));
        }
        let kind = self.schema.kind(&key.kind);
        let fields = self.overlay(number, key)?;
        if !is_local(kind, &fields) {
            return Ok(None);
        }
        Ok(Some(View {
            key: key.clone(),
            title: self.title(&key.kind, &fields),
            fields,
            deleted: false,
            version: Hlc::default(),
            modified_by: None,
            reviews: Vec::new(),
            authors: BTreeMap::new(),
            local: true,
        }))
    }

    /// Goes on until `with` says no.
    fn each_of<E: From<StoreError>>(
        &self,
        kind: &str,
        which: Which,
        after: Option<Uuid>,
        with: &mut impl FnMut(View) -> Result<bool, E>,
    ) -> Result<(), E> {
        let Some(number) = self.kinds.number(kind) else { return Ok(()) };
        let after = after.map_or(Vec::new(), |id| id.as_bytes().to_vec());
        let mut wanted = |view: Option<View>| {
            let view = view.filter(|view| match which {
                Which::Living => !view.deleted,
                Which::Deleted => view.deleted,
                Which::All => true,
            });
            view.map_or(Ok(true), &mut *with)
        };
        let whole = !has_any(self.schema.kind(kind));
        let sql = if whole {
            format!("{ROW} WHERE kind = ?1 AND id > ?2 ORDER BY id")
        } else {
            "SELECT id FROM entity WHERE kind = ?1 AND id > ?2
             UNION SELECT id FROM local_field WHERE kind = ?1 AND id > ?2 ORDER BY id"
                .to_owned()
        };
        let mut statement = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query(params![number, after]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let view = if whole {
                self.view(row)?
            } else {
                self.get(&EntityKey::new(kind, Uuid::from_bytes(row.get(0).map_err(StoreError::from)?)))?
            };
            if !wanted(view)? {
                break;
            }
        }
        Ok(())
    }

    /// A shared entity as it is shown; `None` for one that should never have left another device.
    fn view(&self, row: &Row<'_>) -> Result<Option<View>, StoreError> {
        let number: i64 = row.get(0)?;
        let key = EntityKey::new(self.kinds.name(number)?, Uuid::from_bytes(row.get(1)?));
        let kind = self.schema.kind(&key.kind);
        let text = |at: usize| -> Result<_, StoreError> {
            Ok(row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?)
        };
        let (fields, meta) = (text(5)?, text(6)?);
        let unreadable = |error: serde_json::Error| {
            StoreError::Damaged(format!("its copy of {key} cannot be read ({error})"))
        };
        let mut shown: Map<String, Value> = serde_json::from_str(fields).map_err(unreadable)?;
        shown.retain(|_, value| !value.is_null());
        if is_local(kind, &shown) {
            return Ok(None);
        }
        if has_any(kind) {
            shown = compose(kind, shown, &self.overlay(number, &key)?);
        }
        let Seen { v } = serde_json::from_str(meta).map_err(unreadable)?;
        let newest = v.into_iter().filter_map(|(n, hlc)| Some((hlc, self.writers.id(n)?))).max();
        let mut reviews_of = Vec::new();
        let mut authors = BTreeMap::new();
        if row.get::<_, i64>(4)? > 0 {
            let entity = decode(fields, meta, |number| self.writers.id(number))
                .map_err(|error| StoreError::unreadable(&key, &error))?;
            reviews_of = reviews(&entity, kind);
            let writers = entity.vv.iter().map(|(writer, _)| writer);
            authors = writers.filter_map(|writer| Some((writer, self.writers.device(writer)?))).collect();
        }
        Ok(Some(View {
            title: self.title(&key.kind, &shown),
            fields: shown,
            deleted: row.get::<_, Option<i64>>(3)?.is_some(),
            version: hlc(row.get(2)?),
            modified_by: newest.and_then(|(_, writer)| self.writers.device(writer)),
            reviews: reviews_of,
            authors,
            local: row.get(8)?,
            key,
        }))
    }

    fn overlay(&self, kind: i64, key: &EntityKey) -> Result<Map<String, Value>, StoreError> {
        load(self.conn, kind, key.id.as_bytes())
    }

    fn title(&self, kind: &str, fields: &Map<String, Value>) -> Option<String> {
        fields.get(self.schema.kind(kind)?.title)?.as_str().map(str::to_owned)
    }
}

/// The part of a row's meta that says who was last.
#[derive(Deserialize)]
struct Seen {
    v: Vec<(u32, u64)>,
}

#[cfg(test)]
mod tests;
