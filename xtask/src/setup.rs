//! What must be on the machine before the program can be built and tested. Rust is there, or this would not run. What is
//! missing is installed where that can be done without asking: with apt-get, on Debian and Ubuntu.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::process;

/// What the engine needs: it brings SQLite and zstd along as source code.
const COMPILER: Need = Need { what: "a C compiler", packages: &["gcc", "libc6-dev"] };
/// What the window is drawn with.
const WINDOW: Need = Need {
    what: "the libraries of the window (WebKitGTK) and of the tray icon",
    packages: &[
        "libwebkit2gtk-4.1-dev",
        "libayatana-appindicator3-dev",
        "librsvg2-dev",
        "libssl-dev",
        "libxdo-dev",
        "build-essential",
        "pkg-config",
        "file",
    ],
};
/// What the tests need to look at a window where there is no screen: a display in memory, a driver for WebKit, a panel that
/// shows tray icons, a hand on the keyboard, an independent reader of QR codes; and a clock that can be set.
const STAGE: Need = Need {
    what: "a display in memory and a driver for the window's tests",
    packages: &[
        "xvfb",
        "xauth",
        "webkit2gtk-driver",
        "dbus",
        "dbus-x11",
        "faketime",
        "openbox",
        "xdotool",
        "xfce4-panel",
        "libglib2.0-bin",
        "zbar-tools",
    ],
};

/// What the tests of devices in networks of their own need: namespaces with links that can be slow, lose packets and fail, a
/// browser of services, and somebody who listens on the wire.
const NETWORKS: Need = Need {
    what: "networks in memory for the tests",
    packages: &["iproute2", "nftables", "util-linux", "avahi-daemon", "avahi-utils", "dbus", "tshark"],
};

/// What type-checks the Rust of the app on a phone.
const ANDROID: Need = Need {
    what: "a compiler with the source of its standard library, and headers of another processor",
    packages: &[
        "rustc-web",
        "cargo-web",
        "rust-web-src",
        "clang",
        "lld",
        "llvm",
        "libc6-dev-arm64-cross",
        "linux-libc-dev-arm64-cross",
    ],
};

/// Oldest Node.js that builds the frontend.
const NODE_MIN: u32 = 20;

/// Packages, and what for.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
}

/// What the engine and `whph` need.
pub(crate) fn prepare() -> Result<(), Failure> {
    // Rust for Windows and macOS already asks for the system's own C compiler.
    if !cfg!(target_os = "linux") || process::is_there(Command::new("cc").arg("--version")) {
        return Ok(());
    }
    install(&COMPILER, Failure::NoCompiler)
}

/// What the app needs: the libraries, and the built frontend that goes into it.
pub(crate) fn prepare_app() -> Result<(), Failure> {
    prepare()?;
    if cfg!(target_os = "linux") {
        ensure(&WINDOW)?;
    }
    prepare_ui()
}

/// What the tests of the whole need.
pub(crate) fn prepare_tests() -> Result<(), Failure> {
    prepare_app()?;
    if cfg!(target_os = "linux") { ensure(&STAGE).and_then(|()| ensure(&NETWORKS)) } else { Ok(()) }
}

/// What the type check for Android needs beside what builds the app.
pub(crate) fn prepare_android() -> Result<(), Failure> {
    prepare_app()?;
    ensure(&ANDROID)
}

/// Whether a window can be opened here.
pub(crate) fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// npm, in the frontend's folder.
pub(crate) fn npm<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(args).current_dir(process::root().join("ui"));
    command
}

/// Installs the frontend's packages and builds it, each only if something changed.
fn prepare_ui() -> Result<(), Failure> {
    let version = process::output(Command::new("node").arg("--version")).unwrap_or_default();
    if node_version(&String::from_utf8_lossy(&version)).is_none_or(|major| major < NODE_MIN) {
        return Err(Failure::NoNode { min: NODE_MIN });
    }
    let root = process::root();
    let ui = root.join("ui");
    if changed(&ui.join("node_modules/.package-lock.json"), &[&ui.join("package-lock.json")]) {
        println!("Installing the frontend's packages");
        process::run(&mut npm(["ci", "--no-fund", "--no-audit"]))?;
    }
    let sources = ["src", "index.html", "package-lock.json", "vite.config.ts", "svelte.config.js"];
    let mut sources: Vec<_> = sources.iter().map(|name| ui.join(name)).collect();
    sources.push(root.join("gen/bindings.ts"));
    if changed(&ui.join("dist/index.html"), &sources.iter().map(AsRef::as_ref).collect::<Vec<_>>()) {
        println!("Building the frontend");
        process::run(&mut npm(["run", "--silent", "build"]))?;
    }
    Ok(())
}

/// The major version in `v20.11.1`.
fn node_version(text: &str) -> Option<u32> {
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Whether any of the sources is newer than what is made of them, or that is missing.
fn changed(made: &Path, sources: &[&Path]) -> bool {
    let Some(made) = newest(made) else { return true };
    sources.iter().filter_map(|source| newest(source)).any(|source| source > made)
}

/// When a file, or the newest in a folder, was written.
fn newest(path: &Path) -> Option<std::time::SystemTime> {
    let metadata = path.metadata().ok()?;
    if !metadata.is_dir() {
        return metadata.modified().ok();
    }
    let entries = path.read_dir().ok()?.filter_map(Result::ok);
    entries.filter_map(|entry| newest(&entry.path())).max()
}

/// Installs what is missing.
fn ensure(need: &Need) -> Result<(), Failure> {
    let is_installed = |package: &&str| {
        let mut query = Command::new("dpkg-query");
        query.args(["--show", "--showformat=${db:Status-Status}", package]);
        // A package that was never heard of is an error, and not installed.
        query.stderr(std::process::Stdio::null());
        query.output().is_ok_and(|output| output.stdout == b"installed")
    };
    if !process::is_there(Command::new("dpkg-query").arg("--version")) {
        // Another kind of Linux: the build itself says what it misses.
        println!("Assuming that {} are there; Debian calls them {}.", need.what, need.packages.join(", "));
        return Ok(());
    }
    if need.packages.iter().all(is_installed) {
        return Ok(());
    }
    install(need, Failure::NoPackages { packages: need.packages })
}

fn install(need: &Need, otherwise: Failure) -> Result<(), Failure> {
    if !process::is_there(Command::new("apt-get").arg("--version")) {
        return Err(otherwise);
    }
    println!("Installing {} with apt-get; sudo may ask for your password.", need.what);
    let superuser = process::output(Command::new("id").arg("-u"))?.trim_ascii() == b"0";
    process::run(apt_get(superuser).arg("update").arg("--quiet"))?;
    process::run(apt_get(superuser).args(["install", "--yes", "--quiet"]).args(need.packages))
}

fn apt_get(superuser: bool) -> Command {
    let mut command = Command::new(if superuser { "apt-get" } else { "sudo" });
    if !superuser {
        command.arg("apt-get");
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(node_version("v20.11.1\n"), Some(20));
        assert_eq!(node_version("nonsense"), None);
    }

    #[test]
    fn what_is_made_is_made_again_when_a_source_is_newer_or_it_is_not_there() {
        let dir = std::env::temp_dir().join(format!("whph-xtask-{}", std::process::id()));
        let (source, made) = (dir.join("src/a/b.ts"), dir.join("made"));
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        fs::write(&source, "").unwrap();
        assert!(changed(&made, &[&dir.join("src")]));
        fs::write(&made, "").unwrap();
        let hour = std::time::Duration::from_secs(3600);
        let written = |path: &Path, at| fs::File::options().write(true).open(path).unwrap().set_modified(at);
        let now = std::time::SystemTime::now();
        written(&source, now - hour).unwrap();
        assert!(!changed(&made, &[&dir.join("src"), &dir.join("gone")]));
        written(&source, now + hour).unwrap();
        assert!(changed(&made, &[&dir.join("src")]));
        fs::remove_dir_all(dir).unwrap();
    }
}
