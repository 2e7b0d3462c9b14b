//! How the app can be started.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use clap::Parser;
use sync_engine::{NoHome, usual_folder};

/// Tasks, habits and notes, in sync between your own devices without a cloud.
#[derive(Clone, Debug, Parser)]
#[command(name = "whph-app", version)]
pub(crate) struct Args {
    /// The data folder; without it, a folder of your user's own
    #[arg(long, value_name = "DIR", env = "WHPH_DATA", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    /// Start without a window, in the tray
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Which starts count as one app: `off`, or a name
    #[arg(long, env = "WHPH_INSTANCE", hide = true)]
    pub(crate) instance: Option<String>,
    /// Keep the keys of a new device in files, for demos and tests
    #[arg(long, hide = true)]
    pub(crate) keys_in_files: bool,
}

impl Args {
    /// Where the data is.
    pub(crate) fn folder(&self) -> Result<PathBuf, NoHome> {
        self.given().map_or_else(usual_folder, Ok)
    }

    /// How it is to be started when the person logs in.
    pub(crate) fn at_login(&self) -> Vec<String> {
        let data = self.given().into_iter().flat_map(|dir| ["--data".to_owned(), dir.display().to_string()]);
        std::iter::once("--hidden".to_owned()).chain(data).collect()
    }

    /// The folder given, as it is called from anywhere: at the next login the working folder is another.
    fn given(&self) -> Option<PathBuf> {
        let dir = self.data.as_ref()?;
        Some(std::path::absolute(dir).unwrap_or_else(|_| dir.clone()))
    }

    /// The name under which a second start finds the first: each data folder is an app of its own. `None`: it does not look.
    pub(crate) fn instance(&self, identifier: &str) -> Option<String> {
        match (self.instance.as_deref(), &self.data) {
            (Some("off"), _) => None,
            (Some(name), _) => Some(format!("{identifier}.{name}")),
            (None, None) => Some(identifier.to_owned()),
            (None, Some(dir)) => Some(format!("{identifier}.{}", word(dir))),
        }
    }
}

/// A word that stands for a folder, for as long as the app is this version.
pub(crate) fn word(dir: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    dir.canonicalize().unwrap_or_else(|_| dir.to_owned()).hash(&mut hasher);
    format!("d{:x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &[&str]) -> Args {
        Args::try_parse_from(std::iter::once("whph-app").chain(line.iter().copied())).unwrap()
    }

    #[test]
    fn each_data_folder_is_an_app_of_its_own() {
        assert_eq!(args(&[]).instance("id").as_deref(), Some("id"));
        assert_eq!(args(&["--instance", "off"]).instance("id"), None);
        let [a, b] = ["/tmp/a", "/tmp/b"].map(|dir| args(&["--data", dir]).instance("id"));
        assert!(a.is_some() && a != b);
    }

    #[test]
    fn at_login_it_starts_into_the_tray_with_the_same_data() {
        assert_eq!(args(&[]).at_login(), ["--hidden"]);
        let here = std::path::absolute("d").unwrap().display().to_string();
        assert_eq!(args(&["--data", "d"]).at_login(), ["--hidden", "--data", &here]);
    }
}
