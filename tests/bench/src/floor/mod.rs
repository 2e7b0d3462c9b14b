//! The floor: the least that any engine must do to move rows between two durable databases. It reads a JSON column, compresses,
//! encrypts, sends; opens, decompresses, parses and upserts row by row, in one transaction, into a table with two indexes, under
//! the same settings of SQLite as the engine. Stages run in threads. No handshake, no merging, no proof: the later row wins,
//! and the loser is gone.

mod frames;
mod table;

use crate::data::TextEdit;
use crate::error::BenchError;
use crate::worker::{Holding, Synced, System};
use frames::{Incoming, Outgoing};
use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;
use table::Table;

/// How a connection begins: one exchange, or one and then whatever is pushed.
const ONCE: u8 = 0;
const STAY: u8 = 1;

pub(crate) struct Floor {
    path: PathBuf,
    table: Table,
    stays: Sender<TcpStream>,
    stayed: Receiver<TcpStream>,
    live: Option<TcpStream>,
}

/// Makes a database with so many rows.
pub(crate) fn prepare(dir: &Path, count: usize) -> Result<(), BenchError> {
    std::fs::create_dir_all(dir)?;
    Table::open(&dir.join("floor.db"))?.fill(count)
}

impl System for Floor {
    fn open(dir: &Path) -> Result<Self, BenchError> {
        let path = dir.join("floor.db");
        let (stays, stayed) = channel();
        Ok(Self { table: Table::open(&path)?, path, stays, stayed, live: None })
    }

    fn listen(&mut self) -> Result<SocketAddr, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (path, stays) = (self.path.clone(), self.stays.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that fails says so itself.
                drop(answer(stream, &path, &stays));
            }
        });
        Ok(address)
    }

    fn sync(&mut self, with: SocketAddr) -> Result<Synced, BenchError> {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(with)?;
        stream.set_nodelay(true)?;
        stream.write_all(&[ONCE])?;
        let connected = begun.elapsed();
        let exchanged = exchange(&stream, &self.path, begun)?;
        Ok(Synced { conversation_ms: exchanged.ended_ms - connected.as_secs_f64() * 1e3, ..exchanged })
    }

    fn connect(&mut self, with: SocketAddr) -> Result<f64, BenchError> {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(with)?;
        stream.set_nodelay(true)?;
        stream.write_all(&[STAY])?;
        let ended_ms = exchange(&stream, &self.path, begun)?.ended_ms;
        let table = Table::open(&self.path)?;
        // It ends when the other side does, which says so itself if that was a failure.
        thread::spawn(move || follow(stream, table));
        Ok(ended_ms)
    }

    fn push(&mut self, edits: &[TextEdit]) -> Result<f64, BenchError> {
        if self.live.is_none() {
            self.live = self.stayed.recv().ok();
        }
        let stream = self.live.as_ref().ok_or_else(|| BenchError::Wrong("nobody is connected".into()))?;
        let begun = Instant::now();
        let since = self.table.newest()?;
        self.table.edit(edits)?;
        let mut outgoing = Outgoing::new(stream.try_clone()?);
        self.table.each_since(since, |modified, json| outgoing.push(modified, json))?;
        outgoing.finish()?;
        let mut committed = [0];
        (&mut &*stream).read_exact(&mut committed)?;
        Ok(ms(begun))
    }

    fn write(&mut self, edits: &[TextEdit]) -> Result<(), BenchError> {
        self.table.edit(edits)
    }

    fn holding(&mut self) -> Result<Holding, BenchError> {
        self.table.holding()
    }
}

/// Stores whatever is pushed, and confirms it.
fn follow(mut stream: TcpStream, mut table: Table) -> Result<Infallible, BenchError> {
    let mut incoming = Incoming::new(stream.try_clone()?);
    loop {
        table.upsert(incoming.rows())?;
        stream.write_all(&[1])?;
    }
}

fn answer(mut stream: TcpStream, path: &Path, stays: &Sender<TcpStream>) -> Result<(), BenchError> {
    stream.set_nodelay(true)?;
    let mut mode = [0];
    stream.read_exact(&mut mode)?;
    exchange(&stream, path, Instant::now())?;
    if mode == [STAY] {
        drop(stays.send(stream));
    }
    Ok(())
}

/// Both sides say until when they are in sync, send what came after it, and confirm what they committed.
fn exchange(stream: &TcpStream, path: &Path, begun: Instant) -> Result<Synced, BenchError> {
    let mut table = Table::open(path)?;
    let ours = table.synced()?;
    (&mut &*stream).write_all(&ours.to_be_bytes())?;
    let mut theirs = [0; 8];
    (&mut &*stream).read_exact(&mut theirs)?;
    let theirs = i64::from_be_bytes(theirs);

    let (sending, from) = (stream.try_clone()?, path.to_owned());
    let sender = thread::spawn(move || -> Result<u64, BenchError> {
        let mut outgoing = Outgoing::new(sending);
        Table::open(&from)?.each_since(theirs, |modified, json| outgoing.push(modified, json))?;
        outgoing.finish()
    });
    let mut incoming = Incoming::new(stream.try_clone()?);
    let received = table.upsert(incoming.rows())?;
    let committed_ms = ms(begun);
    let sent = sender.join().map_err(|_| BenchError::Frame)??;
    (&mut &*stream).write_all(&[1])?;
    let mut confirmed = [0];
    (&mut &*stream).read_exact(&mut confirmed)?;
    let ended_ms = ms(begun);
    // Not counted: an engine could do this in the transaction that it had anyway.
    table.set_synced()?;
    let bytes = [sent + 9, incoming.bytes() + 9];
    Ok(Synced { committed_ms, ended_ms, conversation_ms: 0.0, bytes, received })
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
