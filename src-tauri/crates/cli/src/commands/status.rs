//! `whph status`: how things stand.

use std::collections::BTreeMap;

use serde_json::json;
use sync_engine::{Engine, PeerState};

use super::show::Devices;
use crate::errors::CliError;
use crate::output::{Output, count};
use crate::when;

pub(crate) async fn run(engine: &Engine, output: &mut Output) -> Result<(), CliError> {
    let overview = engine.overview().await?;
    let devices = Devices::load(engine).await?;
    let device = engine.device();
    let status = &overview.status;
    output.json(&json!({
        "device": device.id,
        "name": device.name,
        "listen": device.listen,
        "keys": engine.keystore_line(),
        "paused": overview.paused,
        "notice": engine.renewal().map(|renewal| renewal.code()),
        "kinds": status.kinds.iter().map(|(kind, here)| (kind, here.living)).collect::<BTreeMap<_, _>>(),
        "reviews": status.reviews,
        "set_aside": status.quarantined,
        "clocks_ahead": status.skewed.iter()
            .map(|skew| json!({ "device": skew.device, "ahead_ms": skew.ahead })).collect::<Vec<_>>(),
        "devices": overview.peers.iter().map(|peer| json!({
            "device": peer.status.device,
            "name": peer.status.name,
            "state": state_word(&peer.state),
            "reason": reason(&peer.state),
            "pending": peer.status.pending,
            "last_seen": peer.status.last_seen.and_then(when::utc),
            "last_sync": peer.status.last_sync.and_then(when::utc),
        })).collect::<Vec<_>>(),
    }))?;

    output.say(format_args!("{} ({}), listens on {}", device.name, device.id.short(), device.listen))?;
    let kinds = status.kinds.iter().filter(|(_, here)| here.living > 0);
    let kinds: Vec<_> = kinds.map(|(kind, here)| count(here.living, &kind.replace('_', " "))).collect();
    output.say(if kinds.is_empty() {
        "Nothing here yet.".to_owned()
    } else {
        format!("Here: {}", kinds.join(", "))
    })?;
    output.say(format_args!("The {}.", engine.keystore_line()))?;
    if overview.paused {
        output.say("Paused: this device keeps no connections until its sync is resumed in the app.")?;
    }
    if status.reviews > 0 {
        let waiting = count(status.reviews, "entity");
        output
            .say(format_args!("Needs review: {waiting} edited on two devices at once. `whph review list`"))?;
    }
    if status.quarantined > 0 {
        output.say(format_args!(
            "Set aside: {} from other devices that this version cannot read. Update WHPH here, or run `whph check` there.",
            count(status.quarantined, "line")
        ))?;
    }
    for skew in &status.skewed {
        let days = skew.ahead / sync_core::time::DAY;
        let name = devices.name(skew.device);
        output
            .say(format_args!("The clock of {name} is {} ahead. Set it right there.", count(days, "day")))?;
    }
    if overview.peers.is_empty() {
        return Ok(output
            .say("No other device is paired yet. Run `whph invite` here and `whph join` on the other.")?);
    }
    output.say("")?;
    let rows: Vec<_> = overview
        .peers
        .iter()
        .map(|peer| {
            let state = if reason(&peer.state).is_some() { "Problem".into() } else { peer.state.to_string() };
            let last_sync = peer.status.last_sync.map_or_else(|| "never".into(), when::local);
            [peer.status.name.clone(), state, last_sync, peer.status.pending.to_string()]
        })
        .collect();
    output.table(["DEVICE", "STATE", "LAST SYNC", "PENDING"], &rows)?;
    for peer in &overview.peers {
        if let Some(reason) = reason(&peer.state) {
            output.say(format_args!("{}: {reason}", peer.status.name))?;
        }
    }
    Ok(())
}

fn state_word(state: &PeerState) -> &'static str {
    match state {
        PeerState::UpToDate => "up-to-date",
        PeerState::Waiting => "waiting",
        PeerState::WaitsForOk => "waits-for-ok",
        PeerState::NeedsReview(_) => "needs-review",
        PeerState::Problem(_) => "problem",
    }
}

fn reason(state: &PeerState) -> Option<&str> {
    match state {
        PeerState::Problem(reason) => Some(reason),
        PeerState::UpToDate | PeerState::Waiting | PeerState::WaitsForOk | PeerState::NeedsReview(_) => None,
    }
}
