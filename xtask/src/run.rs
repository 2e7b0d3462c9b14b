//! `cargo xtask run`: from a fresh clone to the running app in one command.

use std::fs;
use std::process::{Child, Command};

use crate::failure::Failure;
use crate::process::{self, cargo};
use crate::setup;

/// Builds the app and opens it; where no window can be opened, runs the headless demo instead.
pub(crate) fn run(options: &[&str]) -> Result<(), Failure> {
    if !setup::has_display() {
        println!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened. This is the \
             headless demo instead: the real engine and devices, shown as text."
        );
        setup::prepare()?;
        return process::run(&mut cargo(["run", "--release", "--package", "whph", "--", "demo"]));
    }
    setup::prepare_app()?;
    println!("Building the app. The first time this takes some minutes.");
    process::run(&mut cargo(["build", "--release", "--package", "whph-app", "--package", "whph"]))?;
    match options {
        ["--demo"] => demo(),
        options => process::run(program("whph-app")?.args(options)),
    }
}

/// The app on a folder of its own, and beside it a second device without a window.
fn demo() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("whph-window-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|source| Failure::Write { path: folder.clone(), source })?;
    let mut app = program("whph-app")?;
    // Nothing of the demo must end up among the person's own things.
    app.arg("--data").arg(folder.join("window")).arg("--keys-in-files");
    for (name, place) in
        [("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")]
    {
        app.env(name, folder.join(place));
    }
    let mut window =
        Running(app.spawn().map_err(|source| Failure::Start { program: process::name(&app), source })?);
    let companion = program("whph")?.args(["demo", "--companion"]).spawn();
    let mut companion =
        Running(companion.map_err(|source| Failure::Start { program: "whph".into(), source })?);
    // Whichever ends first ends both.
    loop {
        if let Ok(Some(_)) | Err(_) = window.0.try_wait() {
            break;
        }
        if let Ok(Some(_)) | Err(_) = companion.0.try_wait() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    drop((window, companion));
    // What cannot be removed is left to the system, which clears its folder for temporary files.
    drop(fs::remove_dir_all(&folder));
    Ok(())
}

/// One of our programs, as it was built for release.
fn program(name: &str) -> Result<Command, Failure> {
    Ok(Command::new(process::target()?.join("release").join(name)))
}

/// A program that ends with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already cannot be ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
