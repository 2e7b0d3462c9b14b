//! Whether the network that this machine uses costs by volume. NetworkManager knows it of every connection, guesses it of a
//! phone's hotspot, and tells of changes over the system's D-Bus. Where it does not run, and on other systems than Linux, no
//! network counts as metered.

use tokio::sync::watch;

/// Follows whether the network is metered.
#[derive(Debug)]
pub struct MeteredWatch {
    told: watch::Receiver<bool>,
}

impl MeteredWatch {
    /// Begins to follow. Must be called within a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let (tell, told) = watch::channel(false);
        tokio::spawn(follow(tell));
        Self { told }
    }

    /// Waits until it is another than told last; at first a network is taken for one that costs nothing. May be dropped and
    /// called again.
    pub async fn changed(&mut self) -> bool {
        if self.told.changed().await.is_err() {
            // Nobody can tell on this machine.
            std::future::pending::<()>().await;
        }
        *self.told.borrow_and_update()
    }
}

#[cfg(not(target_os = "linux"))]
async fn follow(_tell: watch::Sender<bool>) {}

#[cfg(target_os = "linux")]
async fn follow(tell: watch::Sender<bool>) {
    // Without a system bus, or when it goes away, there is nobody to ask.
    drop(network_manager::follow(&tell).await);
}

#[cfg(target_os = "linux")]
mod network_manager {
    use std::future::poll_fn;
    use std::pin::Pin;
    use tokio::sync::watch;
    use zbus::export::futures_core::Stream;

    /// `NMMetered`: the person said so …
    const YES: u32 = 1;
    /// … or it looks like it.
    const GUESS_YES: u32 = 3;

    #[zbus::proxy(
        interface = "org.freedesktop.NetworkManager",
        default_service = "org.freedesktop.NetworkManager",
        default_path = "/org/freedesktop/NetworkManager",
        gen_blocking = false
    )]
    trait NetworkManager {
        #[zbus(property)]
        fn metered(&self) -> zbus::Result<u32>;
    }

    pub(super) async fn follow(tell: &watch::Sender<bool>) -> zbus::Result<()> {
        let bus = zbus::Connection::system().await?;
        let manager = NetworkManagerProxy::new(&bus).await?;
        let mut changes = manager.receive_metered_changed().await;
        while let Some(change) = poll_fn(|context| Pin::new(&mut changes).poll_next(context)).await {
            // A manager that just went away knows of no costs.
            let metered = matches!(change.get().await, Ok(YES | GUESS_YES));
            tell.send_if_modified(|known| std::mem::replace(known, metered) != metered);
        }
        Ok(())
    }
}
