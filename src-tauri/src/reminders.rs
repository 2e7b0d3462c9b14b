//! Reminds the person of tasks and habits, by notifications of the desktop.

use std::time::Duration;

use agenda::{Due, Reminders};
use chrono::{DateTime, Local, SecondsFormat, TimeDelta, Utc};
use sync_engine::{Engine, EngineError};
use tauri::AppHandle;

use crate::app::Device;
use crate::{host, options};

/// Under this name the engine remembers until when reminders were shown.
const SHOWN_UNTIL: &str = "reminded-until";
/// The page and the first syncs come first.
const START: Duration = Duration::from_secs(3);
/// How late a reminder may be after the machine has slept.
const LATE: Duration = Duration::from_secs(60);
/// What was missed longer ago than this, while the app was closed, is not shown any more.
const MISSED: TimeDelta = TimeDelta::hours(24);
/// Most notifications at once; the rest is told as a number.
const AT_ONCE: usize = 3;

/// Reminds until the device goes offline.
pub(crate) async fn follow(handle: AppHandle, device: Device) {
    tokio::time::sleep(START).await;
    let mut live = device.net.live();
    let mut reminders = Reminders::default();
    let mut since = shown_until(&device.engine).await.unwrap_or_else(Utc::now).max(Utc::now() - MISSED);
    loop {
        live.mark_unchanged();
        let now = Utc::now();
        match due(&mut reminders, &device.engine, since, now).await {
            Ok(due) => {
                since = now;
                if !due.is_empty() {
                    show(&handle, due);
                    note(&device.engine, now).await;
                }
            }
            Err(error) => {
                log::warn!("reminders cannot be read: {}", crate::error::AppError::from(error).code)
            }
        }
        let next = reminders.next(since, &Local).and_then(|next| (next - Utc::now()).to_std().ok());
        let changed = live.changed();
        let over = match next {
            Some(next) => tokio::time::timeout(next.min(LATE), changed).await.unwrap_or(Ok(())).is_err(),
            None => changed.await.is_err(),
        };
        if over {
            return;
        }
    }
}

async fn due(
    reminders: &mut Reminders,
    engine: &Engine,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Due>, EngineError> {
    reminders.follow(engine).await?;
    if !options::reminds(engine).await? {
        return Ok(Vec::new());
    }
    reminders.due(engine, since, now, &Local).await
}

fn show(handle: &AppHandle, mut due: Vec<Due>) {
    let rest = due.split_off(due.len().min(AT_ONCE));
    for due in due {
        host::remind(handle, due);
    }
    if !rest.is_empty() {
        host::remind_of_more(handle, rest.len());
    }
}

async fn shown_until(engine: &Engine) -> Option<DateTime<Utc>> {
    let noted = engine.option(SHOWN_UNTIL).await.ok()??;
    Some(DateTime::parse_from_rfc3339(&noted).ok()?.to_utc())
}

/// Where this cannot be noted, a reminder may come twice.
async fn note(engine: &Engine, until: DateTime<Utc>) {
    let until = until.to_rfc3339_opts(SecondsFormat::Millis, true);
    drop(engine.set_option(SHOWN_UNTIL, Some(until)).await);
}
