//! What the node tells: the manager and the database take note of it, and whoever waits or listens hears it.

use super::Shell;
use crate::clock::now;
use crate::insight::is_wanted;
use crate::online::{Hold, Notice, SyncFailure, SyncOutcome};
use sync_core::node::{Command, ConnectFailure, Input, LinkId};
use sync_core::session::{End, Event};

impl Shell {
    pub(super) fn notify(&mut self, notice: Notice) {
        match &notice {
            Notice::Connected { link, peer } => {
                self.with.insert(*link, *peer);
                let dialled = self.dialled.remove(link).is_some();
                self.manager.connected(*peer, dialled);
                // It was on its way when the pause began.
                match self.held {
                    Some(Hold::Pause) => self.handle(Input::Command(Command::Stop)),
                    Some(Hold::Metered) if dialled && !self.waiting.contains_key(link) => self.lose(*link),
                    Some(Hold::Metered) | None => {}
                }
            }
            Notice::Session { link, peer, event: Event::Greeted { name, addresses, skew, off } } => {
                self.engine.note_skew(*peer, *skew);
                let addresses = self.last_addresses(*link, *peer, addresses);
                self.engine.note_greeting(*peer, name.clone(), addresses.clone(), off.clone());
                self.manager.set_known(*peer, addresses);
            }
            Notice::Unreachable { link, peer, reason } => {
                let via = self.dialled.remove(link).flatten();
                self.engine.note_failure(*peer, reason.to_string());
                let failed = matches!(reason, ConnectFailure::Refused | ConnectFailure::Channel(_));
                // Anybody can repeat an announcement: whoever answers where only that has led is not the device.
                let answered = failed && !via.is_some_and(|via| self.manager.is_mistaken(*peer, via));
                if answered {
                    self.engine.note_refusal(*peer, reason.to_string());
                }
                self.manager.unreachable(*peer, answered, now().mono);
                let end = Err(reason.clone().into());
                self.finish(
                    *link,
                    SyncOutcome { peer: *peer, end, progress: Default::default(), bytes: [0, 0] },
                );
            }
            Notice::Ended { link, peer, end, progress, bytes, record } => {
                if let Some(record) = record
                    && !record.proved
                    && !is_wanted(record)
                    && let Some(reason) = &record.reason
                {
                    self.engine.note_failure(*peer, reason.clone());
                }
                let now = now().mono;
                if end.waits_for_agreement() {
                    self.manager.declined(*peer, now);
                }
                self.manager.ended(*peer, end.is_parting() || end.waits_for_agreement(), now);
                let end = if *end == End::Proved { Ok(()) } else { Err(SyncFailure::Ended(end.clone())) };
                let (progress, bytes) = (*progress, *bytes);
                self.finish(*link, SyncOutcome { peer: *peer, end, progress, bytes });
            }
            Notice::Session { peer, event: Event::UpToDate(_), .. } => {
                self.manager.proved(*peer);
                if self.held.is_some() {
                    // What was asked for is done; nothing stays open.
                    self.handle(Input::Command(Command::Stop));
                }
            }
            Notice::Paired { peer, .. } => self.manager.proved(*peer),
            Notice::InviteOpened { .. } => self.announce(),
            Notice::InviteClosed { .. } if self.held.is_some() => self.close_port(),
            Notice::InviteClosed { .. } => self.announce(),
            Notice::WrongCode
            | Notice::Compare { .. }
            | Notice::PairingFailed { .. }
            | Notice::Session { .. } => {}
        }
        self.live.send_modify(|live| live.hear(&notice));
        // Nobody listening is fine.
        drop(self.notices.send(notice));
    }

    fn finish(&mut self, link: LinkId, outcome: SyncOutcome) {
        if let Some(done) = self.waiting.remove(&link) {
            // Whoever asked may have gone.
            drop(done.send(outcome));
        }
    }
}
