//! 3 · Somebody who claims to be a device that is connected already.

use super::super::device::Device;
use super::super::together::{assert_same, pair, two};
use super::{first_words, say};

#[test]
fn an_imposter_takes_no_live_sessions_place() {
    let [alice, bob] = two();
    let words = first_words(&alice, "bob");
    let (at_alice, mut at_bob) = (alice.serve(), bob.serve());
    at_bob.document_where(|told| told["event"] == "up-to-date");

    // The first words of alice, repeated; and a device with her name and keys of its own, which greets bob as it would a peer.
    let repeated: Vec<_> = (0..3).map(|_| say(&bob.address(), &words)).collect();
    let (mallory, other) = (Device::not_set_up("mallory"), Device::new("other"));
    mallory.json(&["init", "--name", "alice", "--listen", "127.0.0.1:0", "--keys", "file"]);
    pair(&other, &mallory);
    for _ in 0..3 {
        assert_eq!(mallory.run(&["sync", "other", "--address", &bob.address()]).code, Some(6));
    }

    // What comes next comes over the link that was there before.
    let task = alice.add("task", &["title=Water the plants"]);
    at_bob.document_where(|told| told["event"] == "up-to-date" && told["received"]["new"] == 1);
    assert_eq!(bob.field(&task, "title"), "Water the plants");
    drop(repeated);
    at_alice.terminate().well();
    let told = at_bob.terminate().well().documents();
    let arrived = told.iter().position(|told| told["received"]["new"] == 1).unwrap();
    assert!(told[..arrived].iter().all(|told| told["event"] != "ended"), "{told:?}");
    assert!(mallory.export().is_empty() && bob.paired() == 1);
    assert_same(&[&alice, &bob]);
}
