//! Texts of other devices are shown as they are, whatever they would be elsewhere.

use super::{first_day, go, introduce};
use fantoccini::key::Key;
use serde_json::json;
use stage::play;

const NAME: &str = "<img src=x onerror=run()>";
const TITLE: &str = "<script>run()</script><img src=x onerror=run()><b>bold</b>";
const NOTE: &str =
    "<svg onload=run()> [here](javascript:run()) <iframe srcdoc='<script>parent.run()</script>'></iframe>";

#[test]
fn names_titles_and_notes_of_others_are_text() {
    play(|stage| async move {
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        laptop.script("window.run = () => { document.title = 'it ran' }").await;

        let other = stage.open("other").await;
        other.fill("What shall this device be called?", NAME).await;
        other.click("Continue").await;
        other.click_at("//button[contains(., 'Pair with a device')]").await;
        introduce(&stage, &laptop, &other).await;
        laptop.sees(NAME).await;
        for window in [&laptop, &other] {
            window.click("Done").await;
        }
        go(&other, "tasks").await;
        other.fill("Add a task for today", TITLE).await;
        other.press(Key::Enter).await;
        stage.output(stage.whph("other").args(["add", "note", "title=A note", &format!("content={NOTE}")]));

        go(&laptop, "tasks").await;
        laptop.sees(TITLE).await;
        go(&laptop, "notes").await;
        laptop.click_at("//button[contains(., 'A note')]").await;
        go(&laptop, "devices").await;
        laptop.sees(NAME).await;
        go(&laptop, "history").await;
        laptop.sees(NAME).await;
        let looks = "return [document.title === 'it ran', document.querySelectorAll('img[src$=\"x\"], iframe, main b').length]";
        assert_eq!(laptop.script(looks).await, json!([false, 0]));
        other.close().await;
        laptop.close().await;
    });
}
