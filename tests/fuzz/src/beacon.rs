use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sync_core::discovery::{Announcement, DATAGRAM_LEN, Keys, Who, recognise_datagram, recognise_name};
use sync_core::identity::{DeviceId, InviteSecret, PairSecret};

/// A datagram that came to the beacon's port. It is one of ours, whole, or nobody's; who is recognised holds that secret; and a
/// device whose announcement is made of these bytes is recognised in both forms.
pub fn beacon(data: &[u8]) {
    assert_eq!(recognise_datagram(data, &Keys::default()), None);
    if let Some((who, port)) = recognise_datagram(data, &all()) {
        assert_eq!(data.len(), DATAGRAM_LEN);
        assert!(data.starts_with(b"WHPH"));
        assert_eq!(data[4..6], port.to_be_bytes());
        assert_eq!(recognise_datagram(data, &only(who)), Some((who, port)));
    }
    announced(data);
}

/// Sixteen paired devices, and an invite.
pub(crate) fn all() -> Keys {
    let invite = Some(InviteSecret::from_bytes([0x77; 32]));
    Keys {
        peers: (1..=16).map(|n| (DeviceId::from_bytes([n; 16]), PairSecret::from_bytes([n; 32]))).collect(),
        invite,
    }
}

/// The one secret by which somebody is recognised.
pub(crate) fn only(who: Who) -> Keys {
    let Keys { peers, invite } = all();
    match who {
        Who::Peer(device) => {
            Keys { peers: peers.into_iter().filter(|(of, _)| *of == device).collect(), invite: None }
        }
        Who::Inviter => Keys { peers: Vec::new(), invite },
    }
}

fn announced(data: &[u8]) {
    let Some((seed, [a, b, ..])) = data.split_first_chunk() else { return };
    let port = u16::from_be_bytes([*a, *b]);
    let sender = DeviceId::from_bytes([3; 16]);
    let shown = Announcement::new(sender, port, &only(Who::Peer(sender)), &mut ChaCha20Rng::from_seed(*seed));
    let known = only(Who::Peer(sender));
    assert_eq!(recognise_datagram(&shown.datagram, &known), Some((Who::Peer(sender), port)));
    assert_eq!(recognise_name(&shown.name, port, &known), Some(Who::Peer(sender)));
    assert!(shown.name.len() <= 63 && shown.name.is_ascii());
}
