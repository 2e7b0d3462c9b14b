//! Keys, device ids and the entry of the key store.

use data_encoding::BASE64URL_NOPAD;
use sync_core::identity::{DeviceId, Identity, PublicKey, SecretKey};

use super::{Vector, assert_held, hex};

#[test]
fn keys_and_ids_stay_as_they_are() {
    let mut base_point = [0; 32];
    base_point[0] = 9;
    let mut vectors = vec![named("a device id", &PublicKey::try_from(&base_point[..]).unwrap())];

    let (channel, bundle) = (SecretKey::from_bytes(&[1; 32]), SecretKey::from_bytes(&[2; 32]));
    let identity = Identity { channel, bundle };
    let entry = identity.to_bytes();
    vectors.push(
        named("an identity", &identity.channel.public())
            .hex("channel secret key", identity.channel.as_bytes())
            .hex("bundle secret key", identity.bundle.as_bytes())
            .hex("bundle key", identity.bundle.public().as_bytes())
            .text("fingerprint", &identity.fingerprint())
            .hex("key store entry", &entry),
    );
    assert_held("1/keys.txt", &vectors);

    assert_eq!(hex(&Identity::from_bytes(&entry).unwrap().to_bytes()), hex(&entry));
}

fn named(name: &str, key: &PublicKey) -> Vector {
    let (id, text) = (key.device_id(), BASE64URL_NOPAD.encode(key.as_bytes()));
    assert_eq!(id.to_string().parse::<DeviceId>(), Ok(id));
    assert_eq!(serde_json::from_str::<PublicKey>(&format!("\"{text}\"")).unwrap(), *key);
    Vector::new(name)
        .hex("channel key", key.as_bytes())
        .text("as text", &text)
        .hex("device id", id.as_bytes())
        .text("written", &id.to_string())
}
