//! What is typed last is saved, however the app ends.

use super::{first_day, go};
use stage::play;

#[test]
fn what_was_typed_a_moment_before_the_app_is_told_to_end_is_there_again() {
    play(|stage| async move {
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        go(&laptop, "notes").await;
        laptop.click("New note").await;
        laptop.fill("Title", "Packing").await;
        laptop.fill("Text, in Markdown", "Sleeping bag, tent, and the stove").await;
        laptop.close().await;
        let notes = stage.output(stage.whph("laptop").args(["--json", "list", "note"]));
        assert!(notes.contains("Packing") && notes.contains("and the stove"), "{notes}");
    });
}
