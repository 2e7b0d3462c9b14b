//! The system's dialogs for files, answered at the keyboard as a person would.

use crate::theatre::{Stage, is_there};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Whether there is somebody to type into them; says so if not.
#[must_use]
pub fn can_be_answered() -> bool {
    let can = is_there("xdotool");
    if !can {
        println!("skipped: there is no xdotool here to answer dialogs with");
    }
    can
}

impl Stage {
    /// Types a path into the dialog of that title, and takes it.
    pub async fn choose(&self, title: &str, path: &Path) {
        let path = path.display().to_string();
        let keys: [&[&str]; 3] = [&["key", "ctrl+a"], &["type", "--delay", "20", &path], &["key", "Return"]];
        self.type_in(title, &keys).await;
    }

    /// Closes the dialog of that title without an answer.
    pub async fn dismiss(&self, title: &str) {
        self.type_in(title, &[&["key", "Escape"]]).await;
    }

    async fn type_in(&self, title: &str, keys: &[&[&str]]) {
        let mut find = Command::new("xdotool");
        let found = self.output(find.args(["search", "--sync", "--onlyvisible", "--name", title]));
        let window = found.lines().next_back().expect("a dialog").to_owned();
        self.output(Command::new("xdotool").args(["windowactivate", "--sync", &window]));
        // A dialog takes what is typed once it has drawn itself.
        tokio::time::sleep(Duration::from_millis(500)).await;
        for step in keys {
            self.output(Command::new("xdotool").args(*step));
        }
    }
}
