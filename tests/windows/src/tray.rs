//! The tray icon, as a panel sees it: over the message bus.

use crate::HANG;
use crate::theatre::{Stage, is_there};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";

/// A tray icon: its owner on the bus, and its object.
#[derive(Debug)]
pub struct Icon {
    owner: String,
    object: String,
}

impl Icon {
    /// Puts a panel on the stage, which then hosts tray icons. False, and said so: there is none on this machine.
    pub async fn host(stage: &mut Stage) -> bool {
        if let Some(missing) = ["xfce4-panel", "gdbus"].iter().find(|program| !is_there(program)) {
            println!("skipped: there is no {missing} here to look at tray icons with");
            return false;
        }
        let settings = stage.path("config/xfce4/xfconf/xfce-perchannel-xml");
        std::fs::create_dir_all(&settings).expect("a folder");
        std::fs::write(settings.join("xfce4-panel.xml"), PANEL).expect("a file");
        stage.run(&mut Command::new("xfce4-panel"));
        let begun = Instant::now();
        while !property(stage, WATCHER, "/StatusNotifierWatcher", WATCHER, "IsStatusNotifierHostRegistered")
            .is_some_and(|is| is.contains("true"))
        {
            assert!(begun.elapsed() < HANG, "no panel hosts tray icons");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        true
    }

    /// The first icon in the tray, once there is one.
    pub async fn find(stage: &Stage) -> Self {
        let begun = Instant::now();
        loop {
            let items =
                property(stage, WATCHER, "/StatusNotifierWatcher", WATCHER, "RegisteredStatusNotifierItems");
            let item = items
                .as_deref()
                .and_then(|items| items.split('\'').nth(1))
                .and_then(|item| item.split_once('/'));
            if let Some((owner, object)) = item {
                return Self { owner: owner.to_owned(), object: format!("/{object}") };
            }
            assert!(begun.elapsed() < crate::HANG, "no icon comes into the tray");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The picture that it shows now, as it came to the panel.
    #[must_use]
    pub fn picture(&self, stage: &Stage) -> Vec<u8> {
        let part = |name| {
            let value = property(stage, &self.owner, &self.object, ITEM, name);
            value.as_deref().and_then(|value| value.split('\'').nth(1)).unwrap_or_default().to_owned()
        };
        let (folder, name) = (part("IconThemePath"), part("IconName"));
        let path = Path::new(&folder).join(&name);
        let path = if path.is_file() { path } else { path.with_extension("png") };
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Waits until the text beside it contains that.
    pub async fn says(&self, stage: &Stage, label: &str) {
        let label_is = || property(stage, &self.owner, &self.object, ITEM, "XAyatanaLabel");
        self.until(&format!("the label {label}"), label, || label_is().unwrap_or_default()).await;
    }

    /// Waits until its menu contains that.
    pub async fn menu_says(&self, stage: &Stage, line: &str) {
        self.until(&format!("the line {line:?}"), line, || self.menu(stage)).await;
    }

    /// What its menu says, a line each, as the panel gets it.
    #[must_use]
    pub fn menu(&self, stage: &Stage) -> String {
        let menu = property(stage, &self.owner, &self.object, ITEM, "Menu");
        let menu = menu.expect("an icon with a menu");
        let object = menu.split('\'').nth(1).expect("its object");
        let arguments = ["0", "-1", "@as []"];
        call(stage, &self.owner, object, "com.canonical.dbusmenu.GetLayout", &arguments).expect("a menu")
    }

    async fn until(&self, what: &str, wanted: &str, mut is: impl FnMut() -> String) {
        let begun = Instant::now();
        loop {
            let now = is();
            if now.contains(wanted) {
                return;
            }
            assert!(begun.elapsed() < HANG, "waited in vain for {what}: {now}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn property(stage: &Stage, owner: &str, object: &str, interface: &str, name: &str) -> Option<String> {
    call(stage, owner, object, "org.freedesktop.DBus.Properties.Get", &[interface, name])
}

fn call(stage: &Stage, owner: &str, object: &str, method: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("gdbus");
    // What follows the dashes is no option, though it may begin with one.
    command.args(["call", "--session", "--dest", owner, "--object-path", object, "--method", method, "--"]);
    let output = stage.dress(command.args(arguments)).output().expect("gdbus");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A panel with nothing but a tray.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"#;
