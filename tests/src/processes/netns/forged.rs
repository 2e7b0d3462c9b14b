//! Announcements that somebody else made up, or repeats (KDE Connect, CVE-2025-32899 and -32900).

use super::super::device::Device;
use super::super::together::pair;
use super::finding::{Capture, FOUND_AGAIN, within};
use super::network::Network;
use super::{settle, stops_well};
use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

#[test]
fn forged_and_repeated_announcements_lead_nobody_astray() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    let mallory = network.device("mallory");
    pair(&alice, &bob);
    let at_alice = alice.serve();
    let Some(capture) =
        Capture::start(&network, &mallory, "bob", "udp and src host 10.77.0.2 and dst port 47474")
    else {
        return;
    };
    let at_bob = bob.serve();
    thread::sleep(Duration::from_secs(4));
    let heard = capture.payloads();
    stops_well(at_bob);
    let spoken = heard.first().expect("bob announces himself");
    let known = peers(&alice);

    // As it was, from another address, where another device answers; with each byte another; cut short; and out of thin air.
    let mut forged = vec![spoken.clone(), spoken[..40].to_vec(), [spoken.clone(), vec![0; 64]].concat()];
    forged.extend((0..spoken.len()).map(|at| {
        let mut other = spoken.clone();
        other[at] ^= 0x55;
        other
    }));
    forged.extend((0..=255).map(|byte| vec![byte; spoken.len()]));
    let mut at_mallory = mallory.serve();
    throw(&network, &mallory, &forged);
    thread::sleep(Duration::from_secs(3));
    assert_eq!(peers(&alice), known);
    assert_eq!(mallory.paired(), 0);
    assert!(at_mallory.is_running());
    stops_well(at_mallory);

    // The real one is found all the same.
    alice.add("task", &["title=Call the dentist"]);
    let at_bob = bob.serve();
    within(FOUND_AGAIN, || bob.export() == alice.export());
    settle(&[&alice, &bob]);
    [at_alice, at_bob].into_iter().for_each(stops_well);
}

/// Whom a device knows, and where.
fn peers(device: &Device) -> Vec<[String; 2]> {
    let devices = device.json(&["devices"]);
    let of = |peer: &serde_json::Value| ["device", "addresses"].map(|field| peer[field].to_string());
    devices.as_array().unwrap().iter().map(of).collect()
}

/// Mallory sends these to everybody's port for announcements.
fn throw(network: &Network, mallory: &Device, datagrams: &[Vec<u8>]) {
    let mut script = String::new();
    for datagram in datagrams {
        script.push_str("printf '");
        datagram.iter().for_each(|byte| write!(script, "\\x{byte:02x}").unwrap());
        script.push_str("' > /dev/udp/10.77.0.1/47474\n");
    }
    let done = network.beside(mallory, "bash").args(["-c", &script]).status().unwrap();
    assert!(done.success());
}
