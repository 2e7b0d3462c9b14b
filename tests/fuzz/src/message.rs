use sync_core::pairing::PairingMessage;
use sync_core::wire::Message;

/// Longest that may be told of a message that is none.
const TOLD_MAX: usize = 1_000;

/// A message: its first byte, then its body. What is one comes back as it went; what is none is told in few words.
pub fn message(data: &[u8]) {
    let Some((&kind, body)) = data.split_first() else { return };
    match Message::decode(kind, body) {
        Ok(message) => {
            let (again, encoded) = message.encode().expect("what was read can be written");
            assert_eq!(again, kind);
            assert_eq!(Message::decode(kind, &encoded).as_ref(), Ok(&message));
            if let Message::Pairing(body) = message {
                pairing(&body);
            }
        }
        Err(error) => assert!(error.to_string().len() < TOLD_MAX, "{error}"),
    }
}

fn pairing(body: &[u8]) {
    if let Ok(message) = PairingMessage::decode(body) {
        let encoded = message.encode().expect("what was read can be written");
        assert_eq!(PairingMessage::decode(&encoded), Ok(message));
    }
}
