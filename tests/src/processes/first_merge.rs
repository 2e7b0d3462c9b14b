//! The first sync of two devices that both hold data: what it would do is shown before anything is written on either.

use super::NOT_PROVED;
use super::device::Device;
use super::running::{Ended, Running};
use super::together::assert_same;
use serde_json::{Value, json};

/// Alice and bob have used their devices apart: two notes are alice's alone, one is bob's, and one is another on each.
fn two_with_data() -> [Device; 2] {
    let devices = [Device::new("alice"), Device::new("bob")];
    let note = |n: u8, title: &str| {
        format!(
            "{{\"kind\":\"note\",\"id\":\"00000000-0000-4000-8000-{n:012}\",\"fields\":{{\"title\":\"{title}\"}}}}\n"
        )
    };
    devices[0].import(&(note(1, "One") + &note(2, "Two") + &note(3, "Alice's three")));
    devices[1].import(&(note(3, "Bob's three") + &note(4, "Four")));
    devices
}

/// Both are asked after the digits were compared: what each was shown.
fn asked(alice: &Device, bob: &Device) -> (Running, Running) {
    let mut inviting = alice.start(&["--json", "invite"]);
    let mut joining = bob.start(&["--json", "join"]);
    joining.say(inviting.document()["link"].as_str().unwrap());
    for running in [&mut inviting, &mut joining] {
        running.document_where(|told| told.get("compare").is_some());
        running.say("yes");
    }
    let preview = |running: &mut Running| {
        running.document_where(|told| told.get("preview").is_some())["preview"].take()
    };
    let (here, there) = (preview(&mut inviting), preview(&mut joining));
    assert_eq!(here, json!({ "new_here": 1, "new_there": 2, "differ": 1, "same": 0 }));
    assert_eq!(there, json!({ "new_here": 2, "new_there": 1, "differ": 1, "same": 0 }));
    (inviting, joining)
}

/// Bob syncs while alice serves. What alice's serving told of the question, and how bob's sync ended.
fn sync(alice: &Device, bob: &Device, arguments: &[&str], answer: &str) -> (Value, Ended) {
    let mut serving = alice.serve();
    let ended = bob.run_with(&[&["sync"], arguments].concat(), answer);
    let told = serving.document_where(|told| told["event"] == "preview");
    serving.terminate().well();
    (told, ended)
}

#[test]
fn a_yes_at_either_device_is_enough() {
    for yes_of_alice in [true, false] {
        let [alice, bob] = two_with_data();
        let (mut inviting, mut joining) = asked(&alice, &bob);
        (if yes_of_alice { &mut inviting } else { &mut joining }).say("y");
        // The end of the other one's standard input would be a no, as long as it is asked.
        for running in [&mut inviting, &mut joining] {
            let told = running.document_where(|told| told.get("sync").is_some());
            assert_eq!(told["equal"], true);
        }
        inviting.finish().well();
        joining.finish().well();
        assert_eq!(assert_same(&[&alice, &bob]).lines().count(), 4);
        assert_eq!((alice.reviews(), bob.reviews()), (1, 1), "the note that was another on each");
    }
}

#[test]
fn a_no_leaves_both_as_they_were_and_paired_and_the_next_sync_asks_again() {
    let [alice, bob] = two_with_data();
    let before = [alice.export(), bob.export()];
    let (inviting, mut joining) = asked(&alice, &bob);
    joining.say("n");
    for ended in [joining.finish(), inviting.finish()] {
        assert_eq!(ended.code, Some(NOT_PROVED), "{ended:?}");
        let (code, message) = ended.error();
        assert_eq!(code, "not-now");
        assert!(message.contains("Nothing was changed") && message.contains("`whph sync`"), "{message}");
    }
    assert_eq!([alice.export(), bob.export()], before);
    assert_eq!((alice.paired(), bob.paired()), (1, 1));
    for device in [&alice, &bob] {
        assert_eq!(device.json(&["status"])["devices"][0]["state"], "waits-for-ok");
        assert!(device.run(&["status"]).well().stdout.contains("Waits for your OK"));
    }

    // Nobody answers: that is no yes.
    let (_, silent) = sync(&alice, &bob, &[], "");
    assert_eq!(silent.code, Some(NOT_PROVED), "{silent:?}");
    assert!(silent.stdout.contains("2 new here, 1 new there, 1 differs, 0 the same"), "{silent:?}");
    assert!(silent.stdout.contains("waits for a go-ahead"), "{silent:?}");
    assert_eq!([alice.export(), bob.export()], before);

    let (told, merged) = sync(&alice, &bob, &[], "y");
    assert!(told["message"].as_str().unwrap().contains("--yes"), "{told}");
    merged.well();
    assert_eq!(assert_same(&[&alice, &bob]).lines().count(), 4);
}

#[test]
fn a_device_that_serves_never_agrees_by_itself_and_another_command_there_may() {
    let [alice, bob] = two_with_data();
    let before = alice.export();
    let (inviting, mut joining) = asked(&alice, &bob);
    joining.say("n");
    drop((joining.finish(), inviting.finish()));
    let (mut at_alice, mut at_bob) = (alice.serve(), bob.serve());
    at_alice.document_where(|told| told["event"] == "preview");
    at_bob.document_where(|told| told["event"] == "preview");
    assert_eq!(alice.export(), before);
    // The sessions that wait go on too.
    bob.run(&["sync", "alice", "--yes"]).well();
    at_alice.document_where(|told| told["event"] == "up-to-date");
    at_bob.document_where(|told| told["event"] == "up-to-date");
    at_alice.terminate().well();
    at_bob.terminate().well();
    assert_same(&[&alice, &bob]);
}
