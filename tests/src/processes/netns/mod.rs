//! Devices in networks of their own: each is a process in a network namespace, and between them lies a bridge that loses, delays
//! and parts what goes over it. Nothing here touches the network of this computer, and nothing stays behind.
//!
//! That takes an administrator, or a system that lets its users have namespaces. Where neither is so, these tests are skipped.

mod apart;
mod finding;
mod forged;
mod network;
mod ways;
mod weather;

use super::device::Device;
use super::running::Running;
use super::together::{assert_same, until};

/// Waits until all hold the same and say so. What they hold.
fn settle(devices: &[&Device]) -> String {
    until(|| {
        let export = devices[0].export();
        devices[1..].iter().all(|device| device.export() == export)
            && devices.iter().all(|device| is_up_to_date(device))
    });
    assert_same(devices)
}

/// Whether it calls itself up to date with each of its devices.
fn is_up_to_date(device: &Device) -> bool {
    let status = device.json(&["status"]);
    status["devices"].as_array().unwrap().iter().all(|peer| peer["state"] == "up-to-date")
}

/// A process ends as it should when it is asked to.
fn stops_well(process: Running) {
    process.terminate().well();
}
