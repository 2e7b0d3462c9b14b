//! Time as an argument. Nothing in this crate reads a clock: the caller says what time it is, so that
//! the same inputs always give the same run.

/// Unix time in milliseconds, as this device's clock shows it. May be wrong, may jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Wall(pub u64);

/// Milliseconds of a clock that only moves forward; its zero is arbitrary and means nothing elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Mono(pub u64);

/// The present moment, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Now {
    /// What the calendar says: goes into stamps and histories.
    pub wall: Wall,
    /// What timers run on: deadlines and time-outs.
    pub mono: Mono,
}

/// One second, in milliseconds.
pub const SECOND: u64 = 1_000;
/// One minute, in milliseconds.
pub const MINUTE: u64 = 60_000;
/// One day, in milliseconds.
pub const DAY: u64 = 24 * 60 * MINUTE;
