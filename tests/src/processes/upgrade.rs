//! What earlier releases left on two paired devices is opened and synced by this one. The folders under `tests/vectors` are named
//! after the format; `make-database.sh` made them.

use super::device::Device;
use super::together::{assert_same, meet};
use data_encoding::HEXLOWER;
use serde_json::Value;
use std::fs;
use std::path::Path;

const RELEASES: [&str; 1] = ["1"];

/// A device as a release left it.
fn left(release: &str, name: &'static str) -> Device {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(release);
    let (device, file) = (Device::not_set_up(name), name.to_lowercase());
    private(&device.data);
    private(&device.data.join("keys"));
    let packed = fs::read(folder.join(format!("{file}.db.zst"))).unwrap();
    fs::write(device.database(), zstd::decode_all(&packed[..]).unwrap()).unwrap();
    for line in fs::read_to_string(folder.join(format!("{file}.keys"))).unwrap().lines() {
        let (key, bytes) = line.split_once(' ').unwrap();
        fs::write(device.key(key), HEXLOWER.decode(bytes.as_bytes()).unwrap()).unwrap();
        restrict(&device.key(key), 0o600);
    }
    let held = |kind: &str| fs::read_to_string(folder.join(format!("{file}.{kind}"))).unwrap();
    device.assert_sound();
    assert_eq!(device.export(), held("ndjson"));
    let asked: Value = serde_json::from_str(&held("reviews.json")).unwrap();
    assert_eq!(device.json(&["review", "list"]), asked);
    device
}

fn private(folder: &Path) {
    fs::create_dir(folder).unwrap();
    restrict(folder, 0o700);
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) {}

#[test]
fn what_earlier_releases_left_is_whole_and_syncs() {
    for release in RELEASES {
        let (laptop, phone) = (left(release, "Laptop"), left(release, "Phone"));
        let asked = laptop.reviews();
        // They know each other still, and what was not sent is.
        let moved = meet(&phone, &laptop);
        assert_eq!(moved["received"]["changed"], 1, "{moved}");
        let export = assert_same(&[&laptop, &phone]);
        assert!(export.contains("Order dry firewood") && export.contains("Charge the bike"), "{export}");
        assert!(!export.contains("Read"), "{export}");
        assert_eq!(laptop.reviews(), asked);

        // What was decided or replaced then can still be decided and put back.
        let task = "task/00000000-0000-4000-8000-000000000002";
        laptop.json(&["review", "resolve", task, "title", "2"]);
        meet(&laptop, &phone);
        assert_eq!(phone.field(task, "title"), "Water all plants");
        for device in [&laptop, &phone] {
            assert!(device.json(&["history", task]).to_string().contains("Water the plants"));
            device.assert_sound();
        }
    }
}
