//! `whph demo --companion`: the second device, for somebody who looks at the app's window. It holds a planner, waits to be
//! paired, and then steps out of reach for a moment, so that a conflict can be seen.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::device::{Device, Running};
use super::sample::{self, CALL};
use crate::commands::online::read_line;
use crate::errors::CliError;
use crate::output::{Output, count};

/// What it renames the task to while it is out of reach.
const RENAMED: &str = "Call Dr Okafor, the dentist";
/// How long it waits for a person to try something before it goes on.
const TRY_OUT: Duration = Duration::from_secs(60);

pub(super) async fn play(folder: &Path, output: &mut Output) -> Result<(), CliError> {
    let phone = Device::new("phone", folder)?;
    let init = ["init", "--name", "Demo phone", "--listen", "127.0.0.1:0", "--keys", "file"];
    phone.run(&init).await?;
    let imported = phone.run_with(&["import", "-"], &sample::lines()).await?;
    let held = imported.first().and_then(|summary| summary["created"].as_u64()).unwrap_or(0);
    output.say("This is a second device, without a window: a phone, say.")?;
    output.say(format_args!(
        "It holds {}. It is a program and a folder of its own on this computer.",
        count(held, "entity")
    ))?;
    pair(&phone, output).await?;
    let serving = watch(&phone, output).await?;
    serving.kill().await?;
    disagree(&phone, output).await?;
    let mut serving = phone.start(&["serve"]).await?;
    say(output, "4. The phone is back, and both names are kept: look at Review in the window, and choose.")?;
    say(
        output,
        "   Close the window, or press Ctrl-C, when you have seen enough; both folders go away then.",
    )?;
    while serving.next().await?.is_some() {}
    Ok(())
}

async fn pair(phone: &Device, output: &mut Output) -> Result<(), CliError> {
    say(
        output,
        "1. In the window, name the device, choose to pair it, and paste this link under \"Enter a code\":",
    )?;
    loop {
        let mut inviting = phone.start(&["invite", "--yes"]).await?;
        let invitation = inviting.document().await?;
        say(output, invitation["link"].as_str().unwrap_or_default())?;
        let mut paired = false;
        while let Some(said) = inviting.next().await? {
            if let Some(digits) = said["compare"]["digits"].as_str() {
                say(
                    output,
                    &format!(
                        "   The phone shows {digits}, and agrees. Does the window show the same? Then say so there."
                    ),
                )?;
            }
            paired |= !said["paired"].is_null();
        }
        if paired {
            return say(output, "   Paired, and everything the phone holds is in the window now.");
        }
        say(output, "   Nothing came of that link; here is a new one:")?;
    }
}

/// Until something that was done in the window has arrived.
async fn watch(phone: &Device, output: &mut Output) -> Result<Running, CliError> {
    let mut serving = phone.start(&["serve"]).await?;
    serving.document().await?;
    say(output, "2. Add or tick something in the window: the phone has it at once.")?;
    let arrives = async {
        while let Some(said) = serving.next().await? {
            if arrived(&said) > 0 {
                return say(output, "   There it is.");
            }
        }
        Ok(())
    };
    match tokio::time::timeout(TRY_OUT, arrives).await {
        Ok(arrived) => arrived?,
        Err(_) => say(output, "   Nothing came; never mind.")?,
    }
    Ok(serving)
}

/// How many entities a session brought, as `whph serve` tells it.
fn arrived(said: &Value) -> u64 {
    let received = |what: &str| said["received"][what].as_u64().unwrap_or(0);
    received("new") + received("changed") + received("deleted")
}

async fn disagree(phone: &Device, output: &mut Output) -> Result<(), CliError> {
    phone.run(&["set", CALL, &format!("title={RENAMED}")]).await?;
    say(output, "3. The phone has gone out of reach, and there \"Call the dentist\" was renamed to")?;
    say(output, &format!("   {RENAMED:?}. In the window, rename that task to something else."))?;
    say(output, "   Then press Enter here.")?;
    // Who has no keyboard here gets the same time as for anything else.
    if tokio::time::timeout(TRY_OUT * 5, read_line()).await.ok().flatten().is_none() {
        tokio::time::sleep(TRY_OUT / 2).await;
    }
    Ok(())
}

fn say(output: &mut Output, words: &str) -> Result<(), CliError> {
    output.say(words)?;
    Ok(output.flush()?)
}
