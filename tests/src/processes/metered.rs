//! A network that costs by volume, as NetworkManager tells of it on a system bus of our own.

use super::device::Device;
use super::running::Running;
use super::together::{two, until};
use super::{NOT_PROVED, skip};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use zbus::block_on;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::object_server::InterfaceRef;

/// What NetworkManager says of a network: `NMMetered`.
const UNKNOWN: u32 = 0;
const YES: u32 = 1;
const GUESS_YES: u32 = 3;
const GUESS_NO: u32 = 4;

#[test]
fn on_a_metered_network_nothing_moves_by_itself_until_that_is_allowed_or_the_network_is_another() {
    let Some(system) = System::start(UNKNOWN) else { return };
    let [mut alice, bob] = two();
    alice.environment.push(("DBUS_SYSTEM_BUS_ADDRESS", system.address.clone().into()));
    let at_bob = bob.serve();
    let mut at_alice = alice.start(&["--json", "serve"]);
    wait_for(&mut at_alice, "up-to-date");

    // A phone's hotspot: the session ends, and what is written waits.
    system.say(GUESS_YES);
    let mut why = None;
    // Which of the two is told first is nobody's business.
    let mut told = ["held", "ended"].to_vec();
    while !told.is_empty() {
        let next = at_alice.document_where(|next| told.iter().any(|event| next["event"] == *event));
        told.retain(|event| next["event"] != *event);
        why = why.or(next["why"].as_str().map(str::to_owned));
    }
    assert_eq!(why.as_deref(), Some("metered"));
    let note = alice.add("note", &["title=Waits"]);
    assert_eq!(alice.json(&["pending", "bob"])[0]["pending"], 1);
    // Whoever calls finds nobody.
    bob.refusal(&["sync", "alice"], NOT_PROVED);
    assert!(!bob.export().contains("Waits"));

    // A person may want it all the same.
    assert_eq!(alice.json(&["sync", "bob"])[0]["equal"], true);
    assert_eq!(bob.json(&["get", &note])["fields"]["title"], "Waits");

    // At home.
    alice.add("note", &["title=At home"]);
    system.say(GUESS_NO);
    assert!(wait_for(&mut at_alice, "held")["why"].is_null());
    until(|| bob.export().contains("At home"));

    // Or this network may be used from now on.
    system.say(YES);
    assert_eq!(wait_for(&mut at_alice, "held")["why"], "metered");
    alice.add("note", &["title=Allowed"]);
    assert_eq!(alice.json(&["metered", "allow"])["allowed"], true);
    assert!(wait_for(&mut at_alice, "held")["why"].is_null());
    until(|| bob.export().contains("Allowed"));
    at_alice.terminate().well();
    at_bob.terminate().well();
}

#[test]
fn a_device_starts_and_waits_on_a_metered_network_and_new_devices_can_be_paired_there() {
    let Some(system) = System::start(YES) else { return };
    let [mut alice, bob] = two();
    alice.environment.push(("DBUS_SYSTEM_BUS_ADDRESS", system.address.clone().into()));
    let mut at_alice = alice.start(&["--json", "serve"]);
    assert_eq!(wait_for(&mut at_alice, "held")["why"], "metered");
    bob.refusal(&["sync", "alice"], NOT_PROVED);
    let carol = Device::new("carol");
    super::together::pair(&alice, &carol);
    at_alice.terminate().well();
    assert_eq!(alice.json(&["metered"])["allowed"], false);
}

fn wait_for(serving: &mut Running, event: &str) -> serde_json::Value {
    serving.document_where(|told| told["event"] == event)
}

/// A system bus, and on it somebody who is asked about the network.
struct System {
    address: String,
    manager: InterfaceRef<NetworkManager>,
    _connection: Connection,
    bus: Child,
}

struct NetworkManager {
    metered: u32,
}

#[zbus::interface(name = "org.freedesktop.NetworkManager")]
impl NetworkManager {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered
    }
}

impl System {
    fn start(metered: u32) -> Option<Self> {
        let mut daemon = Command::new("dbus-daemon");
        daemon
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let Ok(mut bus) = daemon.spawn() else {
            skip("there is no dbus-daemon to play the system's bus");
            return None;
        };
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let connection = Builder::address(address.as_str())
            .and_then(|builder| builder.name("org.freedesktop.NetworkManager"))
            .and_then(|builder| {
                builder.serve_at("/org/freedesktop/NetworkManager", NetworkManager { metered })
            })
            .and_then(Builder::build)
            .unwrap();
        let manager = connection.object_server().interface("/org/freedesktop/NetworkManager").unwrap();
        Some(Self { address, manager, _connection: connection, bus })
    }

    /// The network is another one.
    fn say(&self, metered: u32) {
        let mut manager = self.manager.get_mut();
        manager.metered = metered;
        block_on(manager.metered_changed(self.manager.signal_emitter())).unwrap();
    }
}

impl Drop for System {
    fn drop(&mut self) {
        drop(self.bus.kill());
        drop(self.bus.wait());
    }
}
