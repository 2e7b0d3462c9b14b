//! Links of nobody we know, and handshakes that are none.

use super::{Mallory, Scene};
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr};
use sync_core::channel::Dial;
use sync_core::identity::PairSecret;
use sync_core::node::{Notice, STRANGERS_MAX, STRANGERS_PER_ADDRESS_MAX};

#[test]
fn a_wrong_pair_secret_gets_not_a_byte() {
    let mut scene = Scene::before_the_handshake();
    let peer = scene.alice.channel.public();
    scene.dial(Dial::Session { peer, secret: PairSecret::from_bytes([4; 32]) });
    scene.accept();
    scene.pump();
    assert!(scene.closed);
    assert_eq!(scene.channel.bytes_received(), 0);
    assert_eq!(scene.notices, []);
    scene.assert_untouched();
}

#[test]
fn a_recorded_first_message_is_not_believed_again() {
    let mut scene = Scene::before_the_handshake();
    let peer = scene.alice.channel.public();
    scene.dial(Dial::Session { peer, secret: scene.secret.clone() });
    let recorded = scene.channel.take_outgoing();
    scene.deaf = true;
    for round in 0..3 {
        scene.closed = false;
        scene.accept();
        scene.throw(recorded.clone());
        assert_eq!(scene.closed, round > 0, "round {round}");
    }
    let connected = |notice: &Notice| matches!(notice, Notice::Connected { .. });
    assert!(!scene.notices.iter().any(connected), "nobody proved to be there");
    scene.assert_untouched();
}

#[test]
fn silent_links_of_one_address_are_few_and_the_oldest_makes_room() {
    let one_network = |n: u16| Ipv6Addr::new(0x2001, 0xdb8, 0, 7, n, 0, 0, n).into();
    for address in [|_| Ipv4Addr::new(10, 0, 0, 9).into(), one_network] {
        let mut scene = Scene::before_the_handshake();
        let silent: Vec<_> = (0..9).map(|n| scene.accept_from(address(n))).collect();
        assert_eq!(scene.shut, silent[..9 - STRANGERS_PER_ADDRESS_MAX]);
    }
}

#[test]
fn strangers_at_every_address_keep_no_paired_device_out() {
    let mut scene = Scene::before_the_handshake();
    for n in 0..1_000_u16 {
        let [high, low] = n.to_be_bytes();
        scene.accept_from(Ipv4Addr::new(10, 0, high, low).into());
    }
    assert_eq!(scene.shut.len(), 1_000 - STRANGERS_MAX);
    scene.meet(Mallory::Dials);
    assert!(
        scene.notices.iter().any(|notice| matches!(notice, Notice::Connected { .. })),
        "{:?}",
        scene.notices
    );
    assert!(!scene.closed);
}

#[test]
fn bytes_between_records_break_the_link_and_nothing_else() {
    for side in [Mallory::Dials, Mallory::Answers] {
        let mut scene = Scene::greeted(side);
        let head = scene.store.head().unwrap();
        scene.throw(vec![0; 100]);
        assert!(scene.closed);
        assert_eq!(scene.store.head().unwrap(), head);
        scene.assert_unharmed();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_at_all_panic_a_node(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6), magic in any::<bool>()) {
        let mut scene = Scene::before_the_handshake();
        scene.accept();
        if magic {
            scene.throw(b"WHPH\x01\x02\x00\x00".to_vec());
        }
        chunks.into_iter().for_each(|bytes| scene.throw(bytes));
        scene.assert_untouched();
    }
}
