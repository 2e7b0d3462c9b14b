//! Whom to dial, where, and when: the sync manager. It has neither clock nor socket; the loop tells it what happens and asks
//! what is due.
//!
//! A device that is away is tried ever less often, up to once a minute, for whoever comes back or moves shows itself and
//! dials by itself. A sighting, a new network and a machine that wakes up make everything due at once. A device that
//! answers and then fails, for a reason that another try will hardly cure, is left alone for longer, so that it fills neither
//! the history nor the network.

use rand_core::{OsRng, RngCore};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use sync_core::identity::DeviceId;
use sync_core::pairing::ADDRESSES_MAX;
use sync_core::time::{MINUTE, Mono, SECOND};

/// A device that does not answer is tried again after this, in milliseconds; doubled with each further time …
const AWAY_FIRST: u64 = SECOND;
/// … up to this.
const AWAY_LONGEST: u64 = MINUTE;
/// The same for a device that answers and then fails.
const TROUBLE_FIRST: u64 = MINUTE / 6;
const TROUBLE_LONGEST: u64 = 10 * MINUTE;
/// Anybody can repeat a sighting: it makes no device due sooner than this after it was dialled.
const SIGHTED_AGAIN: u64 = 2 * SECOND;
/// When two devices see each other at once, the one with the greater id gives the other this head start.
const HEAD_START: u64 = SECOND / 4;

/// What the manager knows of the paired devices.
#[derive(Debug)]
pub(super) struct SyncManager {
    own: DeviceId,
    peers: BTreeMap<DeviceId, Peer>,
}

#[derive(Debug, Default)]
struct Peer {
    /// Where it was last, best first.
    known: Vec<SocketAddr>,
    /// Where it was seen on the present network, newest first.
    sighted: Vec<SocketAddr>,
    links: usize,
    dialling: bool,
    dialled: Option<Mono>,
    /// How long to wait after the next failure of each kind.
    away: Option<u64>,
    trouble: Option<u64>,
    /// Not before this.
    due: Mono,
    /// A sighting does not shorten this.
    troubled_until: Mono,
}

impl Peer {
    /// Best first: where it was and is seen again, the last place that it was at, where it is seen, where it once was. Anybody can
    /// repeat a sighting, and shall not be asked before the place that a device is known to be at.
    fn addresses(&self) -> Vec<SocketAddr> {
        let again = self.sighted.iter().filter(|address| self.known.contains(address));
        distinct(again.chain(self.known.first()).chain(&self.sighted).chain(&self.known))
    }

    fn is_wanted(&self) -> bool {
        self.links == 0 && !self.dialling && !(self.known.is_empty() && self.sighted.is_empty())
    }

    fn due(&self) -> Mono {
        self.due.max(self.troubled_until)
    }
}

impl SyncManager {
    pub(super) fn new(own: DeviceId) -> Self {
        Self { own, peers: BTreeMap::new() }
    }

    /// These are the paired devices, and where they were last.
    pub(super) fn set_peers(&mut self, peers: BTreeMap<DeviceId, Vec<SocketAddr>>) {
        let mut before = std::mem::take(&mut self.peers);
        for (device, known) in peers {
            let peer = before.remove(&device).unwrap_or_default();
            self.peers.insert(device, Peer { known, ..peer });
        }
    }

    /// Where a device was last, best first.
    pub(super) fn known(&self, device: DeviceId) -> &[SocketAddr] {
        self.peers.get(&device).map_or(&[], |peer| &peer.known)
    }

    /// The device told where it can be reached.
    pub(super) fn set_known(&mut self, device: DeviceId, known: Vec<SocketAddr>) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.known = known;
        }
    }

    /// Every place where a device may be, best first.
    pub(super) fn addresses(&self, device: DeviceId) -> Vec<SocketAddr> {
        self.peers.get(&device).map(Peer::addresses).unwrap_or_default()
    }

    /// Something that looks like the device is at this address.
    pub(super) fn sighted(&mut self, device: DeviceId, address: SocketAddr, now: Mono) {
        let head_start = head_start(self.own, device);
        let Some(peer) = self.peers.get_mut(&device) else { return };
        if !peer.sighted.contains(&address) {
            peer.away = None;
        }
        peer.sighted.retain(|other| *other != address);
        peer.sighted.insert(0, address);
        peer.sighted.truncate(ADDRESSES_MAX);
        let again = peer.dialled.map_or(Mono(0), |dialled| Mono(dialled.0 + SIGHTED_AGAIN));
        peer.due = peer.due.min(Mono(now.0 + head_start).max(again));
    }

    /// Whether whoever answered there cannot be taken for the device, because only a sighting has led there. Then it is not looked
    /// for there any more, unless it is sighted again.
    pub(super) fn is_mistaken(&mut self, device: DeviceId, address: SocketAddr) -> bool {
        let Some(peer) = self.peers.get_mut(&device) else { return false };
        let seen = peer.sighted.len();
        peer.sighted.retain(|sighted| *sighted != address);
        peer.sighted.len() < seen && !peer.known.contains(&address)
    }

    /// The network is another one, this machine slept, or a pause is over: everybody is due.
    pub(super) fn begin_anew(&mut self, now: Mono) {
        for (device, peer) in &mut self.peers {
            let head_start = head_start(self.own, *device);
            peer.sighted.clear();
            (peer.away, peer.trouble) = (None, None);
            peer.due = Mono(now.0 + head_start);
            peer.troubled_until = Mono(0);
        }
    }

    /// The device is being dialled.
    pub(super) fn dialling(&mut self, device: DeviceId, now: Mono) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.dialling = true;
            peer.dialled = Some(now);
        }
    }

    /// A session with the device began. `dialled`: by us.
    pub(super) fn connected(&mut self, device: DeviceId, dialled: bool) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.links += 1;
            peer.dialling &= !dialled;
            peer.away = None;
        }
    }

    /// Nobody answered, or whoever did hung up during the handshake (`answered`).
    pub(super) fn unreachable(&mut self, device: DeviceId, answered: bool, now: Mono) {
        let Some(peer) = self.peers.get_mut(&device) else { return };
        peer.dialling = false;
        let wait = peer.away.unwrap_or(AWAY_FIRST);
        peer.away = Some((wait * 2).min(AWAY_LONGEST));
        peer.due = Mono(now.0 + jittered(wait));
        if answered {
            peer.trouble(now);
        }
    }

    /// A session ended. `well`: in a way that another try may go beyond.
    pub(super) fn ended(&mut self, device: DeviceId, well: bool, now: Mono) {
        let Some(peer) = self.peers.get_mut(&device) else { return };
        peer.links = peer.links.saturating_sub(1);
        peer.due = Mono(now.0 + jittered(AWAY_FIRST));
        if !well {
            peer.trouble(now);
        }
    }

    /// A person said "not now", here or there: nobody is asked again soon, unless by a sync that somebody wants.
    pub(super) fn declined(&mut self, device: DeviceId, now: Mono) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.troubled_until = Mono(now.0 + TROUBLE_LONGEST);
        }
    }

    /// All is well with the device.
    pub(super) fn proved(&mut self, device: DeviceId) {
        if let Some(peer) = self.peers.get_mut(&device) {
            (peer.trouble, peer.troubled_until) = (None, Mono(0));
        }
    }

    /// Whether some device is not connected.
    pub(super) fn misses_somebody(&self) -> bool {
        self.peers.values().any(|peer| peer.links == 0)
    }

    /// Whoever is to be dialled now.
    pub(super) fn due(&self, now: Mono) -> Vec<DeviceId> {
        let due = self.peers.iter().filter(|(_, peer)| peer.is_wanted() && peer.due() <= now);
        due.map(|(device, _)| *device).collect()
    }

    /// When somebody is to be dialled next.
    pub(super) fn next_due(&self) -> Option<Mono> {
        self.peers.values().filter(|peer| peer.is_wanted()).map(Peer::due).min()
    }
}

impl Peer {
    fn trouble(&mut self, now: Mono) {
        let wait = self.trouble.unwrap_or(TROUBLE_FIRST);
        self.trouble = Some((wait * 2).min(TROUBLE_LONGEST));
        self.troubled_until = Mono(now.0 + jittered(wait));
    }
}

/// How long a device leaves it to the other one to dial, in milliseconds.
fn head_start(own: DeviceId, other: DeviceId) -> u64 {
    if own < other { 0 } else { HEAD_START }
}

/// Each address once, where it stood first.
pub(super) fn distinct<'a>(addresses: impl Iterator<Item = &'a SocketAddr>) -> Vec<SocketAddr> {
    let mut distinct: Vec<SocketAddr> = Vec::new();
    for address in addresses {
        if !distinct.contains(address) {
            distinct.push(*address);
        }
    }
    distinct
}

/// A quarter more or less, so that devices which lost each other at the same moment do not go on in step.
fn jittered(wait: u64) -> u64 {
    wait - wait / 4 + u64::from(OsRng.next_u32()) % (wait / 2 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: DeviceId = DeviceId::from_bytes([1; 16]);
    const BOB: DeviceId = DeviceId::from_bytes([2; 16]);

    fn home() -> SocketAddr {
        "192.168.1.7:4433".parse().unwrap()
    }

    fn moved() -> SocketAddr {
        "192.168.1.8:4433".parse().unwrap()
    }

    fn manager() -> SyncManager {
        let mut manager = SyncManager::new(ALICE);
        manager.set_peers([(BOB, vec![home()])].into());
        manager
    }

    /// Dials whoever is due, every 100 ms for an hour; how often.
    fn tries(manager: &mut SyncManager, answered: bool) -> usize {
        let mut tries = 0;
        for now in (0..60 * MINUTE).step_by(100).map(Mono) {
            for device in manager.due(now) {
                tries += 1;
                manager.dialling(device, now);
                manager.unreachable(device, answered, now);
            }
        }
        tries
    }

    #[test]
    fn a_device_that_is_away_is_tried_at_once_and_then_about_once_a_minute() {
        let tries = tries(&mut manager(), false);
        assert!((50..100).contains(&tries), "{tries}");
    }

    #[test]
    fn a_device_that_answers_and_fails_is_tried_ever_less_often_until_all_is_well() {
        let mut manager = manager();
        let tries = tries(&mut manager, true);
        assert!((8..20).contains(&tries), "{tries}");
        let now = Mono(60 * MINUTE);
        manager.proved(BOB);
        manager.sighted(BOB, home(), Mono(now.0 + SIGHTED_AGAIN));
        assert_eq!(manager.due(Mono(now.0 + SIGHTED_AGAIN)), [BOB]);
    }

    #[test]
    fn a_device_that_was_sighted_is_dialled_there_at_once() {
        let mut manager = manager();
        manager.dialling(BOB, Mono(0));
        manager.unreachable(BOB, false, Mono(0));
        let later = Mono(SIGHTED_AGAIN);
        manager.sighted(BOB, moved(), later);
        assert_eq!(manager.due(later), [BOB]);
        assert_eq!(manager.addresses(BOB), [home(), moved()], "the place where it was gets a head start");
        manager.set_known(BOB, vec![home(), moved()]);
        assert_eq!(manager.addresses(BOB), [moved(), home()], "unless it is seen where it was before");
    }

    #[test]
    fn whoever_repeats_an_announcement_keeps_nobody_from_the_device() {
        let mut manager = manager();
        manager.sighted(BOB, moved(), Mono(0));
        manager.dialling(BOB, Mono(0));
        assert!(manager.is_mistaken(BOB, moved()));
        manager.unreachable(BOB, false, Mono(0));
        assert_eq!(manager.addresses(BOB), [home()]);
        assert_eq!(manager.due(Mono(2 * AWAY_FIRST)), [BOB]);
        assert!(!manager.is_mistaken(BOB, home()), "where it was known to be it may well refuse us");
    }

    #[test]
    fn sightings_that_anybody_can_repeat_cause_a_few_dials_only() {
        let mut manager = manager();
        let mut dials = 0;
        for now in (0..MINUTE).step_by(10).map(Mono) {
            manager.sighted(BOB, moved(), now);
            for device in manager.due(now) {
                dials += 1;
                manager.dialling(device, now);
                manager.unreachable(device, false, now);
            }
        }
        assert!(dials <= 33, "{dials}");
    }

    #[test]
    fn nobody_is_dialled_who_is_connected_or_being_dialled_or_unknown() {
        let mut manager = manager();
        manager.dialling(BOB, Mono(0));
        assert!(manager.due(Mono(MINUTE)).is_empty() && manager.next_due().is_none());
        manager.connected(BOB, true);
        manager.sighted(BOB, moved(), Mono(MINUTE));
        assert!(manager.due(Mono(2 * MINUTE)).is_empty() && !manager.misses_somebody());
        manager.ended(BOB, true, Mono(2 * MINUTE));
        assert_eq!(manager.due(Mono(2 * MINUTE + 2 * AWAY_FIRST)), [BOB]);
        manager.sighted(DeviceId::from_bytes([9; 16]), moved(), Mono(0));
        assert_eq!(manager.peers.len(), 1);
    }

    #[test]
    fn whoever_said_not_now_is_left_alone_for_a_while() {
        let mut manager = manager();
        manager.connected(BOB, true);
        manager.declined(BOB, Mono(0));
        manager.ended(BOB, true, Mono(0));
        manager.sighted(BOB, moved(), Mono(SECOND));
        assert!(manager.due(Mono(TROUBLE_LONGEST - 1)).is_empty());
        assert_eq!(manager.due(Mono(TROUBLE_LONGEST)), [BOB]);
    }

    #[test]
    fn a_new_network_makes_everybody_due_and_forgets_where_they_were_seen() {
        let mut manager = manager();
        manager.sighted(BOB, moved(), Mono(0));
        for now in [0, 100, 200].map(Mono) {
            manager.dialling(BOB, now);
            manager.unreachable(BOB, true, now);
        }
        assert!(manager.due(Mono(300)).is_empty());
        manager.begin_anew(Mono(300));
        assert_eq!(manager.due(Mono(300)), [BOB]);
        assert_eq!(manager.addresses(BOB), [home()]);
    }

    #[test]
    fn when_two_see_each_other_at_once_one_of_them_dials_first() {
        let mut bob = SyncManager::new(BOB);
        bob.set_peers([(ALICE, vec![home()])].into());
        let mut alice = manager();
        alice.begin_anew(Mono(0));
        bob.begin_anew(Mono(0));
        assert_eq!((alice.due(Mono(0)), bob.due(Mono(0))), (vec![BOB], vec![]));
        assert_eq!(bob.due(Mono(HEAD_START)), [ALICE]);
    }
}
