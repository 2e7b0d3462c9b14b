//! `whph devices`: the paired devices.

use serde_json::json;
use sync_engine::Engine;

use crate::errors::CliError;
use crate::output::Output;
use crate::when;

pub(crate) async fn run(engine: &Engine, output: &mut Output) -> Result<(), CliError> {
    let peers = engine.peers().await?;
    let documents: Vec<_> = peers
        .iter()
        .map(|peer| {
            json!({
                "device": peer.device,
                "name": peer.name,
                "paired": when::utc(peer.added),
                "last_seen": peer.last_seen.and_then(when::utc),
                "last_sync": peer.last_sync.and_then(when::utc),
                "addresses": peer.addresses,
            })
        })
        .collect();
    output.json(&documents)?;
    if peers.is_empty() {
        output.say(
            "No other device is paired yet. Run `whph invite` on one device and `whph join` on the other.",
        )?;
        return Ok(());
    }
    let rows: Vec<_> = peers
        .into_iter()
        .map(|peer| {
            let last_sync = peer.last_sync.map_or_else(|| "never".into(), when::local);
            [peer.name, peer.device.short(), when::local(peer.added), last_sync, peer.addresses.join(" ")]
        })
        .collect();
    output.table(["DEVICE", "ID", "PAIRED", "LAST SYNC", "LAST AT"], &rows)?;
    Ok(())
}
