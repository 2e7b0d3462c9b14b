//! What is told and asked before anything is lost or given away.

use super::{first_day, go, introduce, pair};
use fantoccini::key::Key;
use stage::{Window, play};

#[test]
fn what_waits_is_listed_and_what_stays_here_goes_nowhere_until_it_is_shared() {
    play(|stage| async move {
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        let desktop = first_day(&stage, "Desktop").await;
        desktop.click_at("//button[contains(., 'Pair with a device')]").await;
        pair(&stage, &laptop, &desktop).await;
        desktop.close().await;

        add_task(&laptop, "Water the plants").await;
        go(&laptop, "notes").await;
        laptop.click("Kinds of new notes").await;
        laptop.click("New note on this device only").await;
        laptop.fill("Title", "Diary").await;
        laptop.press(Key::Tab).await;
        laptop.sees("On this device only").await;
        laptop.sees("Saved").await;

        go(&laptop, "devices").await;
        laptop.click("1 change to send to Desktop: look").await;
        laptop.sees("What waits for Desktop").await;
        laptop.sees("New\nWater the plants\ntask, just now").await;
        laptop.picture("queue").await;
        laptop.click("Close").await;

        let desktop = stage.open("desktop").await;
        desktop.sees("Water the plants").await;
        laptop.misses("1 change to send").await;
        // What was made after the note is there, and the note is not.
        add_task(&laptop, "Feed the cat").await;
        desktop.sees("Feed the cat").await;
        go(&desktop, "notes").await;
        desktop.sees("No notes yet").await;

        go(&laptop, "notes").await;
        laptop.click_at("//button[contains(., 'Diary')]").await;
        laptop.click("Share with my devices…").await;
        laptop.sees("cannot be taken back").await;
        laptop.click("Share").await;
        laptop.sees("Shared with your devices").await;
        desktop.sees("Diary").await;
        desktop.misses("On this device only").await;
        laptop.close().await;
        desktop.close().await;
    });
}

#[test]
fn two_devices_with_data_are_brought_together_when_a_person_says_so() {
    play(|stage| async move {
        let laptop = first_day(&stage, "Laptop").await;
        let desktop = first_day(&stage, "Desktop").await;
        for (window, task) in [(&laptop, "Call the dentist"), (&desktop, "Order firewood")] {
            window.click_at("//button[contains(., 'Start empty')]").await;
            add_task(window, task).await;
        }
        go(&desktop, "devices").await;
        desktop.click_at("//main//button[contains(., 'Pair a device')]").await;
        introduce(&stage, &laptop, &desktop).await;
        for window in [&laptop, &desktop] {
            window.click("Close").await;
            go(window, "devices").await;
        }

        laptop.sees("Bring this device and Desktop together?").await;
        let question = laptop.text_at("//*[@role='group'][contains(., 'Bring this device')]").await;
        for (number, place) in
            [("1 item", "New here"), ("1 item", "New on Desktop"), ("0 items", "Different on both")]
        {
            assert!(question.contains(&format!("{place} {number}")), "{question}");
        }
        laptop.picture("first-merge").await;
        go(&laptop, "tasks").await;
        laptop.misses("Order firewood").await;

        go(&laptop, "devices").await;
        laptop.click("Bring together").await;
        laptop.sees("Up to date").await;
        go(&laptop, "tasks").await;
        laptop.sees("Order firewood").await;
        go(&desktop, "tasks").await;
        desktop.sees("Call the dentist").await;
        laptop.close().await;
        desktop.close().await;
    });
}

async fn add_task(window: &Window, title: &str) {
    go(window, "tasks").await;
    window.fill("Add a task for today", title).await;
    window.press(Key::Enter).await;
    window.sees(title).await;
}
