//! The desktop's notifications: somebody who shows them, and clicks.

use crate::HANG;
use crate::theatre::Stage;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const PATH: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// A notification that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub number: u32,
    /// Its heading.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// A desktop's own service that shows notifications.
pub struct Notifications {
    bus: zbus::Connection,
    shown: Arc<Mutex<Vec<Notice>>>,
}

struct Service {
    shown: Arc<Mutex<Vec<Notice>>>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body"].map(str::to_owned).to_vec()
    }

    #[expect(clippy::too_many_arguments, reason = "the desktop's interface has them")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().expect("a list");
        let number = u32::try_from(shown.len()).expect("few") + 1;
        shown.push(Notice { number, title: summary, text: body });
        number
    }

    fn close_notification(&self, _number: u32) {}

    fn get_server_information(&self) -> (String, String, String, String) {
        ("stage".into(), "whph".into(), "1".into(), "1.2".into())
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, number: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, number: u32, reason: u32) -> zbus::Result<()>;
}

impl Notifications {
    /// Puts the service on the stage.
    pub async fn host(stage: &Stage) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let bus = zbus::connection::Builder::address(stage.bus().as_str()).expect("an address");
        let bus = bus.name(NAME).expect("a name");
        let bus = bus.serve_at(PATH, Service { shown: shown.clone() }).expect("a place");
        Self { bus: bus.build().await.expect("a bus"), shown }
    }

    /// All that were shown, once there are so many.
    pub async fn shown(&self, count: usize) -> Vec<Notice> {
        let begun = Instant::now();
        loop {
            let shown = self.shown.lock().expect("a list").clone();
            if shown.len() >= count {
                return shown;
            }
            assert!(begun.elapsed() < HANG, "waited in vain for {count} notifications: {shown:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks one.
    pub async fn click(&self, notice: &Notice) {
        let place = self.bus.object_server().interface::<_, Service>(PATH).await.expect("the service");
        let emitter = place.signal_emitter();
        Service::action_invoked(emitter, notice.number, "default").await.expect("a click");
        Service::notification_closed(emitter, notice.number, 2).await.expect("an end");
    }
}
