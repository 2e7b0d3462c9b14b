use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;

fn alice() -> Identity {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(1))
}

fn bob() -> Identity {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(2))
}

#[test]
fn a_device_id_survives_its_text_form() {
    let id = alice().device_id();
    let text = id.to_string();
    assert_eq!(text.len(), 26);
    assert_eq!(text.parse(), Ok(id));
    assert!(text.starts_with(&id.short()) && id.short().len() == 8);
    assert_eq!(serde_json::from_str::<DeviceId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
}

#[test]
fn a_device_id_has_one_spelling() {
    let text = alice().device_id().to_string();
    for wrong in [text.to_uppercase(), format!("{text}0"), text[1..].to_owned(), format!("8{}", &text[1..])] {
        assert_eq!(wrong.parse::<DeviceId>(), Err(InvalidDeviceId), "{wrong}");
    }
    assert!("i0000000000000000000000000".parse::<DeviceId>().is_err());
    assert!("é000000000000000000000000".parse::<DeviceId>().is_err());
}

#[test]
fn the_id_follows_the_channel_key_alone() {
    let (alice, bob) = (alice(), bob());
    let mixed = Identity { channel: alice.channel.clone(), bundle: bob.bundle };
    assert_eq!(mixed.device_id(), alice.device_id());
    assert_ne!(alice.device_id(), bob.channel.public().device_id());
    assert_ne!(alice.channel.public(), alice.bundle.public());
}

#[test]
fn a_fingerprint_is_the_id_in_groups_of_four() {
    let alice = alice();
    assert_eq!(alice.fingerprint().replace(' ', ""), alice.device_id().to_string());
    assert_eq!(alice.fingerprint().split(' ').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4, 4, 4, 2]);
}

#[test]
fn keys_that_give_nothing_are_refused() {
    let own = alice().channel.public();
    let mut order_8 = [0_u8; 32];
    order_8.copy_from_slice(
        &data_encoding::HEXLOWER
            .decode(b"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
            .unwrap(),
    );
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    for key in [[0; 32], one, minus_one, order_8] {
        assert_eq!(PublicKey::parse(&key, &own), Err(KeyError::Invalid), "{key:?}");
    }
    for length in [0, 31, 33] {
        assert_eq!(PublicKey::parse(&vec![9; length], &own), Err(KeyError::Invalid));
    }
}

#[test]
fn our_own_key_is_refused_in_every_spelling() {
    let own = alice().channel.public();
    assert_eq!(PublicKey::parse(own.as_bytes(), &own), Err(KeyError::Own));
    let mut high_bit = *own.as_bytes();
    high_bit[31] |= 0x80;
    assert_eq!(PublicKey::parse(&high_bit, &own), Err(KeyError::Invalid));
    // p + 9: the base point in its second spelling.
    let mut above_p = [0xff; 32];
    (above_p[0], above_p[31]) = (0xf6, 0x7f);
    assert_eq!(PublicKey::try_from(above_p.as_slice()), Err(KeyError::Invalid));
}

#[test]
fn a_public_key_survives_json_and_a_bad_one_does_not() {
    let key = bob().channel.public();
    let json = serde_json::to_string(&key).unwrap();
    assert_eq!(json.len(), 45);
    assert_eq!(serde_json::from_str::<PublicKey>(&json).unwrap(), key);
    let zero = format!("\"{}\"", "A".repeat(43));
    for wrong in [zero.as_str(), "\"\"", "7", "\"AAAA\"", "\"!!!\""] {
        assert!(serde_json::from_str::<PublicKey>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_identity_survives_the_key_store() {
    let alice = alice();
    let stored = alice.to_bytes();
    assert_eq!(stored.len(), 69);
    let back = Identity::from_bytes(&stored).unwrap();
    assert_eq!(back.to_bytes(), stored);
    assert_eq!(back.device_id(), alice.device_id());
}

#[test]
fn a_damaged_identity_never_becomes_another_device() {
    let stored = alice().to_bytes();
    for at in 1..stored.len() {
        let mut damaged = stored.to_vec();
        damaged[at] ^= 1;
        assert_eq!(Identity::from_bytes(&damaged).unwrap_err(), IdentityError::Damaged, "byte {at}");
    }
    for length in 0..stored.len() {
        assert_eq!(Identity::from_bytes(&stored[..length]).unwrap_err(), IdentityError::Damaged);
    }
    let mut newer = stored.to_vec();
    newer[0] = 2;
    assert_eq!(Identity::from_bytes(&newer).unwrap_err(), IdentityError::UnknownVersion(2));
}

#[test]
fn secrets_do_not_show_themselves() {
    let alice = alice();
    let shown = format!(
        "{alice:?} {:?} {:?} {:?}",
        alice.channel,
        PairSecret::from_bytes([7; 32]),
        InviteSecret::from_bytes([7; 32])
    );
    let expected = format!("Identity({}, …) SecretKey(…) PairSecret(…) InviteSecret(…)", alice.device_id());
    assert_eq!(shown, expected);
}
