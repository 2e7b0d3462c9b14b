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
