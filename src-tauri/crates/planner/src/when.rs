//! When a task is planned or must be done: on a day, or at a moment.
//!
//! A day without a time is the same day wherever its person is. As the midnight of one zone it would be the day before in the
//! next one to the west.

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc,
};
use serde_json::{Map, Value};
use sync_core::schema::{YEARS, parse_day};

/// A day, or a moment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Some time on that day.
    Day(NaiveDate),
    /// Then.
    At(DateTime<Utc>),
}

impl When {
    /// Reads how it is stored: `2026-03-01`, or RFC 3339, of a year of four digits. `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment = || DateTime::parse_from_rfc3339(text).ok().map(|at| Self::At(at.to_utc()));
        parse_day(text).map(Self::Day).or_else(moment).and_then(Self::storable)
    }

    pub(crate) fn read(fields: &Map<String, Value>, name: &str) -> Option<Self> {
        Self::parse(fields.get(name)?.as_str()?)
    }

    /// Itself, if it is read again once it is stored.
    pub(crate) fn storable(self) -> Option<Self> {
        let year = match self {
            Self::Day(day) => day.year(),
            Self::At(at) => at.year(),
        };
        YEARS.contains(&year).then_some(self)
    }

    /// The day that it is on in this zone.
    #[must_use]
    pub fn day(self, zone: &impl TimeZone) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::At(at) => at.with_timezone(zone).date_naive(),
        }
    }

    /// The moment, or that at which the day begins in this zone.
    pub(crate) fn begins(self, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
        match self {
            Self::Day(day) => resolve(zone, day.and_time(NaiveTime::MIN)),
            Self::At(at) => Some(at),
        }
    }

    /// The same on another day: a moment keeps its time by the clock on the wall.
    pub(crate) fn on(self, day: NaiveDate, zone: &impl TimeZone) -> Option<Self> {
        let on = Self::Day(day).storable()?;
        match self {
            Self::Day(_) => Some(on),
            Self::At(at) => {
                let at = resolve(zone, day.and_time(at.with_timezone(zone).naive_local().time()))?;
                Self::At(at).storable()
            }
        }
    }
}

impl From<When> for Value {
    fn from(when: When) -> Self {
        match when {
            When::Day(day) => day.to_string().into(),
            When::At(at) => at.to_rfc3339_opts(SecondsFormat::Secs, true).into(),
        }
    }
}

/// A moment by the clock on the wall. Of an hour that comes twice the first; one that is left out in spring is what clocks that
/// nobody has set yet show then.
pub(crate) fn resolve(zone: &impl TimeZone, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let resolved = |local: &NaiveDateTime| zone.from_local_datetime(local).earliest();
    let at = resolved(&local)
        .or_else(|| resolved(&local.checked_add_signed(TimeDelta::hours(1))?))
        .or_else(|| resolved(&local.checked_add_signed(TimeDelta::days(1))?))?;
    Some(at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    #[test]
    fn a_day_is_the_same_day_in_every_zone_and_a_moment_is_not() {
        let [tokyo, honolulu] = [9, -10].map(|hours| FixedOffset::east_opt(hours * 3_600).unwrap());
        let days = |text: &str| {
            let when = When::parse(text).unwrap();
            [when.day(&tokyo), when.day(&honolulu)].map(|day| day.to_string())
        };
        assert_eq!(days("2026-05-04"), ["2026-05-04", "2026-05-04"]);
        assert_eq!(days("2026-05-04T15:00:00Z"), ["2026-05-05", "2026-05-04"]);
        assert_eq!(days("2026-05-04T00:00:00+09:00"), ["2026-05-04", "2026-05-03"]);
    }

    #[test]
    fn it_is_stored_as_it_was_read_and_nothing_else_is_read() {
        for text in ["2026-05-04", "2026-05-04T15:00:00Z"] {
            assert_eq!(Value::from(When::parse(text).unwrap()), text);
        }
        let odd = ["", "soon", "2026-02-30", "2026-05-04T15:00:00", "2026-05", "2026-5-4", " 2026-5-04"];
        let far =
            ["-262143-01-01", "+262142-12-31", "-999-01-01", "+10000-01-01", "9999-12-31T23:59:59-01:00"];
        for text in odd.into_iter().chain(far) {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }
}
