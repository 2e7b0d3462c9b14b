//! One device on its own: set up, open, write, and notice what happened to its folder.

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::mpsc;

use rand_core::OsRng;
use serde_json::{Map, Value, json};
use sync_core::channel::MAX_PEERS;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::identity::{Identity, PairSecret};
use sync_core::pairing::{DeviceName, PairedPeer};
use sync_core::schema::{Field, Kind, LocalWhen, Rule, Schema, Shape};
use sync_store::Store;
use uuid::Uuid;

use super::*;

mod carried;
mod screens;

fn schema() -> Schema {
    let text = Shape::Text { max: 100, line: true };
    let field = |name, rule, required| Field { name, rule, shape: text, required };
    let kind = |name, fields, local_when| Kind {
        name,
        fields,
        title: "title",
        natural_key: &[],
        local_when,
        check: None,
    };
    let local = LocalWhen { field: "title", values: &["secret"], prefixes: &[] };
    Schema {
        version: 1,
        kinds: vec![
            kind(
                "note",
                vec![field("title", Rule::Register, true), field("draft", Rule::Local, false)],
                None,
            ),
            kind("setting", vec![field("title", Rule::Register, true)], Some(local)),
        ],
    }
}

fn init(dir: &Path) -> Device {
    let listen = Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0));
    // The port is looked for with the runtime's sockets. Tests that have one already cannot block on another.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let device =
        Engine::init(dir, Init { name: "alice".into(), listen, keystore: Some(Backend::File) }).unwrap();
    runtime.shutdown_background();
    device
}

fn open(dir: &Path) -> Engine {
    Engine::open(dir, schema()).unwrap()
}

/// A device in a folder of its own.
fn device() -> (tempfile::TempDir, Engine) {
    let dir = tempfile::tempdir().unwrap();
    init(&dir.path().join("data"));
    let engine = open(&dir.path().join("data"));
    (dir, engine)
}

fn fields(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { unreachable!() };
    fields
}

fn edit(kind: &str, id: u128, value: Value) -> Edit {
    Edit { key: EntityKey::new(kind, Uuid::from_u128(id)), change: Change::Set(fields(value)) }
}

fn bob() -> PairedPeer {
    let identity = Identity::generate(&mut OsRng);
    PairedPeer {
        key: identity.channel.public(),
        bundle_key: identity.bundle.public(),
        name: DeviceName::clean("bob"),
        secret: PairSecret::from_bytes([7; 32]),
        protocol: 1,
        schema: 1,
    }
}

fn writer(engine: &Engine) -> sync_core::stamp::WriterId {
    on_store(engine, |store| store.marker().unwrap().writer)
}

/// For tests without a runtime.
fn on_store<T: Send + 'static>(engine: &Engine, work: impl FnOnce(&mut Store) -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    engine.db().post(move |store| done.send(work(store)).unwrap());
    result.recv().unwrap()
}

#[test]
fn a_device_is_set_up_once_and_stays_itself() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let error = Engine::open(&data, schema()).unwrap_err();
    assert_eq!((error.code(), error.kind()), ("not-set-up", ErrorKind::SetUp));

    let device = init(&data);
    assert_ne!(device.listen.port(), 0);
    let again = Engine::init(&data, Init { name: "other".into(), listen: None, keystore: None });
    assert_eq!(again.unwrap_err().code(), "already-set-up");
    for _ in 0..2 {
        let engine = open(&data);
        assert_eq!((engine.device(), engine.renewal()), (device.clone(), None));
        assert_eq!(engine.identity().device_id(), device.id);
    }
}

#[cfg(unix)]
#[test]
fn only_its_person_can_enter_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, _engine) = device();
    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/whph.db"), mode("data/keys/identity")), (0o700, 0o600, 0o600));
}

#[tokio::test]
async fn a_folder_with_other_things_in_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
    let listen = Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0));
    let refused =
        Engine::init(dir.path(), Init { name: "alice".into(), listen, keystore: Some(Backend::File) });
    assert_eq!(refused.unwrap_err().code(), "folder-not-empty");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_lost_identity_is_never_replaced_by_a_new_one() {
    let (dir, engine) = device();
    drop(engine);
    let data = dir.path().join("data");
    fs::rename(data.join("keys/identity"), dir.path().join("identity")).unwrap();
    let error = Engine::open(&data, schema()).unwrap_err();
    assert_eq!((error.code(), error.kind()), ("identity-gone", ErrorKind::KeyStore));
    assert!(!data.join("keys/identity").exists());
    fs::rename(dir.path().join("identity"), data.join("keys/identity")).unwrap();
    assert_eq!(open(&data).renewal(), None);
}

#[test]
fn a_copied_folder_takes_a_new_writer_before_it_writes() {
    let (dir, engine) = device();
    let original = writer(&engine);
    drop(engine);
    let (data, copy) = (dir.path().join("data"), dir.path().join("copy"));
    fs::create_dir_all(copy.join("keys")).unwrap();
    for file in ["whph.db", "keys/identity", "keys/marker"] {
        fs::copy(data.join(file), copy.join(file)).unwrap();
    }
    #[cfg(unix)]
    fs::set_permissions(copy.join("keys"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let engine = open(&copy);
    assert_eq!(engine.renewal(), Some(Renewal::Copied));
    assert_ne!(writer(&engine), original);
    drop(engine);
    assert_eq!(open(&copy).renewal(), None, "said once");
    assert_eq!(open(&data).renewal(), None, "the original is what it was");
}

#[tokio::test]
async fn a_database_from_a_backup_is_noticed_even_in_the_same_file() {
    let (dir, engine) = device();
    let database = dir.path().join("data/whph.db");
    engine.write(vec![edit("note", 1, json!({ "title": "old" }))]).await.unwrap();
    drop(engine);
    let backup = fs::read(&database).unwrap();
    let engine = open(&dir.path().join("data"));
    engine.write(vec![edit("note", 1, json!({ "title": "new" }))]).await.unwrap();
    drop(engine);
    fs::write(&database, backup).unwrap();
    assert_eq!(open(&dir.path().join("data")).renewal(), Some(Renewal::Restored));
}

#[tokio::test]
async fn several_processes_on_one_folder_raise_no_alarm() {
    let (dir, serving) = device();
    let data = dir.path().join("data");
    for id in 1..=3 {
        let adding = open(&data);
        assert_eq!(adding.renewal(), None);
        adding.write(vec![edit("note", id, json!({ "title": "a" }))]).await.unwrap();
        serving.write(vec![edit("note", 10 + id, json!({ "title": "b" }))]).await.unwrap();
    }
    assert_eq!(serving.list("note").await.unwrap().len(), 6);
    // The one that ends last knows least.
    drop(serving);
    assert_eq!(open(&data).renewal(), None);
}

#[tokio::test]
async fn entities_are_found_by_the_beginning_of_their_id() {
    let (_dir, engine) = device();
    let ids = [0xabcd_1000_u128 << 96, 0xabcd_2000_u128 << 96, 0xffff_ffff_u128 << 96 | u128::from(u64::MAX)];
    engine.write(ids.map(|id| edit("note", id, json!({ "title": "a" }))).to_vec()).await.unwrap();
    let found = |text: &'static str| {
        let engine = engine.clone();
        async move { engine.find("note", text).await.map(|view| view.key.id.as_u128()) }
    };
    assert_eq!(found("abcd1").await.unwrap(), ids[0]);
    assert_eq!(found("ABCD2000-0").await.unwrap(), ids[1]);
    assert_eq!(found("ffff").await.unwrap(), ids[2]);
    assert_eq!(found("abcd").await.unwrap_err().code(), "several-entities");
    assert_eq!(found("abcd3").await.unwrap_err().code(), "no-entity");
    assert_eq!(found("abc").await.unwrap_err().code(), "no-id");
    assert_eq!(found("00000000-0000-0000-0000-000000000009").await.unwrap_err().code(), "no-entity");
    let delete = Edit { key: EntityKey::new("note", Uuid::from_u128(ids[0])), change: Change::Delete };
    engine.write(vec![delete]).await.unwrap();
    assert_eq!(found("abcd").await.unwrap(), ids[1], "the living one");
    assert_eq!(found("abcd1").await.unwrap(), ids[0], "a deleted one, if it is the only one");
}

#[tokio::test]
async fn what_is_local_or_deleted_is_not_given_out() {
    let (_dir, engine) = device();
    let edits = vec![
        edit("note", 1, json!({ "title": "shared", "draft": "mine alone" })),
        edit("note", 2, json!({ "title": "gone" })),
        edit("setting", 3, json!({ "title": "secret" })),
        edit("setting", 4, json!({ "title": "theme" })),
    ];
    engine.write(edits).await.unwrap();
    let delete = Edit { key: EntityKey::new("note", Uuid::from_u128(2)), change: Change::Delete };
    engine.write(vec![delete]).await.unwrap();
    let mut export = engine.export(None);
    let mut given = Vec::new();
    while let Some(view) = export.next().await.unwrap() {
        given.push((view.key.id.as_u128(), Value::from(view.fields)));
    }
    assert_eq!(given, [(1, json!({ "title": "shared" })), (4, json!({ "title": "theme" }))]);
    assert_eq!(engine.list("setting").await.unwrap().len(), 2, "here it is listed");
}

#[tokio::test]
async fn a_forgotten_device_leaves_no_secret_behind() {
    let (dir, engine) = device();
    let peer = bob();
    let id = peer.key.device_id();
    let secret = dir.path().join(format!("data/keys/pair-{id}"));
    engine.remember_peer(peer).await.unwrap();
    assert!(secret.exists());
    let access = engine.peers_with_secrets().await.unwrap();
    assert_eq!((access.len(), access[0].secret.as_bytes()), (1, &[7; 32]));
    let overview = engine.overview().await.unwrap();
    assert_eq!(overview.peers[0].state, PeerState::Waiting, "never synced yet");

    engine.forget(engine.find_peer("bob").await.unwrap().device).await.unwrap();
    assert!(!secret.exists());
    assert!(engine.peers().await.unwrap().is_empty());
    assert_eq!(engine.forget(id).await.unwrap_err().code(), "no-device");
}

#[tokio::test]
async fn a_paired_device_without_its_secret_shows_as_a_problem() {
    let (dir, engine) = device();
    let peer = bob();
    let secret = dir.path().join(format!("data/keys/pair-{}", peer.key.device_id()));
    engine.remember_peer(peer).await.unwrap();
    fs::remove_file(secret).unwrap();
    assert!(engine.peers_with_secrets().await.unwrap().is_empty());
    assert!(matches!(engine.overview().await.unwrap().peers[0].state, PeerState::Problem(_)));
}

#[tokio::test]
async fn a_device_that_refuses_this_one_shows_as_a_problem() {
    let (_dir, engine) = device();
    let peer = bob();
    let id = peer.key.device_id();
    engine.remember_peer(peer.clone()).await.unwrap();
    engine.note_refusal(id, "it does not know this device".into());
    let state = |overview: Overview| overview.peers[0].state.clone();
    let problem = PeerState::Problem("it does not know this device".into());
    assert_eq!(state(engine.overview().await.unwrap()), problem);
    engine.forget(id).await.unwrap();
    engine.remember_peer(peer).await.unwrap();
    assert_eq!(state(engine.overview().await.unwrap()), PeerState::Waiting, "a new pairing begins anew");
}

#[tokio::test]
async fn kinds_are_switched_for_one_device_or_all() {
    let (_dir, engine) = device();
    let peer = bob();
    let id = peer.key.device_id();
    engine.remember_peer(peer).await.unwrap();
    engine.share_kind("note", Some(id), false).await.unwrap();
    engine.share_kind("setting", None, false).await.unwrap();
    assert_eq!(engine.share_kind("nonsense", None, false).await.unwrap_err().code(), "no-kind");
    let kinds = engine.kinds().await.unwrap();
    let seen: BTreeSet<_> = kinds.iter().map(|k| (k.kind.as_str(), k.on, k.off_with.clone())).collect();
    assert_eq!(seen, BTreeSet::from([("note", true, vec![id]), ("setting", false, vec![])]));
}

#[tokio::test]
async fn a_refused_value_names_the_field_and_the_rule() {
    let (_dir, engine) = device();
    let error = engine.write(vec![edit("note", 1, json!({ "title": 7 }))]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("title: must be a line of text"), "{error}");
    assert!(engine.list("note").await.unwrap().is_empty());
}

#[test]
fn closing_folds_the_log_into_the_database() {
    let (dir, engine) = device();
    let log = dir.path().join("data/whph.db-wal");
    on_store(&engine, |store| store.rename("alice's laptop").unwrap());
    let clone = engine.clone();
    drop(engine);
    assert!(log.exists(), "another handle is open");
    drop(clone);
    assert!(!log.exists());
    assert_eq!(open(&dir.path().join("data")).device().name, "alice's laptop");
}

#[tokio::test]
async fn more_devices_than_a_handshake_tries_are_not_paired() {
    let (_dir, engine) = device();
    let first = bob();
    engine.remember_peer(first.clone()).await.unwrap();
    for _ in 1..MAX_PEERS {
        engine.remember_peer(bob()).await.unwrap();
    }
    let error = engine.remember_peer(bob()).await.unwrap_err();
    assert!(error.to_string().contains("whph forget"), "{error}");
    engine.remember_peer(first).await.unwrap();
    assert_eq!(engine.peers_with_secrets().await.unwrap().len(), MAX_PEERS);
}
