//! What never leaves this device: fields of the rule `local`, and entities that are local as a whole. They
//! are kept in a table of their own, so that nothing that sends, lists or digests can come across them.

use crate::error::StoreError;
use crate::txn::Txn;
use rusqlite::{Connection, params};
use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_core::schema::{Kind, Rule};

/// Whether entities of the kind may hold anything local.
pub(crate) fn has_any(kind: Option<&Kind>) -> bool {
    kind.is_some_and(|kind| kind.local_when.is_some() || kind.fields.iter().any(|f| f.rule == Rule::Local))
}

/// Whether an entity with these fields is local as a whole.
pub(crate) fn is_local(kind: Option<&Kind>, fields: &Map<String, Value>) -> bool {
    kind.and_then(|kind| kind.local_when).is_some_and(|local| local.matches(fields))
}

/// Whether the field of that name is local.
pub(crate) fn is_local_field(kind: Option<&Kind>, name: &str) -> bool {
    kind.and_then(|kind| kind.field(name)).is_some_and(|field| field.rule == Rule::Local)
}

/// What is shown of an entity: its shared fields, and the local ones of this device, never another's.
pub(crate) fn compose(
    kind: Option<&Kind>,
    mut shared: Map<String, Value>,
    overlay: &Map<String, Value>,
) -> Map<String, Value> {
    if has_any(kind) {
        shared.retain(|name, _| !is_local_field(kind, name));
        shared.extend(overlay.clone());
    }
    shared
}

/// The local fields of an entity.
pub(crate) fn load(conn: &Connection, kind: i64, id: &[u8; 16]) -> Result<Map<String, Value>, StoreError> {
    let mut fields = Map::new();
    let mut statement =
        conn.prepare_cached("SELECT field, value FROM local_field WHERE kind = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![kind, id])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let value = serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)
            .map_err(|_| StoreError::Damaged(format!("the local field {name} cannot be read")))?;
        fields.insert(name, value);
    }
    Ok(fields)
}

impl Txn<'_> {
    /// The local fields of an entity.
    pub(crate) fn local(&self, key: &EntityKey) -> Result<Map<String, Value>, StoreError> {
        match self.kinds.number(&key.kind) {
            Some(kind) if has_any(self.schema.kind(&key.kind)) => load(&self.sql, kind, key.id.as_bytes()),
            Some(_) | None => Ok(Map::new()),
        }
    }

    /// Makes these the local fields of an entity.
    pub(crate) fn put_local(
        &mut self,
        key: &EntityKey,
        fields: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        let kind = self.kinds.number_or_new(&self.sql, &key.kind)?;
        self.sql
            .prepare_cached("DELETE FROM local_field WHERE kind = ?1 AND id = ?2")?
            .execute(params![kind, key.id.as_bytes()])?;
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO local_field (kind, id, field, value) VALUES (?1, ?2, ?3, ?4)")?;
        for (name, value) in fields {
            insert.execute(params![kind, key.id.as_bytes(), name, value.to_string()])?;
        }
        Ok(())
    }
}
