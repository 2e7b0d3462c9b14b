//! Several ways between two devices, of which not all lead there. No device here has a route to anywhere else unless a VPN gives it
//! one.

use super::super::device::Device;
use super::super::together::pair;
use super::finding::{FOUND_AGAIN, within};
use super::network::Network;
use super::{settle, stops_well};

/// Two paired devices that were moved, so that neither knows where the other is now.
fn moved(network: &Network) -> [Device; 2] {
    let devices = [network.device("alice"), network.device("bob")];
    pair(&devices[0], &devices[1]);
    for (device, address) in devices.iter().zip(["10.77.0.41", "10.77.0.42"]) {
        network.unplug(device);
        network.plug(device, address);
    }
    devices
}

fn find_each_other([alice, bob]: &[Device; 2]) {
    alice.add("task", &["title=Call the dentist"]);
    let serving = [alice, bob].map(Device::serve);
    within(FOUND_AGAIN, || bob.export() == alice.export());
    settle(&[alice, bob]);
    serving.into_iter().for_each(stops_well);
}

#[test]
fn of_several_networks_the_common_one_is_found() {
    let Some(network) = Network::new() else { return };
    let devices = moved(&network);
    // One more each, where the other is not; alice's comes first by every order of names and numbers.
    network.attach(&devices[0], "aaa0", "10.1.0.1/16");
    network.attach(&devices[1], "zzz0", "192.168.9.1/24");
    find_each_other(&devices);
}

#[test]
fn a_vpn_that_wants_everything_is_no_obstacle() {
    let Some(network) = Network::new() else { return };
    let devices = moved(&network);
    for (device, address) in devices.iter().zip(["10.8.0.2", "10.8.0.3"]) {
        network.attach(device, "vpn0", &format!("{address}/32"));
        // As VPN programs do it to leave nothing to the default route.
        network.route(device, &["default", "0.0.0.0/1", "128.0.0.0/1"], "vpn0");
    }
    find_each_other(&devices);
}

#[test]
fn addresses_that_ipv6_gives_itself_are_enough() {
    let Some(network) = Network::new() else { return };
    let devices = [network.device("alice"), network.device("bob")];
    pair(&devices[0], &devices[1]);
    for device in &devices {
        network.without_ipv4(device);
    }
    find_each_other(&devices);
}
