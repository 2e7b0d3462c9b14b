//! What two devices do together.

use super::HANG;
use super::device::Device;
use serde_json::Value;
use std::thread;
use std::time::{Duration, Instant};

/// Pairs two devices by a link.
pub(super) fn pair(showing: &Device, joining: &Device) {
    let mut inviting = showing.start(&["--json", "invite", "--yes"]);
    let invitation = inviting.document();
    let link = invitation["link"].as_str().unwrap();
    let joined = joining.run_with(&["--json", "join", "--yes"], link).well();
    assert_eq!(joined.documents().last().unwrap()["equal"], true);
    inviting.finish().well();
}

/// Two paired devices.
pub(super) fn two() -> [Device; 2] {
    let devices = [Device::new("alice"), Device::new("bob")];
    pair(&devices[0], &devices[1]);
    devices
}

/// One serves, the other syncs with it and must find it equal. What that said.
pub(super) fn meet(dialling: &Device, serving: &Device) -> Value {
    let server = serving.serve();
    let mut moved = dialling.json(&["sync", serving.name]);
    server.terminate().well();
    assert_eq!(moved[0]["equal"], true, "{moved}");
    for device in [dialling, serving] {
        let log = device.data.join("whph.db-wal");
        assert!(!log.exists(), "{} ended before its database was closed", device.name);
    }
    moved[0].take()
}

/// Notes as they are in that round, as lines to import. What is new in each takes its bytes on the wire, which much of a
/// kind would not.
pub(super) fn notes(count: u64, round: u64) -> String {
    let line = |n: u64| {
        let title = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(round as u32);
        format!(
            "{{\"kind\":\"note\",\"id\":\"00000000-0000-4000-8000-{n:012}\",\"fields\":{{\"title\":\"Note {title:016x}\"}}}}\n"
        )
    };
    (0..count).map(line).collect()
}

/// Waits until that is so.
pub(super) fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < HANG, "it never comes to that");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Both hold the same, byte for byte, and neither asks what the other does not. What they hold.
pub(super) fn assert_same(devices: &[&Device]) -> String {
    let export = devices[0].export();
    for device in &devices[1..] {
        let other = device.export();
        let differing = export.lines().zip(other.lines()).find(|(one, another)| one != another);
        assert!(export == other, "{} and {} differ: {differing:?}", devices[0].name, device.name);
        assert_eq!(devices[0].reviews(), device.reviews(), "{} and {}", devices[0].name, device.name);
    }
    export
}
