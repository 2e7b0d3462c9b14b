//! One window of the app. Things are found as people find them: by what they say and what they are.

use crate::HANG;
use crate::process::{Program, built};
use crate::theatre::{Stage, make_private, pictures};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A window, the app behind it, and the driver between. Dropping it ends the app.
pub struct Window {
    page: Client,
    /// The app's process.
    app: u32,
    _driver: Program,
}

impl Window {
    pub(crate) async fn open(stage: &Stage, data: &Path) -> Self {
        let port = free_port();
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={port}")).stdout(Stdio::null());
        let shared = data.with_extension("webkit");
        make_private(&shared);
        driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        stage.dress(&mut driver).env("XDG_DATA_HOME", shared).env("WHPH_INSTANCE", "off");
        let driver = Program::start(&mut driver);
        let options = json!({ "binary": built("whph-app"), "args": ["--keys-in-files", "--data", data] });
        let capabilities = serde_json::Map::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let begun = Instant::now();
        let page = loop {
            let mut connecting = ClientBuilder::new(HttpConnector::new());
            let connected = connecting
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match connected {
                Ok(page) => break page,
                // The driver itself takes a moment to listen.
                Err(error) => assert!(begun.elapsed() < HANG, "the app does not open: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let app = child(driver.id(), "whph-app").expect("the driver starts the app");
        Self { page, app, _driver: driver }
    }

    /// When the app's process was started, in Unix milliseconds.
    #[must_use]
    pub fn app_started(&self) -> f64 {
        let read = |path: String| std::fs::read_to_string(path).expect("what Linux tells of a process");
        let stat = read(format!("/proc/{}/stat", self.app));
        // Behind the name, which may hold spaces: the 20th field, in hundredths of a second since the system's start.
        let ticks =
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(19)?.parse::<f64>().ok());
        let uptime = read("/proc/uptime".into()).split(' ').next().and_then(|text| text.parse::<f64>().ok());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
        let age = uptime.expect("a number") - ticks.expect("a number") / 100.0;
        (now.as_secs_f64() - age) * 1e3
    }

    /// The memory of the app itself, and of WebKit's own processes, in bytes; what several share is shared out among them.
    #[must_use]
    pub fn memory(&self) -> (u64, u64) {
        let webkit = children(self.app).into_iter().map(memory_of).sum();
        (memory_of(self.app), webkit)
    }

    /// Ends the app as the system does when the person logs out. Closing its window would leave it in the tray, and ending
    /// the driver's session would kill it.
    pub async fn close(self) {
        drop(Command::new("kill").arg(self.app.to_string()).stderr(Stdio::null()).status());
        let begun = Instant::now();
        while is_running(self.app) {
            assert!(begun.elapsed() < HANG, "the app does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // The driver may have noticed.
        drop(self.page.close().await);
    }

    /// Clicks the button, link, tab or switch that says so.
    pub async fn click(&self, name: &str) {
        self.find(&clickable(name)).await.click().await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Clicks what such an XPath finds.
    pub async fn click_at(&self, path: &str) {
        self.find(path).await.click().await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Types into the field of that label or placeholder, in place of what it held.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.find(&field(label)).await;
        field.click().await.expect("a field can be clicked");
        let select_all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
        field.send_keys(&select_all).await.expect("a field can be selected");
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{label}: {error}"));
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) {
        let focused = self.page.active_element().await.expect("something has the focus");
        focused.send_keys(&char::from(key).to_string()).await.expect("a key can be pressed");
    }

    /// Waits until the page shows that text.
    pub async fn sees(&self, text: &str) {
        self.until(&format!("{text:?}"), |shown| shown.contains(text)).await;
    }

    /// Waits until the page does not show that text any more.
    pub async fn misses(&self, text: &str) {
        self.until(&format!("that {text:?} goes"), |shown| !shown.contains(text)).await;
    }

    /// Everything that the page shows.
    pub async fn text(&self) -> String {
        let text = self.page.execute("return document.body.innerText", Vec::new()).await;
        text.expect("a script").as_str().unwrap_or_default().to_owned()
    }

    /// The text of what an XPath finds.
    pub async fn text_at(&self, path: &str) -> String {
        self.find(path).await.text().await.expect("a text")
    }

    /// What a field holds.
    pub async fn value_at(&self, path: &str) -> String {
        self.find(path).await.prop("value").await.expect("a value").unwrap_or_default()
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// How long it takes, in milliseconds, from doing that until it is drawn.
    pub async fn drawn_after(&self, action: &str) -> f64 {
        let timed = format!(
            "const done = arguments[arguments.length - 1];
            const begun = performance.now();
            {action};
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))"
        );
        let took = self.page.execute_async(&timed, Vec::new()).await;
        took.unwrap_or_else(|error| panic!("{action}: {error}")).as_f64().expect("a time")
    }

    /// What the accessibility checker axe finds wrong with the page.
    pub async fn axe(&self) -> Value {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let axe = std::fs::read_to_string(here.join("../../ui/node_modules/axe-core/axe.min.js"));
        self.script(&axe.expect("axe, among the frontend's packages")).await;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
                ({ violations }) => done(violations.map(({ id, help, nodes }) => (
                    { id, help, nodes: nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary) }))),
                (error) => done([{ id: 'axe', help: String(error), nodes: [] }]))";
        self.page.execute_async(run, Vec::new()).await.expect("axe runs")
    }

    /// Leaves a picture of the page for people to look at. Its file.
    pub async fn picture(&self, name: &str) -> std::path::PathBuf {
        // What is in the page is drawn a little later, on a busy machine much later.
        let drawn = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))";
        tokio::time::timeout(HANG, self.page.execute_async(drawn, Vec::new()))
            .await
            .expect("in time")
            .expect("a frame");
        let picture = tokio::time::timeout(HANG, self.page.screenshot()).await;
        let path = pictures().join(format!("{name}.png"));
        std::fs::write(&path, picture.expect("in time").expect("a picture")).expect("a file");
        path
    }

    /// What the QR code says that it shows, by a reader that shares nothing with us. Like a person with a camera it looks until
    /// there is one.
    pub async fn scanned(&self, stage: &Stage, name: &str) -> String {
        let begun = Instant::now();
        loop {
            let picture = self.picture(name).await;
            let mut reader = Command::new("zbarimg");
            let read = stage.dress(reader.args(["--quiet", "--raw"]).arg(picture)).output().expect("zbarimg");
            let code = String::from_utf8_lossy(&read.stdout).trim().to_owned();
            if !code.is_empty() {
                return code;
            }
            assert!(begun.elapsed() < HANG, "no code is found in the picture {name}");
        }
    }

    /// The first thing that an XPath finds and that can be seen, once there is one.
    async fn find(&self, path: &str) -> Element {
        let begun = Instant::now();
        loop {
            for found in self.page.find_all(Locator::XPath(path)).await.expect("a path") {
                // It may have gone meanwhile.
                if found.is_displayed().await.unwrap_or(false) {
                    return found;
                }
            }
            if begun.elapsed() > HANG {
                panic!("nothing is found at {path} in:\n{}", self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn until(&self, what: &str, is_it: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        loop {
            let shown = self.text().await;
            if is_it(&shown) {
                return;
            }
            assert!(begun.elapsed() < HANG, "waited in vain for {what} in:\n{shown}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The processes that one started, from whichever of its threads.
fn children(parent: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let listed = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    listed
        .flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn child(parent: u32, name: &str) -> Option<u32> {
    let is_it =
        |id: &u32| std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|comm| comm.trim() == name);
    children(parent).into_iter().find(is_it)
}

/// Whether there is such a process, and more of it than its exit code.
fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

fn memory_of(process: u32) -> u64 {
    let told = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn clickable(name: &str) -> String {
    let name = quoted(name);
    let is_it = "(self::button or self::a or @role='button' or @role='tab' or @role='switch' or @role='menuitem' or \
                 @role='checkbox' or @role='radio')";
    format!("//*[{is_it}][normalize-space(.)={name} or @aria-label={name}]")
}

fn field(label: &str) -> String {
    let label = quoted(label);
    format!(
        "//*[self::input or self::textarea][@aria-label={label} or @placeholder={label} \
         or @id=//label[normalize-space(.)={label}]/@for or ancestor::label[starts-with(normalize-space(.), {label})]]"
    )
}

/// A text in XPath, which has no escapes.
fn quoted(text: &str) -> String {
    if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") }
}

/// Nothing keeps another program from taking it before the driver does; then the test fails and says so.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}
