//! Starting other programs from the project's folder.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The folder of the checkout.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that runs us, with arguments, in the project's folder.
pub(crate) fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// The folder that cargo builds in.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let metadata = output(&mut cargo(["metadata", "--format-version", "1", "--no-deps", "--offline"]))?;
    let metadata = String::from_utf8_lossy(&metadata);
    let folder = metadata.split_once("\"target_directory\":\"").and_then(|(_, rest)| rest.split_once('"'));
    // JSON's only escapes in a path are those of Windows' backslashes.
    folder.map(|(folder, _)| PathBuf::from(folder.replace("\\\\", "\\"))).ok_or(Failure::NoTarget)
}

/// Runs a program to its end, its output passed through.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|source| Failure::Start { program: name(command), source })?;
    if status.success() { Ok(()) } else { Err(Failure::Step { command: line(command), code: status.code() }) }
}

/// Runs a program and returns what it wrote to its standard output; errors are passed through.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Failure::Start { program: name(command), source })?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure::Step { command: line(command), code: output.status.code() })
    }
}

/// Whether a program is installed: whether it starts, and does not fail when asked for its version.
pub(crate) fn is_there(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The program's name, without its folder.
pub(crate) fn name(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    [name(command)].into_iter().chain(args).collect::<Vec<_>>().join(" ")
}
