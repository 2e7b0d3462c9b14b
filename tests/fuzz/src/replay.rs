//! Everything that was ever found, and a few thousand mutations of it, at every ordinary run of the tests.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

/// Longest that a mutation gets.
const LEN_MAX: usize = 4_096;

macro_rules! targets {
    ($($name:ident: $mutations:literal,)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name), crate::$name, $mutations);
        })*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

// How many mutations of each, so that all take some seconds.
targets! {
    backup: 1_000,
    batch: 2_000,
    beacon: 3_000,
    bundle: 1_000,
    handshake: 1_000,
    invite_link: 3_000,
    markdown: 3_000,
    mdns_name: 3_000,
    message: 3_000,
    ndjson: 3_000,
    plaintext: 1_000,
    preamble: 3_000,
    record: 1_000,
    recovery_words: 3_000,
    row: 3_000,
    session: 400,
    two_peers: 120,
    typed_code: 3_000,
    whph_row: 3_000,
}

#[test]
fn every_folder_and_every_program_of_the_fuzzer_is_a_target() {
    let names: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    for folder in ["corpus", "libfuzzer/fuzz_targets"] {
        let found: BTreeSet<String> = entries(&root().join(folder)).into_iter().map(stem).collect();
        assert_eq!(found, names, "{folder}");
    }
    assert!(entries(&root().join("regressions")).into_iter().all(|path| names.contains(&stem(path))));
}

fn replay(name: &str, target: fn(&[u8]), mutations: u32) {
    let corpus = entries(&root().join("corpus").join(name));
    assert!(!corpus.is_empty(), "the corpus of {name} is empty");
    let regressions = entries(&root().join("regressions").join(name));
    let files: Vec<Vec<u8>> = corpus
        .iter()
        .chain(&regressions)
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            run(&path.display().to_string(), target, &bytes);
            bytes
        })
        .collect();

    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for number in 0..mutations {
        let bytes = mutated(&files, &mut rng);
        run(&format!("mutation {number}"), target, &bytes);
    }
}

/// A panic names the bytes, so that they can be kept.
fn run(what: &str, target: fn(&[u8]), bytes: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(bytes))) {
        eprintln!("{what}: {}", data_encoding::HEXLOWER.encode(bytes));
        resume_unwind(panic);
    }
}

/// One of the files with a few changes.
fn mutated(files: &[Vec<u8>], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut below = |n: usize| (rng.next_u64() % n.max(1) as u64) as usize;
    let mut bytes = files[below(files.len())].clone();
    for _ in 0..=below(4) {
        let at = below(bytes.len() + 1);
        let end = at + below(17).min(bytes.len() - at);
        match below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << below(8),
            1 if at < bytes.len() => bytes[at] = below(256) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => bytes.insert(at, below(256) as u8),
            4 => bytes.truncate(at),
            5 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let other = &files[below(files.len())];
                let from = below(other.len() + 1);
                let part = other[from..].iter().copied().take(below(64));
                bytes.splice(at..end, part.collect::<Vec<_>>());
            }
        }
    }
    bytes.truncate(LEN_MAX);
    bytes
}

/// What is in a folder, in order; nothing in one that is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
