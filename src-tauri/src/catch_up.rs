//! One sync with every device in reach, without a page: what a phone does now and then while the app is closed. It runs beside the
//! app as `whph` runs beside it: both go through the database's transactions.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sync_engine::online::{Online, OnlineError};
use sync_engine::{Engine, EngineError, OpenError};
use tokio::sync::Notify;

/// Why nothing could be caught up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatchUpError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Online(#[from] OnlineError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("the system has no room for one more program ({0}). It is tried again later")]
    Runtime(#[from] std::io::Error),
}

/// Syncs with whoever can be reached until that is done, `limit` is over, or `stop` is notified. How many devices were proved equal.
/// Blocks.
pub(crate) fn catch_up(dir: &Path, limit: Duration, stop: &Arc<Notify>) -> Result<usize, CatchUpError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let entered = runtime.enter();
    let engine = Engine::open(dir, planner::schema())?;
    drop(entered);
    runtime.block_on(async {
        let peers = engine.peers().await?;
        if peers.is_empty() || engine.overview().await?.paused {
            return Ok(0);
        }
        let net = Arc::new(engine.go_online(Online { listen: None, keep_connected: false }).await?);
        let mut syncs = tokio::task::JoinSet::new();
        for peer in peers {
            let net = Arc::clone(&net);
            syncs.spawn(async move { net.sync(peer.device, Vec::new()).await.end.is_ok() });
        }
        let mut equal = 0;
        let all = async {
            while let Some(ended) = syncs.join_next().await {
                equal += usize::from(ended.unwrap_or(false));
            }
        };
        tokio::select! {
            () = all => {}
            () = tokio::time::sleep(limit) => {}
            () = stop.notified() => {}
        }
        net.stop().await;
        Ok(equal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Instant;
    use sync_core::entity::EntityKey;
    use sync_core::entity::write::Change;
    use sync_core::identity::PairSecret;
    use sync_core::pairing::{DeviceName, PairedPeer};
    use sync_engine::{Backend, Edit, Init};
    use tempfile::TempDir;
    use uuid::Uuid;

    const LIMIT: Duration = Duration::from_secs(20);

    fn device(name: &str) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        let listen = Some("127.0.0.1:0".parse().unwrap());
        Engine::init(dir.path(), Init { name: name.into(), listen, keystore: Some(Backend::File) }).unwrap();
        dir
    }

    async fn know_each_other(one: &Engine, other: &Engine) {
        for (engine, peer) in [(one, other), (other, one)] {
            let paired = PairedPeer {
                key: peer.identity().channel.public(),
                bundle_key: peer.identity().bundle.public(),
                name: DeviceName::clean("other"),
                secret: PairSecret::from_bytes([7; 32]),
                protocol: 1,
                schema: 1,
            };
            engine.remember_peer(paired).await.unwrap();
        }
    }

    #[test]
    fn a_closed_app_catches_up_with_who_is_in_reach_and_not_while_it_is_paused() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let entered = runtime.enter();
        let (laptop, phone) = (device("laptop"), device("phone"));
        let alice = Engine::open(laptop.path(), planner::schema()).unwrap();
        let key = EntityKey::new("task", Uuid::from_u128(1));
        let net = runtime.block_on(async {
            let bob = Engine::open(phone.path(), planner::schema()).unwrap();
            know_each_other(&alice, &bob).await;
            let listen = Some(alice.device().listen);
            let net = alice.go_online(Online { listen, keep_connected: true }).await.unwrap();
            // From now on the phone knows where the laptop is.
            let once = bob.go_online(Online::default()).await.unwrap();
            once.sync(alice.device().id, vec![net.bound().unwrap()]).await.end.unwrap();
            once.stop().await;
            let fields = json!({ "title": "Water the plants" }).as_object().unwrap().clone();
            alice.write(vec![Edit { key: key.clone(), change: Change::Set(fields) }]).await.unwrap();
            bob.set_paused(true).await.unwrap();
            net
        });
        drop(entered);

        let stop = Arc::default();
        let open = || {
            let _entered = runtime.enter();
            Engine::open(phone.path(), planner::schema()).unwrap()
        };
        assert_eq!(catch_up(phone.path(), LIMIT, &stop).unwrap(), 0);
        assert!(runtime.block_on(open().get(&key)).unwrap().is_none());
        runtime.block_on(open().set_paused(false)).unwrap();
        assert_eq!(catch_up(phone.path(), LIMIT, &stop).unwrap(), 1);
        assert_eq!(runtime.block_on(open().get(&key)).unwrap().unwrap().fields["title"], "Water the plants");

        // Nobody is there any more, or the system wants it to end.
        runtime.block_on(net.stop());
        assert_eq!(catch_up(phone.path(), Duration::from_secs(1), &stop).unwrap(), 0);
        stop.notify_one();
        let begun = Instant::now();
        assert_eq!(catch_up(phone.path(), Duration::from_secs(600), &stop).unwrap(), 0);
        assert!(begun.elapsed() < Duration::from_secs(300));
    }
}
