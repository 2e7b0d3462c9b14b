//! What must be on the machine before the program can be built. Rust is there, or this would not run; beyond it
//! the engine needs a C compiler for SQLite and zstd, which it brings along as source code.

use std::process::Command;

use crate::failure::Failure;
use crate::process;

/// Installs what is missing, where that can be done without asking: with apt-get, on Debian and Ubuntu.
pub(crate) fn prepare() -> Result<(), Failure> {
    // Rust for Windows and macOS already asks for the system's own C compiler.
    if !cfg!(target_os = "linux") || process::is_there(Command::new("cc").arg("--version")) {
        return Ok(());
    }
    if !process::is_there(Command::new("apt-get").arg("--version")) {
        return Err(Failure::NoCompiler);
    }
    println!(
        "No C compiler was found. Installing gcc and libc6-dev with apt-get; sudo may ask for your password."
    );
    let superuser = process::output(Command::new("id").arg("-u"))?.trim_ascii() == b"0";
    process::run(apt_get(superuser).arg("update"))?;
    process::run(apt_get(superuser).args(["install", "--yes", "gcc", "libc6-dev"]))
}

fn apt_get(superuser: bool) -> Command {
    if superuser {
        return Command::new("apt-get");
    }
    let mut command = Command::new("sudo");
    command.arg("apt-get");
    command
}
