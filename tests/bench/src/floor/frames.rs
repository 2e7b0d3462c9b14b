//! Rows in frames: 64 KiB of text each, compressed with zstd's level 1 and sealed with ChaCha20-Poly1305. Compressing and
//! sending, and receiving and parsing, have threads of their own.

use crate::error::BenchError;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce};
use serde::Deserialize;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use uuid::Uuid;

const FRAME: usize = 64 * 1024;
/// Frames that wait between two stages.
const AHEAD: usize = 8;

/// A row as it is stored.
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) modified: i64,
    pub(super) json: String,
}

/// What parsing finds in a row: typed, as an application would want it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing is what is measured")]
struct Parsed<'a> {
    id: Uuid,
    kind: &'a str,
    title: std::borrow::Cow<'a, str>,
    description: std::borrow::Cow<'a, str>,
    created_at: &'a str,
    modified_at: &'a str,
    due_at: Option<&'a str>,
    deleted_at: Option<&'a str>,
    parent_id: Option<Uuid>,
    priority: u8,
    position: f64,
    estimated_minutes: Option<u32>,
    completed: bool,
    archived: bool,
    tags: Vec<&'a str>,
}

/// Rows on their way out.
pub(super) struct Outgoing {
    text: String,
    frames: SyncSender<String>,
    sender: JoinHandle<Result<u64, BenchError>>,
}

impl Outgoing {
    pub(super) fn new(mut stream: TcpStream) -> Self {
        let (frames, queue) = sync_channel::<String>(AHEAD);
        let sender = thread::spawn(move || {
            let (cipher, mut bytes) = (cipher(), 0);
            for (number, text) in queue.into_iter().enumerate() {
                let packed = zstd::bulk::compress(text.as_bytes(), 1)?;
                let sealed =
                    cipher.encrypt(&nonce(number as u64), &packed[..]).map_err(|_| BenchError::Frame)?;
                let frame = [&(sealed.len() as u32).to_be_bytes()[..], &sealed].concat();
                bytes += frame.len() as u64;
                stream.write_all(&frame)?;
            }
            stream.write_all(&0u32.to_be_bytes())?;
            Ok(bytes + 4)
        });
        Self { text: String::with_capacity(FRAME + 1_024), frames, sender }
    }

    pub(super) fn push(&mut self, modified: i64, json: &str) -> Result<(), BenchError> {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{modified}\t{json}");
        if self.text.len() >= FRAME { self.flush() } else { Ok(()) }
    }

    /// Waits until everything is with the system. How many bytes.
    pub(super) fn finish(mut self) -> Result<u64, BenchError> {
        self.flush()?;
        drop(self.frames);
        self.sender.join().map_err(|_| BenchError::Frame)?
    }

    fn flush(&mut self) -> Result<(), BenchError> {
        if self.text.is_empty() {
            return Ok(());
        }
        let text = std::mem::replace(&mut self.text, String::with_capacity(FRAME + 1_024));
        self.frames.send(text).map_err(|_| BenchError::Frame)
    }
}

/// Rows on their way in.
pub(super) struct Incoming {
    stream: TcpStream,
    bytes: Arc<AtomicU64>,
}

impl Incoming {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, bytes: Arc::default() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The rows up to the end that the sender sets.
    pub(super) fn rows(&mut self) -> Receiver<Result<Vec<Stored>, BenchError>> {
        let (rows, parsed) = sync_channel(AHEAD);
        let bytes = Arc::clone(&self.bytes);
        let stream = self.stream.try_clone();
        thread::spawn(move || {
            let done = stream.map_err(BenchError::from).and_then(|stream| receive(stream, &bytes, &rows));
            if let Err(error) = done {
                drop(rows.send(Err(error)));
            }
        });
        parsed
    }
}

fn receive(
    mut stream: TcpStream,
    bytes: &AtomicU64,
    rows: &SyncSender<Result<Vec<Stored>, BenchError>>,
) -> Result<(), BenchError> {
    let cipher = cipher();
    for number in 0.. {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut sealed = vec![0; u32::from_be_bytes(length) as usize];
        bytes.fetch_add(4 + sealed.len() as u64, Ordering::Relaxed);
        if sealed.is_empty() {
            break;
        }
        stream.read_exact(&mut sealed)?;
        let packed = cipher.decrypt(&nonce(number), &sealed[..]).map_err(|_| BenchError::Frame)?;
        let text = zstd::bulk::decompress(&packed, 2 * FRAME)?;
        let text = std::str::from_utf8(&text).map_err(|_| BenchError::Frame)?;
        let parsed = text.lines().map(parse).collect::<Result<Vec<_>, _>>()?;
        if rows.send(Ok(parsed)).is_err() {
            break;
        }
    }
    Ok(())
}

fn parse(line: &str) -> Result<Stored, BenchError> {
    let (modified, json) = line.split_once('\t').ok_or(BenchError::Frame)?;
    let parsed: Parsed<'_> = serde_json::from_str(json)?;
    let modified = modified.parse().map_err(|_| BenchError::Frame)?;
    Ok(Stored { id: parsed.id, modified, json: json.to_owned() })
}

/// Nothing here is secret: what it costs is what counts.
fn cipher() -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::default())
}

fn nonce(number: u64) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    nonce
}
