//! What a search costs: reading everything into the index, and queries from one word that is nearly everywhere to two that seldom
//! meet. Beside each the floor: how long SQLite takes to look at every text.

use crate::data::Row;
use crate::engine;
use crate::error::BenchError;
use search::Search;
use std::path::Path;
use std::time::{Duration, Instant};
use sync_engine::Engine;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Times that each query is asked.
const TIMES: usize = 50;
/// As many as the app asks for.
const LIMIT: usize = 30;

/// Measures so many entities, and prints.
pub(crate) fn measure(count: usize) -> Result<(), BenchError> {
    let folder = TempDir::new()?;
    let dir = folder.path().join("data");
    println!("{count} entities");
    engine::prepare(&dir, count)?;
    let runtime = Runtime::new()?;
    let _within = runtime.enter();
    let engine = Engine::open(&dir, planner::schema()).map_err(BenchError::engine)?;
    let search = Search::new(&dir);

    let begun = Instant::now();
    runtime.block_on(read(&search, &engine))?;
    let size = std::fs::metadata(dir.join("search.db"))?.len();
    println!("  read into the index: {:.2} s, {:.1} MB", begun.elapsed().as_secs_f64(), size as f64 / 1e6);

    let title = Row::new(count / 2).title().to_owned();
    let words: Vec<&str> = title.split(' ').collect();
    let [first, .., last] = words.as_slice() else {
        return Err(BenchError::Wrong("a title has words".into()));
    };
    let letters: String = first.chars().take(2).collect();
    for query in [letters, (*first).to_owned(), format!("{first} {last}"), title.clone(), "nowhere".into()] {
        let mut times = Vec::with_capacity(TIMES);
        let mut found = 0;
        for _ in 0..TIMES {
            let begun = Instant::now();
            runtime.block_on(search.follow(&engine)).map_err(BenchError::engine)?;
            let findings = runtime.block_on(search.find(&query, LIMIT)).map_err(BenchError::engine)?;
            times.push(begun.elapsed());
            found = findings.found.len();
        }
        times.sort_unstable();
        let floor = scan(&dir, &query)?;
        println!(
            "  {query:?}: {found} listed, {} median, {} worst of {TIMES}; every text looked at: {}",
            ms(times[TIMES / 2]),
            ms(times[TIMES - 1]),
            ms(floor)
        );
    }
    Ok(())
}

async fn read(search: &Search, engine: &Engine) -> Result<(), BenchError> {
    while search.follow(engine).await.map_err(BenchError::engine)? {}
    Ok(())
}

fn scan(dir: &Path, query: &str) -> Result<Duration, BenchError> {
    let db = rusqlite::Connection::open(dir.join("whph.db"))?;
    let begun = Instant::now();
    let mut scan = db.prepare("SELECT count(*) FROM entity WHERE fields LIKE ?1")?;
    let _count: i64 = scan.query_row([format!("%{query}%")], |row| row.get(0))?;
    Ok(begun.elapsed())
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
