//! Whoever keeps `whph serve` running: systemd hears when it is ready, how things stand, and that it ends; the journal has its
//! own clock and wants to know how much a line matters.

use std::collections::BTreeSet;

use sync_engine::Engine;
use sync_engine::online::{Hold, Live};

use crate::output::count;

/// What systemd is told.
pub(super) struct Supervisor {
    /// How many devices are paired, and the count of changes to them at which that was so.
    paired: Option<(u64, usize)>,
    said: String,
}

/// How much a line of the journal matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Usual,
    Warning,
}

impl Supervisor {
    pub(super) fn new() -> Self {
        Self { paired: None, said: String::new() }
    }

    /// It can be reached now.
    pub(super) fn ready(&self) {
        #[cfg(target_os = "linux")]
        notify(sd_notify::NotifyState::Ready);
    }

    /// It ends because it was asked to.
    pub(super) fn stopping(&self) {
        #[cfg(target_os = "linux")]
        notify(sd_notify::NotifyState::Stopping);
    }

    /// How things stand, if that is another line than before.
    pub(super) async fn status(&mut self, engine: &Engine, live: Live) {
        if !is_there() {
            return;
        }
        let paired = match self.paired {
            Some((devices, paired)) if devices == live.devices => paired,
            // The database may be busy: what was so before is said once more.
            Some((_, before)) => engine.peers().await.map_or(before, |peers| peers.len()),
            None => engine.peers().await.map_or(0, |peers| peers.len()),
        };
        self.paired = Some((live.devices, paired));
        let line = line(paired, &live);
        if line != self.said {
            #[cfg(target_os = "linux")]
            notify(sd_notify::NotifyState::Status(&line));
            self.said = line;
        }
    }
}

impl Weight {
    /// What the journal reads it from: the numbers of syslog.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Usual => "<6>",
            Self::Warning => "<4>",
        }
    }
}

/// Whether somebody wants to be told.
fn is_there() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("NOTIFY_SOCKET").is_some()
}

#[cfg(target_os = "linux")]
fn notify(state: sd_notify::NotifyState<'_>) {
    // Syncing goes on whether somebody listens or not.
    drop(sd_notify::notify(&[state]));
}

/// Whether what is printed goes to the journal: systemd names the stream that it opened, which may have been redirected since.
pub(super) fn prints_to_journal() -> bool {
    #[cfg(target_os = "linux")]
    if let (Some(named), Ok(stream)) =
        (std::env::var_os("JOURNAL_STREAM"), rustix::fs::fstat(std::io::stdout()))
    {
        return named == *format!("{}:{}", stream.st_dev, stream.st_ino);
    }
    false
}

fn line(paired: usize, live: &Live) -> String {
    let devices = |n: usize| count(n as u64, "device");
    let connected: BTreeSet<_> = live.sessions.values().map(|session| session.peer).collect();
    let proved = connected.iter().filter(|peer| live.session(**peer).is_some_and(|with| with.proved)).count();
    let syncing = connected.len() - proved;
    if live.is_paused() {
        "Paused".to_owned()
    } else if paired == 0 {
        "No device is paired yet".to_owned()
    } else if live.hold == Some(Hold::Metered) {
        "Waiting for another network: this one is metered (`whph metered allow`)".to_owned()
    } else if syncing > 0 {
        format!("Syncing with {}", devices(syncing))
    } else if proved == 0 {
        format!("Waiting for {}", devices(paired))
    } else if proved < paired {
        format!("Up to date with {proved} of {}", devices(paired))
    } else {
        format!("Up to date with {}", devices(paired))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::identity::DeviceId;
    use sync_core::session::{Event, Progress};
    use sync_engine::online::{LinkId, Notice};

    #[test]
    fn one_line_says_how_things_stand() {
        let mut live = Live::default();
        assert_eq!(line(0, &live), "No device is paired yet");
        assert_eq!(line(2, &live), "Waiting for 2 devices");
        let peers = [1, 2].map(|n| (LinkId(n), DeviceId::from_bytes([n as u8; 16])));
        for (link, peer) in peers {
            live.hear(&Notice::Connected { link, peer });
        }
        assert_eq!(line(2, &live), "Syncing with 2 devices");
        for (link, peer) in peers {
            live.hear(&Notice::Session { link, peer, event: Event::UpToDate(Progress::default()) });
        }
        assert_eq!(line(2, &live), "Up to date with 2 devices");
        assert_eq!(line(3, &live), "Up to date with 2 of 3 devices");
        live.hold = Some(Hold::Metered);
        assert!(line(3, &live).contains("metered"));
        live.hold = Some(Hold::Pause);
        assert_eq!(line(3, &live), "Paused");
    }
}
