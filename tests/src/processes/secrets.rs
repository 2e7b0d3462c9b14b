//! Secrets are in the key store and nowhere else.

use super::device::Device;
use super::running::Running;
use super::together::{meet, pair};
use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use std::fs;
use std::path::Path;

#[test]
fn secrets_are_in_no_database_no_output_and_no_argument() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let mut arguments = String::new();
    // Pairing by hand, so that what runs can be looked at.
    let mut inviting = alice.start(&["--json", "invite"]);
    let link = inviting.document()["link"].as_str().unwrap().to_owned();
    let mut joining = bob.start(&["--json", "join"]);
    joining.say(&link);
    inviting.document();
    joining.document();
    look(&inviting, &mut arguments);
    look(&joining, &mut arguments);
    inviting.say("yes");
    joining.say("yes");
    let mut printed = vec![joining.finish().well(), inviting.finish().well()];
    assert!(!printed[0].stdout.contains(&link[20..]), "who joins shows the link to nobody");

    let carol = Device::new("carol");
    pair(&alice, &carol);
    let task = alice.add("task", &["title=Call the dentist"]);
    let (mut at_alice, at_bob) = (alice.serve(), bob.serve());
    at_alice.document_where(|told| told["event"] == "up-to-date");
    look(&at_alice, &mut arguments);
    printed.extend([at_alice.terminate().well(), at_bob.terminate().well()]);
    alice.set(&task, "title=Call on Friday");
    bob.set(&task, "title=Call Dr Okafor");
    meet(&alice, &bob);
    for command in [
        &["status"][..],
        &["devices"],
        &["history"],
        &["history", &task],
        &["review", "show", &task],
        &["kinds"],
        &["check"],
        &["export"],
        &["get", &task],
        &["forget", "bob"],
    ] {
        alice.run(command).well();
        alice.run(&[&["--json"], command].concat());
    }
    alice.run(&["sync"]);
    fs::set_permissions(alice.key("identity"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    alice.run(&["status"]);

    for device in [&alice, &bob, &carol] {
        let mut places = vec![("arguments", arguments.clone().into_bytes())];
        places.push(("output", device.transcript.lock().unwrap().clone().into_bytes()));
        for ended in &printed {
            places.push(("output", [ended.stdout.as_bytes(), ended.stderr.as_bytes()].concat()));
        }
        places.extend(files(&alice.data).map(|bytes| ("a file", bytes)));
        places.extend(files(&bob.data).map(|bytes| ("a file", bytes)));
        let secrets = secrets(device);
        assert!(secrets.len() >= 3, "the keys of {}", device.name);
        for secret in secrets {
            for spelling in spellings(&secret) {
                for (place, bytes) in &places {
                    let found = bytes.windows(spelling.len()).any(|part| part == spelling);
                    assert!(!found, "a secret of {} is in {place}", device.name);
                }
            }
        }
    }
}

/// Everything but the key store.
fn files(folder: &Path) -> impl Iterator<Item = Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).map(|path| fs::read(path).unwrap())
}

/// What the key files hold: the two long-term keys, and what is shared with each peer. (Alice has forgotten Bob, but not Carol.)
fn secrets(device: &Device) -> Vec<Vec<u8>> {
    let mut secrets = Vec::new();
    for entry in fs::read_dir(device.data.join("keys")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "identity" {
            secrets.extend([bytes[1..33].to_vec(), bytes[33..65].to_vec()]);
        } else if name.starts_with("pair-") {
            secrets.push(bytes);
        }
    }
    secrets
}

/// The ways in which a program might give it away.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let decimals: Vec<String> = secret.iter().map(u8::to_string).collect();
    let mut all = vec![
        secret.to_vec(),
        HEXLOWER.encode(secret).into_bytes(),
        HEXUPPER.encode(secret).into_bytes(),
        decimals.join(",").into_bytes(),
        decimals.join(", ").into_bytes(),
    ];
    // In the middle of something longer, base64 has three forms.
    for before in 0..3 {
        let text = BASE64.encode(&[&vec![0; before], secret].concat());
        let inner = &text[4..text.len() - 4];
        all.push(inner.as_bytes().to_vec());
        all.push(inner.replace('+', "-").replace('/', "_").into_bytes());
    }
    all
}

/// What any user of the computer can see of a process.
fn look(running: &Running, seen: &mut String) {
    if cfg!(target_os = "linux") {
        let bytes = fs::read(format!("/proc/{}/cmdline", running.id())).unwrap();
        let environment = fs::read(format!("/proc/{}/environ", running.id())).unwrap();
        let line = String::from_utf8_lossy(&bytes);
        assert!(line.contains("whph") && !line.contains("pair?v="), "{line}");
        seen.push_str(&line);
        seen.push_str(&String::from_utf8_lossy(&environment));
    }
}
