//! Devices that find each other: after a move to another address, where groups are not passed on, and by a typed code alone; and
//! what others in the same network get to see of it.

use super::super::device::Device;
use super::super::skip;
use super::super::together::{notes, pair, until};
use super::network::Network;
use super::{settle, stops_well};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long paired devices may take to find each other again.
pub(super) const FOUND_AGAIN: Duration = Duration::from_secs(10);
/// What the service is called in every network.
const SERVICE: &str = "_whph._tcp";

#[test]
fn a_device_at_another_address_is_found_again() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    pair(&alice, &bob);
    let serving = [&alice, &bob].map(Device::serve);
    settle(&[&alice, &bob]);
    network.unplug(&bob);
    network.plug(&bob, "10.77.0.22");
    let task = alice.add("task", &["title=Call the dentist"]);
    within(FOUND_AGAIN, || bob.export() == alice.export());
    assert_eq!(bob.field(&task, "title"), "Call the dentist");
    serving.into_iter().for_each(stops_well);
}

#[test]
fn a_network_that_passes_on_no_groups_is_no_obstacle() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    pair(&alice, &bob);
    network.without_groups();
    // Neither knows where the other is now.
    for (device, address) in [(&alice, "10.77.0.31"), (&bob, "10.77.0.32")] {
        network.unplug(device);
        network.plug(device, address);
    }
    alice.add("task", &["title=Call the dentist"]);
    let serving = [&alice, &bob].map(Device::serve);
    settle(&[&alice, &bob]);
    serving.into_iter().for_each(stops_well);
}

#[test]
fn a_typed_code_finds_its_device() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let invitation = inviting.document();
    let joined = bob.run_with(&["--json", "join", "--yes"], invitation["code"].as_str().unwrap()).well();
    assert_eq!(joined.documents().last().unwrap()["equal"], true);
    inviting.finish().well();
}

#[test]
fn who_browses_sees_a_service_and_no_more() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    let device_id = alice.json(&["status"])["device"].as_str().unwrap().to_owned();
    let Some(_avahi) = Avahi::at(&network, &bob) else { return };
    // Whoever is paired with nobody shows nothing at all.
    pair(&alice, &bob);
    let serving = alice.serve();
    let mut seen = String::new();
    until(|| {
        let mut browse = network.beside(&bob, "avahi-browse");
        browse.args(["--parsable", "--resolve", "--terminate", SERVICE]);
        browse.env("DBUS_SYSTEM_BUS_ADDRESS", Avahi::bus(&bob));
        seen = String::from_utf8_lossy(&browse.output().unwrap().stdout).into_owned();
        // A line of a service that is resolved.
        seen.lines().any(|line| line.starts_with('='))
    });
    for line in seen.lines().filter(|line| line.starts_with('=')) {
        assert_eq!(line.rsplit(';').next(), Some("\"v=1\""), "{line}");
    }
    let shown = seen.to_lowercase();
    assert!(!shown.contains("alice") && !shown.contains(&device_id[..8].to_lowercase()), "{seen}");
    serving.terminate().well();
}

#[test]
fn two_starts_of_a_device_cannot_be_told_to_be_the_same() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    let carol = network.device("carol");
    pair(&alice, &bob);
    pair(&carol, &bob);
    let heard =
        [(&alice, 1, "first"), (&alice, 1, "second"), (&carol, 3, "other")].map(|(device, n, start)| {
            let capture = Capture::start(&network, &bob, start, &format!("udp and src host 10.77.0.{n}"))?;
            let serving = device.serve();
            // Longer than announcements take to be made and repeated.
            thread::sleep(Duration::from_secs(6));
            serving.terminate().well();
            Some(capture.payloads())
        });
    let [Some(first), Some(second), Some(other)] = heard else { return };
    assert!([&first, &second, &other].iter().all(|packets| !packets.is_empty()), "they announce themselves");
    // A piece that is partly what another device says as well is the grammar of DNS with a letter or two beside it; and where
    // this device is every packet says.
    let grammar = pieces::<4>(&other);
    let is_grammar = |piece: &[u8]| piece.windows(4).any(|part| grammar.contains(part));
    let common = &pieces::<6>(&first) & &pieces::<6>(&second);
    let told: Vec<_> =
        common.iter().filter(|piece| !is_grammar(piece) && !contains(piece, &[10, 77, 0, 1])).collect();
    let shown: Vec<_> = told.iter().map(|piece| piece.escape_ascii().to_string()).collect();
    assert!(told.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn nothing_that_was_written_can_be_read_on_the_way() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    let Some(capture) = Capture::start(&network, &bob, "all", "ip or ip6") else { return };
    pair(&alice, &bob);
    let word = "Quixotic-Zephyr-4711";
    alice.add("task", &[&format!("title={word}")]);
    alice.import(&notes(50, 0));
    let serving = [&alice, &bob].map(Device::serve);
    settle(&[&alice, &bob]);
    serving.into_iter().for_each(stops_well);
    let bytes = fs::read(capture.stop()).unwrap();
    assert!(bytes.len() > 5_000, "it was looked at: {} bytes", bytes.len());
    for plain in [word, "Note ", "title"] {
        assert!(!contains(&bytes, plain.as_bytes()), "{plain:?} can be read");
    }
}

/// Everything in there of so many bytes.
fn pieces<const LEN: usize>(packets: &[Vec<u8>]) -> BTreeSet<Vec<u8>> {
    packets.iter().flat_map(|packet| packet.windows(LEN)).map(<[u8]>::to_vec).collect()
}

fn contains(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len()).any(|window| window == piece)
}

/// Whether that is so before the time is over.
pub(super) fn within(time: Duration, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < time, "not within {time:?}");
        thread::sleep(Duration::from_millis(200));
    }
}

/// What goes by a device, in a file.
pub(super) struct Capture {
    file: PathBuf,
    child: Child,
}

impl Capture {
    /// Begins to listen; `None`, and the test is skipped, where there is no tshark.
    pub(super) fn start(network: &Network, at: &Device, name: &str, filter: &str) -> Option<Self> {
        let file = at.home().join(format!("{name}.pcapng"));
        let mut tshark = network.beside(at, "dumpcap");
        tshark.args(["-q", "-i", "eth0", "-f", filter, "-w"]).arg(&file);
        if Command::new("tshark").arg("--version").output().is_err() {
            skip("there is no tshark to listen with");
            return None;
        }
        let child = tshark.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until(|| file.metadata().is_ok_and(|file| file.len() > 0));
        Some(Self { file, child })
    }

    /// Ends it. The file.
    fn stop(mut self) -> PathBuf {
        // It is told by what it listens to when it may write the rest.
        thread::sleep(Duration::from_secs(1));
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        self.child.wait().unwrap();
        std::mem::take(&mut self.file)
    }

    /// Ends it. The contents of the packets that it heard.
    pub(super) fn payloads(self) -> Vec<Vec<u8>> {
        let file = self.stop();
        let mut read = Command::new("tshark");
        read.arg("-r").arg(&file).args(["-T", "fields", "-e", "udp.payload"]);
        let lines = String::from_utf8(read.output().unwrap().stdout).unwrap();
        lines.lines().map(|line| data_encoding::HEXLOWER.decode(line.trim().as_bytes()).unwrap()).collect()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // Most have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Avahi where a device is, with a message bus of its own.
struct Avahi {
    bus: Child,
    daemon: Child,
}

impl Avahi {
    fn at(network: &Network, device: &Device) -> Option<Self> {
        let missing = ["avahi-daemon", "avahi-browse", "dbus-daemon"]
            .into_iter()
            .find(|program| Command::new(program).arg("--version").output().is_err());
        if let Some(missing) = missing {
            skip(&format!("there is no {missing} to browse with"));
            return None;
        }
        let folder = device.home();
        let bus = folder.join("bus.conf");
        let rules = format!(
            "<busconfig><type>custom</type><listen>{}</listen><auth>EXTERNAL</auth><policy context='default'>\
             <allow user='*'/><allow own='*'/><allow send_destination='*'/><allow receive_sender='*'/>\
             </policy></busconfig>",
            Self::bus(device)
        );
        fs::write(&bus, rules).unwrap();
        let quiet = |mut command: Command| {
            command.env("DBUS_SYSTEM_BUS_ADDRESS", Self::bus(device));
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let mut start = Command::new("dbus-daemon");
        start.args(["--nofork", "--nopidfile", "--config-file"]).arg(&bus);
        let bus = quiet(start);
        until(|| Self::socket(device).exists());
        let mut start = network.beside(device, "sh");
        start.args([
            "-c",
            "mkdir -p /run/avahi-daemon && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits",
        ]);
        Some(Self { bus, daemon: quiet(start) })
    }

    fn socket(device: &Device) -> PathBuf {
        device.home().join("bus")
    }

    fn bus(device: &Device) -> String {
        format!("unix:path={}", Self::socket(device).display())
    }
}

impl Drop for Avahi {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
