//! The tray icon, as a panel gets it.

use super::{first_day, go, pair};
use fantoccini::key::Key;
use stage::{Icon, play};

#[test]
fn the_tray_icon_says_live_how_things_stand() {
    play(|mut stage| async move {
        if !Icon::host(&mut stage).await {
            return;
        }
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        let icon = Icon::find(&stage).await;
        let alone = icon.picture(&stage);
        let menu = icon.menu(&stage);
        for line in ["Open WHPH Sync", "Sync now", "Pause", "Quit"] {
            assert!(menu.contains(line), "no {line:?} in {menu}");
        }

        let desktop = first_day(&stage, "Desktop").await;
        desktop.click_at("//button[contains(., 'Pair with a device')]").await;
        pair(&stage, &laptop, &desktop).await;
        icon.menu_says(&stage, "Up to date").await;
        let up_to_date = icon.picture(&stage);
        assert_ne!(up_to_date, alone);

        // The other device goes, and what is written now has to wait for it.
        desktop.close().await;
        go(&laptop, "tasks").await;
        laptop.fill("Add a task for today", "Water the plants").await;
        laptop.press(Key::Enter).await;
        icon.says(&stage, "'1'").await;
        let waiting = icon.picture(&stage);
        assert_ne!(waiting, up_to_date);

        laptop.click_at("//button[starts-with(@aria-label, 'Sync status')]").await;
        // As soon as it knows why, the sheet grows once more, and a slow press would end beside the button.
        laptop.sees("No address of it answered").await;
        laptop.click("Pause").await;
        icon.menu_says(&stage, "Resume").await;
        assert_ne!(icon.picture(&stage), waiting);
        laptop.close().await;
    });
}
