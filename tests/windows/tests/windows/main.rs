//! What people see and do in the app's windows.

mod carried;
mod folders;
mod journey;
mod nets;
mod reminders;
mod screens;
mod texts;
mod tray;
mod typed;

use stage::{Stage, Window};

/// Opens the app as on its first day, and names the device.
async fn first_day(stage: &Stage, name: &str) -> Window {
    let window = stage.open(&name.to_lowercase()).await;
    window.fill("What shall this device be called?", name).await;
    window.click("Continue").await;
    window.sees("How do you want to begin?").await;
    window
}

/// Goes to one of the screens.
async fn go(window: &Window, screen: &str) {
    window.click_at(&format!("//nav//a[@href='#/{screen}']")).await;
}

/// Pairs two windows, one of which has nothing yet, and waits until both are alike.
async fn pair(stage: &Stage, shown_by: &Window, entered_in: &Window) {
    introduce(stage, shown_by, entered_in).await;
    shown_by.sees("Up to date").await;
    shown_by.picture("pairing-done").await;
    for window in [shown_by, entered_in] {
        window.click("Done").await;
    }
}

/// Makes two windows known to each other: one reads the code that the other shows off the screen.
async fn introduce(stage: &Stage, shown_by: &Window, entered_in: &Window) {
    go(shown_by, "devices").await;
    shown_by.click_at("//main//button[contains(., 'Pair a device')]").await;
    shown_by.sees("Or type").await;
    let link = shown_by.scanned(stage, "pairing-code").await;

    entered_in.click("Enter a code").await;
    entered_in.fill("Link or code from the other device", &link).await;
    entered_in.click("Continue").await;
    let digits = "//*[starts-with(@aria-label, 'Digits')]";
    let (here, there) = (shown_by.text_at(digits).await, entered_in.text_at(digits).await);
    assert_eq!(here, there, "both show the same six digits");
    entered_in.picture("pairing-compare").await;
    entered_in.click("They match").await;
    shown_by.click("They match").await;
    for window in [shown_by, entered_in] {
        window.sees("Paired with").await;
    }
}
