//! What can be typed. The comments here are the help that people read.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed for another reason (disk, permissions, interrupted)
  2  the command was not written right
  3  this device is not set up yet, or is already
  4  no such entity, device or file, or more than one fits
  5  a value or a file was refused, or some of an import was
  6  the devices are not proved equal, or one was not reached
  7  the key store cannot be used
  8  the database is damaged
  9  the devices were not paired

With --json, every command prints one JSON document (list, export and history: one a line; invite, join and serve:
one for each thing that happens) to standard output, and an error as {\"error\":{\"code\":…,\"message\":…}} to standard error.";

/// Tasks, habits and notes, in sync between your own devices without a cloud.
#[derive(Debug, Parser)]
#[command(name = "whph", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The data folder; without it, a folder of your user's own
    #[arg(long, global = true, value_name = "DIR", env = "WHPH_DATA", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up this device
    Init(Init),
    /// Make a task, habit, note, tag …
    Add(Add),
    /// Change fields of an entity
    Set(Set),
    /// Delete an entity
    Rm(One),
    /// Show an entity
    Get(One),
    /// List the entities of a kind
    List(List),
    /// Find tasks, habits and notes by the words in them
    Search(Search),
    /// Read entities from a file of JSON lines or todo.txt, a folder of Markdown files, or WHPH's database
    Import(Import),
    /// Write entities as JSON lines, sorted, so that two devices can be compared with `cmp`; or as Markdown files
    Export(Export),
    /// Show a link and a QR code, and wait for another device to join with it
    Invite(Invite),
    /// Pair with the device whose link or code is typed or piped in
    Join(Join),
    /// List the paired devices
    Devices,
    /// Give this device another name
    Rename(Rename),
    /// Remove a paired device: it is refused from then on
    Forget(Forget),
    /// Sync once with each paired device that can be reached, or with one
    Sync(Sync),
    /// Sync by files with a paired device that is on no network with this one
    Bundle(Bundle),
    /// Write everything to a file that only the words of a recovery key open; the first time shows them
    Backup(Backup),
    /// Bring back what is in a backup and missing or deleted here; asks for the words
    Restore(Restore),
    /// Stay reachable, and sync whenever something changes
    Serve(Serve),
    /// Whether to sync by itself over a network that costs by volume; it waits for another one unless you allow it
    Metered(Metered),
    /// Say how things stand
    Status,
    /// Show what waits for a device and why, or for each of them
    Pending(Pending),
    /// Show past syncs, or what became of one entity
    History(History),
    /// Put back what a line of the history kept
    PutBack(PutBack),
    /// Undo deletions of many entities at once by another device, or let them be
    Undo(Undo),
    /// Keep an entity on this device only, or share it again
    Keep(Keep),
    /// Show and settle what was edited on two devices at once
    Review(Review),
    /// Show which kinds are shared, or switch one on or off
    Kinds(Kinds),
    /// Check the whole database
    Check,
    /// Show two devices in temporary folders pair, sync, and settle a conflict
    Demo(Demo),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// Be the second device for an app that has a window: filled with data, and ready to be paired
    #[arg(long)]
    pub(crate) companion: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// What your other devices will call this one
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Where to listen, for good; without it, on every address and a free port
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where to keep the keys; without it, the system's key store if there is one
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) keys: Option<Keys>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Keys {
    /// The system's key store
    System,
    /// Files that only you can read
    File,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Add {
    /// The kind, such as task
    pub(crate) kind: String,
    /// Its fields, such as title="Water the plants" tags=home,green
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub(crate) fields: Vec<String>,
    /// Keep it on this device only; tags that it names are shared as always
    #[arg(long)]
    pub(crate) here: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Set {
    /// Which one; 4 digits of the id are enough where only one begins so
    #[arg(value_name = "KIND/ID")]
    pub(crate) entity: String,
    /// Its new fields; title= clears one, tags+=x and tags-=x change a list
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub(crate) fields: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct One {
    /// Which one; 4 digits of the id are enough where only one begins so
    #[arg(value_name = "KIND/ID")]
    pub(crate) entity: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// The kind, such as task
    pub(crate) kind: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Import {
    /// JSON lines, {"kind":…,"id":…,"fields":{…}}; - reads standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["markdown", "todo", "whph"])]
    pub(crate) file: Option<PathBuf>,
    /// A folder of Markdown files, which become notes
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    pub(crate) markdown: Option<PathBuf>,
    /// A file in the format of todo.txt, whose lines become tasks; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "markdown"])]
    pub(crate) todo: Option<PathBuf>,
    /// WHPH's own database, whph.db, as its latest version leaves it; close WHPH first. The file stays as it is. Importing it
    /// again adds nothing twice, and gives what was changed here since the file's values again
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "markdown", "todo"])]
    pub(crate) whph: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Export {
    /// Only this kind
    pub(crate) kind: Option<String>,
    /// All notes, tasks and habits as Markdown, in a new folder inside this one
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    pub(crate) markdown: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// Words that must all occur; the last may be the beginning of one
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// Most that are listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Invite {
    /// Accept whoever has the link, without comparing the six digits, and put together what both devices hold
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Join {
    /// Do not ask whether the six digits are the same, nor whether to put together what both devices hold
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where the other device listens, if a typed code does not find it by itself
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) address: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Rename {
    /// What your other devices will call this one, from the next sync on
    pub(crate) name: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Metered {
    /// What to do from now on; without it, says what is done now
    pub(crate) wanted: Option<OnMetered>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnMetered {
    /// Sync over it
    Allow,
    /// Wait for another network
    Wait,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Forget {
    /// Its name, its id or the beginning of its id
    pub(crate) device: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Sync {
    /// Only with this one: its name, its id or the beginning of its id
    pub(crate) device: Option<String>,
    /// Where it listens, if not where it was last
    #[arg(long, value_name = "HOST:PORT", requires = "device")]
    pub(crate) address: Option<String>,
    /// In a first sync, do not ask whether to put together what both devices hold
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Bundle {
    #[command(subcommand)]
    pub(crate) command: BundleCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// Write what a device lacks to a file that only it can read
    Write(WriteBundle),
    /// Merge what a device wrote for this one; reading it again changes nothing
    Read(ReadBundle),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct WriteBundle {
    /// For whom: its name, its id or the beginning of its id
    pub(crate) device: String,
    /// Where to; .whphbundle is added if it is missing
    pub(crate) file: PathBuf,
    /// Everything, not only what it has not acknowledged yet
    #[arg(long)]
    pub(crate) all: bool,
    /// Replace a file of that name
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReadBundle {
    /// The file
    pub(crate) file: PathBuf,
    /// If nobody has agreed yet to put together what both devices hold, do so now
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Backup {
    /// Where to; .whphbackup is added if it is missing
    pub(crate) file: PathBuf,
    /// Make a new recovery key for this backup and all later ones; earlier ones keep theirs
    #[arg(long)]
    pub(crate) new_key: bool,
    /// Replace a file of that name
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Restore {
    /// The file
    pub(crate) file: PathBuf,
    /// Only say what it would do
    #[arg(long)]
    pub(crate) check: bool,
    /// Where something is here with other values, write the backup's; the history keeps what was here
    #[arg(long)]
    pub(crate) overwrite: bool,
}

#[derive(Debug, ClapArgs)]
#[group(multiple = false)]
pub(crate) struct Serve {
    /// Have systemd keep it running for you, from now on (Linux)
    #[arg(long)]
    pub(crate) install: bool,
    /// Undo --install; the data stays
    #[arg(long)]
    pub(crate) uninstall: bool,
    /// Only print the unit that --install writes
    #[arg(long)]
    pub(crate) print_unit: bool,
}

impl Serve {
    /// Whether it is not to serve at all.
    pub(crate) fn is_about_the_unit(&self) -> bool {
        self.install || self.uninstall || self.print_unit
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct History {
    /// What became of this entity; without it, the past syncs
    #[arg(value_name = "KIND/ID")]
    pub(crate) entity: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Pending {
    /// Only for this one: its name, its id or the beginning of its id
    pub(crate) device: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PutBack {
    /// The line's number, from `whph history KIND/ID`
    pub(crate) number: u64,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Undo {
    /// The number that `whph status` shows
    pub(crate) number: u64,
    /// Let the deletions be, and do not show them any more
    #[arg(long)]
    pub(crate) dismiss: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Keep {
    /// Which one; 4 digits of the id are enough where only one begins so
    #[arg(value_name = "KIND/ID")]
    pub(crate) entity: String,
    /// On this device only; not for what other devices may have already
    #[arg(long, required_unless_present = "shared", conflicts_with = "shared")]
    pub(crate) here: bool,
    /// Shared with the paired devices, from the next sync on
    #[arg(long)]
    pub(crate) shared: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Review {
    #[command(subcommand)]
    pub(crate) command: ReviewCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// List what waits for a decision
    List,
    /// Show the versions to choose from
    Show(One),
    /// Decide
    Resolve(Resolve),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Resolve {
    /// Which one; 4 digits of the id are enough where only one begins so
    #[arg(value_name = "KIND/ID")]
    pub(crate) entity: String,
    /// The field, if several wait; then mine, theirs or a NUMBER from `review show`; keep or delete for a deletion
    #[arg(value_name = "[FIELD] CHOICE", num_args = 0..=2)]
    pub(crate) words: Vec<String>,
    /// Write this value instead of one of the versions
    #[arg(long, value_name = "VALUE")]
    pub(crate) value: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Kinds {
    #[command(subcommand)]
    pub(crate) command: Option<KindsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KindsCommand {
    /// Share a kind again
    On(KindSwitch),
    /// Stop sharing a kind; what was sent already stays where it is
    Off(KindSwitch),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct KindSwitch {
    /// The kind, such as setting
    pub(crate) kind: String,
    /// Only with this device: its name, its id or the beginning of its id
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<String>,
}

#[cfg(test)]
mod tests;
