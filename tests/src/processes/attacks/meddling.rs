//! 8, 10 · Somebody in the middle who changes, cuts or repeats what goes by (LocalSend, CVE-2025-54792; snow,
//! RUSTSEC-2024-0011).

use super::super::device::Device;
use super::super::together::{assert_same, two};
use super::{first_words, say};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// A way to a device on which one byte is another, of all that goes there (`there`) or comes back; for one connection.
fn meddle(target: &str, at: usize, there: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let target = target.to_owned();
    thread::spawn(move || {
        let (Ok((near, _)), Ok(far)) = (listener.accept(), TcpStream::connect(target)) else { return };
        let (from, to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        thread::spawn(move || carry(from, to, there.then_some(at)));
        carry(far, near, (!there).then_some(at));
    });
    address
}

fn carry(mut from: TcpStream, mut to: TcpStream, spoil: Option<usize>) {
    let (mut bytes, mut passed) = ([0; 1_024], 0);
    while let Ok(read) = from.read(&mut bytes) {
        if let Some(at) = spoil
            && (passed..passed + read).contains(&at)
        {
            bytes[at - passed] ^= 1;
        }
        passed += read;
        if read == 0 || to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Write));
    drop(from.shutdown(Shutdown::Read));
}

#[test]
fn a_bit_changed_on_the_way_ends_the_session_and_harms_nothing() {
    let [alice, bob] = two();
    alice.add("task", &["title=Water the plants"]);
    bob.add("task", &["title=Call the dentist"]);
    let before = [alice.export(), bob.export()];
    let mut serving = alice.serve();
    // In the preamble, in each message of the handshake, and in the first records.
    for at in [0, 4, 5, 8, 9, 40, 57, 70, 120, 160, 200, 260] {
        for there in [true, false] {
            let address = meddle(&alice.address(), at, there);
            let ended = bob.run(&["sync", "alice", "--address", &address]);
            // What stands behind the last byte was not touched.
            let untouched = ended.code == Some(0);
            assert!(!untouched || at > 120, "byte {at}, there: {there}");
            if !untouched {
                assert_eq!([alice.export(), bob.export()], before, "byte {at}, there: {there}");
            }
        }
    }
    assert!(serving.is_running());
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_same(&[&alice, &bob]);
    for device in [&alice, &bob] {
        device.assert_sound();
        assert_eq!(device.paired(), 1);
    }
}

#[test]
fn what_was_recorded_says_nothing_the_second_time() {
    let [alice, bob] = two();
    let words = first_words(&bob, "alice");
    let mut serving = alice.serve();
    // Whoever plays it first gets an answer that only bob could go on from; after that not even one.
    for turn in 0..3 {
        let mut stream = say(&alice.address(), &words);
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        assert!(turn == 0 || answer.is_empty(), "turn {turn}: {answer:?}");
    }
    assert!(serving.is_running());
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_eq!(alice.json(&["status"])["devices"].as_array().unwrap().len(), 1);
}

#[test]
fn a_device_that_puts_itself_in_the_place_of_another_pairs_with_nobody() {
    let (alice, bob, mallory) = (Device::new("alice"), Device::new("bob"), Device::new("mallory"));
    // Mallory answers in alice's place, with an invite of her own.
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let invitation = inviting.document();
    let mut posing = mallory.start(&["--json", "invite", "--yes"]);
    posing.document();
    for by in ["link", "code"] {
        let words = invitation[by].as_str().unwrap();
        let ended = bob.run_with(&["--json", "join", "--yes", "--address", &mallory.address()], words);
        // The link names alice's own address as well, which may answer first: then bob is paired with her.
        assert_eq!(mallory.paired(), 0, "{by}: {ended:?}");
        let names = bob.json(&["devices"]);
        assert!(!names.to_string().contains("mallory"), "{names}");
    }
    posing.terminate();
    inviting.terminate();
}
