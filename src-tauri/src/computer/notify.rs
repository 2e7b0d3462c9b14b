//! Reminders as notifications of the desktop. Whoever clicks one sees the task or habit in the window.

use std::sync::atomic::{AtomicUsize, Ordering};

use agenda::{Due, Why};
use chrono::{DateTime, Local, Utc};
use notify_rust::Notification;
use planner::When;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

use super::window;
use crate::app::App;
use crate::events::ItemOpened;
use crate::language::Language;
use crate::words::count;

/// Notifications whose click is waited for. Some desktops never say that one is gone.
const WAITED_FOR_MAX: usize = 16;

static WAITED_FOR: AtomicUsize = AtomicUsize::new(0);

/// Reminds of one thing.
pub(crate) fn remind(handle: &AppHandle, due: Due) {
    let opened = ItemOpened { kind: due.key.kind.to_string(), id: due.key.id.to_string() };
    let text = words(&due, Utc::now(), handle.state::<App>().language());
    show(handle, due.title, text, Some(opened));
}

/// Tells how many more there are.
pub(crate) fn remind_of_more(handle: &AppHandle, more: usize) {
    let text = more_words(more, handle.state::<App>().language());
    show(handle, "WHPH Sync".to_owned(), text, None);
}

fn more_words(more: usize, language: Language) -> String {
    language.say(&format!("And {}", count(more as u64, "more reminder")))
}

/// Why somebody is reminded, in a line.
fn words(due: &Due, now: DateTime<Utc>, language: Language) -> String {
    let day = due.due.day(&Local);
    let day = if day == now.with_timezone(&Local).date_naive() {
        "today".to_owned()
    } else {
        language.weekday(day)
    };
    let when = match due.due {
        When::Day(_) => day,
        When::At(at) => format!("{day}, {}", at.with_timezone(&Local).format("%H:%M")),
    };
    language.say(&match due.why {
        Why::Planned => format!("Planned for {when}"),
        Why::Deadline => format!("Due {when}"),
        Why::Habit => "Not ticked yet today".to_owned(),
    })
}

fn show(handle: &AppHandle, title: String, text: String, opened: Option<ItemOpened>) {
    let open = handle.state::<App>().language().say("Open");
    let handle = handle.clone();
    // The desktop answers when it likes.
    let shown = std::thread::Builder::new().name("reminder".into()).spawn(move || {
        let mut notification = Notification::new();
        notification.appname("WHPH Sync").summary(&title).body(&escaped(&text)).icon("whph-app");
        notification.action("default", &open);
        match notification.show() {
            Ok(shown) => wait(shown, &handle, opened),
            Err(_) => log::warn!("this desktop shows no notifications"),
        }
    });
    if shown.is_err() {
        log::error!("a reminder could not be shown");
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn wait(shown: notify_rust::NotificationHandle, handle: &AppHandle, opened: Option<ItemOpened>) {
    if WAITED_FOR.fetch_add(1, Ordering::Relaxed) < WAITED_FOR_MAX {
        shown.wait_for_action(|action| {
            if action == "default" {
                window::show(handle);
                if let Some(opened) = opened
                    && opened.emit(handle).is_err()
                {
                    log::warn!("an event could not be told");
                }
            }
        });
    }
    WAITED_FOR.fetch_sub(1, Ordering::Relaxed);
}

/// Elsewhere a click brings the app to the front by itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn wait<T>(_: T, _: &AppHandle, _: Option<ItemOpened>) {}

/// A notification's text is markup on some desktops.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::entity::EntityKey;
    use uuid::Uuid;

    #[test]
    fn a_reminder_says_what_is_when() {
        let at = |day: u32, hour: u32| {
            chrono::TimeZone::with_ymd_and_hms(&Local, 2026, 5, day, hour, 30, 0).unwrap().to_utc()
        };
        let of = |why, due| Due {
            at: at(4, 9),
            why,
            due,
            key: EntityKey::new("task", Uuid::nil()),
            title: "a".into(),
        };
        let due = |why, at| of(why, When::At(at));
        let day = When::parse("2026-05-05").unwrap();
        let midnight = at(5, 0) - chrono::TimeDelta::minutes(30);
        for (due, english, german) in [
            (due(Why::Planned, at(4, 9)), "Planned for today, 09:30", "Für heute um 09:30 geplant"),
            (due(Why::Planned, at(5, 9)), "Planned for Tue 5 May, 09:30", "Geplant für Di, 5.5., 09:30"),
            (due(Why::Deadline, at(5, 9)), "Due Tue 5 May, 09:30", "Frist: Di, 5.5., 09:30"),
            (due(Why::Deadline, at(4, 9)), "Due today, 09:30", "Frist: heute, 09:30"),
            (due(Why::Deadline, midnight), "Due Tue 5 May, 00:00", "Frist: Di, 5.5., 00:00"),
            (of(Why::Deadline, day), "Due Tue 5 May", "Frist: Di, 5.5."),
            (due(Why::Habit, at(4, 9)), "Not ticked yet today", "Heute noch nicht abgehakt"),
        ] {
            assert_eq!(words(&due, at(4, 9), Language::English), english);
            assert_eq!(words(&due, at(4, 9), Language::German), german);
        }
        assert_eq!(more_words(1, Language::German), "Und 1 weitere Erinnerung");
        assert_eq!(more_words(4, Language::German), "Und 4 weitere Erinnerungen");
        assert_eq!(Language::German.say("Open"), "Öffnen");
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }
}
