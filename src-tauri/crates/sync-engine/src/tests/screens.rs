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
