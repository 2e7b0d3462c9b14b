use crate::beacon::{all, only};
use sync_core::discovery::{Keys, recognise_name};

/// The name of an instance that mDNS found, after two bytes of its port. It is one of ours or nobody's, in any case of letters, and
/// who is recognised holds that secret.
pub fn mdns_name(data: &[u8]) {
    let Some((port, name)) = data.split_first_chunk() else { return };
    let Ok(name) = std::str::from_utf8(name) else { return };
    let port = u16::from_be_bytes(*port);
    assert_eq!(recognise_name(name, port, &Keys::default()), None);
    let recognised = recognise_name(name, port, &all());
    if let Some(who) = recognised {
        assert_eq!(name.len(), 61);
        assert_eq!(recognise_name(name, port, &only(who)), Some(who));
    }
    for spelt in [name.to_ascii_uppercase(), name.to_ascii_lowercase()] {
        assert_eq!(recognise_name(&spelt, port, &all()), recognised);
    }
}
