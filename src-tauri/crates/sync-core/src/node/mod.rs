//! The node: everything a device decides about its links, as one state machine without I/O.

pub mod storage;
