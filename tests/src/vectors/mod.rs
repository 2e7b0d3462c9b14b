//! Golden vectors: what is written in `tests/vectors/` is what these values become, byte for byte, and the bytes become
//! these values again. A device that was not updated yet still sends them. The files' form and rules: the README
//! beside them.

mod carried;
mod channel;
mod entities;
mod keys;
mod messages;
mod pairing;
mod released;

use std::path::PathBuf;

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use data_encoding::HEXLOWER;

/// Texts and bytes longer than this are written as their length and hash.
const LONGEST: usize = 2_000;

/// One named vector: keys and values, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) lines: Vec<(String, String)>,
}

impl Vector {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), lines: Vec::new() }
    }

    pub(crate) fn text(mut self, key: &str, text: &str) -> Self {
        assert!(!text.contains('\n'));
        let text = if text.len() > LONGEST { shortened(text.as_bytes()) } else { text.to_owned() };
        self.lines.push((key.to_owned(), text));
        self
    }

    /// As it is, however long.
    pub(crate) fn whole(mut self, key: &str, text: &str) -> Self {
        self.lines.push((key.to_owned(), text.to_owned()));
        self
    }

    fn hex(self, key: &str, bytes: &[u8]) -> Self {
        if bytes.len() > LONGEST { self.text(key, &shortened(bytes)) } else { self.text(key, &hex(bytes)) }
    }

    pub(crate) fn get(&self, key: &str) -> &str {
        let line = self.lines.iter().find(|(of, _)| of == key);
        &line.unwrap_or_else(|| panic!("{} says nothing of {key}", self.name)).1
    }
}

impl std::fmt::Display for Vector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "[{}]", self.name)?;
        self.lines
            .iter()
            .try_for_each(|(key, value)| writeln!(f, "{}", format!("{key} = {value}").trim_end()))
    }
}

/// The file holds exactly these vectors.
fn assert_held(file: &str, made: &[Vector]) {
    let held = read(file);
    for vector in made {
        let Some(known) = held.iter().find(|known| known.name == vector.name) else {
            panic!("{file} has no vector of this name; a new file may have it:\n\n{vector}");
        };
        for (known, made) in known.lines.iter().zip(&vector.lines) {
            assert_eq!(
                known, made,
                "{file}, [{}]: what other devices send and expect has changed",
                vector.name
            );
        }
        assert_eq!(known, vector);
    }
    for known in &held {
        assert!(
            made.iter().any(|vector| vector.name == known.name),
            "{file}: nothing tests [{}]",
            known.name
        );
    }
}

pub(crate) fn read(file: &str) -> Vec<Vector> {
    let mut vectors: Vec<Vector> = Vec::new();
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            vectors.push(Vector::new(name));
        } else {
            let (key, value) = line.split_once(" =").unwrap_or_else(|| panic!("{file}: {line}"));
            let value = value.strip_prefix(' ').unwrap_or(value);
            vectors.last_mut().unwrap().lines.push((key.to_owned(), value.to_owned()));
        }
    }
    vectors
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn shortened(bytes: &[u8]) -> String {
    format!("{} bytes, BLAKE2b-256 {}", bytes.len(), hash(bytes))
}

fn hash(bytes: &[u8]) -> String {
    hex(&Blake2b::<U32>::digest(bytes))
}
