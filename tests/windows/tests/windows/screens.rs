//! Every screen, light and dark: what an accessibility checker says of it, and a picture for people to look at.

use super::go;
use serde_json::Value;
use stage::{Stage, Window, play};

const SCREENS: [&str; 6] = ["tasks", "habits", "notes", "review", "devices", "history"];

#[test]
fn every_screen_can_be_used_by_everybody_in_light_and_dark() {
    play(|stage| async move {
        let window = furnished(&stage).await;
        for theme in ["light", "dark"] {
            window.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
            for screen in SCREENS {
                go(&window, screen).await;
                window.sees(&heading(screen)).await;
                inspect(&window, &format!("{screen}-{theme}")).await;
            }
            go(&window, "devices").await;
            window.click_at("//main//button[contains(., 'Pair a device')]").await;
            window.sees("Or type").await;
            inspect(&window, &format!("pairing-{theme}")).await;
            window.click("Close").await;
            window.misses("Or type").await;
        }
        window.close().await;
    });
}

#[test]
fn the_first_minute_can_be_used_by_everybody() {
    play(|stage| async move {
        let window = stage.open("laptop").await;
        window.sees("What shall this device be called?").await;
        inspect(&window, "start-name").await;
        window.click("Continue").await;
        window.sees("How do you want to begin?").await;
        inspect(&window, "start-ways").await;
        window.close().await;
    });
}

#[test]
fn a_planner_that_cannot_be_opened_says_why() {
    play(|stage| async move {
        std::fs::create_dir_all(stage.path("laptop")).unwrap();
        std::fs::write(stage.path("laptop/whph.db"), "not a database, though it is called one").unwrap();
        let window = stage.open("laptop").await;
        window.sees("could not open your planner").await;
        inspect(&window, "start-failed").await;
        window.close().await;
        let left = std::fs::read_to_string(stage.path("laptop/whph.db")).unwrap();
        assert_eq!(left, "not a database, though it is called one");
    });
}

/// A device with something on each screen.
async fn furnished(stage: &Stage) -> Window {
    let whph = |arguments: &[&str]| stage.output(stage.whph("laptop").args(arguments));
    whph(&["init", "--name", "Laptop", "--listen", "127.0.0.1:0", "--keys", "file"]);
    for task in ["Water the plants", "Send the lease back", "Draft the talk"] {
        whph(&[
            "add",
            "task",
            &format!("title={task}"),
            "priority=important",
            "planned=2026-01-02T09:00:00Z",
        ]);
    }
    whph(&["add", "habit", "name=Read 20 pages"]);
    whph(&["add", "note", "title=Packing list", "content=tent\nstove\nmaps"]);
    let task = whph(&["--json", "add", "task", "title=Old name"]);
    let task: Value = serde_json::from_str(&task).unwrap();
    whph(&["set", &format!("task/{}", task["id"].as_str().unwrap()), "title=New name"]);
    let window = stage.open("laptop").await;
    window.sees("Tasks").await;
    window
}

fn heading(screen: &str) -> String {
    let mut letters = screen.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Leaves a picture, and lets axe look for what keeps somebody out.
async fn inspect(window: &Window, name: &str) {
    // What moves stands still: axe would see colours that are on their way.
    window.script("document.getAnimations().forEach((moving) => moving.finish?.())").await;
    window.picture(name).await;
    let found = window.axe().await;
    let problems: Vec<String> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|problem| format!("{}: {} at {}", problem["id"], problem["help"], problem["nodes"]))
        .collect();
    assert!(problems.is_empty(), "{name}:\n{}", problems.join("\n"));
}
