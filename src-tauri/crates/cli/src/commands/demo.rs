//! `whph demo`: two devices in temporary folders pair, sync, are edited apart and come together again. Each is driven as a
//! person would drive it, by `whph` commands in processes of their own, over the network of this computer. `--companion` is one
//! such device alone, for an app with a window.

mod companion;
mod device;
mod sample;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::online::size;
use crate::args::Demo as Args;
use crate::errors::CliError;
use crate::output::{Output, count};
use device::Device;
use sample::{CALL, GYM, PACKING, PACKING_LINES, PLANTS};

/// How long a program that was just killed may go on holding its files.
const LAST_WRITES: Duration = Duration::from_secs(1);

pub(crate) async fn run(args: Args, output: &mut Output) -> Result<(), CliError> {
    let folder = tempfile::Builder::new().prefix("whph-demo-").tempdir()?;
    let play = async {
        if args.companion {
            companion::play(folder.path(), output).await
        } else {
            play(folder.path(), output).await
        }
    };
    let done = tokio::select! {
        done = play => done,
        () = super::serve::stopped() => Err(CliError::Interrupted),
    };
    // Whatever still ran was killed when `play` was dropped.
    remove(folder).await?;
    done
}

async fn play(folder: &Path, output: &mut Output) -> Result<(), CliError> {
    let begun = Instant::now();
    output.say("Two devices, one planner, no cloud. What follows is real: each device is a program and a folder of its own on")?;
    output.say("this computer, and they talk over an encrypted connection. Lines with $ show what was typed on which device.")?;
    let laptop = Device::new("laptop", folder)?;
    let phone = Device::new("phone", folder)?;
    set_up(&laptop, &phone, output).await?;
    pair(&laptop, &phone, output).await?;
    import(&laptop, output).await?;
    heading(output, 4, "They sync")?;
    let moved = sync(&laptop, &phone, output).await?;
    let received = count(moved["received"]["new"].as_u64().unwrap_or(0), "entity");
    output.say(format_args!("   The phone receives {received}. {}", cost(&moved)))?;
    edit_apart(&laptop, &phone, output).await?;
    heading(output, 6, "They meet and sync again")?;
    let moved = sync(&laptop, &phone, output).await?;
    output.say(format_args!("   Only what changed goes over. {}", cost(&moved)))?;
    let merged = show_merged(&laptop, &phone, output).await?;
    let reviewed = decide(&laptop, &phone, output).await?;
    let lines = compare(&laptop, &phone, output).await?;
    let seconds = begun.elapsed().as_secs_f64();
    output.say("")?;
    output.say(format_args!("That took {seconds:.1} s, and the two folders are gone again. Begin for real with `whph init --name NAME`."))?;
    output.json(
        &json!({ "merged": merged, "reviewed": reviewed, "lines": lines, "equal": true, "seconds": seconds }),
    )?;
    Ok(())
}

async fn set_up(laptop: &Device, phone: &Device, output: &mut Output) -> Result<(), CliError> {
    heading(output, 1, "Two devices are set up")?;
    for device in [laptop, phone] {
        typed(output, device, &["init", "--name", device.name])?;
        device.run(&["init", "--name", device.name, "--listen", "127.0.0.1:0", "--keys", "file"]).await?;
    }
    Ok(())
}

async fn pair(laptop: &Device, phone: &Device, output: &mut Output) -> Result<(), CliError> {
    heading(output, 2, "They pair")?;
    typed(output, laptop, &["invite"])?;
    let mut inviting = laptop.start(&["invite", "--yes"]).await?;
    let invitation = inviting.document().await?;
    let link = invitation["link"].as_str().unwrap_or_default();
    output.say("   The laptop shows a link, also as a QR code, that works once and for two minutes.")?;
    typed(output, phone, &["join"])?;
    let joined = phone.run_with(&["join", "--yes"], &format!("{link}\n")).await?;
    let invited = inviting.rest().await?;
    match [digits(&invited), digits(&joined)] {
        [Some(at_laptop), Some(at_phone)] if at_laptop == at_phone => output.say(format_args!(
            "   Both show {at_laptop}. Nobody stands between them: they share a secret now and trust each other."
        ))?,
        [_, _] => return Err(CliError::Demo { what: "the two devices showed different digits".into() }),
    }
    Ok(())
}

async fn import(laptop: &Device, output: &mut Output) -> Result<(), CliError> {
    heading(output, 3, "The laptop's planner is filled")?;
    typed(output, laptop, &["import", "planner.jsonl"])?;
    let imported = laptop.run_with(&["import", "-"], &sample::lines()).await?;
    let created = imported.first().and_then(|summary| summary["created"].as_u64()).unwrap_or(0);
    output
        .say(format_args!("   {}: tasks, notes, habits, their records, tags.", count(created, "entity")))?;
    Ok(())
}

async fn edit_apart(laptop: &Device, phone: &Device, output: &mut Output) -> Result<(), CliError> {
    heading(output, 5, "Out of each other's reach, both are edited")?;
    output.say("   One task, two fields:")?;
    edit(laptop, &["set", PLANTS, "priority=important"], output).await?;
    edit(phone, &["set", PLANTS, "planned=2026-05-02T09:00:00Z"], output).await?;
    output.say("   One note, its beginning and its end:")?;
    typed(output, laptop, &["set", PACKING, "content=… (a line more at the top: passports)"])?;
    laptop.run(&["set", PACKING, &format!("content=passports\n{PACKING_LINES}")]).await?;
    typed(output, phone, &["set", PACKING, "content=… (a line more at the bottom: chargers)"])?;
    phone.run(&["set", PACKING, &format!("content={PACKING_LINES}chargers\n")]).await?;
    output.say("   One task, the same field:")?;
    edit(laptop, &["set", CALL, "title=Call the dentist on Friday"], output).await?;
    edit(phone, &["set", CALL, "title=Call Dr Okafor, the dentist"], output).await?;
    output.say("   One task, deleted here and edited there:")?;
    edit(laptop, &["rm", GYM], output).await?;
    edit(phone, &["set", GYM, "deadline=2026-05-31T12:00:00Z"], output).await?;
    Ok(())
}

async fn show_merged(laptop: &Device, phone: &Device, output: &mut Output) -> Result<u64, CliError> {
    output.say("   Merged, the same on both devices, without asking anybody:")?;
    let mut merged = 0;
    for entity in [PLANTS, PACKING] {
        let [here, there] =
            [laptop.document(&["get", entity]).await?, phone.document(&["get", entity]).await?];
        if here["fields"] != there["fields"] || here["reviews"] != json!([]) {
            return Err(CliError::Demo { what: format!("{entity} was not merged") });
        }
        merged += 1;
        let fields = &here["fields"];
        let what = match fields["content"].as_str() {
            Some(content) => content.lines().map(str::trim).collect::<Vec<_>>().join(" / "),
            None => format!("{}, planned for {}", text(&fields["priority"]), text(&fields["planned"])),
        };
        output.say(format_args!("     {}: {what}", text(&fields["title"])))?;
    }
    Ok(merged)
}

async fn decide(laptop: &Device, phone: &Device, output: &mut Output) -> Result<usize, CliError> {
    heading(output, 7, "What only a person can know is up for review, and nothing typed is lost")?;
    typed(output, phone, &["review", "list"])?;
    let waiting = phone.document(&["review", "list"]).await?;
    let waiting: Vec<&Value> = waiting.as_array().into_iter().flatten().collect();
    for entity in &waiting {
        let title = text(&entity["fields"]["title"]);
        for review in entity["reviews"].as_array().into_iter().flatten() {
            match review["versions"].as_array() {
                Some(versions) => {
                    let versions: Vec<_> = versions
                        .iter()
                        .map(|version| {
                            let author = text(&version["name"]).replace("this device", phone.name);
                            format!("\"{}\" ({author})", text(&version["value"]))
                        })
                        .collect();
                    output.say(format_args!(
                        "     Is the {} {}?",
                        text(&review["field"]),
                        versions.join(" or ")
                    ))?;
                }
                None => output.say(format_args!(
                    "     Keep \"{title}\"? One device deleted it, the other edited it."
                ))?,
            }
        }
    }
    edit(phone, &["review", "resolve", CALL, "title", "theirs"], output).await?;
    edit(phone, &["review", "resolve", GYM, "keep"], output).await?;
    sync(laptop, phone, output).await?;
    for device in [laptop, phone] {
        if device.document(&["review", "list"]).await? != json!([]) {
            return Err(CliError::Demo {
                what: format!("something still waits for review on the {}", device.name),
            });
        }
    }
    output.say("   Decided once, settled on both: nothing waits on either device any more.")?;
    Ok(waiting.len())
}

async fn compare(laptop: &Device, phone: &Device, output: &mut Output) -> Result<usize, CliError> {
    heading(output, 8, "Do they hold the same?")?;
    let mut exports = Vec::new();
    for device in [laptop, phone] {
        typed(output, device, &["export", ">", &format!("{}.jsonl", device.name)])?;
        exports.push(device.print(&["export"], "").await?);
    }
    let lines = exports.first().map_or(0, |export| export.lines().count());
    if exports.first() != exports.last() {
        return Err(CliError::Demo { what: "the two exports differ".into() });
    }
    output.say(format_args!(
        "   Yes: {} in each file, and `cmp` finds no difference.",
        count(lines as u64, "line")
    ))?;
    Ok(lines)
}

/// The phone syncs with the laptop, which answers meanwhile.
async fn sync(laptop: &Device, phone: &Device, output: &mut Output) -> Result<Value, CliError> {
    let mut serving = laptop.start(&["serve"]).await?;
    serving.document().await?;
    typed(output, phone, &["sync"])?;
    let outcome = phone.document(&["sync"]).await?;
    serving.kill().await?;
    Ok(outcome[0].clone())
}

async fn edit(device: &Device, arguments: &[&str], output: &mut Output) -> Result<(), CliError> {
    typed(output, device, arguments)?;
    device.run(arguments).await?;
    Ok(())
}

fn heading(output: &mut Output, number: u32, words: &str) -> Result<(), CliError> {
    output.say("")?;
    output.say(format_args!("{number}. {words}"))?;
    Ok(output.flush()?)
}

/// What a person would have typed.
fn typed(output: &mut Output, device: &Device, arguments: &[&str]) -> Result<(), CliError> {
    let quoted = |argument: &&str| {
        if argument.contains(' ') { format!("\"{argument}\"") } else { (*argument).to_owned() }
    };
    let words: Vec<_> = arguments.iter().map(quoted).collect();
    output.say(format_args!("   {:>6} $ whph {}", device.name, words.join(" ")))?;
    Ok(output.flush()?)
}

fn cost(moved: &Value) -> String {
    let bytes = ["bytes_sent", "bytes_received"].map(|field| moved[field].as_u64().unwrap_or(0)).iter().sum();
    let ms = moved["ms"].as_u64().unwrap_or(0);
    format!("{} in {ms} ms; proved equal by digest.", size(bytes))
}

/// The six digits that a pairing showed.
fn digits(documents: &[Value]) -> Option<&str> {
    documents.iter().find_map(|document| document["compare"]["digits"].as_str())
}

fn text(value: &Value) -> String {
    super::show::text(value)
}

async fn remove(folder: TempDir) -> Result<(), CliError> {
    let path = folder.keep();
    let begun = Instant::now();
    loop {
        match std::fs::remove_dir_all(&path) {
            Err(_) if begun.elapsed() < LAST_WRITES => tokio::time::sleep(LAST_WRITES / 20).await,
            done => return Ok(done?),
        }
    }
}
