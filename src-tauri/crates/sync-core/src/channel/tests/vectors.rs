//! The bytes of whole channels, computed from PROTOCOL.md by another implementation. They may be added to,
//! never changed: a device that was not updated yet still sends them.

use data_encoding::HEXLOWER;

use super::*;
use crate::identity::SecretKey;

/// alice has the channel key `01…`, bob `02…`; their seeds are `0b…` and `0c…`, the pair secret `05…`, the
/// invite secret `06…`. Then each says hello.
struct Vector {
    mode: Mode,
    opening: &'static str,
    answer: &'static str,
    proof: &'static str,
    hash: &'static str,
    alices_hello: &'static str,
    bobs_hello: &'static str,
}

const VECTORS: [Vector; 2] = [
    Vector {
        mode: Mode::Session,
        opening: "57485048010200000030112866436d77cdbe987da36d85f61bb9cde2ba4f024a078f6d11f7e5886fe85b5696b662de0e7f18191349469d5b8fc4",
        answer: "5748504801020000003096593613505b9a0aed14334a0cd60347b47f3f801c6a2899dd6def6518034e35975bb06028b3e07933a071b512dad7ce",
        proof: "0010bdcdeaa8add9edf4347866c27cb6984c",
        hash: "2999fea0287d025b9125c2ca54fddb4dbf0279a7155c1fc2e850d5b9a853b077",
        alices_hello: "001ac8af95da587e6decfdaebaee8672c92f0ebe50db3b12c13117f8",
        bobs_hello: "001ab63953607b30869de5ae07328f4e02f674438c309e4347ada48a",
    },
    Vector {
        mode: Mode::Pair,
        opening: "57485048010100000030112866436d77cdbe987da36d85f61bb9cde2ba4f024a078f6d11f7e5886fe85b5c96c365351c6b7283f8b6551c18d77a",
        answer: "5748504801010000006096593613505b9a0aed14334a0cd60347b47f3f801c6a2899dd6def6518034e352139c6ecbeb09a452e8a16bf8b9b3000677723329ebeff182117c5afdcb8d32ea0b032a4f16bfea4edc2bdf9443630c589dd5fb5a29b9355d0a5e28db82fe028",
        proof: "004095184002eab44114d684df4a5a33c679929c611de869bb878a459208110cbc117a9b934af259aadb000cf57aa65ac38b22fdf4d6735e85e253776f46da4d71a5",
        hash: "cd14f19ce2ed3386cbe510e98e2d41996edc28559b02d41046445d039fdf23a2",
        alices_hello: "001a15eddc888c172bc1eef79494a99dc02b01d9460a2c8a1a646ac4",
        bobs_hello: "001a2319fffd70fdf84221560435eae5ecad0c4b3a258b7ef1b67e6f",
    },
];

fn device_with(byte: u8) -> Identity {
    let key = SecretKey::from_bytes(&[byte; 32]);
    Identity { channel: key.clone(), bundle: key }
}

fn take(channel: &mut Channel) -> String {
    HEXLOWER.encode(&channel.take_outgoing())
}

fn give(channel: &mut Channel, hex: &str) {
    channel.receive(&HEXLOWER.decode(hex.as_bytes()).unwrap(), START).unwrap();
}

#[test]
fn the_bytes_on_the_wire_stay_as_they_are() {
    for vector in VECTORS {
        let (alice, bob) = (device_with(1), device_with(2));
        let peer = bob.channel.public();
        let dial = match vector.mode {
            Mode::Session => Dial::Session { peer, secret: pair_secret() },
            Mode::Pair => Dial::Pair { secret: invite_secret(), expected: Some(peer) },
        };
        let mut link = Link::session();
        link.alice = Channel::initiate(&alice, dial, [0x0b; 32], START).unwrap();
        link.bob = Channel::accept(&bob, [0x0c; 32], START);
        link.peers = vec![(alice.channel.public(), pair_secret())];

        assert_eq!(take(&mut link.alice), vector.opening);
        give(&mut link.bob, vector.opening);
        link.admit().unwrap();
        assert_eq!(take(&mut link.bob), vector.answer);
        give(&mut link.alice, vector.answer);
        assert_eq!(take(&mut link.alice), vector.proof);
        give(&mut link.bob, vector.proof);
        let Some(ChannelEvent::Established { handshake_hash, .. }) = link.alice.poll_event() else {
            panic!()
        };
        assert_eq!(HEXLOWER.encode(&handshake_hash), vector.hash);
        link.alice.send(7, b"hello").unwrap();
        assert_eq!(take(&mut link.alice), vector.alices_hello);
        link.bob.send(7, b"hello").unwrap();
        assert_eq!(take(&mut link.bob), vector.bobs_hello);
    }
}
