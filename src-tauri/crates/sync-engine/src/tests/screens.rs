//! What screens ask of a device: how things stand, what happened, what is settled.

use super::*;

#[tokio::test]
async fn what_happened_can_be_read_and_put_back() {
    let (_dir, engine) = device();
    let key = EntityKey::new("note", Uuid::from_u128(1));
    engine.write(vec![edit("note", 1, json!({ "title": "first" }))]).await.unwrap();
    engine.write(vec![edit("note", 1, json!({ "title": "second" }))]).await.unwrap();
    let lines = engine.history(HistoryFilter::default(), 10).await.unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let number = lines[0].number;
    assert_eq!(engine.put_back(number).await.unwrap().title.as_deref(), Some("first"));
    assert_eq!(engine.put_back(number + 99).await.unwrap_err().code(), "no-line");
    assert_eq!(engine.get(&key).await.unwrap().unwrap().title.as_deref(), Some("first"));
    assert!(engine.sessions(None, 10).await.unwrap().is_empty());
    assert!(engine.quarantined().await.unwrap().is_empty());
    assert!(engine.decisions(10).await.unwrap().is_empty() && engine.reviews().await.unwrap().is_empty());
    assert!(engine.check().await.is_ok() && engine.tidy().await.is_ok());
}

#[tokio::test]
async fn what_stays_here_waits_for_nobody_until_it_is_shared() {
    let (_dir, engine) = device();
    let paired = bob();
    let peer = sync_core::identity::DeviceId::of(&paired.key);
    engine.remember_peer(paired).await.unwrap();
    let key = EntityKey::new("note", Uuid::from_u128(1));
    engine.write_here(vec![edit("note", 1, json!({ "title": "diary" }))], key.clone()).await.unwrap();
    assert!(engine.pending(peer, 10).await.unwrap().is_empty());
    engine.keep_here(key.clone(), false).await.unwrap();
    assert_eq!(engine.pending(peer, 10).await.unwrap().len(), 1);
    engine.keep_here(key.clone(), true).await.unwrap();
    assert!(engine.pending(peer, 10).await.unwrap().is_empty());
    assert!(engine.sweeps().await.unwrap().is_empty());
    assert_eq!(engine.undo_sweep(7).await.unwrap_err().code(), "no-sweep");
    assert_eq!(engine.dismiss_sweep(7).await.unwrap_err().code(), "no-sweep");
}

#[tokio::test]
async fn what_a_person_settles_is_kept() {
    let (_dir, engine) = device();
    engine.write(vec![edit("note", 1, json!({ "title": "a" }))]).await.unwrap();
    let on = async |kind: &str| {
        let kinds = engine.kinds().await.unwrap();
        kinds.iter().find(|one| one.kind == kind).is_some_and(|one| one.on)
    };
    assert!(on("note").await);
    engine.share_kind("note", None, false).await.unwrap();
    assert!(!on("note").await);
    assert_eq!(engine.share_kind("gadget", None, false).await.unwrap_err().code(), "no-kind");

    assert!(!engine.syncs_on_metered().await.unwrap());
    engine.set_syncs_on_metered(true).await.unwrap();
    assert!(engine.syncs_on_metered().await.unwrap());
    engine.set_option("theme", Some("dark".into())).await.unwrap();
    assert_eq!(engine.option("theme").await.unwrap().as_deref(), Some("dark"));
    engine.set_option("theme", None).await.unwrap();
    assert_eq!(engine.option("theme").await.unwrap(), None);
    engine.set_paused(true).await.unwrap();
    assert!(engine.overview().await.unwrap().paused);
    assert_eq!(engine.rename(" \u{200b}").await.unwrap_err().code(), "device-name");
    engine.rename("desk").await.unwrap();
    assert_eq!(engine.device().name, "desk");
}

#[test]
fn every_failure_has_a_word_and_a_kind() {
    let key = || EntityKey::new("note", Uuid::nil());
    let text = || "a".to_owned();
    for (error, code, kind) in [
        (EngineError::NoEntity { kind: text(), id: text() }, "no-entity", ErrorKind::NotFound),
        (
            EngineError::SeveralEntities { kind: text(), id: text(), count: 2 },
            "several-entities",
            ErrorKind::NotFound,
        ),
        (EngineError::NoId { id: text() }, "no-id", ErrorKind::NotFound),
        (EngineError::NoName, "device-name", ErrorKind::Refused),
        (EngineError::TooManyDevices, "too-many-devices", ErrorKind::Refused),
        (EngineError::NoKind { kind: text() }, "no-kind", ErrorKind::NotFound),
        (EngineError::WhichField { key: key(), fields: vec![text()] }, "which-field", ErrorKind::NotFound),
        (EngineError::Refused(Refusal::Missing { key: key() }), "no-entity", ErrorKind::NotFound),
        (EngineError::Store(StoreError::Busy), "database-busy", ErrorKind::Failed),
        (EngineError::Store(StoreError::DiskFull), "disk-full", ErrorKind::Failed),
        (EngineError::Store(StoreError::ReadOnly), "database-read-only", ErrorKind::Failed),
        (EngineError::Store(StoreError::Damaged(text())), "database-damaged", ErrorKind::Damaged),
        (EngineError::Store(StoreError::NotPaired), "no-device", ErrorKind::NotFound),
        (EngineError::Store(StoreError::ClockUsedUp), "clock", ErrorKind::Failed),
        (EngineError::Stopped(DbStopped), "stopped", ErrorKind::Failed),
    ] {
        assert_eq!((error.code(), error.kind()), (code, kind), "{error}");
        assert!(!error.to_string().is_empty());
    }
}

#[tokio::test]
async fn an_entity_is_found_by_what_a_person_types_of_its_id() {
    let (_dir, engine) = device();
    let (first, second) = (0xaaaa_1111 << 96, 0xaaaa_2222 << 96);
    for (id, title) in [(first, "first"), (second, "second")] {
        engine.write(vec![edit("note", id, json!({ "title": title }))]).await.unwrap();
    }
    let found = async |id: &str| {
        engine.find("note", id).await.map(|view| view.title.unwrap()).map_err(|error| error.code())
    };
    assert_eq!(found("AAAA-1").await.as_deref(), Ok("first"));
    assert_eq!(found(&Uuid::from_u128(second).to_string()).await.as_deref(), Ok("second"));
    assert_eq!(found("aaaa").await, Err("several-entities"));
    assert_eq!(found("aaaa3").await, Err("no-entity"));
    assert_eq!(found("aaa").await, Err("no-id"));
    // Of two that fit, the living one is meant; where none lives, the deleted one.
    let delete = |id| Edit { key: EntityKey::new("note", Uuid::from_u128(id)), change: Change::Delete };
    engine.write(vec![delete(first)]).await.unwrap();
    assert_eq!(found("aaaa").await.as_deref(), Ok("second"));
    assert_eq!(found("aaaa1").await.as_deref(), Ok("first"));

    let (list, head) = engine.list_with_head("note").await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(engine.changes(head, 10).await.unwrap().0, []);
}

#[tokio::test]
async fn what_goes_out_is_what_others_may_have() {
    let (_dir, engine) = device();
    engine
        .write(vec![
            edit("note", 1, json!({ "title": "a", "draft": "mine" })),
            edit("note", 2, json!({ "title": "b" })),
            edit("setting", 3, json!({ "title": "secret" })),
            edit("setting", 4, json!({ "title": "plain" })),
        ])
        .await
        .unwrap();
    let given = async |kind: Option<&str>| {
        let mut export = engine.export(kind.map(str::to_owned));
        let mut given = Vec::new();
        while let Some(view) = export.next().await.unwrap() {
            given.push(view.fields);
        }
        given
    };
    let title = |title: &str| fields(json!({ "title": title }));
    assert_eq!(given(None).await, [title("a"), title("b"), title("plain")]);
    assert_eq!(given(Some("setting")).await, [title("plain")]);
    // Whoever stops listening keeps nobody waiting.
    drop(engine.export(None));
    assert_eq!(engine.list("note").await.unwrap().len(), 2);
}

#[test]
fn why_a_device_cannot_be_set_up_has_a_word_and_a_kind() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().join("data");
    init(&here);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let again = |dir: &Path, name: &str| {
        let init = Init { name: name.into(), listen: None, keystore: Some(Backend::File) };
        let error = Engine::init(dir, init).unwrap_err();
        assert!(!error.to_string().is_empty());
        (error.code(), error.kind())
    };
    assert_eq!(again(&here, "alice"), ("already-set-up", ErrorKind::SetUp));
    let taken = dir.path().join("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("thesis.odt"), "years of work").unwrap();
    assert_eq!(again(&taken, "alice"), ("folder-not-empty", ErrorKind::SetUp));
    assert_eq!(again(&dir.path().join("new"), "\u{200b}"), ("device-name", ErrorKind::Refused));
    assert_eq!(again(&taken.join("thesis.odt").join("data"), "alice"), ("folder", ErrorKind::Failed));
}

#[test]
fn how_a_device_stands_is_said_in_few_words() {
    for (state, words) in [
        (PeerState::UpToDate, "Up to date"),
        (PeerState::Waiting, "Waiting for device"),
        (PeerState::WaitsForOk, "Waits for your OK"),
        (PeerState::NeedsReview(3), "Needs review (3)"),
        (PeerState::Problem("it was stopped there".into()), "Problem: it was stopped there"),
    ] {
        assert_eq!(state.to_string(), words);
    }
}
