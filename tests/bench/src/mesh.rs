//! Many devices, each connected with every other, in one process: what an edit costs when everybody wants it.

use crate::engine::{befriend, ms, prepare, runtime};
use crate::error::BenchError;
use std::path::Path;
use std::time::Instant;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_engine::online::{Net, Online};
use sync_engine::{Edit, Engine, Store};
use uuid::Uuid;

/// After how many milliseconds an edit by one was durable on all of so many devices, for each round.
pub(crate) fn measure(dir: &Path, devices: usize, rounds: usize) -> Result<Vec<f64>, BenchError> {
    let mut engines = Vec::new();
    for n in 0..devices {
        let dir = dir.join(n.to_string());
        prepare(&dir, 0)?;
        engines.push(Engine::open(&dir, planner::schema()).map_err(BenchError::engine)?);
    }
    let runtime = runtime()?;
    runtime.block_on(async {
        let nets = connect(&engines).await?;
        let mut took = Vec::new();
        for round in 0..=rounds {
            let one = spread(&engines, &nets).await?;
            // The first fills the caches.
            if round > 0 {
                took.push(one);
            }
        }
        for net in nets {
            net.stop().await;
        }
        Ok(took)
    })
}

/// Pairs each with each, and waits until all are proved equal with all.
async fn connect(engines: &[Engine]) -> Result<Vec<Net>, BenchError> {
    for (n, one) in engines.iter().enumerate() {
        for other in &engines[n + 1..] {
            befriend(one, other).await?;
        }
    }
    let mut nets = Vec::new();
    for engine in engines {
        let others: Vec<_> =
            engines.iter().map(Engine::device).filter(|other| other.id != engine.device().id).collect();
        let remember = move |store: &mut Store| {
            others
                .iter()
                .try_for_each(|other| store.set_peer_addresses(other.id, &[other.listen.to_string()]))
        };
        engine.db().call(remember).await.map_err(BenchError::engine)?.map_err(BenchError::engine)?;
        let online = Online { listen: Some(engine.device().listen), keep_connected: true };
        nets.push(engine.go_online(online).await.map_err(BenchError::engine)?);
    }
    for net in &nets {
        let all = |live: &sync_engine::online::Live| {
            let proved = engines
                .iter()
                .filter(|engine| live.session(engine.device().id).is_some_and(|session| session.proved));
            proved.count() == engines.len() - 1
        };
        net.live().wait_for(all).await.map_err(BenchError::engine)?;
    }
    Ok(nets)
}

/// One more note, from the first to all.
async fn spread(engines: &[Engine], nets: &[Net]) -> Result<f64, BenchError> {
    let key = EntityKey::new("note", Uuid::new_v4());
    let fields = [("title".to_owned(), "Call the dentist".into())].into_iter().collect();
    let edit = Edit { key: key.clone(), change: Change::Set(fields) };
    let begun = Instant::now();
    engines[0].write(vec![edit]).await.map_err(BenchError::engine)?;
    for (engine, net) in engines.iter().zip(nets) {
        let mut live = net.live();
        while engine.get(&key).await.map_err(BenchError::engine)?.is_none() {
            live.changed().await.map_err(BenchError::engine)?;
        }
    }
    Ok(ms(begun))
}
