//! Two devices on loopback, in one process: pairing, sync, staying connected, forgetting.

use super::*;
use crate::{Backend, EngineError, Init, PeerState};
use std::time::Duration;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::schema::{Field, Kind, Rule, Schema, Shape};
use sync_core::session::Event;
use sync_store::Edit;
use tempfile::TempDir;
use uuid::Uuid;

fn schema() -> Schema {
    let title = Field {
        name: "title",
        rule: Rule::Register,
        shape: Shape::Text { max: 100, line: true },
        required: true,
    };
    let kind = Kind {
        name: "task",
        fields: vec![title],
        title: "title",
        natural_key: &[],
        local_when: None,
        check: None,
    };
    Schema { version: 1, kinds: vec![kind] }
}

struct Device {
    engine: Engine,
    net: Net,
    _dir: TempDir,
}

impl Device {
    async fn start(name: &str, keep_connected: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let init = Init { name: name.into(), listen: Some(listen), keystore: Some(Backend::File) };
        Engine::init(dir.path(), init).unwrap();
        let engine = Engine::open(dir.path(), schema()).unwrap();
        let listen = engine.device().listen;
        let net = engine.go_online(Online { listen: Some(listen), keep_connected }).await.unwrap();
        Self { engine, net, _dir: dir }
    }

    fn id(&self) -> DeviceId {
        self.engine.device().id
    }

    async fn add(&self, title: &str) -> EntityKey {
        let key = EntityKey::new("task", Uuid::new_v4());
        self.set(&key, title).await;
        key
    }

    async fn set(&self, key: &EntityKey, title: &str) {
        let fields = serde_json::json!({ "title": title }).as_object().unwrap().clone();
        self.engine.write(vec![Edit { key: key.clone(), change: Change::Set(fields) }]).await.unwrap();
    }

    async fn title(&self, key: &EntityKey) -> Option<String> {
        let view = self.engine.get(key).await.unwrap()?;
        Some(view.fields["title"].as_str()?.to_owned())
    }
}

/// Pairs both by link; both people say yes. Returns once the first session has ended on both sides.
async fn pair(alice: &Device, bob: &Device) {
    for mut notices in compare(alice, bob).await {
        while !matches!(next(&mut notices).await, Notice::Ended { end: End::Proved, .. }) {}
    }
}

/// Both people say yes to the digits. What happens then at each.
async fn compare(alice: &Device, bob: &Device) -> [broadcast::Receiver<Notice>; 2] {
    let (mut at_alice, mut at_bob) = (alice.net.notices(), bob.net.notices());
    let invitation = alice.net.invite().await.unwrap();
    let by = JoinBy::parse(&invitation.link, &bob.engine.identity().channel.public(), vec![]).unwrap();
    bob.net.join(by).await.unwrap();
    let mut shown = Vec::new();
    for (device, notices) in [(alice, &mut at_alice), (bob, &mut at_bob)] {
        loop {
            if let Notice::Compare { link, digits, .. } = next(notices).await {
                shown.push(digits);
                device.net.decide(link, true);
                break;
            }
        }
    }
    assert_eq!(shown[0], shown[1]);
    [at_alice, at_bob]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_merge_waits_for_an_ok_at_either_device() {
    let (alice, bob) = (Device::start("alice", false).await, Device::start("bob", false).await);
    let (of_alice, of_bob) = (alice.add("of alice").await, bob.add("of bob").await);
    let [mut at_alice, mut at_bob] = compare(&alice, &bob).await;
    let preview = Preview::Compared { new_here: 1, new_there: 1, differ: 0, same: 0 };
    let mut live = alice.net.live();
    let waits = live.wait_for(|live| !live.previews.is_empty()).await.unwrap().previews.clone();
    assert_eq!(waits.values().collect::<Vec<_>>(), [&(bob.id(), preview)]);
    let state = |overview: crate::Overview| overview.peers[0].state.clone();
    assert_eq!(state(alice.engine.overview().await.unwrap()), PeerState::WaitsForOk);
    assert_eq!((alice.title(&of_bob).await, bob.title(&of_alice).await), (None, None));

    alice.net.decline(*waits.keys().next().unwrap());
    while !matches!(next(&mut at_alice).await, Notice::Ended { end: End::NotNow, .. }) {}
    let not_now = End::Left(sync_core::wire::ByeReason::NotNow);
    while !matches!(next(&mut at_bob).await, Notice::Ended { end, .. } if end == not_now) {}
    assert!(live.borrow_and_update().previews.is_empty());
    assert_eq!(state(bob.engine.overview().await.unwrap()), PeerState::WaitsForOk);
    assert_eq!((alice.title(&of_bob).await, bob.title(&of_alice).await), (None, None));

    let agrees = async {
        let (link, waiting) = loop {
            if let Notice::Session { link, event: Event::Preview(preview), .. } = next(&mut at_bob).await {
                break (link, preview);
            }
        };
        assert_eq!(waiting, preview);
        bob.net.agree(link);
    };
    let (outcome, ()) = tokio::join!(alice.net.sync(bob.id(), vec![bob.net.bound().unwrap()]), agrees);
    outcome.end.unwrap();
    assert_eq!(alice.title(&of_bob).await.as_deref(), Some("of bob"));
    assert_eq!(bob.title(&of_alice).await.as_deref(), Some("of alice"));
    assert_eq!(state(alice.engine.overview().await.unwrap()), PeerState::UpToDate);
}

async fn next(notices: &mut broadcast::Receiver<Notice>) -> Notice {
    tokio::time::timeout(Duration::from_secs(20), notices.recv()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_pair_sync_and_part() {
    let (alice, bob) = (Device::start("alice", false).await, Device::start("bob", false).await);
    let before = alice.add("from before the pairing").await;
    pair(&alice, &bob).await;
    assert_eq!(
        bob.title(&before).await.as_deref(),
        Some("from before the pairing"),
        "the first session moves data"
    );

    let after = bob.add("later").await;
    let outcome = alice.net.sync(bob.id(), vec![]).await;
    outcome.end.unwrap();
    assert_eq!(outcome.progress.received.new, 1);
    assert_eq!(alice.title(&after).await.as_deref(), Some("later"));

    alice.engine.forget(bob.id()).await.unwrap();
    alice.net.peers_changed();
    let refused = bob.net.sync(alice.id(), vec![alice.net.bound().unwrap()]).await;
    assert!(matches!(refused.end, Err(SyncFailure::Unreachable(ConnectFailure::Refused))), "{refused:?}");
    let unknown = alice.net.sync(bob.id(), vec![bob.net.bound().unwrap()]).await;
    assert!(matches!(unknown.end, Err(SyncFailure::Unreachable(ConnectFailure::NotPaired))), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_stay_connected_pass_edits_on() {
    let (alice, bob) = (Device::start("alice", false).await, Device::start("bob", false).await);
    pair(&alice, &bob).await;
    let key = alice.add("first").await;
    let again = bob.engine.go_online(Online { listen: None, keep_connected: true }).await.unwrap();
    let mut notices = again.notices();
    while bob.title(&key).await.is_none() {
        next(&mut notices).await;
    }
    alice.set(&key, "second").await;
    while bob.title(&key).await.as_deref() != Some("second") {
        next(&mut notices).await;
    }
    while !matches!(next(&mut notices).await, Notice::Session { event: Event::UpToDate(_), .. }) {}
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_is_switched_off_leaves_the_sessions_that_live() {
    let (alice, bob) = (Device::start("alice", false).await, Device::start("bob", false).await);
    pair(&alice, &bob).await;
    let again = bob.engine.go_online(Online { listen: None, keep_connected: true }).await.unwrap();
    let mut at_bob = again.notices();
    while !matches!(next(&mut at_bob).await, Notice::Session { event: Event::UpToDate(_), .. }) {}
    alice.engine.share_kind("task", Some(bob.id()), false).await.unwrap();
    alice.net.peers_changed();
    let renewed = End::Left(sync_core::wire::ByeReason::Renew);
    while !matches!(next(&mut at_bob).await, Notice::Ended { end, .. } if end == renewed) {}
    let key = alice.add("not for bob").await;
    let outcome = alice.net.sync(bob.id(), vec![]).await;
    assert!(outcome.end.is_ok() && outcome.progress.sent == 0, "{outcome:?}");
    assert_eq!(bob.title(&key).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_serves_one_device_once() {
    let (alice, bob, eve) = (
        Device::start("alice", false).await,
        Device::start("bob", false).await,
        Device::start("eve", false).await,
    );
    let mut at_alice = alice.net.notices();
    let invitation = alice.net.invite().await.unwrap();
    let parse =
        |device: &Device| JoinBy::parse(&invitation.link, &device.engine.identity().channel.public(), vec![]);
    bob.net.join(parse(&bob).unwrap()).await.unwrap();
    loop {
        if let Notice::Compare { link, .. } = next(&mut at_alice).await {
            alice.net.decide(link, false);
            break;
        }
    }
    while !matches!(next(&mut at_alice).await, Notice::InviteClosed { used: false }) {}
    let mut at_eve = eve.net.notices();
    eve.net.join(parse(&eve).unwrap()).await.unwrap();
    loop {
        if let Notice::PairingFailed { reason, .. } = next(&mut at_eve).await {
            assert_eq!(reason, PairFailure::Refused);
            break;
        }
    }
    assert!(alice.engine.peers().await.unwrap().is_empty() && bob.engine.peers().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_ends_sessions_closes_the_port_and_is_over_when_the_person_says_so() {
    let (alice, bob) = (Device::start("alice", true).await, Device::start("bob", false).await);
    pair(&alice, &bob).await;
    bob.net.sync(alice.id(), vec![]).await.end.unwrap();

    alice.engine.set_paused(true).await.unwrap();
    alice.net.peers_changed();
    let mut live = alice.net.live();
    live.wait_for(|live| live.is_paused() && live.sessions.is_empty()).await.unwrap();
    assert!(alice.engine.overview().await.unwrap().paused);
    let unreached = bob.net.sync(alice.id(), vec![]).await;
    assert!(
        matches!(unreached.end, Err(SyncFailure::Unreachable(ConnectFailure::NoAnswer))),
        "{unreached:?}"
    );
    assert!(matches!(alice.net.sync(bob.id(), vec![]).await.end, Err(SyncFailure::Paused)));
    assert!(alice.net.invite().await.is_none());

    alice.engine.set_paused(false).await.unwrap();
    alice.net.peers_changed();
    live.wait_for(|live| !live.is_paused() && live.session(bob.id()).is_some_and(|session| session.proved))
        .await
        .unwrap();
    bob.net.sync(alice.id(), vec![]).await.end.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_told_in_the_next_session_and_a_label_goes_before_it() {
    let (alice, bob) = (Device::start("alice", false).await, Device::start("bob", false).await);
    pair(&alice, &bob).await;
    alice.engine.rename("laptop").await.unwrap();
    assert!(matches!(alice.engine.rename(" \u{200b}").await, Err(EngineError::NoName)));
    alice.net.peers_changed();
    bob.net.sync(alice.id(), vec![]).await.end.unwrap();
    assert_eq!(alice.engine.device().name, "laptop");
    assert_eq!(bob.engine.peers().await.unwrap()[0].name, "laptop");
    bob.engine.label_peer(alice.id(), Some("the old one")).await.unwrap();
    bob.net.sync(alice.id(), vec![]).await.end.unwrap();
    let peer = &bob.engine.peers().await.unwrap()[0];
    assert_eq!((peer.name.as_str(), peer.own_name.as_str()), ("the old one", "laptop"));
    bob.engine.label_peer(alice.id(), Some(" ")).await.unwrap();
    assert_eq!(bob.engine.peers().await.unwrap()[0].name, "laptop");
}
