//! Two devices of one person, from their first minute to their parting.

use super::{first_day, go, pair};
use fantoccini::key::Key;
use stage::{Window, play};

#[test]
fn two_devices_pair_sync_disagree_decide_and_part() {
    play(|stage| async move {
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        laptop.sees("Tasks").await;
        let desktop = first_day(&stage, "Desktop").await;
        desktop.click_at("//button[contains(., 'Pair with a device')]").await;
        pair(&stage, &laptop, &desktop).await;

        // What one writes, the other has.
        go(&laptop, "tasks").await;
        go(&desktop, "tasks").await;
        laptop.fill("Add a task for today", "Call the dentist").await;
        laptop.press(Key::Enter).await;
        desktop.sees("Call the dentist").await;

        // Out of each other's reach both rename it.
        for (window, title) in [(&laptop, "Call the dentist on Friday"), (&desktop, "Call Dr Okafor")] {
            switch_sync(window, "Pause").await;
            window.sees("Paused").await;
            rename(window, "Call the dentist", title).await;
            window.sees(title).await;
        }
        desktop.misses("on Friday").await;
        for window in [&laptop, &desktop] {
            switch_sync(window, "Resume").await;
        }

        // Both keep both names, and ask; one answer is enough.
        for window in [&laptop, &desktop] {
            go(window, "review").await;
            window.sees("1 item to look at").await;
        }
        desktop.click_at("//main//li//button[contains(., 'Call')]").await;
        desktop.sees("Which title shall stand?").await;
        desktop.picture("review-question").await;
        desktop.click_at("//article[starts-with(@aria-label, 'Laptop')]//button").await;
        for window in [&laptop, &desktop] {
            window.sees("Nothing to decide").await;
            go(window, "tasks").await;
            window.sees("Call the dentist on Friday").await;
        }

        // Forgotten, and both say so.
        go(&laptop, "devices").await;
        laptop.click("Details of Desktop").await;
        laptop.click("Forget…").await;
        laptop.sees("keeps what it already has").await;
        laptop.click("Forget device").await;
        laptop.sees("Only this device so far").await;
        go(&desktop, "devices").await;
        desktop.click("Sync now with Laptop").await;
        desktop.sees("Problem").await;
        laptop.close().await;
        desktop.close().await;
    });
}

/// Pauses or resumes, where the status is shown.
async fn switch_sync(window: &Window, what: &str) {
    window.click_at("//button[starts-with(@aria-label, 'Sync status')]").await;
    window.click(what).await;
    window.press(Key::Escape).await;
}

async fn rename(window: &Window, from: &str, to: &str) {
    window.click_at(&format!("//button[@data-task][normalize-space(.)='{from}']")).await;
    window.fill("Title", to).await;
    window.press(Key::Enter).await;
    window.click("Close details").await;
}
