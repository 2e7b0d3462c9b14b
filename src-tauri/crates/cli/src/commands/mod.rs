//! The commands, a module each.

mod add;
mod backup;
mod bundle;
mod check;
mod demo;
mod devices;
mod export;
mod forget;
mod get;
mod history;
mod import;
mod init;
mod keep;
mod kinds;
mod list;
mod merge;
mod metered;
mod online;
mod pair;
mod pending;
mod put_back;
mod rename;
mod review;
mod rm;
mod search;
mod serve;
mod set;
mod show;
mod status;
mod sync;
mod undo;

pub(crate) use serve::UnitError;

use std::path::Path;

use planner::exchange::Tags;
use sync_engine::{Engine, EngineError, View, usual_folder};

use crate::args::{Args, Command};
use crate::errors::CliError;
use crate::output::Output;

pub(crate) async fn run(args: Args, output: &mut Output) -> Result<(), CliError> {
    let dir = || match &args.data {
        Some(folder) => Ok(folder.clone()),
        None => usual_folder().map_err(CliError::from),
    };
    let engine = || open(&dir()?);
    match args.command {
        Command::Init(init) => init::run(&dir()?, init, output),
        Command::Add(add) => add::run(&engine()?, add, output).await,
        Command::Set(set) => set::run(&engine()?, set, output).await,
        Command::Rm(one) => rm::run(&engine()?, one, output).await,
        Command::Get(one) => get::run(&engine()?, one, output).await,
        Command::List(list) => list::run(&engine()?, list, output).await,
        Command::Search(args) => {
            let dir = dir()?;
            search::run(&open(&dir)?, &dir, args, output).await
        }
        Command::Import(import) => import::run(&engine()?, import, output).await,
        Command::Export(export) => export::run(&engine()?, export, output).await,
        Command::Bundle(args) => bundle::run(&engine()?, args, output).await,
        Command::Backup(args) => backup::backup(&engine()?, args, output).await,
        Command::Restore(args) => backup::restore(&engine()?, args, output).await,
        Command::Devices => devices::run(&engine()?, output).await,
        Command::Rename(rename) => rename::run(&engine()?, rename, output).await,
        Command::Forget(forget) => forget::run(&engine()?, forget, output).await,
        Command::Invite(invite) => pair::invite(&engine()?, invite, output).await,
        Command::Join(join) => pair::join(&engine()?, join, output).await,
        Command::Sync(sync) => sync::run(&engine()?, sync, output).await,
        Command::Serve(serve) if serve.is_about_the_unit() => {
            if serve.install {
                // A device that does not work here does not work for systemd either.
                drop(engine()?);
            }
            serve::unit::run(&serve, args.data.as_deref(), output)
        }
        Command::Serve(_) => serve::run(&engine()?, output).await,
        Command::Metered(metered) => metered::run(&engine()?, metered, output).await,
        Command::Status => status::run(&engine()?, output).await,
        Command::History(history) => history::run(&engine()?, history, output).await,
        Command::Pending(pending) => pending::run(&engine()?, pending, output).await,
        Command::PutBack(args) => put_back::run(&engine()?, args, output).await,
        Command::Undo(undo) => undo::run(&engine()?, undo, output).await,
        Command::Keep(keep) => keep::run(&engine()?, keep, output).await,
        Command::Review(review) => review::run(&engine()?, review, output).await,
        Command::Kinds(kinds) => kinds::run(&engine()?, kinds, output).await,
        Command::Check => check::run(&engine()?, output).await,
        Command::Demo(args) => demo::run(args, output).await,
    }
}

/// Opens the device, and tells what a person should know of it.
fn open(dir: &Path) -> Result<Engine, CliError> {
    let engine = Engine::open(dir, planner::schema())?;
    if let Some(renewal) = engine.renewal() {
        eprintln!("whph: {renewal}");
    }
    Ok(engine)
}

/// The entity that a `KIND/ID` argument means, perhaps a deleted one.
async fn entity(engine: &Engine, argument: &str) -> Result<View, CliError> {
    let Some((kind, id)) = argument.split_once('/') else {
        return Err(CliError::Usage(format!("{argument:?} is not of the form KIND/ID, such as task/3f2a")));
    };
    Ok(engine.find(kind, id).await?)
}

/// The entity that a `KIND/ID` argument means, if it is not deleted.
async fn living(engine: &Engine, argument: &str) -> Result<View, CliError> {
    let view = entity(engine, argument).await?;
    if view.deleted { Err(CliError::Deleted { entity: view.key.to_string() }) } else { Ok(view) }
}

/// Refuses a kind that neither this version knows nor any device has used.
async fn known_kind(engine: &Engine, kind: &str) -> Result<(), CliError> {
    let known = engine.kinds().await?.iter().any(|known| known.kind == kind);
    if known { Ok(()) } else { Err(EngineError::NoKind { kind: kind.to_owned() }.into()) }
}

/// The tags there are.
async fn tags(engine: &Engine) -> Result<Tags, CliError> {
    Ok(Tags::new(exchange::named_tags(engine).await?))
}
