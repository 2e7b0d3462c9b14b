use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::identity::Identity;

fn offer(name: &str) -> PairingMessage {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    PairingMessage::Offer(Offer {
        name: DeviceName::clean(name),
        protocol: [1, 2],
        schema: 35,
        bundle_key: Identity::generate(&mut rng).bundle.public(),
        commitment: Share::generate(&mut rng).commitment(),
    })
}

fn json(message: &PairingMessage) -> String {
    String::from_utf8(message.encode().unwrap()).unwrap()
}

fn decode(text: &str) -> Result<PairingMessage, PairingError> {
    PairingMessage::decode(text.as_bytes())
}

#[test]
fn every_message_survives_its_json() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let share = Share::generate(&mut rng);
    let bundle_key = Identity::generate(&mut rng).bundle.public();
    let answer =
        Answer { name: DeviceName::clean("bob"), protocol: 1, schema: 35, bundle_key, share: share.clone() };
    for message in [
        offer("alice's laptop"),
        PairingMessage::Answer(answer),
        PairingMessage::Reveal { share },
        PairingMessage::Confirm,
        PairingMessage::Accept,
        PairingMessage::Paired,
        PairingMessage::PairedAck,
        PairingMessage::Reject,
        PairingMessage::Incompatible { protocol: [3, 4] },
    ] {
        assert_eq!(decode(&json(&message)), Ok(message));
    }
    assert_eq!(json(&PairingMessage::PairedAck), "\"paired_ack\"");
}

#[test]
fn the_longest_offer_fits() {
    assert!(json(&offer(&"\"".repeat(64))).len() < MESSAGE_MAX);
    assert!(json(&offer(&"𝄞".repeat(64))).len() < MESSAGE_MAX);
}

#[test]
fn a_key_we_do_not_know_is_passed_over() {
    let text = json(&offer("alice")).replacen("{\"name\"", "{\"later\":[1,{}],\"name\"", 1);
    assert_eq!(decode(&text), Ok(offer("alice")));
}

#[test]
fn depth_hurts_nobody() {
    let deep = format!("{{\"later\":{}{},\"name\"", "[".repeat(1_500), "]".repeat(1_500));
    assert_eq!(decode(&json(&offer("alice")).replacen("{\"name\"", &deep, 1)), Ok(offer("alice")));
    assert_eq!(decode(&"[".repeat(MESSAGE_MAX)), Err(PairingError::Malformed));
    assert_eq!(decode(&"{\"offer\":".repeat(400)), Err(PairingError::Malformed));
}

#[test]
fn hostile_json_is_refused() {
    let good = json(&offer("alice"));
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    for text in [
        String::new(),
        "null".to_owned(),
        "\"shutdown\"".to_owned(),
        "{}".to_owned(),
        format!("{good}{good}"),
        format!("{},{}", &good[..good.len() - 1], &good[1..]),
        changed("\"schema\":35", "\"schema\":35,\"schema\":36"),
        changed("\"schema\":35", "\"schema\":1e999"),
        changed("\"schema\":35", "\"schema\":-1"),
        changed("\"protocol\":[1,2]", "\"protocol\":[1,2,3]"),
        changed("\"protocol\":[1,2]", "\"protocol\":[1]"),
        changed("alice", "\\ud800"),
        changed("alice", "\\u0000"),
        changed("alice", "\\u001b[31m"),
        changed("alice", "\\u202egpj.exe"),
        changed("alice", " alice"),
        changed("alice", ""),
        changed("alice", &"x".repeat(65)),
        changed("\"alice\"", &"[".repeat(1_500)),
        good[..good.len() - 1].to_owned(),
    ] {
        assert_eq!(decode(&text), Err(PairingError::Malformed), "{text}");
    }
    assert_eq!(PairingMessage::decode(b"\"reject\xff\""), Err(PairingError::Malformed));
    assert_eq!(decode(&changed("alice", &"x".repeat(10 * 1024))), Err(PairingError::Malformed));
    let padded = format!("{good}{}", " ".repeat(MESSAGE_MAX));
    assert_eq!(decode(&padded), Err(PairingError::Malformed));
}

#[test]
fn bad_keys_and_shares_are_refused() {
    let zero = "A".repeat(43);
    let PairingMessage::Offer(Offer { bundle_key, .. }) = offer("alice") else { panic!() };
    let key = serde_json::to_string(&bundle_key).unwrap();
    let text = json(&offer("alice")).replace(&key, &format!("\"{zero}\""));
    assert_eq!(decode(&text), Err(PairingError::Malformed));
    for share in ["", "AAAA", &"A".repeat(44), &"!".repeat(43), &format!("{}B", "A".repeat(42))] {
        let text = format!("{{\"reveal\":{{\"share\":\"{share}\"}}}}");
        assert_eq!(decode(&text), Err(PairingError::Malformed), "{share}");
    }
}

#[test]
fn debug_output_hides_the_share() {
    let share = Share::generate(&mut ChaCha20Rng::seed_from_u64(1));
    assert_eq!(format!("{:?}", PairingMessage::Reveal { share }), "Reveal { share: Share(…) }");
}
