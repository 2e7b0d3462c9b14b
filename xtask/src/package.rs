//! `cargo xtask package`: what people install.

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
    let mut tauri = setup::npm(["exec", "--", "tauri", "build", "--bundles", &formats]);
    process::run(&mut tauri)?;
    let made = process::target()?.join("release/bundle");
    println!("What was made is in {}", made.display());
    Ok(())
}
