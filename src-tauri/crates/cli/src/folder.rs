//! Where the data is.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::errors::CliError;

/// The folder given, else the platform's usual one: `~/.local/share/whph`, `~/Library/Application Support/whph` or
/// `%APPDATA%\whph`.
pub(crate) fn data(given: Option<PathBuf>) -> Result<PathBuf, CliError> {
    match given {
        Some(folder) => Ok(folder),
        None => {
            let usual = etcetera::base_strategy::choose_native_strategy().map_err(|_| CliError::NoHome)?;
            Ok(usual.data_dir().join("whph"))
        }
    }
}
