//! `whph bundle`: files by which two paired devices sync that never meet on a network.

use serde_json::json;
use sync_core::node::storage::Report;
use sync_core::session::Progress;
use sync_engine::{BundleRead, BundleWritten, Engine, WriteBundle};

use super::online::{moved, size};
use crate::args::{Bundle, BundleCommand, ReadBundle};
use crate::errors::CliError;
use crate::output::{Output, count};

pub(crate) async fn run(engine: &Engine, args: Bundle, output: &mut Output) -> Result<(), CliError> {
    match args.command {
        BundleCommand::Write(args) => write(engine, args, output).await,
        BundleCommand::Read(args) => read(engine, args, output).await,
    }
}

async fn write(engine: &Engine, args: crate::args::WriteBundle, output: &mut Output) -> Result<(), CliError> {
    let peer = engine.find_peer(&args.device).await?;
    let how = WriteBundle { all: args.all, force: args.force };
    let BundleWritten { files, entities, bytes } = engine.write_bundle(peer.device, &args.file, how).await?;
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let what = match entities {
        0 => "nothing new, and what this device has of it".to_owned(),
        n => count(n, "entity"),
    };
    output.say(format_args!(
        "{} written for {}: {what}, {}. Only {} can read it: there, run `whph bundle read FILE`.",
        names.join(", "),
        peer.name,
        size(bytes),
        peer.name
    ))?;
    if files.len() > 1 {
        output.say("Read them in that order.")?;
    }
    output.json(&json!({ "device": peer.device, "files": names, "entities": entities, "bytes": bytes }))?;
    Ok(())
}

async fn read(engine: &Engine, args: ReadBundle, output: &mut Output) -> Result<(), CliError> {
    let BundleRead { from, report, taken, renewed } = engine.read_bundle(&args.file, args.yes).await?;
    let waiting = engine.overview().await?.status.peers.into_iter().find(|peer| peer.device == from.device);
    let pending = waiting.map_or(0, |peer| peer.pending);
    let name = &from.name;
    output.say(format_args!("From {name}: {}.", received(report)))?;
    if renewed {
        output.say(
            "This device had been restored from a backup: it compares everything anew, and its next bundles hold everything.",
        )?;
    }
    if taken.equal {
        output.say(format_args!(
            "This device now holds exactly what {name} held when it wrote this, proved by digest."
        ))?;
    } else if taken.gapless {
        output
            .say(format_args!("Not proved equal: what this device holds beyond it, {name} may not have."))?;
    } else {
        output.say(format_args!(
            "Not proved equal: something before this bundle has not come here. Read the earlier ones if you have them; or write a bundle for {name}, which tells it how far this device is, and read what it then writes."
        ))?;
    }
    if pending > 0 {
        output.say(format_args!(
            "{} for {name}: `whph bundle write {name:?} FILE`.",
            if pending == 1 {
                "1 change waits".to_owned()
            } else {
                format!("{} wait", count(pending, "change"))
            }
        ))?;
    }
    output.json(&json!({
        "device": from.device,
        "name": name,
        "new": report.new,
        "changed": report.changed,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "conflicts": report.conflicts,
        "quarantined": report.quarantined,
        "equal": taken.equal,
        "gapless": taken.gapless,
        "renewed": renewed,
        "pending": pending,
    }))?;
    Ok(())
}

/// As a sync says it, without what was sent.
fn received(received: Report) -> String {
    let line = moved(Progress { sent: 0, received });
    line.strip_prefix("sent 0, received ").unwrap_or(&line).to_owned()
}
