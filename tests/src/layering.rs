//! The arrows between the crates. Each crate exists for one rule, and a dependency added in haste is how such a
//! rule ends; so what may depend on what is written here, and read from cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Crate, and the crates of this workspace that it may name, in tests and build scripts too.
const ARROWS: &[(&str, &[&str])] = &[
    ("sync-core", &[]),
    ("planner", &["sync-core"]),
    ("sync-store", &["sync-core"]),
    ("sync-net", &[]),
    ("sync-engine", &["sync-core", "sync-store", "sync-net"]),
    ("exchange", &["planner", "sync-core", "sync-engine"]),
    ("agenda", &["planner", "sync-core", "sync-engine"]),
    ("search", &["planner", "sync-core", "sync-engine"]),
    ("whph", &["agenda", "exchange", "planner", "search", "sync-core", "sync-engine"]),
    ("nearby", &[]),
    ("whph-app", &["agenda", "exchange", "nearby", "planner", "search", "sync-core", "sync-engine"]),
    ("whph-tests", &["planner", "sync-core", "sync-store", "sync-net", "sync-engine", "whph"]),
    ("whph-fuzz", &["planner", "sync-core", "whph-tests"]),
    ("whph-bench", &["planner", "search", "sync-core", "sync-store", "sync-engine"]),
    ("whph-windows", &[]),
    ("xtask", &[]),
];

const RUNTIMES: &[&str] = &["tokio", "async-io", "async-std", "smol"];
const SOCKETS: &[&str] = &["mio", "socket2", "mdns-sd"];
const SQL: &[&str] = &["rusqlite", "libsqlite3-sys"];
// chrono asks iana-time-zone for the local time zone; without its `clock` feature it does not read the clock.
const SURROUNDINGS: &[&str] = &["iana-time-zone", "keyring-core", "dirs", "notify"];

/// A server builds the command line without any of them.
const WINDOWS: &[&str] = &["tauri", "wry", "tao", "gtk", "webkit2gtk", "sqlx"];

/// Crate, and what must be nowhere below it, however deep.
const ABSENT: &[(&str, &[&[&str]])] = &[
    ("sync-core", &[RUNTIMES, SOCKETS, SQL, SURROUNDINGS]),
    ("planner", &[RUNTIMES, SOCKETS, SQL, SURROUNDINGS]),
    ("sync-store", &[RUNTIMES, SOCKETS, SURROUNDINGS]),
    ("sync-net", &[SQL, &["keyring-core"]]),
    ("whph", &[WINDOWS]),
];

#[test]
fn crates_name_only_the_crates_they_may() {
    let packages = packages();
    let known: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    for (name, dependencies) in &packages {
        let allowed = known.get(name.as_str());
        assert!(allowed.is_some(), "{name} is new here: say in ARROWS what it may depend on");
        for dependency in dependencies.iter().filter(|dependency| packages.contains_key(*dependency)) {
            assert!(
                allowed.unwrap().contains(&dependency.as_str()),
                "{name} depends on {dependency}, which ARCHITECTURE.md does not allow"
            );
        }
    }
    for name in known.keys() {
        assert!(packages.contains_key(*name), "{name} is gone: take it out of ARROWS");
    }
}

#[test]
fn pure_crates_stay_pure_all_the_way_down() {
    for (name, absent) in ABSENT {
        let below = everything_below(name);
        assert!(below.contains(*name), "cargo tree does not list {name} itself");
        for unwanted in absent.iter().copied().flatten() {
            assert!(
                !below.contains(*unwanted),
                "{name} depends on {unwanted}; `cargo tree -p {name} -i {unwanted}` shows by which way"
            );
        }
    }
}

#[test]
fn every_direct_dependency_says_in_one_line_why_it_is_there() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let packages = packages();
    let named: BTreeSet<_> =
        packages.values().flatten().filter(|name| !packages.contains_key(*name)).collect();
    let lines = |name: &str| text.lines().filter(|line| line.starts_with(&format!("| `{name}` |"))).count();
    let wrong: Vec<_> = named.into_iter().filter(|name| lines(name) != 1).collect();
    assert!(wrong.is_empty(), "each should have exactly one line \"| `name` | why |\": {wrong:?}");
}

/// Packages of the workspace, each with every crate its manifest names, of any kind and for any platform.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let package = |package: &Value| {
        (name(package), package["dependencies"].as_array().unwrap().iter().map(name).collect())
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

/// A package and what it is built from on this platform, tests left out.
fn everything_below(package: &str) -> BTreeSet<String> {
    let tree = ["tree", "--package", package, "--edges", "normal,build", "--prefix", "none", "--offline"];
    cargo(&tree).lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn cargo(args: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
