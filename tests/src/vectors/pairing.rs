//! Invites, and the conversation that makes two devices a pair.

use rand_core::{CryptoRng, RngCore};
use sync_core::identity::{InviteSecret, PublicKey, SecretKey};
use sync_core::pairing::{
    Binding, DeviceName, Exchange, Introduction, PairLink, PairingMessage, PairingOutput, TypedCode,
};

use super::{Vector, assert_held};

#[test]
fn invites_stay_as_they_are() {
    let mut base_point = [0; 32];
    base_point[0] = 9;
    let key = PublicKey::try_from(&base_point[..]).unwrap();
    let secret = InviteSecret::from_bytes([3; 32]);
    let addresses = ["192.168.1.7:4711", "[2001:db8::7]:4711", "10.0.0.1:1", "[fd00::1]:65535"]
        .map(|text| text.parse().unwrap());
    let mut vectors = Vec::new();
    for (name, count) in [("a link without an address", 0), ("a link", 1), ("a link with four addresses", 4)]
    {
        let link = PairLink::new(key, secret.clone(), &addresses[..count]);
        let text = link.to_text();
        let mut vector =
            Vector::new(name).hex("channel key", key.as_bytes()).hex("invite secret", secret.as_bytes());
        for address in &addresses[..count] {
            vector = vector.text("address", &address.to_string());
        }
        vectors.push(vector.text("text", &text));
        assert_eq!(PairLink::parse(&text, &public(1)), Ok(link));
    }

    let code = TypedCode::parse("k7qm 2f9d oxtz").unwrap();
    let secret = code.secret().unwrap();
    vectors.push(
        Vector::new("a typed code")
            .text("typed", "k7qm 2f9d oxtz")
            .text("shown", &code.grouped())
            .hex("invite secret", secret.as_bytes()),
    );
    assert_held("1/invites.txt", &vectors);
}

#[test]
fn the_pairing_conversation_stays_as_it_is() {
    assert_held("1/pairing.txt", &[paired(), refused(), incompatible()]);
}

/// Both say yes, the joiner first.
fn paired() -> Vector {
    let (mut joiner, mut displayer, offer) = exchange([1, 1]);
    let inputs = Vector::new("a pairing")
        .hex("handshake hash", &HASH)
        .hex("joiner's share", &[JOINER; 32])
        .hex("displayer's share", &[DISPLAYER; 32])
        .hex("joiner's bundle key", public(3).as_bytes())
        .hex("displayer's bundle key", public(4).as_bytes());
    let mut talk = Vec::new();
    let mut told = |who: &str, message: &PairingMessage| {
        let (name, body) = said(message);
        talk.push((format!("{who}: {name}"), body));
    };

    told("joiner", &offer);
    let [PairingOutput::Send(answer)] = &displayer.handle(offer).unwrap()[..] else { panic!() };
    told("displayer", answer);
    let answered = joiner.handle(answer.clone()).unwrap();
    let [PairingOutput::Send(reveal), PairingOutput::Compare { code, .. }] = &answered[..] else { panic!() };
    told("joiner", reveal);
    let revealed = displayer.handle(reveal.clone()).unwrap();
    let [PairingOutput::Compare { code: at_displayer, .. }] = &revealed[..] else { panic!() };
    assert_eq!(code, at_displayer);
    let [PairingOutput::Send(confirm)] = &joiner.decide(true).unwrap()[..] else { panic!() };
    told("joiner", confirm);
    assert_eq!(displayer.handle(confirm.clone()).unwrap(), []);
    let decided = displayer.decide(true).unwrap();
    let [PairingOutput::Send(accept), PairingOutput::Send(both)] = &decided[..] else { panic!() };
    told("displayer", accept);
    told("displayer", both);
    assert_eq!(joiner.handle(accept.clone()).unwrap(), []);
    let stored = joiner.handle(both.clone()).unwrap();
    let [PairingOutput::Paired(at_joiner), PairingOutput::Send(ack)] = &stored[..] else { panic!() };
    told("joiner", ack);
    let [PairingOutput::Paired(at_displayer)] = &displayer.handle(ack.clone()).unwrap()[..] else { panic!() };
    assert_eq!(at_joiner.secret, at_displayer.secret);

    let vector = talk.iter().fold(inputs, |vector, (said, body)| vector.text(said, body));
    vector.text("digits", &code.to_string()).hex("pair secret", at_joiner.secret.as_bytes())
}

fn refused() -> Vector {
    let (mut joiner, mut displayer, offer) = exchange([1, 1]);
    displayer.handle(offer).unwrap();
    let [PairingOutput::Send(reject), PairingOutput::Rejected] = &displayer.decide(false).unwrap()[..] else {
        panic!()
    };
    assert_eq!(joiner.handle(reject.clone()).unwrap(), [PairingOutput::Rejected]);
    let (name, body) = said(reject);
    Vector::new("a no").text(name, &body)
}

fn incompatible() -> Vector {
    let (mut joiner, mut displayer, offer) = exchange([3, 4]);
    let [PairingOutput::Send(answer), PairingOutput::Incompatible { .. }] =
        &displayer.handle(offer).unwrap()[..]
    else {
        panic!()
    };
    let [PairingOutput::Incompatible { theirs, .. }] = joiner.handle(answer.clone()).unwrap()[..] else {
        panic!()
    };
    assert_eq!(theirs, [3, 4]);
    let (name, body) = said(answer);
    Vector::new("no protocol in common").text(name, &body)
}

/// Two sides in one channel, of which the displayer speaks `protocol`.
fn exchange(protocol: [u32; 2]) -> (Exchange, Exchange, PairingMessage) {
    let binding = |peer| Binding { peer: public(peer), handshake_hash: HASH };
    let me = |name: &str, bundle, protocol| {
        let (name, bundle_key) = (DeviceName::clean(name), public(bundle));
        Introduction { name, protocol, schema: 1, bundle_key }
    };
    let (joiner, offer) = Exchange::join(me("Ålice's \"phone\"", 3, [1, 2]), binding(2), &mut Always(JOINER));
    let displayer = Exchange::display(me("desk", 4, protocol), binding(1), &mut Always(DISPLAYER));
    (joiner, displayer, offer)
}

/// Which message it is, and its JSON, which must be read as the same again.
fn said(message: &PairingMessage) -> (&'static str, String) {
    let body = message.encode().unwrap();
    assert_eq!(PairingMessage::decode(&body).as_ref(), Ok(message));
    let name = match message {
        PairingMessage::Offer(_) => "offer",
        PairingMessage::Answer(_) => "answer",
        PairingMessage::Reveal { .. } => "reveal",
        PairingMessage::Confirm => "confirm",
        PairingMessage::Accept => "accept",
        PairingMessage::Paired => "paired",
        PairingMessage::PairedAck => "paired_ack",
        PairingMessage::Reject => "reject",
        PairingMessage::Incompatible { .. } => "incompatible",
    };
    (name, String::from_utf8(body).unwrap())
}

const HASH: [u8; 32] = [7; 32];
const JOINER: u8 = 1;
const DISPLAYER: u8 = 2;

fn public(byte: u8) -> PublicKey {
    SecretKey::from_bytes(&[byte; 32]).public()
}

/// Randomness that is one byte for ever, so that a share is what its vector says.
struct Always(u8);

impl RngCore for Always {
    fn next_u32(&mut self) -> u32 {
        u32::from_ne_bytes([self.0; 4])
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_ne_bytes([self.0; 8])
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl CryptoRng for Always {}
