//! Whom this device keeps company with: the paired devices, where they were, and when to dial them again. Other processes
//! of this device pair and forget too, so the database is asked rather than remembered.

use super::{Heard, Shell};
use crate::EngineError;
use crate::clock::now;
use crate::online::Hold;
use crate::online::manager::distinct;
use crate::settings::Settled;
use std::net::SocketAddr;
use sync_core::identity::DeviceId;
use sync_core::node::{Command, Input, LinkId, Peer};
use sync_core::pairing::{ADDRESSES_MAX, PairedPeer};
use sync_net::Listener;
use sync_store::Store;

impl Shell {
    pub(super) async fn remember(&mut self, link: LinkId, peer: PairedPeer) {
        let device = peer.key.device_id();
        let stored = self.engine.remember_peer(peer).await;
        let error = match stored {
            Ok(()) => self.load_peers().await.err(),
            Err(error) => Some(error),
        };
        drop(self.answer.send(Heard::Remembered(link, device, error.map(|error| error.to_string()))));
    }

    /// A half pair: what cannot be forgotten now is refused by the other side, and a person can forget it.
    pub(super) async fn forget(&mut self, peer: DeviceId) {
        drop(self.engine.forget(peer).await);
        self.reload_peers().await;
    }

    pub(super) async fn load_peers(&mut self) -> Result<(), EngineError> {
        let peers = self.engine.peers_with_secrets().await?;
        let Settled { name, paused, on_metered } = self.engine.settled().await?;
        self.handle(Input::Command(Command::SetName(name)));
        self.manager
            .set_peers(peers.iter().map(|peer| (peer.key.device_id(), peer.addresses.clone())).collect());
        let secrets = peers.iter().map(|peer| (peer.key.device_id(), peer.secret.clone())).collect();
        self.neighbours.set_secrets(secrets);
        let off = peers.iter().map(|peer| (peer.key.device_id(), peer.off.clone())).collect();
        let agreed = peers.iter().filter(|peer| peer.agreed).map(|peer| peer.key.device_id()).collect();
        let peers = peers.into_iter().map(|peer| Peer { key: peer.key, secret: peer.secret }).collect();
        self.handle(Input::Command(Command::SetPeers(peers)));
        self.handle(Input::Command(Command::SetOff(off)));
        self.handle(Input::Command(Command::SetAgreed(agreed)));
        self.live.send_modify(|live| live.devices += 1);
        (self.paused, self.on_metered) = (paused, on_metered);
        self.hold();
        self.announce();
        Ok(())
    }

    /// Takes a pause, waits for a network that does not cost by volume, or goes on. Until it does, the port is closed: whoever
    /// dials finds nobody, as with a device that is off, instead of being refused.
    pub(super) fn hold(&mut self) {
        let hold = match (self.keep_connected, self.paused, self.neighbours.metered && !self.on_metered) {
            (false, ..) | (true, false, false) => None,
            (true, true, _) => Some(Hold::Pause),
            (true, false, true) => Some(Hold::Metered),
        };
        if self.held == hold {
            return;
        }
        self.held = hold;
        self.live.send_modify(|live| live.hold = hold);
        if hold.is_some() {
            self.handle(Input::Command(Command::CloseInvite));
            self.close_port();
            self.handle(Input::Command(Command::Stop));
        } else {
            self.open_port();
            self.manager.begin_anew(now().mono);
        }
    }

    /// Opens the port again after a pause. Another program may have taken it meanwhile: then the next turn tries again.
    pub(super) fn open_port(&mut self) {
        if self.listener.is_none() && self.held.is_none() {
            self.bind();
        }
    }

    /// Opens the port, if it can be had.
    pub(super) fn bind(&mut self) {
        self.listener = self.listen.and_then(|address| Listener::bind(address).ok());
        self.announce();
    }

    /// Closes it for as long as it holds.
    pub(super) fn close_port(&mut self) {
        self.listener = None;
        self.announce();
    }

    /// As before, but an engine that cannot be read just now leaves things as they are: the next look tries again.
    pub(super) async fn reload_peers(&mut self) {
        if self.load_peers().await.is_err() {
            self.data_version = None;
        }
    }

    /// Where the peer can be tried next time, best first: where it answered, where it says it listens, where it was before.
    pub(super) fn last_addresses(
        &self,
        link: LinkId,
        peer: DeviceId,
        told: &[SocketAddr],
    ) -> Vec<SocketAddr> {
        let before = self.manager.known(peer);
        let mut addresses = distinct(self.via.get(&link).into_iter().chain(told).chain(before));
        addresses.truncate(ADDRESSES_MAX);
        addresses
    }

    pub(super) fn look(&self) {
        self.look_and(Heard::Looked);
    }

    pub(super) fn look_and(&self, then: impl FnOnce(Option<(u64, u64)>) -> Heard + Send + 'static) {
        let answer = self.answer.clone();
        let look = |store: &mut Store| store.data_version().ok().zip(store.head().ok());
        self.engine.db().post_then(look, move |seen| drop(answer.send(then(seen.ok().flatten()))));
    }

    /// Another process, or this one, wrote to the database: sessions pass it on, forgotten devices are cut, and what is no
    /// longer shared is sent no more.
    pub(super) async fn looked(&mut self, seen: Option<(u64, u64)>) {
        let Some((version, head)) = seen else { return };
        let before = self.data_version.replace((version, head));
        if before.is_none_or(|(_, before)| before != head) {
            self.changed(head);
        }
        if before.is_none_or(|(before, _)| before != version) {
            self.reload_peers().await;
        }
    }

    /// Dials every paired device that is due.
    pub(super) fn connect(&mut self) {
        for peer in self.manager.due(now().mono) {
            let link = self.node.new_link();
            self.sync(link, peer, Vec::new(), true);
        }
    }
}
