//! `whph backup` and `whph restore`: everything in one file, which only the words of the recovery key open.

use std::io::IsTerminal;

use serde_json::json;
use sync_core::backup::RecoveryKey;
use sync_engine::{BackupRead, BackupWritten, Engine, Restore, Restored};
use zeroize::Zeroizing;

use super::online::{qr, read_line};
use crate::args;
use crate::errors::CliError;
use crate::output::{Output, count};
use crate::when;

pub(crate) async fn backup(engine: &Engine, args: args::Backup, output: &mut Output) -> Result<(), CliError> {
    if args.new_key || engine.recovery_key().await?.is_none() {
        let key = engine.new_recovery_key();
        // Shown before it is used: a backup that nobody has the words for would be none.
        show(&key, output)?;
        engine.use_recovery_key(&key.public()).await?;
    }
    let BackupWritten { file, entities } = engine.write_backup(&args.file, args.force).await?;
    output.say(format_args!(
        "{} written: {}. Only the words of the recovery key open it: `whph restore` asks for them.",
        file.display(),
        count(entities, "entity")
    ))?;
    output.json(&json!({ "file": file.display().to_string(), "entities": entities }))?;
    Ok(())
}

pub(crate) async fn restore(
    engine: &Engine,
    args: args::Restore,
    output: &mut Output,
) -> Result<(), CliError> {
    if std::io::stdin().is_terminal() && !output.is_json() {
        eprint!("Type the 24 words of the recovery key on one line, or scan their code: ");
    }
    let words = Zeroizing::new(read_line().await.unwrap_or_default());
    let key = RecoveryKey::parse(&words)?;
    let how = Restore { overwrite: args.overwrite, check: args.check };
    let BackupRead { written, restored } = engine.read_backup(&args.file, key, how).await?;
    let Restored { back, same, differ, refused } = restored;
    output.say(format_args!("A backup of {}.", when::local(written)))?;
    output.say(told(args.check, args.overwrite, back, same, differ))?;
    for (key, reason) in &refused {
        output.say(format_args!("{key} was left out: {reason}"))?;
    }
    let left: Vec<_> = refused
        .iter()
        .map(|(key, reason)| json!({ "kind": key.kind, "id": key.id, "reason": reason }))
        .collect();
    output.json(&json!({
        "check": args.check, "back": back, "same": same, "differ": differ, "overwritten": args.overwrite,
        "refused": left,
    }))?;
    Ok(())
}

fn told(check: bool, overwrite: bool, back: u64, same: u64, differ: u64) -> String {
    let (brings, replaced, kept) = if check {
        ("would come back", "would get the backup's values", "would stay as they are here")
    } else {
        ("came back", "got the backup's values (`whph history` keeps what was here)", "stay as they are here")
    };
    let others = match (differ, overwrite) {
        (0, _) => String::new(),
        (n, true) => format!(" {} with other values {replaced}.", count(n, "entity")),
        (n, false) => {
            format!(" {} with other values {kept}; --overwrite writes the backup's.", count(n, "entity"))
        }
    };
    format!("{} {brings}, {same} as in the backup.{others}", count(back, "entity"))
}

fn show(key: &RecoveryKey, output: &mut Output) -> Result<(), CliError> {
    let words = key.words();
    output.say(
        "This is your recovery key. It opens your backups, is shown this once and kept nowhere: write the words down, or photograph the code, and keep them where nobody else looks.",
    )?;
    if let Some(drawn) = qr(&words) {
        output.draw(&drawn)?;
    }
    let list: Vec<&str> = words.split(' ').collect();
    for (row, words) in list.chunks(6).enumerate() {
        output.say(format_args!("{:>2}  {}", row * 6 + 1, words.join(" ")))?;
    }
    output.json(&json!({ "recovery_key": words.as_str() }))?;
    output.flush()?;
    Ok(())
}
