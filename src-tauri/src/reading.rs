//! Keeps the search index up with the data, when there is nothing better to do.

use std::time::Duration;

use search::Search;

use crate::app::Device;

/// The page and the first syncs come first.
const START: Duration = Duration::from_secs(4);
/// What comes within this time is read together.
const TOGETHER: Duration = Duration::from_secs(1);
/// Between two pages, for whoever else waits for the database.
const BETWEEN: Duration = Duration::from_millis(10);
/// After a failure, such as a full disk.
const AGAIN: Duration = Duration::from_secs(60);

/// Reads until the device goes offline.
pub(crate) async fn follow(search: Search, device: Device) {
    let mut live = device.net.live();
    tokio::time::sleep(START).await;
    loop {
        let head = live.borrow_and_update().head;
        loop {
            match search.follow(&device.engine).await {
                Ok(true) => tokio::time::sleep(BETWEEN).await,
                Ok(false) => break,
                Err(error) => {
                    log::warn!("the search index is behind: {error}");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
        if live.wait_for(|live| live.head != head).await.is_err() {
            return;
        }
        tokio::time::sleep(TOGETHER).await;
    }
}
