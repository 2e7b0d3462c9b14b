//! `whph kinds`: which kinds are shared with whom.

use serde_json::json;
use sync_engine::{Engine, KindSharing};

use super::show::Devices;
use crate::args::{KindSwitch, Kinds, KindsCommand};
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(engine: &Engine, args: Kinds, output: &mut Output) -> Result<(), CliError> {
    match args.command {
        None => list(engine, output).await,
        Some(KindsCommand::On(which)) => switch(engine, which, true, output).await,
        Some(KindsCommand::Off(which)) => switch(engine, which, false, output).await,
    }
}

async fn list(engine: &Engine, output: &mut Output) -> Result<(), CliError> {
    let kinds = engine.kinds().await?;
    let devices = Devices::load(engine).await?;
    let documents: Vec<_> = kinds
        .iter()
        .map(|kind| {
            json!({
                "kind": kind.kind, "known": kind.known, "count": kind.living,
                "on": kind.on, "off_with": kind.off_with,
            })
        })
        .collect();
    output.json(&documents)?;
    let rows: Vec<_> = kinds
        .iter()
        .map(|kind| [kind.kind.clone(), kind.living.to_string(), shared(kind, &devices)])
        .collect();
    output.table(["KIND", "HERE", "SHARED"], &rows)?;
    Ok(())
}

async fn switch(engine: &Engine, which: KindSwitch, on: bool, output: &mut Output) -> Result<(), CliError> {
    let KindSwitch { kind, device } = which;
    let peer = match device {
        Some(device) => Some(engine.find_peer(&device).await?),
        None => None,
    };
    engine.share_kind(&kind, peer.as_ref().map(|peer| peer.device), on).await?;
    let with = peer.as_ref().map(|peer| peer.name.as_str());
    if on {
        let with = with.unwrap_or("every paired device");
        output.say(format_args!(
            "{kind} is shared with {with} from the next sync on, if it is shared there as well."
        ))?;
    } else {
        let with = with.unwrap_or("any device");
        output.say(format_args!(
            "{kind} is no longer shared with {with}. What was sent already stays there."
        ))?;
    }
    output.json(&json!({ "kind": kind, "device": peer.map(|peer| peer.device), "on": on }))?;
    Ok(())
}

fn shared(kind: &KindSharing, devices: &Devices) -> String {
    if !kind.on {
        return "no".into();
    }
    if kind.off_with.is_empty() {
        return "yes".into();
    }
    let names: Vec<_> = kind.off_with.iter().map(|device| devices.name(*device)).collect();
    format!("not with {}", names.join(", "))
}
