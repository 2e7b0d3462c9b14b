//! The question before a first merge: what it would do, and whether the person wants that. Whoever answers at the other device
//! answers for both.

use std::io::IsTerminal;
use std::pin::Pin;

use serde_json::{Value, json};
use sync_core::identity::DeviceId;
use sync_engine::online::{LinkId, Net, Preview};

use super::online::read_line;
use crate::errors::CliError;
use crate::output::{Output, count};

/// A person who is asked, or not yet.
pub(super) struct Question {
    yes: bool,
    /// The link whose merge waits for an answer here.
    link: Option<LinkId>,
    /// The line that they type. It outlives the question: what reads standard input cannot be stopped.
    line: Option<Pin<Box<dyn Future<Output = Option<String>>>>>,
}

impl Question {
    /// `yes`: the person has agreed beforehand.
    pub(super) fn new(yes: bool) -> Self {
        Self { yes, link: None, line: None }
    }

    /// Shows what a first merge would do, and asks.
    pub(super) fn ask(
        &mut self,
        net: &Net,
        link: LinkId,
        peer: DeviceId,
        preview: Preview,
        output: &mut Output,
    ) -> Result<(), CliError> {
        output.say(format_args!(
            "Both devices hold data of their own. The first sync puts it together: {}.",
            preview_words(preview)
        ))?;
        output.json(&json!({ "preview": preview_json(preview), "device": peer }))?;
        output.flush()?;
        if self.yes {
            net.agree(link);
            return Ok(());
        }
        if std::io::stdin().is_terminal() {
            eprint!("Nothing was changed yet. Go on? [y/N] ");
        }
        self.link = Some(link);
        if self.line.is_none() {
            self.line = Some(Box::pin(read_line()));
        }
        Ok(())
    }

    /// Somebody agreed, here or there: an answer is not needed any more.
    pub(super) fn settled(&mut self, link: LinkId) {
        if self.link == Some(link) {
            self.link = None;
        }
    }

    /// Passes the answer on when it comes; never, as long as nobody is asked.
    pub(super) async fn answered(&mut self, net: &Net) {
        let (Some(link), Some(line)) = (self.link, self.line.as_mut()) else {
            return std::future::pending().await;
        };
        let answer = line.await.unwrap_or_default();
        (self.link, self.line) = (None, None);
        if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            net.agree(link);
        } else {
            net.decline(link);
        }
    }
}

/// What a first merge would do, in words.
pub(super) fn preview_words(preview: Preview) -> String {
    match preview {
        Preview::Compared { new_here, new_there, differ, same } => format!(
            "{new_here} new here, {new_there} new there, {differ} {}, {same} the same",
            if differ == 1 { "differs" } else { "differ" }
        ),
        Preview::TooMany { here, there } => format!(
            "{} here and {} there, too many to compare beforehand",
            count(here, "entity"),
            count(there, "entity")
        ),
    }
}

/// The same for programs.
pub(super) fn preview_json(preview: Preview) -> Value {
    match preview {
        Preview::Compared { new_here, new_there, differ, same } => {
            json!({ "new_here": new_here, "new_there": new_there, "differ": differ, "same": same })
        }
        Preview::TooMany { here, there } => json!({ "here": here, "there": there }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_reads_well() {
        let some = Preview::Compared { new_here: 3, new_there: 12, differ: 1, same: 40 };
        assert_eq!(preview_words(some), "3 new here, 12 new there, 1 differs, 40 the same");
        let many = Preview::TooMany { here: 2_000_000, there: 1 };
        assert_eq!(
            preview_words(many),
            "2,000,000 entities here and 1 entity there, too many to compare beforehand"
        );
    }
}
