//! Before a first merge. When both sides hold data and nobody has agreed yet to put it together, both say in outline what they
//! hold, both count what the merge would do, and both wait for a person, at either of the two. Until then nothing is sent
//! that could change anything.

use super::{End, Event, Session, Step};
use crate::limits::OUTLINE_MAX;
use crate::node::storage::Ask;
use crate::wire::{Mark, Message};
use std::cmp::Ordering;
use uuid::Uuid;

/// What a first merge would do, by entities as a person sees them: what is deleted counts only where it meets something that
/// lives. The other device tells the same, with here and there exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preview {
    /// All were compared.
    Compared {
        /// Only the other device has them.
        new_here: u64,
        /// Only this device has them.
        new_there: u64,
        /// Both have them, and not alike: they are merged.
        differ: u64,
        /// Both have them alike.
        same: u64,
    },
    /// One side holds more than [`OUTLINE_MAX`]: too many to compare beforehand.
    TooMany {
        /// How many entities this device holds.
        here: u64,
        /// How many the other one holds.
        there: u64,
    },
}

impl Preview {
    /// Whether there is nothing to ask a person: one side holds nothing that a person sees and nothing meets, or both hold the
    /// same.
    fn is_harmless(self) -> bool {
        match self {
            Self::Compared { new_here, new_there, differ, same } => {
                let one_sided = same == 0 && (new_here == 0 || new_there == 0);
                differ == 0 && (one_sided || new_here + new_there == 0)
            }
            Self::TooMany { .. } => false,
        }
    }
}

/// A first merge that is looked at.
#[derive(Debug)]
pub(super) struct Agreement {
    ours: Outline,
    theirs: Outline,
    agreed: bool,
    /// The peer said that a person there agreed.
    they_agreed: bool,
    /// The person was told.
    told: bool,
}

/// What one side holds.
#[derive(Debug, Default)]
struct Outline {
    marks: Vec<Mark>,
    /// How many were named; they are let go of once they are not needed any more.
    named: usize,
    /// How many entities it holds, once all were named.
    entities: Option<u64>,
}

impl Outline {
    fn add(&mut self, marks: &[Mark], keep: bool) {
        self.named += marks.len();
        if keep {
            self.marks.extend_from_slice(marks);
        }
    }
}

impl Agreement {
    /// The peer owes us its outline.
    pub(super) fn awaits_peer(&self) -> bool {
        self.theirs.entities.is_none()
    }

    /// What both outlines say, once they are complete.
    fn preview(&mut self) -> Option<Preview> {
        let (here, there) = (self.ours.entities?, self.theirs.entities?);
        let (ours, theirs) = (std::mem::take(&mut self.ours.marks), std::mem::take(&mut self.theirs.marks));
        if here.max(there) > OUTLINE_MAX as u64 {
            return Some(Preview::TooMany { here, there });
        }
        Some(compare(ours, theirs))
    }
}

impl Session {
    /// Whether nothing may be merged yet.
    pub(super) fn awaits_agreement(&self) -> bool {
        self.agreement.as_ref().is_some_and(|agreement| !agreement.agreed)
    }

    pub(super) fn start_outline(&mut self, entities: u64) {
        let (ours, theirs) = (Outline::default(), Outline::default());
        self.agreement = Some(Agreement { ours, theirs, agreed: false, they_agreed: false, told: false });
        if entities > OUTLINE_MAX as u64 {
            self.end_outline(entities);
        } else {
            self.ask(Ask::Outline { off: self.off.clone(), after: None });
        }
    }

    /// The store told some of what we hold.
    pub(super) fn outlined(&mut self, marks: Vec<Mark>, next: Option<(Box<str>, Uuid)>) {
        let Some(agreement) = self.agreement.as_mut().filter(|agreement| !agreement.agreed) else { return };
        agreement.ours.add(&marks, true);
        let named = agreement.ours.named;
        if named > OUTLINE_MAX {
            // It has grown since the hello.
            return self.end_outline(named as u64);
        }
        if !marks.is_empty() {
            self.send(Message::Outline(marks));
        }
        match next {
            Some(after) => self.ask(Ask::Outline { off: self.off.clone(), after: Some(after) }),
            None => self.end_outline(named as u64),
        }
    }

    fn end_outline(&mut self, entities: u64) {
        if let Some(agreement) = &mut self.agreement {
            agreement.ours.entities = Some(entities);
        }
        self.send(Message::OutlineEnd { entities });
        self.show_preview();
    }

    /// The peer told some of what it holds. It may do so for a while after somebody agreed, who did not wait for it.
    pub(super) fn outline(&mut self, marks: &[Mark]) {
        match &mut self.agreement {
            Some(agreement)
                if agreement.awaits_peer() && agreement.theirs.named + marks.len() <= OUTLINE_MAX =>
            {
                agreement.theirs.add(marks, !agreement.agreed);
            }
            Some(_) | None => self.fail(End::Protocol("an outline that was not asked for".into())),
        }
    }

    pub(super) fn outline_end(&mut self, entities: u64) {
        match &mut self.agreement {
            Some(agreement) if agreement.awaits_peer() => {
                if entities <= OUTLINE_MAX as u64 && entities != agreement.theirs.named as u64 {
                    return self.fail(End::Protocol("an outline that is not complete".into()));
                }
                agreement.theirs.entities = Some(entities);
            }
            Some(_) | None => return self.fail(End::Protocol("an outline that was not asked for".into())),
        }
        self.show_preview();
    }

    /// A person at the other device agreed, perhaps while one did so here.
    pub(super) fn they_agree(&mut self) {
        match &mut self.agreement {
            Some(agreement) if !agreement.they_agreed => agreement.they_agreed = true,
            Some(_) | None => return self.fail(End::Protocol("an agreement to nothing".into())),
        }
        if self.awaits_agreement() {
            self.agreed();
        }
    }

    /// Tells the person what would happen, once that is known.
    fn show_preview(&mut self) {
        let Some(agreement) = self.agreement.as_mut().filter(|agreement| !agreement.agreed) else { return };
        let Some(preview) = agreement.preview() else { return };
        if preview.is_harmless() {
            // The other side counts the same, and goes on without a word too.
            return self.agreed();
        }
        agreement.told = true;
        self.ask(Ask::Agreement { peer: self.peer, agreed: false });
        self.steps.push_back(Step::Event(Event::Preview(preview)));
    }

    /// From here on both merge. It is stored before anything that comes is applied: the store answers in the order that it is
    /// asked.
    pub(super) fn agreed(&mut self) {
        let Some(agreement) = &mut self.agreement else { return };
        agreement.agreed = true;
        (agreement.ours.marks, agreement.theirs.marks) = (Vec::new(), Vec::new());
        let told = agreement.told;
        self.ask(Ask::Agreement { peer: self.peer, agreed: true });
        if told {
            self.steps.push_back(Step::Event(Event::Agreed));
        }
    }
}

fn compare(mut ours: Vec<Mark>, mut theirs: Vec<Mark>) -> Preview {
    ours.sort_unstable();
    theirs.sort_unstable();
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    let [mut new_here, mut new_there, mut differ, mut same] = [0, 0, 0, 0];
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (Some(our), Some(their)) => our.entity.cmp(&their.entity),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Preview::Compared { new_here, new_there, differ, same },
        };
        let our = if order.is_le() { ours.next() } else { None };
        let their = if order.is_ge() { theirs.next() } else { None };
        if [our, their].into_iter().flatten().any(Mark::lives) {
            let count = match (our, their) {
                (Some(our), Some(their)) if our == their => &mut same,
                (Some(_), Some(_)) => &mut differ,
                (Some(_), None) => &mut new_there,
                (None, _) => &mut new_here,
            };
            *count += 1;
        }
    }
}
