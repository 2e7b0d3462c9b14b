//! `cargo xtask package`: what people install.

use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::setup;

/// `formats` are the bundler's names; without one, what this system installs.
pub(crate) fn package(formats: &[&str]) -> Result<(), Failure> {
    setup::prepare_app()?;
    let usual = if cfg!(target_os = "linux") {
        "deb"
    } else if cfg!(target_os = "macos") {
        "dmg"
    } else {
        "nsis"
    };
    let formats = if formats.is_empty() { usual.to_owned() } else { formats.join(",") };
    // The bundler looks for the app below the folder that it is started in.
    let bundler =
        process::root().join("ui/node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut build = Command::new(bundler);
    // The page's half of a plugin has minor versions of its own.
    process::run(
        build
            .args(["build", "--ignore-version-mismatches", "--bundles", &formats])
            .current_dir(process::root()),
    )?;
    let made = process::target()?.join("release/bundle");
    println!("What was made is in {}", made.display());
    Ok(())
}
