//! Sockets, and nothing else: listening, dialling, announcing, and the two tasks that move one link's bytes. What the bytes mean is
//! decided in `sync-core`; the two meet only in the engine.

mod dial;
mod discovery;
mod interfaces;
mod link;
mod listener;
mod metered;

pub use dial::{dial, seek};
pub use discovery::{Announce, Discovery, Sighting};
pub use interfaces::{Interfaces, NetworkWatch, reachable_addresses};
pub use link::{Clogged, Link, LinkEvent, QUEUE_MAX, WRITE_TIMEOUT};
pub use listener::{ListenError, Listener};
pub use metered::MeteredWatch;
