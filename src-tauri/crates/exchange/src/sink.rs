//! Where imported entities go: to the store in large transactions, with a tally of what became of them.

use planner::exchange::{Draft, Importer};
use sync_engine::{Edit, Engine, EngineError, Outcome};

use crate::{edit, named_tags};

/// Edits that are written together.
const TOGETHER: usize = 500;

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Entities that were found.
    pub read: u64,
    /// Those that are new here, or live again.
    pub created: u64,
    /// Those that were here and changed.
    pub changed: u64,
    /// Those that were here already.
    pub unchanged: u64,
    /// What could not be taken.
    pub refused: Vec<Refused>,
    /// What was taken, but not as it was.
    pub noted: Vec<Noted>,
    /// What was not looked at, because there is no kind for it or it was deleted.
    pub left_out: Vec<LeftOut>,
}

/// Something that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where it was: "line 7", a file's path.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Something that was taken, but not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Where it was: a file's path, a table and an id.
    pub place: String,
    /// What there is to know.
    pub what: String,
}

/// So much of something that was not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Of what, in words.
    pub what: &'static str,
    /// How much.
    pub count: u64,
}

/// What a person should know while an import runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// Something was taken, but not all of it; or could not be.
    Noted {
        /// Where it was.
        place: &'a str,
        /// What there is to know.
        what: &'a str,
    },
    /// So many entities were read until now.
    Read(u64),
}

pub(crate) struct Sink<'a> {
    engine: &'a Engine,
    importer: Importer,
    /// Edits not written yet, with the place they come from; tags that a place calls for have none.
    pending: Vec<(Option<String>, Edit)>,
    imported: Imported,
    tell: &'a mut (dyn FnMut(News<'_>) + Send),
}

impl<'a> Sink<'a> {
    /// Into a device with the tags that it has now.
    pub(crate) async fn begin(
        engine: &'a Engine,
        tell: &'a mut (dyn FnMut(News<'_>) + Send),
    ) -> Result<Self, EngineError> {
        let importer = Importer::new(named_tags(engine).await?);
        Ok(Self { engine, importer, pending: Vec::new(), imported: Imported::default(), tell })
    }

    /// Takes an entity from `place` ("line 7", a file's path).
    pub(crate) async fn take(&mut self, place: String, draft: Draft) -> Result<(), EngineError> {
        self.imported.read += 1;
        let mut admitted = self.importer.admit(draft);
        let entity = admitted.pop();
        self.pending.extend(admitted.into_iter().map(|tag| (None, edit(tag))));
        self.pending.extend(entity.map(|entity| (Some(place), edit(entity))));
        if self.pending.len() >= TOGETHER { self.write().await } else { Ok(()) }
    }

    /// Reports what cannot be taken.
    pub(crate) fn refuse(&mut self, place: String, reason: String) {
        self.imported.read += 1;
        self.report(place, reason);
    }

    /// Tells of something that was taken all the same.
    pub(crate) fn warn(&mut self, place: &str, what: &str) {
        (self.tell)(News::Noted { place, what });
        self.imported.noted.push(Noted { place: place.to_owned(), what: what.to_owned() });
    }

    /// Counts what is not looked at.
    pub(crate) fn leave_out(&mut self, what: &'static str, count: u64) {
        if count > 0 {
            self.imported.left_out.push(LeftOut { what, count });
        }
    }

    /// Writes what is left and says what was done.
    pub(crate) async fn finish(mut self) -> Result<Imported, EngineError> {
        self.write().await?;
        Ok(self.imported)
    }

    async fn write(&mut self) -> Result<(), EngineError> {
        let (places, edits): (Vec<_>, Vec<_>) = self.pending.drain(..).unzip();
        let outcomes = self.engine.write_each(edits).await?;
        for (place, outcome) in places.into_iter().zip(outcomes) {
            let Some(place) = place else { continue };
            match outcome {
                Ok(Outcome::Created) => self.imported.created += 1,
                Ok(Outcome::Changed) => self.imported.changed += 1,
                Ok(Outcome::Unchanged) => self.imported.unchanged += 1,
                Err(refusal) => self.report(place, refusal.to_string()),
            }
        }
        (self.tell)(News::Read(self.imported.read));
        Ok(())
    }

    fn report(&mut self, place: String, reason: String) {
        (self.tell)(News::Noted { place: &place, what: &reason });
        self.imported.refused.push(Refused { place, reason });
    }
}
