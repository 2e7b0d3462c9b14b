//! The engine under measurement, as an application uses it: a device with keys, a database on disk and the real network.

use crate::data::{TextEdit, offline_edits};
use crate::error::BenchError;
use crate::worker::{Holding, Synced, System, rows};
use rand_core::{OsRng, RngCore};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use sync_core::entity::view::Review;
use sync_core::identity::{DeviceId, PairSecret};
use sync_core::node::storage::{Answer, Ask};
use sync_core::pairing::{DeviceName, PairedPeer};
use sync_core::session::{Event, Progress};
use sync_engine::online::{Net, Notice, Online};
use sync_engine::{Backend, Edit, Engine, HistoryEvent, HistoryFilter, Init};
use tokio::runtime::Runtime;
use tokio::sync::broadcast::Receiver;

/// Edits of one import at a time.
const IMPORT: usize = 5_000;
/// More entries than one entity can have here.
const HISTORY: usize = 1_000;
/// After this long whatever is waited for has failed.
const HANG: Duration = Duration::from_secs(600);

pub(crate) struct Device {
    runtime: Runtime,
    engine: Engine,
    net: Net,
}

/// Sets a device up that holds so many entities.
pub(crate) fn prepare(dir: &Path, count: usize) -> Result<(), BenchError> {
    let runtime = runtime()?;
    let _within = runtime.enter();
    let listen = Some("127.0.0.1:0".parse().map_err(BenchError::engine)?);
    let init = Init { name: "bench".into(), listen, keystore: Some(Backend::File) };
    Engine::init(dir, init).map_err(BenchError::engine)?;
    let engine = Engine::open(dir, planner::schema()).map_err(BenchError::engine)?;
    let edits: Vec<Edit> = rows(count).map(|row| row.edit()).collect();
    for chunk in edits.chunks(IMPORT) {
        let outcomes = runtime.block_on(engine.write_each(chunk.to_vec())).map_err(BenchError::engine)?;
        if let Some(refusal) = outcomes.into_iter().find_map(Result::err) {
            return Err(BenchError::engine(refusal));
        }
    }
    Ok(())
}

/// Pairs two devices, and no others.
pub(crate) fn pair(one: &Path, other: &Path) -> Result<(), BenchError> {
    let runtime = runtime()?;
    let open = |dir: &Path| Engine::open(dir, planner::schema()).map_err(BenchError::engine);
    let (one, other) = (open(one)?, open(other)?);
    runtime.block_on(async {
        for engine in [&one, &other] {
            // A device that is measured again and again has room for few.
            for old in engine.peers().await.map_err(BenchError::engine)? {
                engine.forget(old.device).await.map_err(BenchError::engine)?;
            }
        }
        befriend(&one, &other).await
    })
}

/// Pairs two devices, as two people who compare digits would.
pub(crate) async fn befriend(one: &Engine, other: &Engine) -> Result<(), BenchError> {
    let mut secret = [0; 32];
    OsRng.fill_bytes(&mut secret);
    for (engine, peer) in [(one, other), (other, one)] {
        let paired = PairedPeer {
            key: peer.identity().channel.public(),
            bundle_key: peer.identity().bundle.public(),
            name: DeviceName::clean("bench"),
            secret: PairSecret::from_bytes(secret),
            protocol: 1,
            schema: 1,
        };
        engine.remember_peer(paired).await.map_err(BenchError::engine)?;
    }
    Ok(())
}

impl System for Device {
    fn open(dir: &Path) -> Result<Self, BenchError> {
        let runtime = runtime()?;
        let engine = Engine::open(dir, planner::schema()).map_err(BenchError::engine)?;
        let net = runtime.block_on(engine.go_online(Online::default())).map_err(BenchError::engine)?;
        Ok(Self { runtime, engine, net })
    }

    fn listen(&mut self) -> Result<SocketAddr, BenchError> {
        let listen = Some(self.engine.device().listen);
        let online = Online { listen, keep_connected: true };
        self.net = self.runtime.block_on(self.engine.go_online(online)).map_err(BenchError::engine)?;
        self.net.bound().ok_or_else(|| BenchError::Wrong("it does not listen".into()))
    }

    fn sync(&mut self, with: SocketAddr) -> Result<Synced, BenchError> {
        let mut notices = self.net.notices();
        let Self { runtime, engine, net } = self;
        runtime.block_on(async {
            let peer = only_peer(engine).await?;
            let begun = Instant::now();
            let sync = net.sync(peer, vec![with]);
            tokio::pin!(sync);
            let (mut connected_ms, mut committed_ms) = (0.0, 0.0);
            let outcome = loop {
                tokio::select! {
                    biased;
                    notice = notices.recv() => match notice {
                        Ok(Notice::Connected { .. }) => connected_ms = ms(begun),
                        Ok(Notice::Session { event: Event::Progress(_), .. }) => committed_ms = ms(begun),
                        _ => {}
                    },
                    outcome = &mut sync => break outcome,
                }
            };
            let ended_ms = ms(begun);
            outcome.end.map_err(BenchError::engine)?;
            Ok(Synced {
                committed_ms: if committed_ms == 0.0 { ended_ms } else { committed_ms },
                ended_ms,
                conversation_ms: ended_ms - connected_ms,
                bytes: outcome.bytes,
                received: outcome.progress.received.entities(),
            })
        })
    }

    fn connect(&mut self, with: SocketAddr) -> Result<f64, BenchError> {
        let engine = self.engine.clone();
        let (net, took) = self.runtime.block_on(async {
            let peer = only_peer(&engine).await?;
            let address = with.to_string();
            let remember = move |store: &mut sync_engine::Store| store.set_peer_addresses(peer, &[address]);
            engine.db().call(remember).await.map_err(BenchError::engine)?.map_err(BenchError::engine)?;
            let online = Online { listen: None, keep_connected: true };
            let begun = Instant::now();
            let net = engine.go_online(online).await.map_err(BenchError::engine)?;
            let mut notices = net.notices();
            until(&mut notices, |notice| matches!(notice, Notice::Session { event: Event::UpToDate(_), .. }))
                .await?;
            Ok::<_, BenchError>((net, ms(begun)))
        })?;
        // A device that was connected before hangs up without a word, as one whose network is gone.
        self.net = net;
        Ok(took)
    }

    fn push(&mut self, edits: &[TextEdit]) -> Result<f64, BenchError> {
        let edits: Vec<Edit> = edits.iter().map(TextEdit::edit).collect();
        let mut notices = self.net.notices();
        let Self { runtime, engine, .. } = self;
        runtime.block_on(async {
            let wanted = edits.len() as u64;
            let begun = Instant::now();
            engine.write(edits).await.map_err(BenchError::engine)?;
            let (mut first, mut arrived) = (None, 0);
            while arrived < wanted {
                let notice = until(&mut notices, |notice| {
                    matches!(notice, Notice::Session { event: Event::Progress(_), .. })
                })
                .await?;
                if let Notice::Session { event: Event::Progress(Progress { sent, .. }), .. } = notice {
                    // Counted from the session's beginning.
                    let before = *first.get_or_insert(sent.saturating_sub(wanted));
                    arrived = sent - before;
                }
            }
            // What is acknowledged is durable.
            let took = ms(begun);
            // Let the proof pass, so that rounds do not overlap.
            until(&mut notices, |notice| matches!(notice, Notice::Session { event: Event::UpToDate(_), .. }))
                .await?;
            Ok(took)
        })
    }

    fn write(&mut self, edits: &[TextEdit]) -> Result<(), BenchError> {
        let edits = edits.iter().map(TextEdit::edit).collect();
        self.runtime.block_on(self.engine.write(edits)).map_err(BenchError::engine)?;
        Ok(())
    }

    fn holding(&mut self) -> Result<Holding, BenchError> {
        let Self { runtime, engine, .. } = self;
        runtime.block_on(async {
            let asked =
                engine.db().call(|store| store.answer(Ask::Digests { off: Default::default() })).await;
            let Answer::Digests { digests, .. } = asked.map_err(BenchError::engine)? else {
                return Err(BenchError::Wrong("no digests".into()));
            };
            let overview = engine.overview().await.map_err(BenchError::engine)?;
            let entities = overview.status.kinds.values().map(|count| count.living).sum();
            let mut held = Holding { entities, digest: format!("{digests:?}"), ..Holding::default() };
            for (side, by_a) in [(0, true), (1, false)] {
                for edit in offline_edits(by_a) {
                    count(engine, &edit, &mut held, side).await?;
                }
            }
            Ok(held)
        })
    }
}

/// What became of an offline edit.
async fn count(engine: &Engine, edit: &TextEdit, held: &mut Holding, side: usize) -> Result<(), BenchError> {
    let Edit { key, .. } = edit.edit();
    let Some(view) = engine.get(&key).await.map_err(BenchError::engine)? else { return Ok(()) };
    held.shown[side] += usize::from(view.fields.values().any(|value| value.as_str() == Some(&edit.value)));
    let asks = view.reviews.iter().any(|review| match review {
        Review::Field { candidates, .. } => {
            candidates.iter().any(|c| c.value.as_string().as_deref() == Some(&edit.value))
        }
        Review::Deleted { .. } => false,
    });
    held.in_review[side] += usize::from(asks);
    let filter = HistoryFilter { entity: Some(key), ..HistoryFilter::default() };
    let entries = engine.history(filter, HISTORY).await.map_err(BenchError::engine)?;
    let kept = entries.iter().any(|entry| match &entry.event {
        HistoryEvent::Replaced { from, .. } => from.as_string().as_deref() == Some(&edit.value),
        HistoryEvent::Deleted | HistoryEvent::PutBack => false,
    });
    held.in_history[side] += usize::from(kept);
    Ok(())
}

async fn only_peer(engine: &Engine) -> Result<DeviceId, BenchError> {
    let peers = engine.peers().await.map_err(BenchError::engine)?;
    peers.first().map(|peer| peer.device).ok_or_else(|| BenchError::Wrong("it is not paired".into()))
}

async fn until(
    notices: &mut Receiver<Notice>,
    is_it: impl Fn(&Notice) -> bool,
) -> Result<Notice, BenchError> {
    let wait = async {
        loop {
            match notices.recv().await {
                Ok(notice) if is_it(&notice) => return Ok(notice),
                Ok(_) => {}
                Err(error) => return Err(BenchError::engine(error)),
            }
        }
    };
    tokio::time::timeout(HANG, wait)
        .await
        .map_err(|_| BenchError::Wrong("nothing happens any more".into()))?
}

pub(crate) fn runtime() -> Result<Runtime, BenchError> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

pub(crate) fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
