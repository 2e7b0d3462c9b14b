//! A device's own clock, which a test may set. The program has none that can be set, so the library `libfaketime` stands
//! between it and the system's.

use super::device::Device;
use super::skip;
use std::fs;
use std::path::PathBuf;

const FOLDERS: [&str; 6] = [
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/lib/faketime",
    "/usr/lib64/faketime",
    "/usr/local/lib/faketime",
    "/usr/local/lib64/faketime",
];
const LIBRARY: &str = "libfaketimeMT.so.1";

pub(super) struct Clock {
    file: PathBuf,
}

impl Clock {
    /// What the calendar says on that device, from its next command on. Timers run on as they do.
    pub(super) fn calendar_of(device: &mut Device) -> Option<Self> {
        device.environment.push(("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()));
        Self::all_of(device)
    }

    /// The same, and its timers with it.
    pub(super) fn all_of(device: &mut Device) -> Option<Self> {
        let Some(library) =
            FOLDERS.map(|folder| PathBuf::from(folder).join(LIBRARY)).into_iter().find(|at| at.is_file())
        else {
            skip("no clock can be set without libfaketime; install the package `faketime`");
            return None;
        };
        let clock = Self { file: device.home().join("clock") };
        clock.is_off_by("+0s");
        device.environment.extend([
            ("LD_PRELOAD", library.into()),
            ("FAKETIME_TIMESTAMP_FILE", clock.file.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("NO_FAKE_STAT", "1".into()),
        ]);
        Some(clock)
    }

    /// Sets it, also under running processes: `+3d`, `-90s`.
    pub(super) fn is_off_by(&self, offset: &str) {
        // In one piece: it is read all the time.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{offset}\n")).unwrap();
        fs::rename(new, &self.file).unwrap();
    }
}
