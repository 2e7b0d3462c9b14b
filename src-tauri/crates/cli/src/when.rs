//! Moments, for people and for programs.

use chrono::{DateTime, Local, SecondsFormat, Utc};
use sync_core::time::Wall;

/// In this computer's time zone: `2026-03-01 14:02`.
pub(crate) fn local(at: Wall) -> String {
    moment(at)
        .map_or_else(|| "?".to_owned(), |at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string())
}

/// RFC 3339 in UTC: `2026-03-01T13:02:05Z`.
pub(crate) fn utc(at: Wall) -> Option<String> {
    moment(at).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn moment(at: Wall) -> Option<DateTime<Utc>> {
    i64::try_from(at.0).ok().and_then(DateTime::from_timestamp_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_a_peer_may_send_can_be_shown() {
        assert_eq!(utc(Wall(1_772_370_125_999)).as_deref(), Some("2026-03-01T13:02:05Z"));
        assert_eq!(utc(Wall(u64::MAX)), None);
        assert_eq!(local(Wall(u64::MAX)), "?");
    }
}
