//! Where the data is, if nobody says otherwise: the command line and the app look in the same place.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// This user has no home folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this user has no home folder, so there is no usual place for the data; name a folder with --data DIR"
)]
pub struct NoHome;

/// The platform's usual folder: `~/.local/share/whph`, `~/Library/Application Support/whph` or `%APPDATA%\whph`.
///
/// # Errors
/// When the user has no home folder.
pub fn usual_folder() -> Result<PathBuf, NoHome> {
    let usual = etcetera::base_strategy::choose_native_strategy().map_err(|_| NoHome)?;
    Ok(usual.data_dir().join("whph"))
}
