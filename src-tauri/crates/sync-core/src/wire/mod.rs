//! What devices say to each other: typed messages with every bound enforced where they are parsed.
//! Layouts: `PROTOCOL.md`.

pub mod batch;
mod message;
mod outline;

pub use message::{ASKS, Bye, ByeReason, Check, Hello, LASTING, Message, PROTOCOL, Prove, WireError};
pub use outline::Mark;
