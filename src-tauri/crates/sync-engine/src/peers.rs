//! The paired devices. What is public about them is in the database; what we share with each is in the key store.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use sync_core::channel::MAX_PEERS;
use sync_core::identity::{DeviceId, PairSecret, PublicKey};
use sync_core::pairing::{DeviceName, PairedPeer};
use sync_core::time::MINUTE;
use sync_store::{NewPeer, Peer, Store};

use crate::error::{EngineError, ID_PREFIX_MIN};
use crate::init::visible_name;
use crate::keystore::{Keystore, KeystoreError};
use crate::{Engine, clock};

/// How long after the same failure it is written down again, in milliseconds.
const NOTED_AGAIN: u64 = 5 * MINUTE;

/// What a session with a paired device needs.
#[derive(Clone, Debug)]
pub struct PeerAccess {
    /// Its channel key.
    pub key: PublicKey,
    /// What people call it.
    pub name: String,
    /// What we share with it.
    pub secret: PairSecret,
    /// Where it was last, newest first.
    pub addresses: Vec<SocketAddr>,
    /// Kinds that are not shared with it.
    pub off: BTreeSet<Box<str>>,
    /// Whether a person let what both hold be put together.
    pub agreed: bool,
}

impl Engine {
    /// The paired devices, by the time of their pairing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn peers(&self) -> Result<Vec<Peer>, EngineError> {
        Ok(self.db().call(|store| store.peers()).await??)
    }

    /// The paired device that a person means: by its name, its id, or at least four characters that only its id begins with.
    ///
    /// # Errors
    /// When none or several fit, or the database fails.
    pub async fn find_peer(&self, device: &str) -> Result<Peer, EngineError> {
        pick(self.peers().await?, device)
    }

    /// The paired devices that a session is possible with. One whose secret is gone from the key store is left out; its
    /// status says so.
    ///
    /// # Errors
    /// When the database or the key store fails.
    pub async fn peers_with_secrets(&self) -> Result<Vec<PeerAccess>, EngineError> {
        let keystore = self.parts.keystore.clone();
        let read = move |store: &mut Store| {
            let mut peers = Vec::new();
            let off = store.kinds_off(None)?;
            for peer in store.peers()? {
                if let Some(secret) = secret(&keystore, peer.device)? {
                    let addresses =
                        peer.addresses.iter().filter_map(|address| address.parse().ok()).collect();
                    let off = &off | &store.kinds_off(Some(peer.device))?;
                    let agreed = peer.agreed == Some(true);
                    let (key, name) = (peer.channel_key, peer.name);
                    peers.push(PeerAccess { key, name, secret, addresses, off, agreed });
                }
            }
            Ok(peers)
        };
        self.db().call(read).await?
    }

    /// Stores a device that was just paired: its secret first, so that there is never a paired device without one.
    ///
    /// # Errors
    /// When the key store or the database fails.
    pub async fn remember_peer(&self, peer: PairedPeer) -> Result<(), EngineError> {
        let keystore = self.parts.keystore.clone();
        let remember = move |store: &mut Store| {
            // A device that is paired anew stays known where it was.
            let known = store.peer(peer.key.device_id())?;
            if known.is_none() && store.peers()?.len() >= MAX_PEERS {
                return Err(EngineError::TooManyDevices);
            }
            keystore.set(&secret_name(peer.key.device_id()), peer.secret.as_bytes())?;
            let new = NewPeer {
                name: peer.name.to_string(),
                channel_key: peer.key,
                bundle_key: Some(peer.bundle_key),
                addresses: known.map_or_else(Vec::new, |known| known.addresses),
            };
            Ok(store.add_peer(&new, clock::now().wall)?)
        };
        self.db().call(remember).await?
    }

    /// A paired device introduced itself in a session: remember what it is called, where it listens, what it does not share and
    /// that it was seen. Not waited for; a device forgotten meanwhile stays so.
    pub fn note_greeting(
        &self,
        device: DeviceId,
        name: String,
        addresses: Vec<SocketAddr>,
        off: BTreeSet<Box<str>>,
    ) {
        self.db().post(move |store| {
            let Ok(Some(known)) = store.peer(device) else { return };
            let name = DeviceName::clean(&name).to_string();
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            // What cannot be written now is told again in the next session.
            drop(store.peer_seen(device, clock::now().wall));
            if name != known.own_name {
                drop(store.rename_peer(device, &name));
            }
            if !addresses.is_empty() && addresses != known.addresses {
                drop(store.set_peer_addresses(device, &addresses));
            }
            drop(store.set_peer_off(device, &off));
        });
    }

    /// A paired device answered and refused this one, or the channel to it failed: worth a person's attention until a sync
    /// succeeds, unlike one that is merely out of reach. Not waited for.
    pub fn note_refusal(&self, device: DeviceId, reason: String) {
        self.db().post(move |store| {
            let Ok(known) = store.peer_refusal(device) else { return };
            if known.is_none_or(|known| known.reason != reason) {
                // What cannot be written now is told again at the next attempt.
                drop(store.peer_refused(device, &reason, clock::now().wall));
            }
        });
    }

    /// An attempt to sync with a paired device did not end in a proof: remembered until one does, so that a person can see why what
    /// waits for it still waits. Not waited for; the same reason again is written every few minutes only.
    pub fn note_failure(&self, device: DeviceId, reason: String) {
        self.db().post(move |store| {
            let Ok(known) = store.peer_failure(device) else { return };
            let now = clock::now().wall;
            let is_told =
                known.is_some_and(|known| known.reason == reason && known.at.0.abs_diff(now.0) < NOTED_AGAIN);
            if !is_told {
                // What cannot be written now is told again at the next attempt.
                drop(store.peer_failed(device, &reason, now));
            }
        });
    }

    /// How far a paired device's clock was from this one's when it said hello, in milliseconds. Not waited for.
    pub fn note_skew(&self, device: DeviceId, skew: i64) {
        // A device that was forgotten meanwhile stays so.
        self.db().post(move |store| drop(store.set_peer_skew(device, skew)));
    }

    /// Calls a paired device by this name here, over the one that it gives itself; `None`, or nothing that can be seen: by its
    /// own name again.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub async fn label_peer(&self, device: DeviceId, name: Option<&str>) -> Result<(), EngineError> {
        let label = name.and_then(visible_name);
        Ok(self.db().call(move |store| store.label_peer(device, label.as_deref())).await??)
    }

    /// Forgets a paired device: from then on it is refused. What it wrote stays here, and what it got stays there.
    ///
    /// # Errors
    /// When it is not paired, or the key store or the database fails.
    pub async fn forget(&self, device: DeviceId) -> Result<(), EngineError> {
        let keystore = self.parts.keystore.clone();
        let forget = move |store: &mut Store| {
            keystore.delete(&secret_name(device))?;
            Ok(store.remove_peer(device)?)
        };
        self.db().call(forget).await?
    }
}

/// What we share with a device, unless it is gone.
pub(crate) fn secret(keystore: &Keystore, device: DeviceId) -> Result<Option<PairSecret>, KeystoreError> {
    let name = secret_name(device);
    let Some(bytes) = keystore.get(&name)? else { return Ok(None) };
    let bytes = <[u8; 32]>::try_from(&*bytes).map_err(|_| KeystoreError::Damaged { name })?;
    Ok(Some(PairSecret::from_bytes(bytes)))
}

fn secret_name(device: DeviceId) -> String {
    format!("pair-{device}")
}

fn pick(peers: Vec<Peer>, wanted: &str) -> Result<Peer, EngineError> {
    let is_prefix =
        |peer: &Peer| wanted.len() >= ID_PREFIX_MIN && peer.device.to_string().starts_with(wanted);
    let fits = |peer: &Peer| peer.name == wanted || is_prefix(peer);
    let device = || wanted.to_owned();
    let mut found = peers.into_iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(peer), None) => Ok(peer),
        (Some(_), Some(_)) => Err(EngineError::SeveralDevices { device: device() }),
        (None, _) => Err(EngineError::NoDevice { device: device() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::OsRng;
    use sync_core::identity::SecretKey;

    fn peer(name: &str) -> Peer {
        let channel_key = SecretKey::generate(&mut OsRng).public();
        Peer {
            device: channel_key.device_id(),
            name: name.into(),
            own_name: name.into(),
            channel_key,
            bundle_key: None,
            added: sync_core::time::Wall(0),
            last_seen: None,
            last_sync: None,
            addresses: Vec::new(),
            agreed: None,
        }
    }

    #[test]
    fn a_device_is_found_by_name_id_or_the_beginning_of_its_id() {
        let peers = vec![peer("phone"), peer("laptop"), peer("laptop")];
        let id = peers[1].device.to_string();
        for wanted in [id.as_str(), &id[..8], &id[..12]] {
            assert_eq!(pick(peers.clone(), wanted).unwrap().device, peers[1].device);
        }
        assert_eq!(pick(peers.clone(), "phone").unwrap().name, "phone");
        assert!(matches!(pick(peers.clone(), "laptop"), Err(EngineError::SeveralDevices { .. })));
        assert!(matches!(pick(peers.clone(), &id[..3]), Err(EngineError::NoDevice { .. })));
        assert!(matches!(pick(peers, ""), Err(EngineError::NoDevice { .. })));
    }
}
