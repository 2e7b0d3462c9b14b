//! Where imported entities go: to the store in large transactions, with a tally of what became of them.

use planner::exchange::{Draft, Importer};
use serde_json::json;
use sync_engine::{Edit, Engine, Outcome};

use crate::commands::edit;
use crate::errors::CliError;
use crate::output::{Output, Progress, count};
use crate::safe;

/// Edits that are written together.
const TOGETHER: usize = 500;

pub(super) struct Sink<'a> {
    engine: &'a Engine,
    importer: Importer,
    /// Edits not written yet, with the place they come from; tags that a place calls for have none.
    pending: Vec<(Option<String>, Edit)>,
    tally: Tally,
    refused: Vec<(String, String)>,
    quiet: bool,
    progress: Progress,
}

#[derive(Default)]
struct Tally {
    read: u64,
    created: u64,
    changed: u64,
    unchanged: u64,
}

impl<'a> Sink<'a> {
    pub(super) fn new(engine: &'a Engine, importer: Importer, output: &Output) -> Self {
        Self {
            engine,
            importer,
            pending: Vec::new(),
            tally: Tally::default(),
            refused: Vec::new(),
            quiet: output.is_json(),
            progress: Progress::new(output),
        }
    }

    /// Takes an entity from `place` ("line 7", a file's path).
    pub(super) async fn take(&mut self, place: String, draft: Draft) -> Result<(), CliError> {
        self.tally.read += 1;
        let mut admitted = self.importer.admit(draft);
        let entity = admitted.pop();
        self.pending.extend(admitted.into_iter().map(|tag| (None, edit(tag))));
        self.pending.extend(entity.map(|entity| (Some(place), edit(entity))));
        if self.pending.len() >= TOGETHER { self.write().await } else { Ok(()) }
    }

    /// Reports what cannot be taken.
    pub(super) fn refuse(&mut self, place: String, reason: String) {
        self.tally.read += 1;
        self.report(place, reason);
    }

    /// Tells of something that was taken all the same.
    pub(super) fn warn(&self, place: &str, what: &str) {
        if !self.quiet {
            eprintln!("{}", safe::one_line(&format!("{place}: {what}")));
        }
    }

    /// Writes what is left and says what was done.
    pub(super) async fn finish(mut self, output: &mut Output) -> Result<(), CliError> {
        self.write().await?;
        drop(self.progress);
        let Tally { read, created, changed, unchanged } = self.tally;
        let refused = self.refused.len() as u64;
        output.say(format_args!(
            "{read} read: {created} new, {changed} changed, {unchanged} as before, {refused} refused."
        ))?;
        let reasons: Vec<_> =
            self.refused.iter().map(|(place, reason)| json!({ "place": place, "reason": reason })).collect();
        output.json(&json!({
            "read": read, "created": created, "changed": changed, "unchanged": unchanged, "refused": reasons
        }))?;
        if refused == 0 { Ok(()) } else { Err(CliError::Import { refused, read }) }
    }

    async fn write(&mut self) -> Result<(), CliError> {
        let (places, edits): (Vec<_>, Vec<_>) = self.pending.drain(..).unzip();
        let outcomes = self.engine.write_each(edits).await?;
        for (place, outcome) in places.into_iter().zip(outcomes) {
            let Some(place) = place else { continue };
            match outcome {
                Ok(Outcome::Created) => self.tally.created += 1,
                Ok(Outcome::Changed) => self.tally.changed += 1,
                Ok(Outcome::Unchanged) => self.tally.unchanged += 1,
                Err(refusal) => self.report(place, refusal.to_string()),
            }
        }
        self.progress.show(format_args!("{} imported", count(self.tally.read, "entity")));
        Ok(())
    }

    fn report(&mut self, place: String, reason: String) {
        self.warn(&place, &reason);
        self.refused.push((place, reason));
    }
}
