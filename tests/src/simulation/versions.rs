//! Schemas of other versions than the usual one.

use super::schema;
use sync_core::schema::{Field, Rule, Schema, Shape};

/// A later version: a new kind, and a new field of an old one.
pub(crate) fn newer() -> Schema {
    let mut schema = schema();
    schema.version += 1;
    let mut mood = schema.kinds[0].clone();
    mood.name = "mood";
    schema.kinds.push(mood);
    let weight = Field { name: "weight", rule: Rule::Register, shape: Shape::Real, required: false };
    schema.kinds[0].fields.push(weight);
    schema
}

/// An early version: one kind, and of that the title.
pub(crate) fn older() -> Schema {
    let mut schema = schema();
    schema.version = 0;
    schema.kinds.truncate(1);
    schema.kinds[0].fields.truncate(1);
    schema
}
