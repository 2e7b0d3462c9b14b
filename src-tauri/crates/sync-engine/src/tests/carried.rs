//! Files that a person carries, between two engines of which neither has a network.

use super::*;

/// Two paired devices.
async fn two() -> [(tempfile::TempDir, Engine); 2] {
    let devices = [device(), device()];
    let [(_, alice), (_, bob)] = &devices;
    for (engine, peer, name) in [(alice, bob, "bob"), (bob, alice, "alice")] {
        let paired = PairedPeer {
            key: peer.identity().channel.public(),
            bundle_key: peer.identity().bundle.public(),
            name: DeviceName::clean(name),
            secret: PairSecret::from_bytes([7; 32]),
            protocol: 1,
            schema: 1,
        };
        engine.remember_peer(paired).await.unwrap();
    }
    devices
}

async fn write(from: &Engine, to: &Engine, path: &Path, all: bool) -> BundleWritten {
    from.write_bundle(to.device().id, path, WriteBundle { all, force: false }).await.unwrap()
}

async fn titles(engine: &Engine) -> Vec<String> {
    let mut titles: Vec<_> =
        engine.list("note").await.unwrap().into_iter().filter_map(|note| note.title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn two_devices_become_equal_by_files_alone() {
    let [(dir, alice), (_other, bob)] = two().await;
    alice.write(vec![edit("note", 1, json!({ "title": "one" }))]).await.unwrap();
    bob.write(vec![edit("note", 2, json!({ "title": "two" }))]).await.unwrap();

    // Both hold something, so somebody has to agree once.
    let written = write(&alice, &bob, &dir.path().join("to-bob"), false).await;
    assert_eq!((written.entities, written.files.len()), (1, 1));
    let file = &written.files[0];
    let asked = bob.read_bundle(file, false).await.unwrap_err();
    assert!(matches!(&asked, BundleError::NotAgreed { held: 1, .. }), "{asked}");
    assert_eq!(asked.code(), "not-agreed");
    assert_eq!(titles(&bob).await, ["two"]);
    let read = bob.read_bundle(file, true).await.unwrap();
    assert_eq!((read.report.new, read.taken.equal, read.taken.gapless), (1, false, true));

    let back = write(&bob, &alice, &dir.path().join("to-alice"), false).await;
    let read = alice.read_bundle(&back.files[0], true).await.unwrap();
    assert!(read.taken.equal, "{read:?}");
    assert_eq!(
        (titles(&alice).await, titles(&bob).await),
        (vec!["one".into(), "two".into()], vec!["one".into(), "two".into()])
    );
    // Read twice it changes nothing, and what was acknowledged is not written again.
    assert_eq!(bob.read_bundle(file, false).await.unwrap().report.new, 0);
    assert_eq!(write(&alice, &bob, &dir.path().join("again"), false).await.entities, 0);
    assert_eq!(write(&alice, &bob, &dir.path().join("all"), true).await.entities, 2);
}

#[tokio::test]
async fn a_bundle_is_for_its_recipient_and_replaces_no_file() {
    let [(dir, alice), (_other, bob)] = two().await;
    alice.write(vec![edit("note", 1, json!({ "title": "one" }))]).await.unwrap();
    let path = dir.path().join("to-bob");
    let written = write(&alice, &bob, &path, false).await;
    let how = WriteBundle { all: false, force: false };
    let exists = alice.write_bundle(bob.device().id, &path, how).await.unwrap_err();
    assert_eq!(exists.code(), "file-exists");
    alice.write_bundle(bob.device().id, &path, WriteBundle { force: true, ..how }).await.unwrap();
    let nowhere = dir.path().join("nowhere/to-bob");
    assert_eq!(
        alice.write_bundle(bob.device().id, &nowhere, how).await.unwrap_err().code(),
        "file-not-written"
    );

    let own = alice.read_bundle(&written.files[0], false).await.unwrap_err();
    assert!(["bundle-own", "bundle-for-another"].contains(&own.code()), "{own}");
    let (_third, carol) = device();
    let foreign = carol.read_bundle(&written.files[0], false).await.unwrap_err();
    assert!(["bundle-from-stranger", "bundle-for-another"].contains(&foreign.code()), "{foreign}");
    assert_eq!(alice.write_bundle(carol.device().id, &path, how).await.unwrap_err().code(), "no-device");
    assert_eq!(bob.read_bundle(&nowhere, false).await.unwrap_err().code(), "file");

    let mut damaged = fs::read(&written.files[0]).unwrap();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    fs::write(&written.files[0], damaged).unwrap();
    assert_eq!(bob.read_bundle(&written.files[0], false).await.unwrap_err().code(), "bundle-damaged");
    fs::write(&written.files[0], "no bundle").unwrap();
    assert_eq!(bob.read_bundle(&written.files[0], false).await.unwrap_err().code(), "not-a-bundle");
    assert_eq!(titles(&bob).await, [""; 0]);
}

#[tokio::test]
async fn a_backup_brings_back_what_is_missing_and_leaves_the_rest_unless_it_is_told_to() {
    let (dir, engine) = device();
    engine
        .write(vec![edit("note", 1, json!({ "title": "one" })), edit("note", 2, json!({ "title": "two" }))])
        .await
        .unwrap();
    let path = dir.path().join("plans");
    assert_eq!(engine.write_backup(&path, false).await.unwrap_err().code(), "no-recovery-key");
    let key = engine.new_recovery_key();
    engine.use_recovery_key(&key.public()).await.unwrap();
    assert_eq!(engine.recovery_key().await.unwrap(), Some(key.public()));
    let backup = engine.write_backup(&path, false).await.unwrap();
    assert_eq!(backup.entities, 2);
    assert_eq!(engine.write_backup(&path, false).await.unwrap_err().code(), "file-exists");

    let gone = Edit { key: EntityKey::new("note", Uuid::from_u128(1)), change: Change::Delete };
    engine.write(vec![gone, edit("note", 2, json!({ "title": "changed" }))]).await.unwrap();
    let read = async |overwrite, check| {
        engine.read_backup(&backup.file, key.clone(), Restore { overwrite, check }).await.unwrap().restored
    };
    let looked = read(false, true).await;
    assert_eq!((looked.back, looked.same, looked.differ), (1, 0, 1));
    assert_eq!(titles(&engine).await, ["changed"]);
    read(false, false).await;
    assert_eq!(titles(&engine).await, ["changed", "one"]);
    read(true, false).await;
    assert_eq!(titles(&engine).await, ["one", "two"]);

    let other = engine.new_recovery_key();
    let wrong = engine.read_backup(&backup.file, other, Restore { overwrite: false, check: true }).await;
    let wrong = wrong.unwrap_err();
    assert!(!wrong.to_string().is_empty() && wrong.code() != "file", "{wrong}");
    fs::write(&backup.file, "no backup").unwrap();
    let none = engine.read_backup(&backup.file, key.clone(), Restore { overwrite: false, check: true }).await;
    assert_eq!(none.unwrap_err().code(), "not-a-backup");
}

#[tokio::test]
async fn a_question_is_settled_on_one_device_and_gone_on_both() {
    let [(dir, alice), (_other, bob)] = two().await;
    let carry = async |from: &Engine, to: &Engine, name: &str| {
        let written = write(from, to, &dir.path().join(name), false).await;
        to.read_bundle(&written.files[0], true).await.unwrap();
    };
    alice.write(vec![edit("note", 1, json!({ "title": "plan" }))]).await.unwrap();
    carry(&alice, &bob, "a").await;
    carry(&bob, &alice, "b").await;
    alice.write(vec![edit("note", 1, json!({ "title": "plan of alice" }))]).await.unwrap();
    bob.write(vec![edit("note", 1, json!({ "title": "plan of bob" }))]).await.unwrap();
    carry(&alice, &bob, "c").await;
    carry(&bob, &alice, "d").await;
    let waiting = bob.reviews().await.unwrap();
    assert_eq!((waiting.len(), alice.reviews().await.unwrap().len()), (1, 1));

    let key = waiting[0].key.clone();
    let none = bob.resolve(key.clone(), Some("draft".into()), Choice::Value(json!("x"))).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound, "{none}");
    bob.resolve(key.clone(), Some("title".into()), Choice::Value(json!("plan of both"))).await.unwrap();
    assert!(bob.reviews().await.unwrap().is_empty());
    assert_eq!(bob.decisions(10).await.unwrap().len(), 1);
    assert_eq!(bob.resolve(key, None, Choice::Keep).await.unwrap_err().code(), "nothing-to-decide");
    carry(&bob, &alice, "e").await;
    assert!(alice.reviews().await.unwrap().is_empty());
    assert_eq!(
        (titles(&alice).await, titles(&bob).await),
        (vec!["plan of both".into()], vec!["plan of both".into()])
    );
}
