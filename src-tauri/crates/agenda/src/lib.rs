//! What the planner does by itself with what it holds. The rules are the planner's, which reads no database; the engine never
//! names a kind: this is where the two meet.

mod finish;
mod remind;

pub use finish::write;
pub use remind::{Due, Reminders, Why};

#[cfg(test)]
mod testing {
    use chrono::{DateTime, Utc};
    use serde_json::Value;
    use sync_core::entity::EntityKey;
    use sync_core::entity::write::Change;
    use sync_engine::{Backend, Edit, Engine, Init};
    use tempfile::TempDir;
    use uuid::Uuid;

    pub(crate) async fn engine() -> (TempDir, Engine) {
        let dir = tempfile::tempdir().unwrap();
        let listen = Some("127.0.0.1:0".parse().unwrap());
        let init = Init { name: "alice".into(), listen, keystore: Some(Backend::File) };
        Engine::init(&dir.path().join("data"), init).unwrap();
        let engine = Engine::open(&dir.path().join("data"), planner::schema()).unwrap();
        (dir, engine)
    }

    pub(crate) fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    pub(crate) fn key(kind: &str, number: u128) -> EntityKey {
        EntityKey::new(kind, Uuid::from_u128(number))
    }

    pub(crate) fn set(kind: &str, number: u128, fields: Value) -> Edit {
        Edit { key: key(kind, number), change: Change::Set(fields.as_object().unwrap().clone()) }
    }
}
