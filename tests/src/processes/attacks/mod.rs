//! Attacks that real products of this kind fell for, tried on real processes. [`SECURITY.md`](../../../../SECURITY.md) numbers them
//! and says where each is tried; those that need an engine taken apart are in `sync-core`'s tests and in `hostile`.

#[cfg(target_os = "linux")]
mod exhaustion;
mod guesses;
mod imposter;
mod meddling;
mod texts;

use super::HANG;
use super::device::Device;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// What a paired device says first when it dials: everything that whoever does not answer gets to see.
fn first_words(dialling: &Device, to: &str) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let hearing = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(HANG)).unwrap();
        let mut words = vec![0; 1_024];
        let read = stream.read(&mut words).unwrap();
        words.truncate(read);
        words
    });
    dialling.run(&["sync", to, "--address", &address]);
    hearing.join().unwrap()
}

/// A stranger that says this, and then nothing.
fn say(address: &str, words: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(HANG)).unwrap();
    // Whoever is not wanted may be cut off in the middle of it.
    drop(stream.write_all(words));
    stream
}
