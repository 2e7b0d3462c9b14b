//! What WHPH plans with: the kinds of entity, their fields, how each merges and which values it takes; the
//! ids that two devices derive alike; and the formats that people bring data in and out with.
//!
//! Pure: no clock, no randomness, no I/O. Of sync it knows the schema's types and limits alone, and sync
//! knows nothing of it: [`schema`] is a value handed to the engine.
//!
//! Every kind has a `created` moment, which the caller fills in. `modified` and `deleted` are no fields:
//! the sync layer has them as stamps and tombstones, where they cannot disagree with the data.
//!
//! To add a kind: a module in [`kinds`], one line in [`kinds::schema`], and a higher version.

pub mod exchange;
mod ids;
mod json;
pub mod kinds;
pub mod markdown;
mod recurrence;
pub mod reminders;
pub mod todo_txt;
mod values;
mod when;

pub use ids::{natural_id, occurrence_id, tag_id};
pub use kinds::schema;
pub use recurrence::{Subtask, Successor, successor};
pub use values::parse_field;
pub use when::When;
