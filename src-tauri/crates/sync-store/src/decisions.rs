//! Decisions of the past, read from the history: writes that settled what waited for a person. What they put away can still be
//! used instead.

use crate::Store;
use crate::error::StoreError;
use crate::history::{json, written};
use crate::names::{Kinds, Writers, hlc};
use rusqlite::{Connection, params};
use sync_core::entity::EntityKey;
use sync_core::identity::DeviceId;
use sync_core::json::Json;
use sync_core::time::Wall;
use uuid::Uuid;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The entity.
    pub key: EntityKey,
    /// The field.
    pub field: Box<str>,
    /// When it was made, by the clock of whoever made it.
    pub made: Wall,
    /// Who made it; `None` for a writer that nobody introduced.
    pub author: Option<DeviceId>,
    /// What was chosen.
    pub chosen: Json,
    /// The values put away that were another one, each once.
    pub others: Vec<Json>,
}

impl Store {
    /// Decisions, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn decisions(&mut self, limit: usize) -> Result<Vec<Decision>, StoreError> {
        let tx = self.conn.transaction()?;
        let (kinds, writers) = (Kinds::load(&tx)?, Writers::load(&tx)?);
        let mut statement = tx.prepare_cached(
            "SELECT max(num), kind, id, field, by_hlc, by_writer FROM history
             WHERE settled = 1
             GROUP BY kind, id, field, by_hlc, by_writer
             ORDER BY 1 DESC
             LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut decisions = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, id, field): (i64, [u8; 16], String) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let key = EntityKey::new(kinds.name(kind)?, Uuid::from_bytes(id));
            let by: (i64, u32) = (row.get(4)?, row.get(5)?);
            let Some(chosen) = written(&tx, kind, key.id, &field, by, &writers)? else { continue };
            let others = others(&tx, kind, key.id, &field, by, &chosen)?;
            let author = writers.id(by.1).and_then(|writer| writers.device(writer));
            let made = hlc(by.0).wall();
            decisions.push(Decision { key, field: field.into(), made, author, chosen, others });
        }
        Ok(decisions)
    }
}

/// What one write put away of a field, but for what it chose.
fn others(
    conn: &Connection,
    kind: i64,
    id: Uuid,
    field: &str,
    (by_hlc, by_writer): (i64, u32),
    chosen: &Json,
) -> Result<Vec<Json>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT value, num FROM history
         WHERE kind = ?1 AND id = ?2 AND field = ?3 AND by_hlc = ?4 AND by_writer = ?5 AND settled = 1
         ORDER BY num DESC",
    )?;
    let mut rows = statement.query(params![kind, id.as_bytes(), field, by_hlc, by_writer])?;
    let mut others = Vec::new();
    while let Some(row) = rows.next()? {
        let value = json(&row.get::<_, String>(0)?)?;
        if value != *chosen && !others.contains(&value) {
            others.push(value);
        }
    }
    Ok(others)
}

#[cfg(test)]
mod tests {
    use crate::testing::{pair, sync, title};
    use serde_json::json;
    use sync_core::entity::write::Change;

    #[test]
    fn a_decision_keeps_what_was_put_away_on_every_device_and_a_plain_edit_is_none() {
        let (mut alice, mut bob) = pair();
        alice.set("note", 1, json!({"title": "base", "tags": ["a", "b"]}));
        sync(&mut alice, &mut bob);
        alice.set("note", 1, title("hers"));
        bob.set("note", 1, title("his"));
        sync(&mut alice, &mut bob);
        assert_eq!(alice.store.decisions(9).unwrap(), []);
        alice.set("note", 1, title("his"));
        sync(&mut alice, &mut bob);
        alice.set("note", 1, title("later"));
        alice.change("note", 1, Change::Set(crate::testing::fields(json!({"tags": []}))));
        sync(&mut alice, &mut bob);
        for person in [&mut alice, &mut bob] {
            let decisions = person.store.decisions(9).unwrap();
            let [decision] = &decisions[..] else { panic!("{decisions:?}") };
            assert_eq!((&*decision.field, decision.chosen.text()), ("title", r#""his""#));
            assert_eq!(decision.others.iter().map(|other| other.text()).collect::<Vec<_>>(), [r#""hers""#]);
        }
        assert_eq!(alice.store.decisions(9).unwrap()[0].author, Some(alice.device));
        assert_eq!(alice.store.decisions(0).unwrap(), []);
    }
}
