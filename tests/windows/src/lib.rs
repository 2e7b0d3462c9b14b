//! Real windows of the app, looked at and clicked as a person would, where there is no screen: a display in memory, a message
//! bus of its own, and WebKit's own driver. The tests are in `tests/`; this is what they stand on. Linux only: elsewhere, and
//! where one of the programs is missing, a test says that it was skipped.

mod dialogs;
mod notifications;
mod process;
mod theatre;
mod tray;
mod window;

pub use dialogs::can_be_answered;
pub use notifications::{Notice, Notifications};
pub use theatre::{Stage, play};
pub use tray::Icon;
pub use window::Window;

/// After this long whatever is waited for has failed.
pub const HANG: std::time::Duration = std::time::Duration::from_secs(30);
