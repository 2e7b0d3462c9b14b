//! Devices that do not reach each other for a while: a network in two parts, an interface that goes away, a lid that is closed.

use super::super::device::Device;
use super::super::running::Running;
use super::super::together::{pair, until};
use super::network::Network;
use super::{settle, stops_well};
use std::thread;
use std::time::Duration;

/// How long they do not reach each other.
const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn what_both_sides_of_a_parted_network_wrote_comes_together() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    pair(&alice, &bob);
    let plan = alice.add("task", &["title=Plan"]);
    let serving = [&alice, &bob].map(Device::serve);
    settle(&[&alice, &bob]);
    network.part(&[&bob]);
    alice.set(&plan, "title=Plan of alice");
    bob.set(&plan, "description=Of bob");
    let [of_alice, of_bob] = [alice.add("task", &["title=Here"]), bob.add("task", &["title=There"])];
    thread::sleep(A_WHILE);
    assert_eq!((alice.export().lines().count(), bob.export().lines().count()), (2, 2));
    network.heal(&[&bob]);
    until(|| alice.export().lines().count() == 3);
    settle(&[&alice, &bob]);
    assert_eq!(bob.field(&plan, "title"), "Plan of alice");
    assert_eq!(alice.field(&plan, "description"), "Of bob");
    assert_eq!(
        (bob.field(&of_alice, "title"), alice.field(&of_bob, "title")),
        ("Here".into(), "There".into())
    );
    serving.into_iter().for_each(stops_well);
}

#[test]
fn serve_outlives_its_interface() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    pair(&alice, &bob);
    let mut serving = [&alice, &bob].map(Device::serve);
    settle(&[&alice, &bob]);
    for device in [&alice, &bob] {
        network.unplug(device);
    }
    alice.add("task", &["title=Without a network"]);
    // Past a turn of looking for the others, which finds no route.
    thread::sleep(4 * A_WHILE);
    assert!(serving.iter_mut().all(Running::is_running));
    network.plug(&alice, "10.77.0.1");
    network.plug(&bob, "10.77.0.2");
    settle(&[&alice, &bob]);
    serving.into_iter().for_each(stops_well);
}

#[test]
fn a_device_that_starts_without_a_network_is_reached_once_there_is_one() {
    let Some(network) = Network::new() else { return };
    let (alice, bob) = (network.device("alice"), network.device("bob"));
    pair(&alice, &bob);
    alice.add("task", &["title=Call the dentist"]);
    network.unplug(&bob);
    let at_bob = bob.serve();
    let at_alice = alice.serve();
    thread::sleep(A_WHILE);
    network.plug(&bob, "10.77.0.2");
    assert_eq!(settle(&[&alice, &bob]).lines().count(), 1);
    at_alice.terminate().well();
    at_bob.terminate().well();
}

#[test]
fn a_closed_lid_holds_nobody_up() {
    let Some(network) = Network::new() else { return };
    let (alice, bob, carol) = (network.device("alice"), network.device("bob"), network.device("carol"));
    pair(&alice, &bob);
    pair(&alice, &carol);
    let serving = [&alice, &bob, &carol].map(Device::serve);
    settle(&[&alice, &bob, &carol]);
    serving[1].suspend();
    network.part(&[&bob]);
    let task = alice.add("task", &["title=Call the dentist"]);
    until(|| carol.export() == alice.export());
    network.heal(&[&bob]);
    serving[1].resume();
    settle(&[&alice, &bob, &carol]);
    assert_eq!(bob.field(&task, "title"), "Call the dentist");
    serving.into_iter().for_each(stops_well);
}

/// Fifteen are paired with a hub; the far half is cut off from it, and there only two pairs know each other.
#[test]
fn sixteen_devices_come_together_after_their_network_was_in_two_parts() {
    const NAMES: [&str; 16] = [
        "hub", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15",
    ];
    let Some(network) = Network::new() else { return };
    let devices = NAMES.map(|name| network.device(name));
    let all: Vec<&Device> = devices.iter().collect();
    let (near, far) = all.split_at(8);
    for device in &all[1..] {
        pair(all[0], device);
    }
    pair(far[0], far[1]);
    pair(far[2], far[3]);
    let serving: Vec<Running> = all.iter().map(|device| device.serve()).collect();
    let shared = all[0].add("task", &["title=Everybody's"]);
    until_all_hold(1, &all);
    network.part(far);
    for device in &all {
        device.add("task", &[&format!("title=Of {}", device.name)]);
    }
    near[1].set(&shared, "title=Everybody's own");
    far[0].set(&shared, "description=From afar");
    until_all_hold(1 + 8, near);
    until_all_hold(1 + 2, &far[..2]);
    network.heal(far);
    until_all_hold(1 + 16, &all);
    settle(&all);
    assert_eq!(all[15].field(&shared, "description"), "From afar");
    assert_eq!(all[15].field(&shared, "title"), "Everybody's own");
    serving.into_iter().for_each(stops_well);
}

/// Waits until each of them has so many entities.
fn until_all_hold(entities: usize, devices: &[&Device]) {
    for device in devices {
        until(|| device.export().lines().count() == entities);
    }
}
