//! The hybrid logical clock: wall time where it can be trusted, a counter where it cannot.
//!
//! The RFC's `version` is the whole number; its wall part is `lastModified`.

use crate::time::{MINUTE, Wall};

/// A moment of a writer: 48 bits of Unix milliseconds, then a 16-bit counter. Never goes back within a writer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hlc(u64);

impl Hlc {
    /// The largest value that is accepted and stored: it fits a signed 64-bit integer.
    pub const MAX: Self = Self(i64::MAX as u64);

    /// From the number on the wire or in the database.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Option<Self> {
        if bits <= Self::MAX.0 { Some(Self(bits)) } else { None }
    }

    /// The number on the wire and in the database.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The first moment of that millisecond.
    #[must_use]
    pub fn at(wall: Wall) -> Self {
        Self(wall.0.min(Self::MAX.0 >> 16) << 16)
    }

    /// Its wall part.
    #[must_use]
    pub const fn wall(self) -> Wall {
        Wall(self.0 >> 16)
    }
}

impl std::fmt::Debug for Hlc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 >> 16, self.0 & 0xffff)
    }
}

/// How far a peer may move this device's clock ahead of its own wall time, in milliseconds.
pub const DRIFT_MAX: u64 = 5 * MINUTE;

/// Past this much of a lead over the wall clock the wall clock itself was set back, in milliseconds: peers alone
/// can cause no more than [`DRIFT_MAX`]. The device then takes a new writer id, so that its next
/// edits carry today's time again.
pub const SET_BACK: u64 = 2 * DRIFT_MAX;

/// A stamp this far ahead of our clock, in milliseconds, is merged all the same, and its device is named.
pub const SKEW_NOTED: u64 = 24 * 60 * MINUTE;

/// One writer's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    last: Hlc,
}

impl Clock {
    /// A clock that has already given out everything up to `last`.
    #[must_use]
    pub const fn after(last: Hlc) -> Self {
        Self { last }
    }

    /// The latest moment given out or observed.
    #[must_use]
    pub const fn last(&self) -> Hlc {
        self.last
    }

    /// A new moment, later than every one before it, whatever the wall clock does. `None` once the range is
    /// used up (the year 6429).
    pub fn tick(&mut self, wall: Wall) -> Option<Hlc> {
        let next = Hlc::from_bits(self.last.0 + 1)?.max(Hlc::at(wall));
        self.last = next;
        Some(next)
    }

    /// Takes note of another device's moment, so that our next edit is later than what we have seen,
    /// but never by more than [`DRIFT_MAX`] past our own wall time.
    pub fn observe(&mut self, remote: Hlc, wall: Wall) {
        self.last = self.last.max(remote.min(Hlc::at(Wall(wall.0.saturating_add(DRIFT_MAX)))));
    }

    /// Whether the wall clock was set back under this clock (see [`SET_BACK`]).
    #[must_use]
    pub fn was_set_back(&self, wall: Wall) -> bool {
        self.last.wall().0 > wall.0.saturating_add(SET_BACK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_goes_back_under_any_clock(walls in prop::collection::vec((any::<u64>(), prop::option::of(0..=Hlc::MAX.0)), 1..200)) {
            let mut clock = Clock::default();
            let mut last = Hlc::default();
            for (wall, remote) in walls {
                let wall = Wall(wall >> 17);
                if let Some(remote) = remote {
                    clock.observe(Hlc(remote), wall);
                }
                let next = clock.tick(wall).unwrap();
                prop_assert!(next > last);
                last = next;
            }
        }

        #[test]
        fn a_peer_cannot_move_it_past_five_minutes(wall in 0..1u64 << 46, remote in 0..=Hlc::MAX.0) {
            let mut clock = Clock::default();
            clock.observe(Hlc(remote), Wall(wall));
            prop_assert!(clock.last().wall().0 <= wall + DRIFT_MAX);
            prop_assert!(!clock.was_set_back(Wall(wall)));
        }
    }

    #[test]
    fn notices_its_wall_clock_being_set_back() {
        let mut clock = Clock::default();
        clock.tick(Wall(1_000_000_000)).unwrap();
        assert!(!clock.was_set_back(Wall(1_000_000_000 - SET_BACK)));
        assert!(clock.was_set_back(Wall(1_000_000_000 - SET_BACK - 1)));
    }
}
