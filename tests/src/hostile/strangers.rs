//! Links of nobody we know, and handshakes that are none.

use super::{Mallory, Scene};
use proptest::prelude::*;
use sync_core::channel::Dial;
use sync_core::identity::PairSecret;
use sync_core::node::{Notice, STRANGERS_PER_ADDRESS_MAX};

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
fn silent_links_of_one_address_are_few() {
    let mut scene = Scene::before_the_handshake();
    for _ in 0..STRANGERS_PER_ADDRESS_MAX {
        scene.accept();
        assert!(!scene.closed);
    }
    scene.accept();
    assert!(scene.closed, "one more is refused at once");
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
