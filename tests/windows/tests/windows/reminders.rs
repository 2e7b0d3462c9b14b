//! Reminders come as notifications of the desktop.

use super::{first_day, go};
use stage::{Notifications, play};

#[test]
fn a_reminder_is_shown_once_and_its_click_opens_the_task() {
    play(|stage| async move {
        let desk = Notifications::host(&stage).await;
        let laptop = first_day(&stage, "Laptop").await;
        laptop.click_at("//button[contains(., 'Start empty')]").await;
        go(&laptop, "notes").await;

        // Planned for two hours from now, to be told two hours less a few seconds before: as another program of this device would.
        let soon = "$(date -u -d '+2 hours +4 seconds' +%Y-%m-%dT%H:%M:%SZ)";
        let add = |title: &str, more: &str| {
            let whph = stage.whph("laptop");
            let program = whph.get_program().to_string_lossy().into_owned();
            let data = stage.path("laptop");
            format!("{program} --data {} add task title='{title}' planned={soon} {more}", data.display())
        };
        let custom = "planned_reminder=custom planned_reminder_offset=120";
        for line in [add("Call the bank", custom), add("Say nothing", "planned_reminder=none")] {
            stage.output(std::process::Command::new("sh").args(["-c", &line]));
        }
        let shown = desk.shown(1).await;
        assert_eq!(shown[0].title, "Call the bank");
        assert!(shown[0].text.starts_with("Planned for"), "{shown:?}");
        desk.click(&shown[0]).await;
        laptop.sees("Remind of the planned time").await;

        // What was told is not told again.
        laptop.close().await;
        let laptop = stage.open("laptop").await;
        // Late in the evening it is planned for tomorrow.
        laptop.click("All").await;
        laptop.sees("Call the bank").await;
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        assert_eq!(desk.shown(1).await.len(), 1);
        laptop.close().await;
    });
}
