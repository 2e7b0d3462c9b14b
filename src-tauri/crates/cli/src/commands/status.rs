//! `whph status`: how things stand.

use std::collections::BTreeMap;

use serde_json::json;
use sync_core::time::{DAY, MINUTE};
use sync_engine::{Engine, PeerState};

use super::show::Devices;
use crate::errors::CliError;
use crate::output::{Output, count};
use crate::when;

/// Milliseconds.
const HOUR: u64 = 60 * MINUTE;

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
        "deletions": overview.sweeps.iter().map(|sweep| json!({
            "number": sweep.number,
            "device": sweep.device,
            "name": sweep.name,
            "at": when::utc(sweep.at),
            "deleted": sweep.deleted,
            "living_before": sweep.living,
        })).collect::<Vec<_>>(),
        "devices": overview.peers.iter().map(|peer| json!({
            "device": peer.status.device,
            "name": peer.status.name,
            "state": state_word(&peer.state),
            "reason": reason(&peer.state),
            "pending": peer.status.pending,
            "last_seen": peer.status.last_seen.and_then(when::utc),
            "last_sync": peer.status.last_sync.and_then(when::utc),
            "clock_ms": peer.status.skew,
            "failure": peer.status.failure.as_ref()
                .map(|failure| json!({ "at": when::utc(failure.at), "reason": failure.reason })),
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
    for peer in &overview.peers {
        let is_named = status.skewed.iter().any(|skew| skew.device == peer.status.device);
        if let (Some(skew), false) = (peer.status.skew, is_named) {
            output.say(clock_line(&peer.status.name, skew))?;
        }
    }
    for sweep in &overview.sweeps {
        let number = sweep.number;
        output.say(format_args!(
            "{} deleted {} of {} here, the last at {}. `whph undo {number}` puts them back; `whph undo {number} --dismiss` lets \
             them be.",
            sweep.name,
            count(sweep.deleted, "entity"),
            sweep.living,
            when::local(sweep.at)
        ))?;
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

/// Clocks that are too far apart; `skew`: theirs minus ours, in milliseconds.
fn clock_line(name: &str, skew: i64) -> String {
    let apart = skew.unsigned_abs();
    let apart = match apart {
        0..HOUR => count(apart / MINUTE, "minute"),
        HOUR..DAY => count(apart / HOUR, "hour"),
        DAY.. => count(apart / DAY, "day"),
    };
    let side = if skew < 0 { "behind" } else { "ahead of" };
    format!("The clock of {name} is {apart} {side} this device's. One of the two is wrong: set it.")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_of_in_both_directions() {
        let skew = MINUTE as i64;
        assert_eq!(
            clock_line("Pixel", -3 * skew),
            "The clock of Pixel is 3 minutes behind this device's. One of the two is wrong: set it."
        );
        assert!(clock_line("Pixel", 61 * skew).contains("is 1 hour ahead of this device's"));
        assert!(clock_line("Pixel", i64::MIN).contains("days behind"));
    }
}
