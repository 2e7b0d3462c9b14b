//! How a device shows itself on a network to the devices it is paired with, and to nobody else.
//!
//! An announcement is a nonce and sixteen tags, in an order that tells nothing. For each paired device one of them is a hash
//! of the pair's secret, the sender's id, the nonce and the port; while an invite is open one more is made by the typed
//! code's secret; the rest is random. Whoever shares a secret with the sender finds their tag; for everybody else all of it is
//! noise that is new with every nonce. So a stranger cannot follow a person from one network to the next, a forgotten
//! device is as blind as a stranger, and nobody can count the paired devices or see that an invite is open.
//!
//! There are two forms of one announcement: a DNS-SD instance name for mDNS, and a datagram of 64 bytes for networks that
//! drop multicast. Neither is more than a hint where to dial: what answers there must still prove itself in the handshake,
//! and anybody may repeat a hint. That is why tags may be short.

use crate::channel::MAX_PEERS;
use crate::identity::{DeviceId, InviteSecret, PairSecret, blake2s};
use data_encoding::BASE32_NOPAD;
use rand_core::{CryptoRng, RngCore};

/// The DNS-SD service that devices announce.
pub const SERVICE: &str = "_whph._tcp.local.";
/// The UDP port that datagrams are broadcast to.
pub const BEACON_PORT: u16 = 47_474;
/// How long a datagram is, in bytes.
pub const DATAGRAM_LEN: usize = 64;
/// How long an announcement is used before it is made anew, in milliseconds: nobody shall recognise yesterday's.
pub const RENEW_AFTER: u64 = 15 * crate::time::MINUTE;

const MAGIC: [u8; 4] = *b"WHPH";
/// A name holds at most 63 characters: nonce and tags in base32 are 61.
const NAME_NONCE: usize = 6;
const NAME_TAG: usize = 2;
const DATAGRAM_NONCE: usize = 10;
const DATAGRAM_TAG: usize = 3;

/// What can be recognised, and how.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The paired devices, and what is shared with each.
    pub peers: Vec<(DeviceId, PairSecret)>,
    /// The typed code of an invite: our own while it is open, or another device's that was typed here.
    pub invite: Option<InviteSecret>,
}

/// Who made an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// This paired device.
    Peer(DeviceId),
    /// The device that shows the code which was typed here.
    Inviter,
}

/// One announcement, in both forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The instance name.
    pub name: String,
    /// The datagram.
    pub datagram: [u8; DATAGRAM_LEN],
    /// Where the sender listens.
    pub port: u16,
}

impl Announcement {
    /// A new announcement of this device, which nobody can tell from one of another device without a secret of `keys`.
    #[must_use]
    pub fn new(own: DeviceId, port: u16, keys: &Keys, rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut plain = [0; NAME_NONCE + MAX_PEERS * NAME_TAG];
        fill::<NAME_TAG>(&mut plain, NAME_NONCE, own, port, keys, rng);
        let mut datagram = [0; DATAGRAM_LEN];
        datagram[..4].copy_from_slice(&MAGIC);
        datagram[4..6].copy_from_slice(&port.to_be_bytes());
        fill::<DATAGRAM_TAG>(&mut datagram[6..], DATAGRAM_NONCE, own, port, keys, rng);
        Self { name: BASE32_NOPAD.encode(&plain).to_ascii_lowercase(), datagram, port }
    }
}

/// Who made this instance name, if it was somebody that `keys` know. `port`: of the same service.
#[must_use]
pub fn recognise_name(name: &str, port: u16, keys: &Keys) -> Option<Who> {
    let plain = BASE32_NOPAD.decode(name.to_ascii_uppercase().as_bytes()).ok()?;
    (plain.len() == NAME_NONCE + MAX_PEERS * NAME_TAG).then_some(())?;
    recognise::<NAME_TAG>(&plain, NAME_NONCE, port, keys)
}

/// Who made this datagram, if it was somebody that `keys` know, and the port they listen on.
#[must_use]
pub fn recognise_datagram(datagram: &[u8], keys: &Keys) -> Option<(Who, u16)> {
    let datagram: &[u8; DATAGRAM_LEN] = datagram.try_into().ok()?;
    let rest = datagram.strip_prefix(&MAGIC)?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    let port = u16::from_be_bytes(*port);
    Some((recognise::<DATAGRAM_TAG>(rest, DATAGRAM_NONCE, port, keys)?, port))
}

fn fill<const TAG: usize>(
    plain: &mut [u8],
    nonce: usize,
    own: DeviceId,
    port: u16,
    keys: &Keys,
    rng: &mut (impl RngCore + CryptoRng),
) {
    rng.fill_bytes(plain);
    let (nonce, tags) = plain.split_at_mut(nonce);
    let mut free: Vec<&mut [u8]> = tags.chunks_exact_mut(TAG).collect();
    let peers = keys.peers.iter().map(|(_, secret)| tag(secret.as_bytes(), Some(own), nonce, port));
    let invite = keys.invite.iter().map(|secret| tag(secret.as_bytes(), None, nonce, port));
    // Whoever just typed a code waits for it; paired devices have other ways.
    for tag in invite.chain(peers) {
        let Some(last) = free.len().checked_sub(1) else { return };
        // A little biased, which matters for nothing: the order hides whose tag is whose.
        let place = usize::try_from(rng.next_u32()).unwrap_or_default() % (last + 1);
        free.swap_remove(place).copy_from_slice(&tag[..TAG]);
    }
}

fn recognise<const TAG: usize>(plain: &[u8], nonce: usize, port: u16, keys: &Keys) -> Option<Who> {
    let (nonce, tags) = plain.split_at_checked(nonce)?;
    let has = |tag: [u8; 32]| tags.chunks_exact(TAG).any(|there| *there == tag[..TAG]);
    if keys.invite.iter().any(|secret| has(tag(secret.as_bytes(), None, nonce, port))) {
        return Some(Who::Inviter);
    }
    let peer = keys.peers.iter().find(|(peer, secret)| has(tag(secret.as_bytes(), Some(*peer), nonce, port)));
    peer.map(|(peer, _)| Who::Peer(*peer))
}

/// Whoever types a code does not know yet whose it is, so that tag names no sender.
fn tag(secret: &[u8; 32], sender: Option<DeviceId>, nonce: &[u8], port: u16) -> [u8; 32] {
    let mut padded = [0; DATAGRAM_NONCE];
    padded[..nonce.len()].copy_from_slice(nonce);
    let sender = sender.map_or([0; 16], |sender| *sender.as_bytes());
    // The length tells the two forms apart.
    let form = [nonce.len() as u8];
    blake2s(b"whph announcement v1", &[secret, &sender, &form, &padded, &port.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use std::collections::BTreeSet;

    const ALICE: DeviceId = DeviceId::from_bytes([1; 16]);
    const BOB: DeviceId = DeviceId::from_bytes([2; 16]);
    const PORT: u16 = 4_433;

    fn rng(seed: u8) -> ChaCha20Rng {
        ChaCha20Rng::from_seed([seed; 32])
    }

    fn with(peer: DeviceId, secret: u8) -> Keys {
        Keys { peers: vec![(peer, PairSecret::from_bytes([secret; 32]))], invite: None }
    }

    fn invited(secret: u8) -> Keys {
        Keys { peers: Vec::new(), invite: Some(InviteSecret::generate(&mut rng(secret))) }
    }

    #[test]
    fn a_paired_device_recognises_both_forms_and_a_stranger_neither() {
        let shown = Announcement::new(ALICE, PORT, &with(BOB, 7), &mut rng(1));
        assert_eq!(recognise_name(&shown.name, PORT, &with(ALICE, 7)), Some(Who::Peer(ALICE)));
        assert_eq!(recognise_name(&shown.name.to_uppercase(), PORT, &with(ALICE, 7)), Some(Who::Peer(ALICE)));
        assert_eq!(recognise_datagram(&shown.datagram, &with(ALICE, 7)), Some((Who::Peer(ALICE), PORT)));
        for other in [with(ALICE, 8), with(BOB, 7), invited(7), Keys::default()] {
            assert_eq!(recognise_name(&shown.name, PORT, &other), None);
            assert_eq!(recognise_datagram(&shown.datagram, &other), None);
        }
    }

    #[test]
    fn a_name_fits_into_a_label_and_names_one_port_only() {
        let shown = Announcement::new(ALICE, PORT, &with(BOB, 7), &mut rng(1));
        assert!(shown.name.len() <= 63, "{}", shown.name.len());
        assert_eq!(recognise_name(&shown.name, PORT + 1, &with(ALICE, 7)), None);
        let mut moved = shown.datagram;
        moved[5] ^= 1;
        assert_eq!(recognise_datagram(&moved, &with(ALICE, 7)), None);
    }

    #[test]
    fn whoever_typed_the_code_finds_the_device_that_shows_it() {
        let mut keys = with(BOB, 7);
        keys.invite = invited(3).invite;
        let shown = Announcement::new(ALICE, PORT, &keys, &mut rng(1));
        assert_eq!(recognise_name(&shown.name, PORT, &invited(3)), Some(Who::Inviter));
        assert_eq!(recognise_datagram(&shown.datagram, &invited(3)), Some((Who::Inviter, PORT)));
        assert_eq!(recognise_name(&shown.name, PORT, &invited(4)), None);
        assert_eq!(recognise_name(&shown.name, PORT, &with(ALICE, 7)), Some(Who::Peer(ALICE)));
    }

    #[test]
    fn all_sixteen_paired_devices_are_recognised() {
        let secret = |n: u8| PairSecret::from_bytes([n; 32]);
        let keys = Keys { peers: (0..16).map(|n| (BOB, secret(n))).collect(), invite: None };
        let shown = Announcement::new(ALICE, PORT, &keys, &mut rng(1));
        for n in 0..16 {
            assert_eq!(recognise_name(&shown.name, PORT, &with(ALICE, n)), Some(Who::Peer(ALICE)), "{n}");
        }
    }

    #[test]
    fn two_announcements_of_a_device_have_nothing_in_common() {
        let mut rng = rng(1);
        let mut show = || Announcement::new(ALICE, PORT, &with(BOB, 7), &mut rng);
        let (first, second) = (show(), show());
        let pieces = |bytes: &[u8], len| bytes.windows(len).map(<[u8]>::to_vec).collect::<BTreeSet<_>>();
        let plain = |name: &str| BASE32_NOPAD.decode(name.to_uppercase().as_bytes()).unwrap();
        assert!(pieces(&plain(&first.name), 3).is_disjoint(&pieces(&plain(&second.name), 3)));
        // Beyond the magic and the port, which the connection itself shows.
        assert!(pieces(&first.datagram[6..], 3).is_disjoint(&pieces(&second.datagram[6..], 3)));
    }

    #[test]
    fn noise_is_recognised_as_nothing() {
        let keys = with(ALICE, 7);
        for name in ["", "whph", "ALICE-LAPTOP", "ä", &"a".repeat(61), &"a".repeat(64), &"2".repeat(500)] {
            assert_eq!(recognise_name(name, PORT, &keys), None, "{name}");
        }
        let shown = Announcement::new(BOB, PORT, &with(ALICE, 7), &mut rng(1)).datagram;
        for len in 0..DATAGRAM_LEN {
            assert_eq!(recognise_datagram(&shown[..len], &with(BOB, 7)), None);
        }
        assert_eq!(recognise_datagram(&[shown.as_slice(), &[0]].concat(), &with(BOB, 7)), None);
    }
}
