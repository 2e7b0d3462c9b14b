use blake2::{Blake2s256, Digest};
use data_encoding::BASE64URL_NOPAD;
use sync_core::identity::{PublicKey, SecretKey};
use sync_core::pairing::{ADDRESSES_MAX, LINK_MAX, PairLink};

const SCHEME: &str = "whph://pair?v=1&d=";

/// A pairing link: the text of one, or what is in one, to which the checksum is added here. It has one spelling, and leads where
/// somebody could be.
pub fn invite_link(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        parse(text);
    }
    let sum = Blake2s256::new().chain_update(b"whph pairing link v1").chain_update(data).finalize();
    parse(&format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&[data, &sum[..4]].concat())));
}

fn parse(text: &str) {
    let own = own();
    let Ok(link) = PairLink::parse(text, &own) else { return };
    assert!(text.len() <= LINK_MAX);
    assert_eq!(link.to_text(), text.split_whitespace().collect::<String>());
    assert_eq!(PairLink::parse(&link.to_text(), &own).as_ref(), Ok(&link));
    assert_ne!(link.key(), own);
    assert!(link.addresses().len() <= ADDRESSES_MAX);
    for address in link.addresses() {
        assert!(address.port() != 0 && !address.ip().is_unspecified() && !address.ip().is_multicast());
    }
    // The key is public. A link that somebody made up may have it for its secret too.
    let shown = format!("{link} {link:?}").replace(&format!("{:?}", link.key()), "");
    assert!(!shown.contains(&BASE64URL_NOPAD.encode(link.secret().as_bytes())), "the secret is shown");
}

fn own() -> PublicKey {
    SecretKey::from_bytes(&[1; 32]).public()
}
