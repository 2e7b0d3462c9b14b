//! `whph serve` in the hands of systemd: the unit that it writes, and what it tells whoever keeps it running.

use super::device::Device;
use super::together::two;
use super::{FAILED, HANG, skip};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;

/// `whph` says that the device is not set up.
const SET_UP: i32 = 3;

#[test]
fn serve_is_installed_once_and_taken_away_again() {
    let mut alice = Device::new("alice");
    let unit = unit_of(&mut alice);
    systemctl_for(&mut alice, "echo \"$@\" >> \"$0.log\"");
    let installed = alice.json(&["serve", "--install"]);
    assert_eq!((&installed["written"], &installed["started"]), (&true.into(), &true.into()));
    let text = fs::read_to_string(&unit).unwrap();
    let data = alice.data.canonicalize().unwrap();
    assert!(text.contains(&format!(" --data \"{}\" serve\n", data.display())), "{text}");
    let asked = ["--user daemon-reload", "--user enable --now whph.service"];
    assert_eq!(asked_of_systemctl(&alice), asked);

    // Once more: the file is not even written anew.
    let inode = unit.metadata().unwrap().ino();
    assert_eq!(alice.json(&["serve", "--install"])["written"], false);
    assert_eq!((unit.metadata().unwrap().ino(), fs::read_to_string(&unit).unwrap()), (inode, text.clone()));
    assert_eq!(asked_of_systemctl(&alice), [asked, asked].concat());

    // One that an older version wrote is replaced, and what runs is started anew.
    fs::write(&unit, text.replace("RestartSec=10", "RestartSec=99")).unwrap();
    assert_eq!(alice.json(&["serve", "--install"])["written"], true);
    assert_eq!(fs::read_to_string(&unit).unwrap(), text);
    assert_eq!(asked_of_systemctl(&alice).last().unwrap(), "--user restart whph.service");

    assert_eq!(alice.json(&["serve", "--uninstall"])["removed"], true);
    assert!(!unit.exists());
    let asked = asked_of_systemctl(&alice);
    assert_eq!(asked[asked.len() - 2..], ["--user disable --now whph.service", "--user daemon-reload"]);
    assert_eq!(alice.json(&["serve", "--uninstall"])["removed"], false);
}

#[test]
fn a_unit_of_somebody_else_is_left_alone() {
    let mut alice = Device::new("alice");
    let unit = unit_of(&mut alice);
    systemctl_for(&mut alice, "echo \"$@\" >> \"$0.log\"");
    fs::create_dir_all(unit.parent().unwrap()).unwrap();
    fs::write(&unit, "[Service]\nExecStart=/usr/bin/whph serve\n").unwrap();
    for flag in ["--install", "--uninstall"] {
        let refused = alice.refusal(&["serve", flag], FAILED);
        assert!(refused.contains("was not written by") && refused.contains("Move it away"), "{refused}");
    }
    assert_eq!(fs::read_to_string(&unit).unwrap(), "[Service]\nExecStart=/usr/bin/whph serve\n");
    assert!(asked_of_systemctl(&alice).is_empty());
}

#[test]
fn without_systemctl_its_commands_are_told_and_a_refusal_is_passed_on() {
    let mut alice = Device::new("alice");
    let unit = unit_of(&mut alice);
    alice.environment.push(("PATH", alice.home().join("nothing").into()));
    let told = alice.run(&["serve", "--install"]).well().stdout;
    assert!(told.contains("    systemctl --user daemon-reload\n"), "{told}");
    assert!(told.contains("    systemctl --user enable --now whph.service\n"), "{told}");
    assert!(unit.is_file());
    systemctl_for(&mut alice, "echo 'Failed to connect to bus: No medium found' >&2; exit 1");
    let refused = alice.refusal(&["serve", "--install"], FAILED);
    assert!(refused.contains("No medium found") && refused.contains("try again"), "{refused}");
}

#[test]
fn a_device_that_is_not_set_up_is_not_installed() {
    let mut alice = Device::not_set_up("alice");
    let unit = unit_of(&mut alice);
    alice.refusal(&["serve", "--install"], SET_UP);
    assert!(!unit.exists());
}

#[test]
fn systemd_understands_the_unit() {
    let mut alice = Device::new("alice");
    let unit = unit_of(&mut alice);
    let shown = alice.run(&["serve", "--print-unit"]).well().stdout;
    assert!(!unit.exists(), "it is only shown");
    fs::create_dir_all(unit.parent().unwrap()).unwrap();
    fs::write(&unit, &shown).unwrap();
    let mut verify = Command::new("systemd-analyze");
    verify.args(["--user", "--man=no", "verify"]).arg(&unit).env("XDG_RUNTIME_DIR", alice.home());
    let Ok(verified) = verify.output() else {
        return skip("there is no systemd-analyze to ask about the unit");
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("whph"), "{said}\n{shown}");
}

#[test]
fn systemd_is_told_when_it_is_ready_how_things_stand_and_that_it_stops() {
    let [alice, mut bob] = two();
    let path = bob.home().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(HANG)).unwrap();
    bob.environment.push(("NOTIFY_SOCKET", path.into()));
    let hear = || {
        let mut bytes = [0; 512];
        let heard = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..heard]).trim_end().to_owned()
    };
    let at_bob = bob.serve();
    assert_eq!(hear(), "READY=1");
    assert_eq!(hear(), "STATUS=Waiting for 1 device");
    let at_alice = alice.serve();
    while hear() != "STATUS=Up to date with 1 device" {}
    at_alice.terminate().well();
    while hear() != "STATUS=Waiting for 1 device" {}
    at_bob.terminate().well();
    while hear() != "STOPPING=1" {}
}

#[test]
fn the_journal_gets_no_second_clock() {
    let [mut alice, bob] = two();
    // As systemd does: it names the stream that it has opened.
    let named = "exec 3>&1; export JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/3); exec \"$@\"";
    alice.through = ["sh", "-c", named, "sh"].map(Into::into).to_vec();
    let mut at_alice = alice.start(&["serve"]);
    assert!(at_alice.line().starts_with("<6>alice listens on "));
    bob.json(&["sync"]);
    assert_eq!(at_alice.line(), "<6>bob: connected");
    assert!(at_alice.line().starts_with("<6>bob: up to date; "));
    assert!(at_alice.terminate().well().stdout.ends_with("\n<6>Stopped.\n"));
    // Elsewhere lines keep their time.
    alice.through.clear();
    alice.environment.push(("JOURNAL_STREAM", "1:1".into()));
    let mut at_alice = alice.start(&["serve"]);
    assert!(at_alice.line().starts_with("alice listens on "));
    bob.json(&["sync"]);
    assert!(at_alice.line().starts_with("20"));
    at_alice.terminate().well();
}

/// Where its unit belongs, in a home of its own.
fn unit_of(device: &mut Device) -> PathBuf {
    let config = device.home().join("config");
    device.environment.push(("XDG_CONFIG_HOME", config.clone().into()));
    config.join("systemd/user/whph.service")
}

/// A systemctl that does that. `$0` is its path.
fn systemctl_for(device: &mut Device, script: &str) {
    let folder = device.home().join("bin");
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join("systemctl");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    device.environment.push(("PATH", folder.into()));
}

fn asked_of_systemctl(device: &Device) -> Vec<String> {
    let log = fs::read_to_string(device.home().join("bin/systemctl.log")).unwrap_or_default();
    log.lines().map(str::to_owned).collect()
}
