//! What goes on while a device is online: for screens that show how things stand now, and need not follow every notice.

use std::collections::BTreeMap;
use sync_core::identity::DeviceId;
use sync_core::node::{ConnectFailure, LinkId, Notice};
use sync_core::session::{Event, Preview, Progress};

/// How things stand now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// The highest seq: grows with every change of an entity, whoever made it.
    pub head: u64,
    /// Grows when the paired devices, or what is shared with them, may be others than before.
    pub devices: u64,
    /// Why nothing is sent or received by itself.
    pub hold: Option<Hold>,
    /// The sessions that live.
    pub sessions: BTreeMap<LinkId, LiveSession>,
    /// The first merges that wait for a person's go-ahead, at this device or the other one, and what they would do.
    pub previews: BTreeMap<LinkId, (DeviceId, Preview)>,
    /// Devices that could not be reached when they were tried last, and why.
    pub unreachable: BTreeMap<DeviceId, ConnectFailure>,
}

/// Why nothing is sent or received by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// This device takes a pause.
    Pause,
    /// The network costs by volume, and nobody allowed to sync over such a one. What a person asks for is done all the same.
    Metered,
}

/// A session that lives.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveSession {
    /// With whom.
    pub peer: DeviceId,
    /// Whether it has proved both sides equal, and nothing has moved since.
    pub proved: bool,
    all: Progress,
    until_proof: Progress,
}

impl LiveSession {
    /// What has moved since the two were last proved equal.
    #[must_use]
    pub fn moved(&self) -> Progress {
        Progress {
            sent: self.all.sent - self.until_proof.sent,
            received: self.all.received.since(self.until_proof.received),
        }
    }
}

impl Live {
    /// Whether this device takes a pause.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.hold == Some(Hold::Pause)
    }

    /// The live session with a device, if there is one.
    #[must_use]
    pub fn session(&self, device: DeviceId) -> Option<&LiveSession> {
        // The command line of this device may have one beside ours: the one that works shows.
        let mut with: Vec<_> = self.sessions.values().filter(|session| session.peer == device).collect();
        with.sort_by_key(|session| session.proved);
        with.first().copied()
    }

    /// Takes note of what happened.
    pub fn hear(&mut self, notice: &Notice) {
        match notice {
            Notice::Connected { link, peer } => {
                self.unreachable.remove(peer);
                let none = Progress::default();
                let session = LiveSession { peer: *peer, proved: false, all: none, until_proof: none };
                self.sessions.insert(*link, session);
            }
            Notice::Unreachable { peer, reason, .. } => {
                self.unreachable.insert(*peer, reason.clone());
            }
            Notice::Session { link, peer, event } => {
                let Some(session) = self.sessions.get_mut(link) else { return };
                match event {
                    Event::Greeted { .. } => {}
                    Event::Preview(preview) => {
                        self.previews.insert(*link, (*peer, *preview));
                    }
                    Event::Agreed => {
                        self.previews.remove(link);
                    }
                    Event::Progress(all) => {
                        session.all = *all;
                        session.proved = session.moved() == Progress::default() && session.proved;
                    }
                    Event::UpToDate(all) => {
                        (session.all, session.until_proof, session.proved) = (*all, *all, true);
                    }
                }
            }
            Notice::Ended { link, .. } => {
                self.sessions.remove(link);
                self.previews.remove(link);
            }
            Notice::InviteOpened { .. }
            | Notice::InviteClosed { .. }
            | Notice::WrongCode
            | Notice::Compare { .. }
            | Notice::Paired { .. }
            | Notice::PairingFailed { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::session::End;

    const BOB: DeviceId = DeviceId::from_bytes([2; 16]);
    const LINK: LinkId = LinkId(1);

    fn event(event: Event) -> Notice {
        Notice::Session { link: LINK, peer: BOB, event }
    }

    fn sent(sent: u64) -> Progress {
        Progress { sent, ..Progress::default() }
    }

    #[test]
    fn a_preview_shows_until_somebody_agreed_or_it_is_over() {
        let preview = Preview::Compared { new_here: 1, new_there: 2, differ: 3, same: 4 };
        let ended = |end| Notice::Ended {
            link: LINK,
            peer: BOB,
            end,
            progress: Progress::default(),
            bytes: [0, 0],
            record: None,
        };
        let mut live = Live::default();
        for over in [event(Event::Agreed), ended(End::NotNow), ended(End::Lost)] {
            live.hear(&Notice::Connected { link: LINK, peer: BOB });
            live.hear(&event(Event::Preview(preview)));
            assert_eq!(live.previews, BTreeMap::from([(LINK, (BOB, preview))]));
            live.hear(&over);
            assert!(live.previews.is_empty(), "{over:?}");
        }
    }

    #[test]
    fn each_stretch_of_a_session_is_counted_from_the_proof_before() {
        let mut live = Live::default();
        live.hear(&Notice::Unreachable { link: LINK, peer: BOB, reason: ConnectFailure::NoAnswer });
        assert_eq!(live.unreachable.len(), 1);
        live.hear(&Notice::Connected { link: LINK, peer: BOB });
        assert!(live.unreachable.is_empty() && !live.session(BOB).unwrap().proved);
        live.hear(&event(Event::Progress(sent(7))));
        assert_eq!(live.session(BOB).unwrap().moved(), sent(7));
        live.hear(&event(Event::UpToDate(sent(7))));
        assert!(live.session(BOB).unwrap().proved);
        live.hear(&event(Event::Progress(sent(9))));
        assert_eq!((live.session(BOB).unwrap().moved(), live.session(BOB).unwrap().proved), (sent(2), false));
        live.hear(&Notice::Ended {
            link: LINK,
            peer: BOB,
            end: End::Lost,
            progress: sent(9),
            bytes: [0, 0],
            record: None,
        });
        assert_eq!(live.session(BOB), None);
    }
}
