//! Keeps the count of open questions true when the application's schema changes: which fields a person is
//! asked about is the schema's to say.

use crate::Store;
use crate::error::StoreError;
use crate::names::{Kinds, Writers};
use crate::overlay::is_local;
use rusqlite::{TransactionBehavior, params};
use sync_core::entity::row::decode;
use sync_core::entity::view::{reviews, shown_fields};
use sync_core::entity::{Entity, EntityKey};
use sync_core::schema::Kind;
use uuid::Uuid;

/// How many questions about an entity wait for a person. Nobody is asked about what is not shown.
pub(crate) fn questions(entity: &Entity, kind: Option<&Kind>) -> i64 {
    let open = reviews(entity, kind).len();
    if open > 0 && is_local(kind, &shown_fields(entity)) { 0 } else { open as i64 }
}

/// Counts anew if the count was made with another version of the schema.
pub(crate) fn recount_for_schema(store: &mut Store) -> Result<(), StoreError> {
    let counted: u32 = store.conn.query_row("SELECT schema FROM replica", [], |row| row.get(0))?;
    if counted == store.schema.version {
        return Ok(());
    }
    let tx = store.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (kinds, writers) = (Kinds::load(&tx)?, Writers::load(&tx)?);
    let mut changed: Vec<(i64, i64)> = Vec::new();
    {
        // Only an entity with unusual stamps or a delete can wait for anybody.
        let mut statement = tx.prepare(
            "SELECT seq, kind, id, review, fields, meta FROM entity
             WHERE review > 0 OR instr(meta, '\"s\":') OR instr(meta, '\"x\":')",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key = EntityKey::new(kinds.name(row.get(1)?)?, Uuid::from_bytes(row.get(2)?));
            let (fields, meta): (String, String) = (row.get(4)?, row.get(5)?);
            let entity = decode(&fields, &meta, |number| writers.id(number))
                .map_err(|error| StoreError::unreadable(&key, &error))?;
            let review = questions(&entity, store.schema.kind(&key.kind));
            if review != row.get::<_, i64>(3)? {
                changed.push((row.get(0)?, review));
            }
        }
    }
    for (seq, review) in changed {
        tx.execute("UPDATE entity SET review = ?2 WHERE seq = ?1", params![seq, review])?;
    }
    tx.execute("UPDATE replica SET schema = ?1", [store.schema.version])?;
    tx.commit()?;
    Ok(())
}
