//! What devices say to each other: typed messages with every bound enforced where they are parsed.
//! Layouts: `PROTOCOL.md`.

pub mod batch;
mod message;

pub use message::{Bye, ByeReason, Check, Hello, Message, PROTOCOL, Prove, WireError};
