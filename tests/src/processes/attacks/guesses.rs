//! 9 · Invites that are guessed, used twice, or used too late.

use super::super::device::Device;
use super::say;
use blake2::Digest;
use std::io::Read;

/// A pairing, and a first message that proves nothing.
const PAIRING: &[u8; 8] = b"WHPH\x01\x01\0\0";

#[test]
fn thousands_of_guesses_open_nothing_and_the_right_code_still_works() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let invitation = inviting.document();
    let address = alice.address();
    for guess in 0..2_000u32 {
        let secret = blake2::Blake2s256::digest(guess.to_be_bytes());
        let words = [PAIRING.as_slice(), &[0, 48], &secret, &secret[..16]].concat();
        let mut stream = say(&address, &words);
        let mut answer = Vec::new();
        // Being hung up on is no answer either.
        drop(stream.read_to_end(&mut answer));
        assert_eq!(answer, b"", "guess {guess}");
    }
    assert_eq!(alice.paired(), 0);
    let joined = bob.run_with(&["--json", "join", "--yes"], invitation["link"].as_str().unwrap()).well();
    assert_eq!(joined.documents().last().unwrap()["equal"], true);
    inviting.finish().well();
    assert_eq!(alice.paired(), 1);

    // What was used is used up, for the code as well as for the link.
    let carol = Device::new("carol");
    let mut again = alice.start(&["--json", "invite", "--yes"]);
    again.document();
    for used in ["link", "code"] {
        let words = invitation[used].as_str().unwrap();
        let ended = carol.run_with(&["--json", "join", "--yes", "--address", &address], words);
        assert_ne!(ended.code, Some(0), "{used}: {ended:?}");
    }
    assert_eq!((alice.paired(), carol.paired()), (1, 0));
    again.terminate();
}
