//! What a session tells of itself: to whoever watches while it goes on, and to the history.

use super::{End, Event, Session, Step};
use crate::node::storage::{Report, SessionRecord};

/// How far a session is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Entities sent and acknowledged.
    pub sent: u64,
    /// What the received entities did.
    pub received: Report,
}

impl Session {
    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { sent: self.out.acknowledged_entities, received: self.inn.report }
    }

    /// What the history keeps of it since the last call: `None` when nothing moved and nothing failed or only another
    /// connection goes on, or when the same was told already. `bytes` sent and received over the link in all.
    pub fn take_record(&mut self, bytes: [u64; 2]) -> Option<SessionRecord> {
        let proved = self.is_proved() && self.ended.as_ref().is_none_or(End::is_parting);
        let (before, bytes_before) = self.recorded;
        let progress = self.progress();
        let sent = progress.sent - before.sent;
        let received = progress.received.since(before.received);
        let settled = self.ended.as_ref().is_some_and(End::is_settled);
        if (proved || settled) && sent == 0 && received == Report::default() {
            return None;
        }
        let started = std::mem::replace(&mut self.started, self.wall);
        self.recorded = (progress, bytes);
        Some(SessionRecord {
            peer: self.peer,
            started: started.0,
            ended: self.wall.0,
            sent,
            received,
            bytes: [bytes[0].saturating_sub(bytes_before[0]), bytes[1].saturating_sub(bytes_before[1])],
            proved,
            reason: self.ended.as_ref().filter(|_| !proved).map(ToString::to_string),
        })
    }

    pub(super) fn report_progress(&mut self) {
        let progress = self.progress();
        self.steps.push_back(Step::Event(Event::Progress(progress)));
    }
}
