//! Remembers the first messages that were let in, so that a recording of one is refused.

use std::collections::VecDeque;

/// How many are remembered.
const CAPACITY: usize = 1_024;

/// The ephemeral keys of the latest 1,024 admitted first messages. One per device, for all its links.
///
/// Only admitted ones are kept: strangers cannot push a real one out by knocking often.
#[derive(Debug, Default)]
pub struct SeenEphemerals(VecDeque<[u8; 32]>);

impl SeenEphemerals {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it was seen; if so, it counts as seen just now.
    pub(super) fn contains(&mut self, ephemeral: &[u8; 32]) -> bool {
        let Some(at) = self.0.iter().position(|seen| seen == ephemeral) else {
            return false;
        };
        self.0.remove(at);
        self.0.push_back(*ephemeral);
        true
    }

    pub(super) fn insert(&mut self, ephemeral: [u8; 32]) {
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(ephemeral);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ephemeral(number: u16) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    #[test]
    fn the_least_recently_seen_is_forgotten_first() {
        let mut seen = SeenEphemerals::new();
        (0..CAPACITY as u16).for_each(|number| seen.insert(ephemeral(number)));
        assert!(seen.contains(&ephemeral(0)));
        seen.insert(ephemeral(9_999));
        assert!(seen.contains(&ephemeral(0)), "it was just seen again");
        assert!(!seen.contains(&ephemeral(1)));
        assert_eq!(seen.0.len(), CAPACITY);
    }
}
