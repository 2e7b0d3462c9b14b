use crate::batch::holds;
use crate::carried::{Sum, altered, hash};
use crypto_box::aead::AeadInPlace;
use crypto_box::{ChaChaBox, Nonce};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::sync::LazyLock;
use sync_core::bundle::{self, BundleError, Frames, Opened, ROOM};
use sync_core::identity::{DeviceId, PublicKey, SecretKey};
use sync_core::json::is_name;
use sync_core::limits::{BUNDLE_OUTPUT_MAX, KINDS_MAX, MANIFEST_MAX, WRITERS_MAX};
use sync_core::wire::batch::Batch;

/// The two of the golden vectors, whose bundles are among the seeds.
const ALICE: (DeviceId, [u8; 32]) = (DeviceId::from_bytes([0xa1; 16]), [2; 32]);
const BOB: (DeviceId, [u8; 32]) = (DeviceId::from_bytes([0xb0; 16]), [3; 32]);
const NONCE: [u8; 24] = [9; 24];
const MANIFEST: &str = r#"{"protocol":[1,1],"schema":1,"from":"51m6gt38d1m6gt38d1m6gt38d1","to":"5gp2rb1c5gp2rb1c5gp2rb1c5g","replica":"a1a1a1a1a1a1a1a1","head":2,"applied":{"base":0},"seen":[],"after":{"base":0},"upto":2,"wall":1770000000000}"#;
static HONEST: LazyLock<Vec<u8>> =
    LazyLock::new(|| sealed(&plain(MANIFEST.as_bytes(), &frame(br#"{"entities":0}"#))));

const SUM: Sum = Sum { label: b"whph bundle header v1", at: 53 };
const TAG: usize = 16;
/// Longest that may be told of a bundle that is none.
const TOLD_MAX: usize = 1_000;

/// A bundle that came to bob. The first byte says what follows: a file; changes to a file of alice's, who is paired with him; what
/// alice puts into her box; or how often there is a batch, a line of manifest, and the text of that batch. Nobody opens what was not
/// sealed for him, and nothing that was changed; what is taken respects every limit, and comes back as it went.
pub fn bundle(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    match form % 4 {
        0 => {
            file(rest);
            file(&SUM.made_right(rest));
        }
        1 => {
            let changed = altered(&HONEST, rest);
            for changed in [SUM.made_right(&changed), changed] {
                assert_eq!(open(&changed).is_ok(), changed == *HONEST);
            }
        }
        2 => within(rest),
        _ => {
            let Some((&times, text)) = rest.split_first() else { return };
            let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
            let (manifest, text) = text.split_at(end);
            let frame = frame(text.get(1..).unwrap_or_default());
            within(&plain(manifest, &frame.repeat(usize::from(times))));
        }
    }
}

/// Nobody but alice can have made one that opens.
fn file(bytes: &[u8]) {
    match open(bytes) {
        Ok(opened) => taken(bytes, &opened),
        Err(error) => assert!(error.to_string().len() < TOLD_MAX, "{error}"),
    }
}

/// What alice put behind the hash of the header.
fn within(plain: &[u8]) {
    let file = sealed(plain);
    match open(&file) {
        Ok(opened) => taken(&file, &opened),
        Err(error) => {
            assert!(matches!(error, BundleError::Malformed(_)), "{error:?} although it authenticates");
            assert!(error.to_string().len() < TOLD_MAX, "{error}");
        }
    }
    assert_eq!(open(&boxed(plain)).err(), Some(BundleError::Damaged), "it does not name its header");
}

fn taken(file: &[u8], opened: &Opened) {
    let manifest = &opened.manifest;
    assert_eq!((manifest.from, manifest.to), (ALICE.0, BOB.0));
    assert!(manifest.after.base <= manifest.upto && manifest.upto <= manifest.head);
    assert!(manifest.seen.len() <= WRITERS_MAX);
    let behind = manifest.applied.behind.keys().chain(manifest.after.behind.keys());
    let names: Vec<_> =
        behind.chain(&manifest.off).chain(manifest.digests.iter().flat_map(|of| of.keys())).collect();
    assert!(names.len() <= 4 * KINDS_MAX && names.iter().all(|name| is_name(name)));
    assert!(serde_json::to_vec(manifest).unwrap().len() <= MANIFEST_MAX);

    let (alice, bob, carol) = (key(ALICE.1), key(BOB.1), key([4; 32]));
    let refused = |own, id, peers: &[_]| bundle::open(file.to_vec(), own, id, peers).err();
    let from_alice = [(ALICE.0, alice.public())];
    assert_eq!(refused(&carol, BOB.0, &from_alice), Some(BundleError::OtherRecipient));
    assert_eq!(refused(&bob, BOB.0, &[(ALICE.0, carol.public())]), Some(BundleError::Stranger));
    assert_eq!(refused(&alice, ALICE.0, &[(BOB.0, bob.public())]), Some(BundleError::Own));

    let batches: Vec<Batch> = opened.batches().filter_map(Result::ok).collect();
    let mut frames = Frames::new(ROOM);
    let mut output = 0;
    for batch in &batches {
        holds(batch);
        output += batch.lines.len();
        assert_eq!(frames.push(batch), Ok(true));
    }
    assert!(output <= BUNDLE_OUTPUT_MAX);
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let again = bundle::seal(manifest, frames, &alice, &bob.public(), &mut rng)
        .expect("what was read can be written");
    let again = open(&again).expect("what was written can be read");
    assert_eq!(again.manifest, *manifest);
    assert_eq!(again.batches().collect::<Result<Vec<_>, _>>().as_ref(), Ok(&batches));
}

fn open(file: &[u8]) -> Result<Opened, BundleError> {
    bundle::open(file.to_vec(), &key(BOB.1), BOB.0, &[(ALICE.0, key(ALICE.1).public())])
}

fn key(bytes: [u8; 32]) -> SecretKey {
    SecretKey::from_bytes(&bytes)
}

fn plain(manifest: &[u8], frames: &[u8]) -> Vec<u8> {
    [&(manifest.len() as u32).to_be_bytes()[..], manifest, frames].concat()
}

fn frame(text: &[u8]) -> Vec<u8> {
    let packed = zstd::bulk::compress(text, 1).unwrap();
    [&(4 + packed.len() as u32).to_be_bytes()[..], &(text.len() as u32).to_be_bytes(), &packed].concat()
}

/// `PROTOCOL.md`, section 12, once more.
fn sealed(plain: &[u8]) -> Vec<u8> {
    let header = header(32 + plain.len() + TAG);
    boxed(&[&hash(&[b"whph bundle v1", &header]), plain].concat())
}

fn boxed(plain: &[u8]) -> Vec<u8> {
    let cipher = ChaChaBox::new(&(*key(BOB.1).public().as_bytes()).into(), &ALICE.1.into());
    let mut text = plain.to_vec();
    let tag = cipher.encrypt_in_place_detached(Nonce::from_slice(&NONCE), b"", &mut text).unwrap();
    [&header(plain.len() + TAG)[..], &text, &tag].concat()
}

fn header(length: usize) -> Vec<u8> {
    let tag = |label: &[u8], key: PublicKey| hash(&[label, &NONCE, key.as_bytes()]);
    let to = tag(b"whph bundle to v1", key(BOB.1).public());
    let from = tag(b"whph bundle from v1", key(ALICE.1).public());
    let length = (length as u32).to_be_bytes();
    SUM.made_right(&[b"WHPHBNDL\x01", &NONCE[..], &to[..8], &from[..8], &length, &[0; 4]].concat())
}
