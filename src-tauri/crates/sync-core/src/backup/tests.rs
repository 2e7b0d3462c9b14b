use super::*;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::json;
use uuid::Uuid;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(5)
}

fn item(n: u128, title: &str) -> Item {
    let serde_json::Value::Object(fields) = json!({ "title": title, "order": 0.1, "tags": ["a"] }) else {
        unreachable!()
    };
    Item { kind: "note".into(), id: Uuid::from_u128(n), fields, here: n.is_multiple_of(2) }
}

const ABOUT_IT: About = About { schema: 1, wall: 1_770_000_000_000 };

fn sealed(key: &PublicKey, items: &[Item], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), key, &ABOUT_IT, rng).unwrap();
    for item in items {
        writer.item(item, rng).unwrap();
    }
    let (file, count) = writer.finish(rng).unwrap();
    assert_eq!(count, items.len() as u64);
    file
}

fn read(file: &[u8], key: &RecoveryKey) -> Result<Vec<Item>, BackupError> {
    let mut reader = Reader::new(file, key.clone())?;
    let mut items = Vec::new();
    while let Some(some) = reader.items()? {
        items.extend(some);
    }
    assert_eq!(*reader.about(), ABOUT_IT);
    assert!(reader.items()?.is_none());
    Ok(items)
}

/// The parts of a file, each with its length, and where the first begins.
fn parts(file: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &file[HEADER_LEN..];
    let mut parts = Vec::new();
    while let Some((length, _)) = rest.split_first_chunk::<4>() {
        let (part, after) = rest.split_at(4 + u32::from_be_bytes(*length) as usize);
        parts.push(part.to_vec());
        rest = after;
    }
    parts
}

#[test]
fn what_was_sealed_opens_as_it_was_with_the_words_alone() {
    let mut rng = rng();
    let key = RecoveryKey::generate(&mut rng);
    let long = "x".repeat(100_000);
    let items: Vec<_> = (0..30).map(|n| item(n, &long)).collect();
    let file = sealed(&key.public(), &items, &mut rng);
    assert!(parts(&file).len() >= 5, "it takes several parts");
    let typed = RecoveryKey::parse(&key.words()).unwrap();
    assert_eq!(read(&file, &typed).unwrap(), items);
    let other = RecoveryKey::generate(&mut rng);
    assert!(matches!(read(&file, &other), Err(BackupError::OtherKey)));
    assert_eq!(read(&sealed(&key.public(), &[], &mut rng), &key).unwrap(), []);
}

#[test]
fn a_bit_flipped_anywhere_is_noticed() {
    let mut rng = rng();
    let key = RecoveryKey::generate(&mut rng);
    let file = sealed(&key.public(), &[item(1, "one")], &mut rng);
    for at in 0..file.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 1;
        let refused = read(&flipped, &key).unwrap_err();
        let is_right = match at {
            0..8 => matches!(refused, BackupError::NotABackup),
            8 => matches!(refused, BackupError::Newer(0)),
            _ => matches!(refused, BackupError::Damaged),
        };
        assert!(is_right, "byte {at}: {refused:?}");
    }
}

#[test]
fn truncation_anywhere_and_bytes_behind_are_noticed() {
    let mut rng = rng();
    let key = RecoveryKey::generate(&mut rng);
    let file = sealed(&key.public(), &[item(1, "one")], &mut rng);
    for end in 0..file.len() {
        assert!(read(&file[..end], &key).is_err(), "{end} bytes");
    }
    assert!(matches!(read(&[&file[..], b"x"].concat(), &key), Err(BackupError::Damaged)));
}

#[test]
fn parts_cannot_be_left_out_exchanged_or_taken_from_another_backup() {
    let mut rng = rng();
    let key = RecoveryKey::generate(&mut rng);
    let long = "x".repeat(1 << 20);
    let items = [item(1, &long), item(2, &long)];
    let (one, other) = (sealed(&key.public(), &items, &mut rng), sealed(&key.public(), &items, &mut rng));
    let (header, parts, others) = (&one[..HEADER_LEN], parts(&one), parts(&other));
    assert_eq!(parts.len(), 4);
    let with = |parts: &[&Vec<u8>]| {
        let parts: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        read(&[header, &parts].concat(), &key)
    };
    assert!(with(&[&parts[0], &parts[1], &parts[2], &parts[3]]).is_ok());
    for bad in [
        [&parts[0], &parts[2], &parts[1], &parts[3]],
        [&parts[0], &others[1], &parts[2], &parts[3]],
        [&parts[0], &parts[1], &parts[1], &parts[3]],
    ] {
        assert!(matches!(with(&bad), Err(BackupError::Damaged)));
    }
    assert!(matches!(with(&[&parts[0], &parts[1], &parts[3]]), Err(BackupError::Damaged)));
    assert!(matches!(with(&[&parts[0], &parts[1], &parts[2]]), Err(BackupError::Damaged)));
}

/// The parts that somebody who knows the public key can make.
fn forged(key: &RecoveryKey, made: &[(u8, &[u8])]) -> Result<Vec<Item>, BackupError> {
    let mut rng = rng();
    let id = [3; ID_LEN];
    let header = header(&id, &key.public());
    let (lines, to) = (Lines::default(), header.to_vec());
    let mut writer = Writer { to, key: key.public(), binding: binding(&header), number: 0, lines, items: 0 };
    for (kind, content) in made {
        writer.part(*kind, content, &mut rng).unwrap();
    }
    read(&writer.to, key)
}

#[test]
fn what_is_no_backup_inside_is_refused() {
    let key = RecoveryKey::generate(&mut rng());
    let about = serde_json::to_vec(&ABOUT_IT).unwrap();
    let packed = |text: &str| {
        let mut lines = Lines::default();
        lines.0.push_str(text);
        pack(lines).unwrap()
    };
    let zeros = [0; 8];
    let good = packed("{\"kind\":\"note\",\"id\":\"00000000-0000-4000-8000-000000000000\",\"fields\":{}}\n");
    let one = 1_u64.to_be_bytes();
    assert_eq!(forged(&key, &[(ABOUT, &about), (ITEMS, &good), (END, &one)]).unwrap().len(), 1);
    for bad in [
        vec![(ITEMS, &good[..])],
        vec![(ABOUT, b"{}")],
        vec![(ABOUT, b"{\"schema\":1,\"schema\":1,\"wall\":1}")],
        vec![(ABOUT, &about), (9, &good)],
        vec![(ABOUT, &about), (ITEMS, b"")],
        vec![(ABOUT, &about), (ITEMS, &good), (END, &zeros)],
        vec![(ABOUT, &about), (ABOUT, &about), (END, &zeros)],
    ] {
        assert!(forged(&key, &bad).is_err(), "{bad:?}");
    }
    let id = "\"id\":\"00000000-0000-4000-8000-000000000000\"";
    for line in [
        "{}".to_owned(),
        format!("{{\"kind\":\"No name\",{id},\"fields\":{{}}}}"),
        format!("{{\"kind\":\"note\",\"kind\":\"note\",{id},\"fields\":{{}}}}"),
        format!("{{\"kind\":\"note\",{id},\"fields\":{{\"a\":1,\"a\":2}}}}"),
        format!("{{\"kind\":\"note\",{id},\"fields\":{{\"a\":1e999}}}}"),
        format!("{{\"kind\":\"note\",{id},\"fields\":{{\"a\":{}}}}}", "[".repeat(10_000)),
    ] {
        let packed = packed(&line);
        assert!(
            matches!(forged(&key, &[(ABOUT, &about), (ITEMS, &packed)]), Err(BackupError::Malformed(_))),
            "{line}"
        );
    }
}

#[test]
fn a_bomb_takes_no_more_than_it_declared() {
    let key = RecoveryKey::generate(&mut rng());
    let about = serde_json::to_vec(&ABOUT_IT).unwrap();
    let packed = zstd::bulk::compress(&vec![b' '; 64 << 20], 19).unwrap();
    for declared in [100, BATCH_BYTES as u32, u32::MAX] {
        let bomb = [&declared.to_be_bytes()[..], &packed].concat();
        assert!(matches!(forged(&key, &[(ABOUT, &about), (ITEMS, &bomb)]), Err(BackupError::Malformed(_))));
    }
}

/// With an ephemeral key of low order anybody's secret key opens the box.
#[test]
fn an_ephemeral_key_that_makes_no_secret_is_refused() {
    let key = RecoveryKey::generate(&mut rng());
    let header = header(&[3; ID_LEN], &key.public());
    let mut sealed = vec![0; EPHEMERAL_LEN];
    sealed.extend_from_slice(&[7; 60]);
    let file = [&header[..], &(sealed.len() as u32).to_be_bytes(), &sealed].concat();
    assert!(matches!(read(&file, &key), Err(BackupError::Damaged)));
}

#[test]
fn words_are_read_as_people_write_them() {
    let key = RecoveryKey::from_bytes_in_tests([7; 32]);
    let words = key.words();
    assert_eq!(words.split(' ').count(), 24);
    let written = format!("  {}\r\n", words.to_uppercase().replace(' ', " \n "));
    assert_eq!(RecoveryKey::parse(&written).unwrap().public(), key.public());
    let list: Vec<&str> = words.split(' ').collect();
    let parse = |words: &[&str]| RecoveryKey::parse(&words.join(" ")).map(|key| key.public());
    assert_eq!(parse(&list[1..]), Err(WordsError::Count(23)));
    assert_eq!(parse(&[&list[..], &["zoo"]].concat()), Err(WordsError::Count(25)));
    assert_eq!(parse(&[]), Err(WordsError::Count(0)));
    let mut misspelt = list.clone();
    misspelt[4] = "wrongish";
    assert_eq!(parse(&misspelt), Err(WordsError::Unknown(5)));
    let mut other = list.clone();
    other[4] = if other[4] == "zoo" { "abandon" } else { "zoo" };
    assert!(parse(&other).is_err_and(|error| error == WordsError::Checksum));
    // None of what it says repeats a word.
    assert!(!WordsError::Unknown(5).to_string().contains("wrongish"));
    assert_eq!(format!("{key:?}"), "RecoveryKey(…)");
}

proptest! {
    #[test]
    fn every_key_has_words_that_mean_it(secret: [u8; 32]) {
        let key = RecoveryKey::from_bytes_in_tests(secret);
        prop_assert_eq!(RecoveryKey::parse(&key.words()).unwrap().public(), key.public());
    }

    #[test]
    fn any_bytes_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200), keep in 0_usize..100) {
        let mut rng = rng();
        let key = RecoveryKey::generate(&mut rng);
        let file = sealed(&key.public(), &[item(1, "one")], &mut rng);
        prop_assert!(read(&[&file[..keep], &bytes].concat(), &key).is_err());
    }
}
