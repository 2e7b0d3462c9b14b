//! Fuzz targets: functions that take any bytes, give them to a part of the program, and hold it to what must be true of it. A
//! fuzzer runs them without end (`cargo xtask fuzz`); ordinary tests replay what it found, and mutate it a little.

// A target is a test: it ends with a panic when something does not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod backup;
mod batch;
mod beacon;
mod bundle;
mod carried;
mod channels;
mod handshake;
mod invite_link;
mod markdown;
mod mdns_name;
mod message;
mod ndjson;
mod plaintext;
mod preamble;
mod record;
mod recovery_words;
#[cfg(test)]
mod replay;
mod row;
mod typed_code;
mod whph_row;

pub use backup::backup;
pub use batch::batch;
pub use beacon::beacon;
pub use bundle::bundle;
pub use handshake::handshake;
pub use invite_link::invite_link;
pub use markdown::markdown;
pub use mdns_name::mdns_name;
pub use message::message;
pub use ndjson::ndjson;
pub use plaintext::plaintext;
pub use preamble::preamble;
pub use record::record;
pub use recovery_words::recovery_words;
pub use row::row;
pub use typed_code::typed_code;
pub use whph_row::whph_row;

#[cfg(any(test, feature = "worlds"))]
pub use whph_tests::{conversation as session, schedule as two_peers};
