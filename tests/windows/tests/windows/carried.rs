//! Files that people carry, chosen in the system's own dialogs.

use super::{first_day, go, pair};
use stage::{can_be_answered, play};

#[test]
fn two_devices_that_are_never_on_together_become_equal_by_files() {
    play(|stage| async move {
        if !can_be_answered() {
            return;
        }
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        let desktop = first_day(&stage, "Desktop").await;
        desktop.click_at("//button[contains(., 'Pair with a device')]").await;
        pair(&stage, &laptop, &desktop).await;
        desktop.close().await;

        go(&laptop, "tasks").await;
        laptop.fill("Add a task for today", "Water the plants").await;
        laptop.press(fantoccini::key::Key::Enter).await;
        laptop.sees("Water the plants").await;
        go(&laptop, "devices").await;
        // Thought better of it: nothing happens.
        laptop.click("Write a file for Desktop…").await;
        stage.dismiss("Write a file for the other device").await;
        laptop.click("Write a file for Desktop…").await;
        let stick = stage.path("stick");
        std::fs::create_dir(&stick).expect("a stick");
        stage.choose("Write a file for the other device", &stick.join("to-desktop.whphbundle")).await;
        laptop.sees("Written for Desktop").await;
        laptop.picture("bundle-written").await;
        laptop.close().await;

        let desktop = stage.open("desktop").await;
        go(&desktop, "devices").await;
        desktop.click("Read a file…").await;
        stage.choose("Read a file from another device", &stick.join("to-desktop.whphbundle")).await;
        desktop.sees("From Laptop").await;
        desktop.sees("proved by digest").await;
        desktop.picture("bundle-read").await;
        go(&desktop, "tasks").await;
        desktop.sees("Water the plants").await;

        // A file that is none is refused in words, and changes nothing.
        go(&desktop, "devices").await;
        let other = stick.join("other.whphbundle");
        std::fs::write(&other, "no bundle").expect("a file");
        desktop.click("Read a file…").await;
        stage.choose("Read a file from another device", &other).await;
        desktop.sees("This file was not written for sync by this app").await;
        desktop.close().await;
    });
}
