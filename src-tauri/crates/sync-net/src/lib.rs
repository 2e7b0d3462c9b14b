//! Sockets, and nothing else: listening, dialling, and the two tasks that move one link's bytes. What the bytes mean is
//! decided in `sync-core`; the two meet only in the engine.

mod dial;
mod interfaces;
mod link;
mod listener;

pub use dial::dial;
pub use interfaces::reachable_addresses;
pub use link::{Link, LinkEvent, WRITE_TIMEOUT};
pub use listener::{ListenError, Listener};
