use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::system::SystemStore;
use super::*;

fn file_store(dir: &Path) -> Keystore {
    Keystore::open(Backend::File, dir, "alice").unwrap()
}

/// A key store over the in-memory stand-in that comes with keyring-core.
fn system_store() -> Keystore {
    let store = keyring_core::mock::Store::new().unwrap();
    Keystore { store: Store::System(SystemStore::over(store, "alice")) }
}

fn each_backend(check: impl Fn(Keystore)) {
    let dir = tempfile::tempdir().unwrap();
    check(file_store(dir.path()));
    check(system_store());
}

fn text(store: &Keystore, name: &str) -> Option<Vec<u8>> {
    store.get(name).unwrap().map(|secret| secret.to_vec())
}

#[test]
fn what_was_set_is_got_back_until_it_is_deleted() {
    each_backend(|store| {
        assert_eq!(text(&store, "channel"), None);
        store.set("channel", &[0, 159, 255]).unwrap();
        store.set("bundle", b"another").unwrap();
        assert_eq!(text(&store, "channel"), Some(vec![0, 159, 255]));

        store.set("channel", b"new").unwrap();
        assert_eq!(text(&store, "channel"), Some(b"new".to_vec()));
        store.set_relaxed("channel", b"newer").unwrap();
        assert_eq!(text(&store, "channel"), Some(b"newer".to_vec()));

        store.delete("channel").unwrap();
        store.delete("channel").unwrap();
        assert_eq!(text(&store, "channel"), None);
        assert_eq!(text(&store, "bundle"), Some(b"another".to_vec()));
    });
}

#[test]
fn names_cannot_leave_the_folder() {
    let too_long = "a".repeat(MAX_NAME + 1);
    each_backend(|store| {
        for name in
            ["", ".", "..", "../channel", "a/b", "a\\b", "/etc/passwd", "A", "a b", "é", "a\0", &too_long]
        {
            let refused = |result| matches!(result, Err(KeystoreError::Name { .. }));
            assert!(refused(store.get(name).map(|_| ())), "get {name:?}");
            assert!(refused(store.set(name, b"x")), "set {name:?}");
            assert!(refused(store.set_relaxed(name, b"x")), "set_relaxed {name:?}");
            assert!(refused(store.delete(name)), "delete {name:?}");
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let opened = Keystore::open(Backend::File, dir.path(), "../bob");
    assert!(matches!(opened, Err(KeystoreError::Name { .. })));
}

#[test]
fn a_secret_too_long_for_some_system_is_refused_on_every_system() {
    each_backend(|store| {
        let longest = [7; MAX_SECRET];
        store.set("channel", &longest).unwrap();
        assert_eq!(text(&store, "channel"), Some(longest.to_vec()));
        let refused = store.set("channel", &[7; MAX_SECRET + 1]);
        assert!(matches!(refused, Err(KeystoreError::TooLong { len, .. }) if len == MAX_SECRET + 1));
    });
}

#[test]
fn debug_shows_no_secret() {
    each_backend(|store| {
        store.set("channel", b"hunter2").unwrap();
        let shown = format!("{store:?} {:?} {:x?}", store.get("channel"), store.get("channel"));
        assert!(shown.contains("Secret(…)"), "{shown}");
        for leak in ["hunter2", "104, 117", "68, 75", "aHVudGVyMg"] {
            assert!(!shown.contains(leak), "{shown}");
        }
    });
}

#[test]
fn two_installations_share_the_system_store_without_meeting() {
    let shared = keyring_core::mock::Store::new().unwrap();
    let alice = SystemStore::over(Arc::clone(&shared) as _, "alice");
    let bob = SystemStore::over(shared, "bob");
    alice.set("channel", b"of alice").unwrap();
    assert!(bob.get("channel").unwrap().is_none());
}

#[test]
fn a_foreign_entry_in_the_system_store_is_damaged_and_not_shown() {
    let shared = keyring_core::mock::Store::new().unwrap();
    let store = SystemStore::over(Arc::clone(&shared) as _, "alice");
    store.set("channel", b"x").unwrap();
    let entry =
        keyring_core::api::CredentialStoreApi::build(&*shared, &store.service, "channel", None).unwrap();
    entry.set_secret(b"not ~ base64").unwrap();
    let error = store.get("channel").unwrap_err();
    assert!(matches!(&error, KeystoreError::Damaged { name } if name == "channel"));
    assert!(!format!("{error} {error:?}").contains("base64"));
}

#[test]
fn the_choice_is_recorded_by_a_word() {
    for backend in [Backend::System, Backend::File] {
        assert_eq!(Backend::from_name(backend.name()), Some(backend));
    }
    assert_eq!(Backend::from_name("cloud"), None);
}

#[test]
fn a_folder_that_holds_keys_keeps_its_backend() {
    let dir = tempfile::tempdir().unwrap();
    file_store(dir.path()).set("channel", b"x").unwrap();
    assert_eq!(Keystore::choose(dir.path()), Backend::File);
}

#[test]
fn a_large_file_in_the_place_of_a_key_is_not_read_into_memory() {
    let dir = tempfile::tempdir().unwrap();
    let store = file_store(dir.path());
    store.set("channel", b"x").unwrap();
    let path = dir.path().join("keys/channel");
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(1 << 40).unwrap();
    assert!(matches!(store.get("channel"), Err(KeystoreError::Damaged { .. })));
}

#[test]
fn what_a_killed_program_left_half_written_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    file_store(dir.path()).set("channel", b"whole").unwrap();
    let left_behind = fs::File::create(dir.path().join("keys/.new-abcdef")).unwrap();
    left_behind.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    let store = file_store(dir.path());
    assert_eq!(text(&store, "channel"), Some(b"whole".to_vec()));
    assert_eq!(fs::read_dir(dir.path().join("keys")).unwrap().count(), 1);
}

#[test]
fn what_another_program_is_just_writing_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    file_store(dir.path());
    let being_written = dir.path().join("keys/.new-abcdef");
    fs::write(&being_written, b"ha").unwrap();
    file_store(dir.path());
    assert!(being_written.exists());
}

#[test]
fn a_reader_never_meets_a_half_written_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = file_store(dir.path());
    store.set("marker", &[0; MAX_SECRET]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=200u8 {
                store.set_relaxed("marker", &[round; MAX_SECRET]).unwrap();
            }
        });
        loop {
            let seen = text(&store, "marker").unwrap();
            assert_eq!(seen.len(), MAX_SECRET);
            assert!(seen.iter().all(|&byte| byte == seen[0]));
            if seen[0] == 200 {
                break;
            }
        }
    });
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    use super::*;

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn only_the_owner_can_read_what_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let store = file_store(dir.path());
        store.set("channel", b"x").unwrap();
        store.set_relaxed("marker", b"x").unwrap();
        assert_eq!(mode(&dir.path().join("keys")), 0o700);
        assert_eq!(mode(&dir.path().join("keys/channel")), 0o600);
        assert_eq!(mode(&dir.path().join("keys/marker")), 0o600);
    }

    #[test]
    fn a_key_that_others_could_read_is_refused_with_the_way_out() {
        let dir = tempfile::tempdir().unwrap();
        let store = file_store(dir.path());
        store.set("channel", b"x").unwrap();
        let path = dir.path().join("keys/channel");
        for loose in [0o640, 0o604, 0o620, 0o644, 0o777] {
            chmod(&path, loose);
            let error = store.get("channel").unwrap_err();
            assert!(matches!(error, KeystoreError::Loose { mode, wanted: 0o600, .. } if mode == loose));
            let message = error.to_string();
            assert!(message.contains(&format!("mode {loose:04o}")), "{message}");
            assert!(message.contains(&format!("chmod 600 '{}'", path.display())), "{message}");
        }
        chmod(&path, 0o400);
        assert_eq!(text(&store, "channel"), Some(b"x".to_vec()));
    }

    #[test]
    fn a_folder_that_others_could_list_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        file_store(dir.path());
        chmod(&dir.path().join("keys"), 0o755);
        let error = Keystore::open(Backend::File, dir.path(), "alice").unwrap_err();
        assert!(matches!(error, KeystoreError::Loose { mode: 0o755, wanted: 0o700, .. }));
    }

    #[test]
    fn links_and_pipes_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = file_store(dir.path());
        store.set("real", b"x").unwrap();
        let keys = dir.path().join("keys");
        symlink(keys.join("real"), keys.join("link")).unwrap();
        symlink(keys.join("missing"), keys.join("dangling")).unwrap();
        fs::create_dir(keys.join("folder")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(keys.join("pipe")).status().unwrap();
        assert!(made.success());
        for name in ["link", "dangling", "folder", "pipe"] {
            assert!(matches!(store.get(name), Err(KeystoreError::NotOurs { .. })), "{name}");
        }
        store.set("link", b"new").unwrap();
        assert_eq!(text(&store, "real"), Some(b"x".to_vec()), "a write does not follow the link");
        assert_eq!(text(&store, "link"), Some(b"new".to_vec()));

        let elsewhere = tempfile::tempdir().unwrap();
        symlink(&keys, elsewhere.path().join("keys")).unwrap();
        let opened = Keystore::open(Backend::File, elsewhere.path(), "alice");
        assert!(matches!(opened, Err(KeystoreError::NotOurs { .. })));
    }

    #[test]
    fn a_key_of_another_user_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = file_store(dir.path());
        store.set("channel", b"x").unwrap();
        let keys = dir.path().join("keys");
        if rustix::process::geteuid().is_root() {
            chown(keys.join("channel"), Some(1), None).unwrap();
            assert!(matches!(store.get("channel"), Err(KeystoreError::Foreign { .. })));
            chown(&keys, Some(1), None).unwrap();
            let opened = Keystore::open(Backend::File, dir.path(), "alice");
            assert!(matches!(opened, Err(KeystoreError::Foreign { .. })));
        } else {
            // Nobody else can give a file away; the system's own files serve instead.
            let opened = super::super::file::access::open(Path::new("/etc/passwd"));
            assert!(matches!(opened, Err(KeystoreError::Foreign { .. })));
        }
    }
}
