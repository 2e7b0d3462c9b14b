use crate::carried::{Sum, altered, hash};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::sync::LazyLock;
use sync_core::backup::{About, BackupError, Item, Reader, RecoveryKey, Writer};
use sync_core::json::is_name;
use sync_core::limits::{BATCH_OUTPUT_MAX, ENTITY_MAX};

const SUM: Sum = Sum { label: b"whph backup header v1", at: 33 };
const HEADER: usize = 37;
const ABOUT: u8 = 0;
const ITEMS: u8 = 1;
const END: u8 = 2;
/// Longest that may be told of a backup that is none.
const TOLD_MAX: usize = 1_000;

/// The key of the golden vectors, whose backup is among the seeds, and another one.
static KEY: LazyLock<RecoveryKey> = LazyLock::new(|| key("abandon", "art"));
static OTHER_KEY: LazyLock<RecoveryKey> = LazyLock::new(|| key("zoo", "vote"));
/// Two honest backups, a header and four parts each, and what is in them.
static HONEST: LazyLock<[Vec<Vec<u8>>; 2]> = LazyLock::new(|| [1, 2].map(honest));
static WRITTEN: LazyLock<Vec<Item>> = LazyLock::new(|| read(&HONEST[0].concat(), &KEY).0);

/// A backup. The first byte says what follows: a file; changes to an honest one; in which order the parts of two honest ones stand in
/// one; parts, each a kind, two bytes of length and that; or two bytes of how often lines are repeated, a line of what it is about,
/// and those lines. Nobody opens it with another key, nothing is whole that was changed, and what is taken can be written again.
pub fn backup(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    match form % 5 {
        0 => {
            file(rest);
            file(&SUM.made_right(rest));
        }
        1 => {
            let changed = altered(&HONEST[0].concat(), rest);
            for changed in [SUM.made_right(&changed), changed] {
                begins_as_written(&changed);
            }
        }
        2 => {
            let [one, other] = &*HONEST;
            let parts: Vec<&Vec<u8>> = one[1..].iter().chain(&other[1..]).collect();
            let ordered = rest.iter().flat_map(|at| parts[usize::from(*at) % parts.len()].iter());
            begins_as_written(&one[0].iter().chain(ordered).copied().collect::<Vec<u8>>());
        }
        3 => {
            let (mut rest, mut parts) = (rest, Vec::new());
            while let Some([kind, high, low]) = rest.split_off(..3) {
                let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
                parts.push((*kind, rest.split_off(..length).unwrap_or_default().to_vec()));
            }
            if let Ok(read) = within(&parts) {
                let [(ABOUT, _), items @ .., (END, _)] = &parts[..] else { panic!("not whole: {read:?}") };
                assert!(items.iter().all(|(kind, _)| *kind == ITEMS));
            }
        }
        _ => {
            let Some((times, text)) = rest.split_first_chunk() else { return };
            let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
            let (about, text) = (&text[..end], text.get(end + 1..).unwrap_or_default());
            let times = usize::from(u16::from_be_bytes(*times)).min(2 * BATCH_OUTPUT_MAX / text.len().max(1));
            lines(about, &text.repeat(times));
        }
    }
}

fn lines(about: &[u8], text: &[u8]) {
    let count = text.split_inclusive(|byte| *byte == b'\n').count() as u64;
    let parts = |declared| {
        [(ABOUT, about.to_vec()), (ITEMS, packed(declared, text)), (END, count.to_be_bytes().to_vec())]
    };
    if let Ok((_, items)) = within(&parts(text.len())) {
        assert!(text.len() <= BATCH_OUTPUT_MAX);
        assert_eq!(items.len() as u64, count);
        assert!(
            text.len() < 2 || within(&parts(1)).is_err(),
            "a bomb: the first of the bytes is all that it admits to"
        );
    }
}

/// Nobody but who knows the public key can have made one that opens.
fn file(bytes: &[u8]) {
    if let (items, Ok(about)) = read(bytes, &KEY) {
        taken(bytes, &about, &items);
    }
}

/// The first of the honest files after somebody changed it: what is read before that is noticed is what was written.
fn begins_as_written(changed: &[u8]) {
    let (items, end) = read(changed, &KEY);
    assert!(WRITTEN.starts_with(&items));
    assert_eq!(end.is_ok(), changed == HONEST[0].concat());
}

/// The parts that somebody who knows the public key put into a file.
fn within(parts: &[(u8, Vec<u8>)]) -> Result<(About, Vec<Item>), BackupError> {
    let file = sealed(1, parts).concat();
    let (items, end) = read(&file, &KEY);
    match end {
        Ok(about) => {
            taken(&file, &about, &items);
            Ok((about, items))
        }
        Err(error) => {
            assert!(
                matches!(error, BackupError::Malformed(_) | BackupError::Damaged),
                "{error:?} although it is sealed"
            );
            assert!(error.to_string().len() < TOLD_MAX, "{error}");
            Err(error)
        }
    }
}

fn taken(file: &[u8], about: &About, items: &[Item]) {
    assert!(items.iter().all(|item| is_name(&item.kind)));
    assert!(matches!(read(file, &OTHER_KEY), (none, Err(BackupError::OtherKey)) if none.is_empty()));

    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let mut writer = Writer::new(Vec::new(), &KEY.public(), about, &mut rng).unwrap();
    for item in items {
        match writer.item(item, &mut rng) {
            Ok(()) => {}
            // A number may be longer as we write it.
            Err(error) => {
                assert!(matches!(error, BackupError::TooBig), "{error:?}");
                assert!(serde_json::to_vec(item).unwrap().len() > ENTITY_MAX);
                return;
            }
        }
    }
    let (again, count) = writer.finish(&mut rng).expect("what was read can be written");
    assert_eq!(count, items.len() as u64);
    let (read, end) = read(&again, &KEY);
    assert_eq!(end.expect("what was written can be read"), *about);
    assert!(read == items);
}

/// What was read, and what it is about if it was whole.
fn read(file: &[u8], key: &RecoveryKey) -> (Vec<Item>, Result<About, BackupError>) {
    let mut items = Vec::new();
    let whole = Reader::new(file, key.clone()).and_then(|mut reader| {
        while let Some(more) = reader.items()? {
            items.extend(more);
        }
        assert!(matches!(reader.items(), Ok(None)));
        Ok(reader.about().clone())
    });
    (items, whole)
}

fn key(word: &str, last: &str) -> RecoveryKey {
    RecoveryKey::parse(&format!("{} {last}", [word; 23].join(" "))).unwrap()
}

fn honest(id: u8) -> Vec<Vec<u8>> {
    let line = |n| {
        format!(
            "{{\"kind\":\"note\",\"id\":\"00000000-0000-4000-8000-00000000000{n}\",\"fields\":{{\"title\":\"Plan\"}}}}\n"
        )
    };
    let items = |n| {
        let line = line(n);
        (ITEMS, packed(line.len(), line.as_bytes()))
    };
    let about = (ABOUT, br#"{"schema":1,"wall":1770000000000}"#.to_vec());
    sealed(id, &[about, items(1), items(2), (END, 2_u64.to_be_bytes().to_vec())])
}

fn packed(declared: usize, text: &[u8]) -> Vec<u8> {
    [&(declared as u32).to_be_bytes()[..], &zstd::bulk::compress(text, 1).unwrap()].concat()
}

/// `PROTOCOL.md`, section 13, once more: the header, and each part.
fn sealed(id: u8, parts: &[(u8, Vec<u8>)]) -> Vec<Vec<u8>> {
    let (id, key) = ([id; 16], KEY.public());
    let known = hash(&[b"whph backup key v1", &id, key.as_bytes()]);
    let header = SUM.made_right(&[b"WHPHBKUP\x01", &id[..], &known[..8], &[0; 4]].concat());
    assert_eq!(header.len(), HEADER);
    let binding = hash(&[b"whph backup v1", &header]);
    let mut rng = ChaCha20Rng::from_seed([8; 32]);
    let part = |(number, (kind, content)): (u32, &(u8, Vec<u8>))| {
        let plain = [&binding[..], &number.to_be_bytes(), &[*kind], content].concat();
        let sealed = crypto_box::PublicKey::from(*key.as_bytes()).seal(&mut rng, &plain).unwrap();
        [&(sealed.len() as u32).to_be_bytes()[..], &sealed].concat()
    };
    [header].into_iter().chain((0..).zip(parts).map(part)).collect()
}
