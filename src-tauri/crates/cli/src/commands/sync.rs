//! `whph sync`: one session with each paired device that can be reached.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sync_core::session::{End, Event};
use sync_core::wire::ByeReason;
use sync_engine::Engine;
use sync_engine::online::{ConnectFailure, Net, Notice, SyncFailure, SyncOutcome};

use super::merge::Question;
use super::online::{dial_only, moved, moved_json, resolve, size};
use crate::args::Sync;
use crate::errors::CliError;
use crate::output::{Output, Progress};
use std::net::SocketAddr;
use sync_core::identity::DeviceId;

/// A session that ends only to begin anew is begun anew this often.
const AGAIN_MAX: usize = 3;
/// How long to wait before a device that hung up is asked once more.
const REFUSED_PAUSE: Duration = Duration::from_secs(1);

pub(crate) async fn run(engine: &Engine, args: Sync, output: &mut Output) -> Result<(), CliError> {
    let addresses = resolve(args.address.as_deref()).await?;
    let peers = match &args.device {
        Some(device) => vec![engine.find_peer(device).await?],
        None => engine.peers().await?,
    };
    if peers.is_empty() {
        return Err(CliError::NobodyPaired);
    }
    let net = dial_only(engine).await?;
    let mut documents: Vec<Value> = Vec::new();
    let mut failed: Vec<String> = Vec::new();
    for peer in &peers {
        let begun = Instant::now();
        let outcome = sync(&net, peer.device, &addresses, args.yes, output).await?;
        let ms = begun.elapsed().as_millis();
        let reason = outcome.end.as_ref().err().map(ToString::to_string);
        let mut document = moved_json(outcome.progress, outcome.bytes);
        document["device"] = json!(peer.device);
        document["name"] = json!(peer.name);
        document["ms"] = json!(ms);
        document["equal"] = json!(reason.is_none());
        document["reason"] = json!(reason);
        documents.push(document);
        let bytes = size(outcome.bytes[0] + outcome.bytes[1]);
        match reason {
            None => output.say(format_args!(
                "{}: up to date. {}; {bytes} in {ms} ms. Digests equal.",
                peer.name,
                capital(&moved(outcome.progress))
            ))?,
            Some(reason) => {
                output.say(format_args!("{}: not proved equal: {reason}", peer.name))?;
                failed.push(peer.name.clone());
            }
        }
    }
    net.stop().await;
    output.json(&documents)?;
    if failed.is_empty() { Ok(()) } else { Err(CliError::NotProved { devices: failed }) }
}

async fn sync(
    net: &Net,
    peer: DeviceId,
    addresses: &[SocketAddr],
    yes: bool,
    output: &mut Output,
) -> Result<SyncOutcome, CliError> {
    let mut again = 0;
    loop {
        let outcome = once(net, peer, addresses, yes, output).await?;
        let refused = matches!(outcome.end, Err(SyncFailure::Unreachable(ConnectFailure::Refused)));
        if refused && again == 0 {
            // It may only have had too many at its door.
            tokio::time::sleep(REFUSED_PAUSE).await;
        } else if again == AGAIN_MAX || !begins_anew(&outcome) {
            return Ok(outcome);
        }
        again += 1;
    }
}

/// One session, with its progress shown. Its person is asked if it is the first one and both sides hold data.
async fn once(
    net: &Net,
    peer: DeviceId,
    addresses: &[SocketAddr],
    yes: bool,
    output: &mut Output,
) -> Result<SyncOutcome, CliError> {
    let mut notices = net.notices();
    let mut progress = Progress::new(output);
    let mut question = Question::new(yes);
    let session = net.sync(peer, addresses.to_vec());
    tokio::pin!(session);
    loop {
        tokio::select! {
            outcome = &mut session => return Ok(outcome),
            () = question.answered(net) => {}
            notice = notices.recv() => match notice {
                Ok(Notice::Session { event: Event::Progress(moving), .. }) => {
                    progress.show(format_args!("{} sent, {} received", moving.sent, moving.received.entities()));
                }
                Ok(Notice::Session { link, peer, event: Event::Preview(preview) }) => {
                    question.ask(net, link, peer, preview, output)?;
                }
                Ok(Notice::Session { link, event: Event::Agreed, .. }) => question.settled(link),
                Ok(_) | Err(_) => {}
            },
        }
    }
}

fn begins_anew(outcome: &SyncOutcome) -> bool {
    matches!(
        outcome.end,
        Err(SyncFailure::Ended(End::Restart | End::Renew | End::Left(ByeReason::Restart | ByeReason::Renew)))
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
