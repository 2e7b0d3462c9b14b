//! `whph add`: makes an entity.

use serde_json::{Value, json};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_engine::{Edit, Engine, clock};
use uuid::Uuid;

use crate::args::Add;
use crate::errors::CliError;
use crate::output::Output;
use crate::{fields, when};

const CREATED: &str = "created";

pub(crate) async fn run(engine: &Engine, args: Add, output: &mut Output) -> Result<(), CliError> {
    let kind = args.kind.as_str();
    let mut fields = fields::new_fields(kind, &fields::parse(&args.fields)?)?;
    let dated = engine.schema().kind(kind).is_some_and(|kind| kind.field(CREATED).is_some());
    if let (true, Some(now)) = (dated && !fields.contains_key(CREATED), when::utc(clock::now().wall)) {
        fields.insert(CREATED.to_owned(), Value::from(now));
    }
    let mut tags = super::tags(engine).await?;
    let id = match exchange::natural_id(kind, &fields, &tags) {
        Some(id) => id,
        None => Uuid::new_v4(),
    };
    let key = EntityKey::new(kind, id);
    if engine.get(&key).await?.is_some_and(|known| !known.deleted) {
        return Err(CliError::Exists { entity: key.to_string() });
    }
    let mut edits = Vec::new();
    for (field, value) in &mut fields {
        edits.extend(fields::resolve(field, value, &mut tags).into_iter().map(exchange::edit));
    }
    edits.push(Edit { key: key.clone(), change: Change::Set(fields) });
    if args.here {
        engine.write_here(edits, key.clone()).await?;
    } else {
        engine.write(edits).await?;
    }
    output.say(&key)?;
    output.json(&json!({ "kind": kind, "id": id, "local": args.here }))?;
    Ok(())
}
