//! The pure half of sync: what an entity is, how two copies merge, what goes over the wire and in which
//! order. No clock, no randomness, no I/O of its own: time and seeds are arguments, storage and links are
//! asked for by value. That is what lets a simulator drive the very code that runs on a phone.
//!
//! `MERGE.md` states the merge laws, `PROTOCOL.md` the bytes.

pub mod backup;
pub mod bundle;
pub mod channel;
pub mod digest;
pub mod discovery;
pub mod entity;
pub mod hlc;
pub mod identity;
pub mod json;
pub mod limits;
pub mod node;
pub mod pairing;
pub mod schema;
pub mod session;
pub mod stamp;
pub mod text;
pub mod time;
pub mod wire;
