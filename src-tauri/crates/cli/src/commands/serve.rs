//! `whph serve`: stays reachable, keeps a live session with every paired device, and says what happens.

mod supervisor;
pub(super) mod unit;

pub(crate) use unit::UnitError;

use serde_json::json;
use sync_core::identity::DeviceId;
use sync_core::session::{End, Event, Progress};
use sync_engine::online::{Hold, Notice, Online};
use sync_engine::{Engine, clock};
use tokio::sync::broadcast::error::RecvError;

use super::merge::{preview_json, preview_words};
use super::online::{moved, moved_json};
use crate::errors::CliError;
use crate::output::Output;
use crate::when;
use std::collections::HashMap;
use std::time::Duration;
use supervisor::{Supervisor, Weight, prints_to_journal};

pub(crate) async fn run(engine: &Engine, output: &mut Output) -> Result<(), CliError> {
    let online = Online { listen: Some(engine.device().listen), keep_connected: true };
    let net = engine.go_online(online).await?;
    let (mut notices, mut live) = (net.notices(), net.live());
    let in_journal = prints_to_journal();
    let mut supervisor = Supervisor::new();
    if let Some(bound) = net.bound() {
        let name = engine.device().name;
        if in_journal {
            output.say(format_args!("{}{name} listens on {bound}.", Weight::Usual.prefix()))?;
        } else {
            output.say(format_args!("{name} listens on {bound}. Stop it with Ctrl-C."))?;
        }
        output.json(&json!({ "event": "listening", "address": bound }))?;
        output.flush()?;
    }
    supervisor.ready();
    let mut held = None;
    let now = live.borrow().clone();
    supervisor.status(engine, now).await;
    let mut names: HashMap<DeviceId, String> = HashMap::new();
    let stop = stopped();
    tokio::pin!(stop);
    let mut day = tokio::time::interval(Duration::from_secs(24 * 60 * 60));
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = day.tick() => {
                // Old things may wait another day; what is in the way then shows elsewhere too.
                drop(engine.tidy().await);
            }
            Ok(()) = live.changed() => {
                let now = live.borrow_and_update().clone();
                if std::mem::replace(&mut held, now.hold) != now.hold {
                    tell_hold(now.hold, in_journal, output)?;
                }
                supervisor.status(engine, now).await;
            }
            notice = notices.recv() => match notice {
                Ok(notice) => {
                    if let Notice::Session { peer, event: Event::Greeted { name, .. }, .. } = &notice {
                        names.insert(*peer, name_of(engine, *peer, name).await);
                    }
                    tell(&notice, &names, in_journal, output)?;
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(CliError::Offline),
            },
        }
    }
    supervisor.stopping();
    net.stop().await;
    let prefix = if in_journal { Weight::Usual.prefix() } else { "" };
    output.say(format_args!("{prefix}Stopped."))?;
    output.json(&json!({ "event": "stopped" }))?;
    Ok(())
}

/// Why nothing happens by itself from now on, or that it does again.
fn tell_hold(hold: Option<Hold>, in_journal: bool, output: &mut Output) -> Result<(), CliError> {
    let (why, words) = match hold {
        Some(Hold::Pause) => (Some("pause"), "Paused."),
        Some(Hold::Metered) => (
            Some("metered"),
            "This network is metered: waits for another one. `whph metered allow` lets it sync here.",
        ),
        None => (None, "Goes on."),
    };
    let now = clock::now().wall;
    if in_journal {
        output.say(format_args!("{}{words}", Weight::Usual.prefix()))?;
    } else {
        output.say(format_args!("{}  {words}", when::local(now)))?;
    }
    output.json(&json!({ "event": "held", "why": why, "at": now.0, "message": words }))?;
    output.flush()?;
    Ok(())
}

/// What a device is called here, over what it calls itself.
async fn name_of(engine: &Engine, device: DeviceId, own_name: &str) -> String {
    // Names can wait until the database can be read again.
    let peers = engine.peers().await.unwrap_or_default();
    let label = peers.into_iter().find(|peer| peer.device == device && peer.name != peer.own_name);
    label.map_or_else(|| own_name.to_owned(), |peer| peer.name)
}

fn tell(
    notice: &Notice,
    names: &HashMap<DeviceId, String>,
    in_journal: bool,
    output: &mut Output,
) -> Result<(), CliError> {
    let name = |peer: &DeviceId| names.get(peer).cloned().unwrap_or_else(|| peer.short());
    let (peer, event, words, mut document) = match notice {
        Notice::Session { peer, event: Event::Greeted { .. }, .. } => {
            (peer, "connected", "connected".to_owned(), json!({}))
        }
        Notice::Session { peer, event: Event::Preview(preview), .. } => {
            let words = format!(
                "waits for a go-ahead to put together what both devices hold: {}. Say yes on the other device, or run \
                 `whph sync {peer} --yes` here",
                preview_words(*preview)
            );
            (peer, "preview", words, json!({ "preview": preview_json(*preview) }))
        }
        Notice::Session { peer, event: Event::Agreed, .. } => {
            (peer, "agreed", "agreed to; the first sync goes on".to_owned(), json!({}))
        }
        Notice::Session { peer, event: Event::UpToDate(progress), .. } => {
            let words = format!("up to date; {} since it connected", moved(*progress));
            (peer, "up-to-date", words, moved_json(*progress, [0, 0]))
        }
        Notice::Ended { end, progress, .. } if end.is_settled() && *progress == Progress::default() => {
            return Ok(());
        }
        Notice::Ended { peer, end, progress, bytes, .. } => {
            let words = if end.is_settled() {
                format!("{}; another connection goes on", moved(*progress))
            } else if *end == End::Proved {
                "finished".to_owned()
            } else {
                end.to_string()
            };
            (peer, "ended", words, moved_json(*progress, *bytes))
        }
        Notice::Session { event: Event::Progress(_), .. }
        | Notice::InviteOpened { .. }
        | Notice::InviteClosed { .. }
        | Notice::WrongCode
        | Notice::Compare { .. }
        | Notice::Paired { .. }
        | Notice::PairingFailed { .. }
        | Notice::Connected { .. }
        | Notice::Unreachable { .. } => return Ok(()),
    };
    let now = clock::now().wall;
    if in_journal {
        let went_wrong = matches!(notice, Notice::Ended { end, .. } if !end.is_parting());
        let weight = if went_wrong { Weight::Warning } else { Weight::Usual };
        output.say(format_args!("{}{}: {words}", weight.prefix(), name(peer)))?;
    } else {
        output.say(format_args!("{}  {}: {words}", when::local(now), name(peer)))?;
    }
    document["event"] = json!(event);
    document["device"] = json!(peer);
    document["at"] = json!(now.0);
    document["message"] = json!(words);
    output.json(&document)?;
    output.flush()?;
    Ok(())
}

/// Until somebody wants it to end: Ctrl-C, or the system.
pub(super) async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals it runs until it is ended from outside.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
