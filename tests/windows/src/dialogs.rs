//! The system's dialogs for files, answered at the keyboard as a person would.

use crate::HANG;
use crate::theatre::{Stage, is_there};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Between two keys: a dialog draws itself meanwhile.
const BETWEEN: Duration = Duration::from_millis(300);
/// How long a dialog may take to go.
const PATIENCE: Duration = Duration::from_secs(4);

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
        // Its field for a path first, wherever the keys would go.
        let keys: [&[&str]; 4] =
            [&["key", "ctrl+l"], &["key", "ctrl+a"], &["type", "--delay", "20", &path], &["key", "Return"]];
        self.type_in(title, &keys).await;
    }

    /// Closes the dialog of that title without an answer.
    pub async fn dismiss(&self, title: &str) {
        self.type_in(title, &[&["key", "Escape"]]).await;
    }

    /// Until the dialog has gone: on a busy machine it misses keys.
    async fn type_in(&self, title: &str, keys: &[&[&str]]) {
        let mut wait = Command::new("xdotool");
        self.output(wait.args(["search", "--sync", "--onlyvisible", "--name", title]));
        let begun = Instant::now();
        while let Some(window) = self.dialog(title) {
            assert!(begun.elapsed() < HANG, "the dialog {title:?} takes no answer");
            // It may go while it is typed into.
            self.tries(&["windowactivate", "--sync", &window]);
            for step in keys {
                tokio::time::sleep(BETWEEN).await;
                self.tries(step);
            }
            let typed = Instant::now();
            while self.dialog(title).is_some() && typed.elapsed() < PATIENCE {
                tokio::time::sleep(BETWEEN).await;
            }
        }
    }

    fn dialog(&self, title: &str) -> Option<String> {
        let mut find = Command::new("xdotool");
        let found =
            self.dress(find.args(["search", "--onlyvisible", "--name", title])).output().expect("xdotool");
        String::from_utf8_lossy(&found.stdout).lines().next_back().map(str::to_owned)
    }

    fn tries(&self, arguments: &[&str]) {
        drop(self.dress(Command::new("xdotool").args(arguments)).output().expect("xdotool"));
    }
}
