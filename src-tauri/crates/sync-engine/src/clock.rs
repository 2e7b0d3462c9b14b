//! The one place where the engine reads the clocks. Everything below it takes time as an argument.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use sync_core::time::{Mono, Now, Wall};

/// The present moment. The monotonic zero is when this was first asked in this process.
#[must_use]
pub fn now() -> Now {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    // A clock set before 1970 reads as 1970: the hybrid clock copes with it as with any other wrong time.
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { wall: Wall(millis(wall.as_millis())), mono: Mono(millis(START.elapsed().as_millis())) }
}

fn millis(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_never_run_backwards() {
        let (earlier, later) = (now(), now());
        assert!(later.mono >= earlier.mono);
        assert!(later.wall.0 > 1_600_000_000_000);
    }
}
