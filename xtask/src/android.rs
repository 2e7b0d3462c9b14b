//! `cargo xtask android-check`: what can be proved of the app on a phone without a phone, without Android's build tools and without its
//! libraries: its Rust by its types, and its Kotlin as `plugins/nearby/check` says. What it costs is a compiler with the source of its
//! standard library, for a target whose own nobody here has: Debian's brings both.

use std::process::Command;

use crate::failure::Failure;
use crate::{process, setup};

const TARGET: &str = "aarch64-linux-android";
/// Debian's compiler, by path: rustup's, which comes first otherwise, belongs to another source.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

pub(crate) fn check() -> Result<(), Failure> {
    println!("== Kotlin, manifests and resources");
    process::run(
        Command::new("python3")
            .current_dir(process::root())
            .arg(process::root().join("src-tauri/plugins/nearby/check/check.py")),
    )?;
    println!("\n== Rust, for {TARGET}; the first time this compiles for a quarter of an hour");
    setup::prepare_android()?;
    process::run(&mut rust()?)?;
    println!("\nThe app is type-checked for Android. It was not linked, packaged or run on a device.");
    Ok(())
}

fn rust() -> Result<Command, Failure> {
    let mut cargo = Command::new(CARGO);
    cargo.current_dir(process::root()).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    // `-Z build-std` is not for everybody yet.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", RUSTC);
    // What is in C is compiled against another C library's headers: enough for types, and for nothing else.
    cargo.env("CC_aarch64_linux_android", "clang").env("AR_aarch64_linux_android", "llvm-ar");
    cargo.env(
        "CFLAGS_aarch64_linux_android",
        "--target=aarch64-linux-android24 -isystem /usr/aarch64-linux-gnu/include",
    );
    // What is built runs only to build more: it is not worth optimising.
    cargo.args(["check", "--locked", "--config", "profile.dev.package.\"*\".opt-level=0"]);
    cargo.args(["-Z", "build-std", "--target", TARGET]);
    cargo
        .args(["--package", "whph-app", "--lib", "--target-dir"])
        .arg(process::target()?.join("android/rust"));
    Ok(cargo)
}
