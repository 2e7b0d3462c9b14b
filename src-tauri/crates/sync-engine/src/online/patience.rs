//! How soon a device is dialled again after it went wrong with it. One that is merely away is tried at every turn; one that
//! answers and then fails, for a reason that another try will hardly cure, is tried ever less often, so that it fills neither
//! the history nor the network.

use std::collections::HashMap;
use sync_core::identity::DeviceId;
use sync_core::time::{MINUTE, Mono};

/// After the first failure, in milliseconds; doubled with each further one …
const FIRST: u64 = MINUTE / 6;
/// … up to this.
const LONGEST: u64 = 10 * MINUTE;

/// What went wrong with which device.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// How long to wait, and until when.
    failed: HashMap<DeviceId, (u64, Mono)>,
}

impl Patience {
    /// It answered, and then it went wrong.
    pub(super) fn failed(&mut self, device: DeviceId, now: Mono) {
        let wait = self.failed.get(&device).map_or(FIRST, |(wait, _)| (wait * 2).min(LONGEST));
        self.failed.insert(device, (wait, Mono(now.0 + wait)));
    }

    /// A person said "not now", here or there: nobody is asked again soon, unless by a sync that somebody wants.
    pub(super) fn declined(&mut self, device: DeviceId, now: Mono) {
        self.failed.insert(device, (LONGEST, Mono(now.0 + LONGEST)));
    }

    /// All is well with it.
    pub(super) fn succeeded(&mut self, device: DeviceId) {
        self.failed.remove(&device);
    }

    /// Whether it may be dialled.
    pub(super) fn is_over(&self, device: DeviceId, now: Mono) -> bool {
        self.failed.get(&device).is_none_or(|(_, until)| now >= *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_keeps_failing_is_tried_ever_less_often_until_all_is_well() {
        let bob = DeviceId::from_bytes([2; 16]);
        let mut patience = Patience::default();
        let mut now = Mono(0);
        let mut tries = 0;
        while now.0 < 60 * MINUTE {
            if patience.is_over(bob, now) {
                tries += 1;
                patience.failed(bob, now);
            }
            now.0 += FIRST;
        }
        assert_eq!(tries, 11);
        patience.succeeded(bob);
        assert!(patience.is_over(bob, now));
    }
}
