use super::*;
use crate::digest::Digest;
use crate::limits::BATCH_OUTPUT_MAX;
use crate::node::storage::Cursors;
use crate::stamp::{ReplicaId, WriterId};
use crate::wire::batch::{Builder, Writer};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Alice writes, bob reads; each also has a channel key, of which the id derives.
struct Two {
    alice: SecretKey,
    bob: SecretKey,
    rng: ChaCha20Rng,
}

fn id(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 16])
}

const ALICE: u8 = 1;
const BOB: u8 = 2;

impl Two {
    fn new() -> Self {
        Self::seeded(7)
    }

    fn seeded(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        Self { alice: SecretKey::generate(&mut rng), bob: SecretKey::generate(&mut rng), rng }
    }

    fn seal(&mut self, manifest: &Manifest, frames: Frames) -> Vec<u8> {
        seal(manifest, frames, &self.alice, &self.bob.public(), &mut self.rng).unwrap()
    }

    fn sealed(&mut self) -> Vec<u8> {
        self.seal(&manifest(), frames(&[batch(3)]))
    }

    fn peers(&self) -> Vec<(DeviceId, PublicKey)> {
        vec![(id(9), SecretKey::from_bytes(&[9; 32]).public()), (id(ALICE), self.alice.public())]
    }

    fn open(&self, file: Vec<u8>) -> Result<Opened, BundleError> {
        open(file, &self.bob, id(BOB), &self.peers())
    }

    /// Seals any plaintext as alice would, but for the binding, which is made right.
    fn seal_raw(&mut self, after_binding: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 24];
        self.rng.fill_bytes(&mut nonce);
        let length = BINDING_LEN + after_binding.len() + TAG_LEN;
        let (to, from) = (self.bob.public(), self.alice.public());
        let header = Header { nonce, to: header::to(&nonce, &to), from: header::from(&nonce, &from), length };
        let header = header.to_bytes();
        let mut plain = [&binding(&header)[..], after_binding].concat();
        let tag = cipher(&self.alice, &to)
            .encrypt_in_place_detached(Nonce::from_slice(&nonce), b"", &mut plain)
            .unwrap();
        [&header[..], &plain, &tag].concat()
    }

    /// Seals a manifest as that text.
    fn seal_text(&mut self, manifest: &str, frames: &[u8]) -> Vec<u8> {
        let length = (manifest.len() as u32).to_be_bytes();
        self.seal_raw(&[&length, manifest.as_bytes(), frames].concat())
    }
}

fn manifest() -> Manifest {
    Manifest {
        protocol: [1, 1],
        schema: 1,
        from: id(ALICE),
        to: id(BOB),
        replica: ReplicaId([1; 8]),
        head: 20,
        peer_replica: Some(ReplicaId([2; 8])),
        applied: Cursors { base: 9, behind: BTreeMap::from([("note".into(), 3)]) },
        seen: vec![(WriterId([2; 8]), 5)],
        left_out: Some(ReplicaId([2; 8])),
        after: Cursors { base: 10, behind: BTreeMap::new() },
        upto: 20,
        off: BTreeSet::from(["setting".into()]),
        digests: Some(BTreeMap::from([("task".into(), Digest(7))])),
        wall: 1_770_000_000_000,
    }
}

fn batch(entities: u128) -> Batch {
    let mut builder = Builder::default();
    builder.introduce(Writer { number: 1, id: WriterId([1; 8]), device: id(ALICE) });
    for n in 0..entities {
        builder.push("task", Uuid::from_u128(n), r#"{"title":"Plan"}"#, r#"{"v":[[1,9]]}"#);
    }
    builder.finish()
}

fn frames(batches: &[Batch]) -> Frames {
    let mut frames = Frames::new(ROOM);
    assert!(batches.iter().all(|batch| frames.push(batch).unwrap()));
    frames
}

fn refusal(opened: Result<Opened, BundleError>) -> BundleError {
    opened.map(|opened| opened.manifest).unwrap_err()
}

#[test]
fn what_was_sealed_opens_as_it_was() {
    let mut two = Two::new();
    let file = two.seal(&manifest(), frames(&[batch(3), batch(5)]));
    let opened = two.open(file).unwrap();
    assert_eq!(opened.manifest, manifest());
    let batches: Vec<_> = opened.batches().map(Result::unwrap).collect();
    assert_eq!(batches, [batch(3), batch(5)]);
    let nothing = two.seal(&manifest(), Frames::new(ROOM));
    assert_eq!(two.open(nothing).unwrap().batches().count(), 0);
}

#[test]
fn a_bit_flipped_anywhere_is_noticed() {
    let mut two = Two::new();
    let file = two.sealed();
    for at in 0..file.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 1;
        let expected = match at {
            0..8 => BundleError::NotABundle,
            8 => BundleError::Newer(0),
            _ => BundleError::Damaged,
        };
        assert_eq!(refusal(two.open(flipped)), expected, "byte {at}");
    }
}

#[test]
fn truncation_anywhere_and_bytes_behind_are_noticed() {
    let mut two = Two::new();
    let file = two.sealed();
    for end in 0..file.len() {
        let expected = if end < 8 { BundleError::NotABundle } else { BundleError::Damaged };
        assert_eq!(refusal(two.open(file[..end].to_vec())), expected, "{end} bytes");
    }
    assert_eq!(refusal(two.open([&file[..], b"x"].concat())), BundleError::Damaged);
}

#[test]
fn whom_it_is_for_and_who_wrote_it_is_told_apart() {
    let mut two = Two::new();
    let file = two.sealed();
    let carol = SecretKey::from_bytes(&[3; 32]);
    assert_eq!(refusal(open(file.clone(), &carol, id(3), &two.peers())), BundleError::OtherRecipient);
    // Alice was forgotten.
    assert_eq!(refusal(open(file.clone(), &two.bob, id(BOB), &two.peers()[..1])), BundleError::Stranger);
    assert_eq!(refusal(open(file, &two.alice, id(ALICE), &[(id(BOB), two.bob.public())])), BundleError::Own);
}

/// Both directions of two devices share one key, so the box alone would take one's own bundle for the other's.
#[test]
fn ones_own_bundle_turned_around_is_none() {
    let mut two = Two::new();
    let file = two.sealed();
    let (header, bytes) = Header::parse(&file).unwrap();
    let Header { nonce, length, .. } = header;
    let (alice, bob) = (two.alice.public(), two.bob.public());
    let turned = Header { nonce, to: header::to(&nonce, &alice), from: header::from(&nonce, &bob), length };
    let forged = [&turned.to_bytes()[..], &file[bytes.len()..]].concat();
    let opened = open(forged, &two.alice, id(ALICE), &[(id(BOB), bob)]);
    assert_eq!(refusal(opened), BundleError::Damaged);
}

#[test]
fn nobody_writes_in_anothers_name() {
    let mut two = Two::new();
    let (bob, carol) = (two.bob.public(), SecretKey::from_bytes(&[9; 32]));
    // Carol is paired with bob, and knows the public keys of both.
    let file = seal(&manifest(), Frames::new(ROOM), &carol, &bob, &mut two.rng).unwrap();
    assert!(matches!(refusal(two.open(file.clone())), BundleError::Malformed(_)));
    let (header, bytes) = Header::parse(&file).unwrap();
    let from = header::from(&header.nonce, &two.alice.public());
    let forged = [&Header { from, ..header }.to_bytes()[..], &file[bytes.len()..]].concat();
    assert_eq!(refusal(two.open(forged)), BundleError::Damaged);
    for other in [Manifest { to: id(3), ..manifest() }, Manifest { from: id(3), ..manifest() }] {
        let file = two.seal(&other, Frames::new(ROOM));
        assert!(matches!(refusal(two.open(file)), BundleError::Malformed(_)));
    }
}

#[test]
fn a_device_that_claims_anothers_key_shuts_nobody_out() {
    let mut two = Two::new();
    let file = two.sealed();
    let peers = [(id(9), two.alice.public()), (id(ALICE), two.alice.public())];
    assert_eq!(open(file, &two.bob, id(BOB), &peers).unwrap().manifest.from, id(ALICE));
}

/// crypto_box computes with them happily; a key of this type is none of them.
#[test]
fn keys_that_make_no_secret_never_get_that_far() {
    let mut one = [0; 32];
    one[0] = 1;
    for bytes in [[0; 32], one] {
        assert!(PublicKey::try_from(&bytes[..]).is_err());
        let unsafe_box = ChaChaBox::new(&bytes.into(), &crypto_box::SecretKey::from([5; 32]));
        let anybodys = ChaChaBox::new(&bytes.into(), &crypto_box::SecretKey::from([6; 32]));
        let (mut one, mut other) = ([0; 4], [0; 4]);
        for (cipher, text) in [(unsafe_box, &mut one), (anybodys, &mut other)] {
            cipher.encrypt_in_place_detached(Nonce::from_slice(&[0; 24]), b"", text).unwrap();
        }
        assert_eq!(one, other, "with such a key everybody has the same secret");
    }
}

#[test]
fn positions_that_contradict_each_other_are_refused() {
    let cursors = |base, note| Cursors { base, behind: BTreeMap::from([("note".into(), note)]) };
    let bad = [
        Manifest { upto: 21, digests: None, ..manifest() },
        Manifest { upto: 9, digests: None, ..manifest() },
        Manifest { upto: 19, ..manifest() },
        Manifest { after: cursors(4, 5), ..manifest() },
        Manifest { applied: cursors(4, 5), ..manifest() },
        Manifest { protocol: [2, 3], ..manifest() },
        Manifest { off: BTreeSet::from(["No name".into()]), ..manifest() },
        Manifest { seen: vec![(WriterId([1; 8]), u64::MAX)], ..manifest() },
        Manifest { seen: vec![(WriterId([1; 8]), 1); 1_025], ..manifest() },
    ];
    for manifest in bad {
        let mut two = Two::new();
        let file = two.seal(&manifest, Frames::new(ROOM));
        assert!(matches!(refusal(two.open(file)), BundleError::Malformed(_)), "{manifest:?}");
    }
}

#[test]
fn a_manifest_says_each_thing_once() {
    let mut two = Two::new();
    let good = serde_json::to_string(&manifest()).unwrap();
    let file = two.seal_text(&good, &[]);
    assert!(two.open(file).is_ok());
    let zero = "0".repeat(32);
    for (part, twice) in [
        (r#""schema":1"#, r#""schema":1,"schema":1"#.to_owned()),
        (r#""task":"#, format!(r#""task":"{zero}","task":"#)),
        (r#""note":3"#, r#""note":3,"note":3"#.to_owned()),
        (r#""schema":1"#, r#""schema":1,"unheard":1"#.to_owned()),
        (r#""schema":1"#, r#""schema":1e999"#.to_owned()),
    ] {
        assert!(good.contains(part), "{part}");
        let file = two.seal_text(&good.replace(part, &twice), &[]);
        assert!(matches!(refusal(two.open(file)), BundleError::Malformed(_)), "{twice}");
    }
    let deep = "[".repeat(100_000);
    let file = two.seal_text(&deep, &[]);
    assert!(matches!(refusal(two.open(file)), BundleError::Malformed(_)));
}

#[test]
fn lengths_inside_are_held_to_what_is_there() {
    let mut two = Two::new();
    let good = serde_json::to_string(&manifest()).unwrap();
    let bombs = |declared: u32, n: usize| {
        let frame = [&4_u32.to_be_bytes()[..], &declared.to_be_bytes()].concat();
        frame.repeat(n)
    };
    for frames in [
        vec![0, 0],
        u32::MAX.to_be_bytes().to_vec(),
        [&9_u32.to_be_bytes()[..], b"short"].concat(),
        0_u32.to_be_bytes().to_vec(),
        bombs(u32::MAX, 1),
        // Each is allowed, all together are not.
        bombs(BATCH_OUTPUT_MAX as u32, 342),
    ] {
        let file = two.seal_text(&good, &frames);
        assert!(matches!(refusal(two.open(file)), BundleError::Malformed(_)), "{} bytes", frames.len());
    }
    for raw in [&[][..], &[0, 0, 0], &u32::MAX.to_be_bytes(), &[0, 0, 0, 9, b'{']] {
        let file = two.seal_raw(raw);
        assert!(matches!(refusal(two.open(file)), BundleError::Malformed(_)), "{raw:?}");
    }
}

#[test]
fn a_bomb_takes_no_more_than_it_declared() {
    let mut two = Two::new();
    let packed = zstd::bulk::compress(&vec![b' '; 64 << 20], 19).unwrap();
    let bomb = [&100_u32.to_be_bytes()[..], &packed].concat();
    let frame = [&(bomb.len() as u32).to_be_bytes()[..], &bomb].concat();
    let file = two.seal_text(&serde_json::to_string(&manifest()).unwrap(), &frame);
    let opened = two.open(file).unwrap();
    assert!(matches!(opened.batches().next(), Some(Err(BatchError::Malformed(_)))));
}

#[test]
fn a_header_that_promises_too_much_is_refused_before_anything_is_read() {
    let length = BUNDLE_MAX + 1;
    let header = Header { nonce: [0; 24], to: [0; 8], from: [0; 8], length }.to_bytes();
    assert_eq!(refusal(Two::new().open(header.to_vec())), BundleError::TooBig);
}

#[test]
fn batches_are_taken_while_they_fit() {
    let one = batch(3).encode().unwrap().len() + 4;
    let mut frames = Frames::new(2 * one);
    let pushed: Vec<bool> = (0..4).map(|_| frames.push(&batch(3)).unwrap()).collect();
    assert_eq!((pushed, frames.entities()), (vec![true, true, false, false], 6));
    // The first always goes in: else nothing ever would.
    assert!(Frames::new(1).push(&batch(3)).unwrap());
}

/// Nothing in the clear is the same twice, names nobody, or is a key.
#[test]
fn a_stranger_learns_nothing_from_the_header() {
    let mut two = Two::new();
    let (one, other) = (two.sealed(), two.sealed());
    let parts = |file: &[u8]| [file[9..33].to_vec(), file[33..41].to_vec(), file[41..49].to_vec()];
    for (one, other) in parts(&one).iter().zip(&parts(&other)) {
        assert_ne!(one, other);
    }
    for known in [two.alice.public().as_bytes(), two.bob.public().as_bytes()] {
        assert!(!one.windows(8).any(|part| known.windows(8).any(|known| known == part)));
    }
    assert!(!one.windows(16).any(|part| part == id(ALICE).as_bytes() || part == id(BOB).as_bytes()));
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300), keep in 0_usize..57) {
        let mut two = Two::new();
        let file = two.sealed();
        let mixed = [&file[..keep], &bytes].concat();
        prop_assert!(two.open(mixed).is_err());
        prop_assert!(two.open(bytes.clone()).is_err());
        let raw = two.seal_raw(&bytes);
        prop_assert!(two.open(raw).is_err());
    }

    #[test]
    fn whatever_positions_there_are_come_back(seed: u64, base: u32, more: u32, counts in prop::collection::vec(0_u128..40, 0..5)) {
        let mut two = Two::seeded(seed);
        let after = Cursors { base: base.into(), behind: BTreeMap::new() };
        let upto = u64::from(base) + u64::from(more);
        let said = Manifest { after, upto, head: upto, ..manifest() };
        let batches: Vec<_> = counts.into_iter().map(batch).collect();
        let file = two.seal(&said, frames(&batches));
        let opened = two.open(file).unwrap();
        prop_assert_eq!(&opened.manifest, &said);
        prop_assert_eq!(opened.batches().map(Result::unwrap).collect::<Vec<_>>(), batches);
    }
}
