//! What devices say to each other: typed messages with every bound enforced where they are parsed.
//! Layouts: `PROTOCOL.md`.

pub mod batch;
mod error;
mod message;
mod outline;

pub use error::WireError;
pub use message::{ASKS, Bye, ByeReason, Check, Hello, LASTING, Message, PROTOCOL, Prove};
pub use outline::Mark;
