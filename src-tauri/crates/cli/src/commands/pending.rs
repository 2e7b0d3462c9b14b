//! `whph pending`: what waits for the paired devices, and why.

use serde_json::{Value, json};
use sync_engine::{Engine, Operation, PeerStatus, Pending};

use super::show::short;
use crate::args;
use crate::errors::CliError;
use crate::output::{Output, count};
use crate::when;

/// Changes that are shown of one device.
const PAGE: usize = 200;

pub(crate) async fn run(engine: &Engine, args: args::Pending, output: &mut Output) -> Result<(), CliError> {
    let only = match &args.device {
        Some(device) => Some(engine.find_peer(device).await?.device),
        None => None,
    };
    let mut peers = engine.overview().await?.status.peers;
    peers.retain(|peer| only.is_none_or(|only| only == peer.device));
    let mut documents = Vec::new();
    if peers.is_empty() {
        output.say("No other device is paired yet. Run `whph invite` here and `whph join` on the other.")?;
    }
    for peer in peers {
        let pending = engine.pending(peer.device, PAGE).await?;
        documents.push(document(&peer, &pending));
        say(&peer, &pending, output)?;
    }
    Ok(output.json(&documents)?)
}

fn say(peer: &PeerStatus, pending: &[Pending], output: &mut Output) -> Result<(), CliError> {
    let waiting = match peer.pending {
        0 => "nothing waits".to_owned(),
        1 => "1 change waits".to_owned(),
        n => format!("{} wait", count(n, "change")),
    };
    output.say(format_args!("{}: {waiting}", peer.name))?;
    if let Some(failure) = &peer.failure {
        output.say(format_args!("Last tried {}: {}", when::local(failure.at), failure.reason))?;
    }
    if pending.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = pending
        .iter()
        .map(|one| {
            let title = one.title.clone().unwrap_or_else(|| "(no title)".into());
            [word(one.operation).to_owned(), short(&one.key), title, when::local(one.since)]
        })
        .collect();
    output.table(["CHANGE", "ENTITY", "TITLE", "SINCE"], &rows)?;
    let left = peer.pending.saturating_sub(pending.len() as u64);
    if left > 0 {
        output.say(format_args!("… and {} more", left))?;
    }
    Ok(())
}

fn document(peer: &PeerStatus, pending: &[Pending]) -> Value {
    json!({
        "device": peer.device,
        "name": peer.name,
        "pending": peer.pending,
        "failure": peer.failure.as_ref()
            .map(|failure| json!({ "at": when::utc(failure.at), "reason": failure.reason })),
        "changes": pending.iter().map(|one| json!({
            "operation": word(one.operation),
            "kind": one.key.kind,
            "id": one.key.id,
            "title": one.title,
            "since": when::utc(one.since),
        })).collect::<Vec<_>>(),
    })
}

fn word(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
    }
}
