//! What devices say to each other: typed messages with every bound enforced where they are parsed.
//! Layouts: `PROTOCOL.md`.

pub mod batch;
