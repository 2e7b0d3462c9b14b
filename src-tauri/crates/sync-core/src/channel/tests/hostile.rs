//! What an attacker on the network can do to a handshake and to records: nothing but end it.

use proptest::prelude::*;

use super::*;

/// The three flights of a good handshake.
fn flights(mode: Mode) -> [Vec<u8>; 3] {
    let mut link = Link::mode(mode);
    let hello = link.alice.take_outgoing();
    link.bob.receive(&hello, START).unwrap();
    link.admit().unwrap();
    let reply = link.bob.take_outgoing();
    link.alice.receive(&reply, START).unwrap();
    [hello, reply, link.alice.take_outgoing()]
}

/// Whether bob believes, after these two flights, that alice is there.
fn bob_believes(mode: Mode, hello: &[u8], proof: &[u8]) -> bool {
    let mut link = Link::mode(mode);
    let believed = link.bob.receive(hello, START).is_ok()
        && link.admit().is_ok()
        && link.bob.receive(proof, START).is_ok();
    let events: Vec<_> = std::iter::from_fn(|| link.bob.poll_event()).collect();
    let established = events.iter().any(|event| matches!(event, ChannelEvent::Established { .. }));
    assert!(believed || !established);
    established
}

#[test]
fn one_flipped_bit_anywhere_ends_the_handshake() {
    for mode in [Mode::Session, Mode::Pair] {
        let [hello, reply, proof] = flights(mode);
        assert!(bob_believes(mode, &hello, &proof));
        for bit in 0..hello.len() * 8 {
            assert!(!bob_believes(mode, &flip(&hello, bit), &proof), "{mode:?} hello bit {bit}");
        }
        for bit in 0..proof.len() * 8 {
            assert!(!bob_believes(mode, &hello, &flip(&proof, bit)), "{mode:?} proof bit {bit}");
        }
        for bit in 0..reply.len() * 8 {
            let mut alice = Link::mode(mode).alice;
            alice.take_outgoing();
            let result = alice.receive(&flip(&reply, bit), START);
            assert!(alice.poll_event().is_none(), "{mode:?} reply bit {bit}: {result:?}");
            assert_eq!(alice.take_outgoing(), b"", "{mode:?} reply bit {bit}");
        }
    }
}

#[test]
fn a_link_cut_at_any_byte_leaves_a_channel_that_times_out() {
    for mode in [Mode::Session, Mode::Pair] {
        let [hello, reply, proof] = flights(mode);
        for cut in 0..hello.len() {
            let mut bob = Link::mode(mode).bob;
            bob.receive(&hello[..cut], START).unwrap();
            assert_eq!((bob.poll_event(), bob.take_outgoing()), (None, vec![]));
            assert_eq!(bob.check_deadline(Mono(START.0 + HANDSHAKE_MS)), Err(ChannelError::Timeout));
        }
        for cut in 0..reply.len() {
            let mut alice = Link::mode(mode).alice;
            alice.receive(&reply[..cut], START).unwrap();
            assert_eq!(alice.poll_event(), None);
            assert_eq!(alice.check_deadline(Mono(START.0 + HANDSHAKE_MS)), Err(ChannelError::Timeout));
        }
        for cut in 0..proof.len() {
            let mut link = Link::mode(mode);
            link.bob.receive(&hello, START).unwrap();
            link.admit().unwrap();
            link.bob.receive(&proof[..cut], START).unwrap();
            assert!(matches!(link.bob.poll_event(), Some(ChannelEvent::Knock { .. })));
            assert_eq!(link.bob.poll_event(), None);
            assert_eq!(link.bob.check_deadline(Mono(START.0 + HANDSHAKE_MS)), Err(ChannelError::Timeout));
        }
    }
}

#[test]
fn a_recorded_first_message_is_refused() {
    for mode in [Mode::Session, Mode::Pair] {
        let mut link = Link::mode(mode);
        let hello = link.alice.take_outgoing();
        link.bob.receive(&hello, START).unwrap();
        link.admit().unwrap();
        link.bob = Channel::accept(&bob(), [13; 32], START);
        link.bob.receive(&hello, START).unwrap();
        assert_eq!(link.admit(), Err(ChannelError::Replayed));
        assert_eq!(link.bob.take_outgoing(), b"");
    }
}

#[test]
fn a_recorded_handshake_convinces_nobody_even_after_a_restart() {
    for mode in [Mode::Session, Mode::Pair] {
        let [hello, _, proof] = flights(mode);
        // What was seen is forgotten, and bob's ephemeral key is another.
        let mut link = Link::mode(mode);
        link.bob = Channel::accept(&bob(), [13; 32], START);
        link.bob.receive(&hello, START).unwrap();
        link.admit().unwrap();
        assert_eq!(link.bob.receive(&proof, START), Err(ChannelError::BadHandshake));
        assert!(matches!(link.bob.poll_event(), Some(ChannelEvent::Knock { .. })));
        assert_eq!(link.bob.poll_event(), None);
    }
}

#[test]
fn strangers_do_not_fill_the_memory_of_first_messages() {
    let mut link = Link::session();
    link.peers.clear();
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));
    assert_eq!(format!("{:?}", link.seen), "SeenEphemerals([])");
}

#[test]
fn a_low_order_ephemeral_key_is_refused_from_either_side() {
    for key in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        for mode in [Mode::Session, Mode::Pair] {
            let [mut hello, mut reply, _] = flights(mode);
            hello[10..42].copy_from_slice(&key);
            reply[10..42].copy_from_slice(&key);
            let mut link = Link::mode(mode);
            assert_eq!(link.bob.receive(&hello, START), Err(ChannelError::BadHandshake));
            assert_closed(&mut link.bob);
            link.alice.take_outgoing();
            assert_eq!(link.alice.receive(&reply, START), Err(ChannelError::BadHandshake));
            assert_closed(&mut link.alice);
        }
    }
}

#[test]
fn handshake_messages_have_one_length() {
    for length in [0_u16, 1, 47, 49, 1_024, 1_025, u16::MAX] {
        let mut bob = Link::session().bob;
        let mut hello = b"WHPH\x01\x02\x00\x00".to_vec();
        hello.extend_from_slice(&length.to_be_bytes());
        assert_eq!(bob.receive(&hello, START), Err(ChannelError::BadHandshake), "{length}");
    }
}

#[test]
fn talking_out_of_turn_ends_the_handshake() {
    let mut link = Link::session();
    let mut hello = link.alice.take_outgoing();
    hello.push(0);
    assert_eq!(link.bob.receive(&hello, START), Err(ChannelError::BadHandshake));

    let mut link = Link::session();
    link.bob.receive(&link.alice.take_outgoing(), START).unwrap();
    assert_eq!(link.bob.receive(&[0], START), Err(ChannelError::BadHandshake));
}

#[test]
fn a_man_in_the_middle_cannot_answer_for_bob() {
    // mallory knows every public key and holds a pair of his own with alice.
    let mut link = Link::session();
    link.bob = Channel::accept(&mallory(), [12; 32], START);
    link.peers = vec![(alice().channel.public(), PairSecret::from_bytes([9; 32]))];
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));

    // Even with the pair secret stolen, the key of bob is missing.
    let mut link = Link::session();
    link.bob = Channel::accept(&mallory(), [12; 32], START);
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));
}

#[test]
fn the_reply_of_another_handshake_is_no_reply() {
    for (mode, error) in [(Mode::Session, ChannelError::Imposter), (Mode::Pair, ChannelError::WrongCode)] {
        let [_, reply, _] = flights(mode);
        let dial = match mode {
            Mode::Session => Dial::Session { peer: bob().channel.public(), secret: pair_secret() },
            Mode::Pair => Dial::Pair { secret: invite_secret(), expected: None },
        };
        let mut alice = Channel::initiate(&alice(), dial, [99; 32], START).unwrap();
        alice.take_outgoing();
        assert_eq!(alice.receive(&reply, START), Err(error));
        assert_closed(&mut alice);
    }
}

#[test]
fn an_altered_record_closes_the_channel() {
    let mut sealed = Link::established(Mode::Session);
    sealed.alice.send(7, b"pay bob").unwrap();
    let record = sealed.alice.take_outgoing();
    for bit in 16..record.len() * 8 {
        let mut link = Link::established(Mode::Session);
        assert_eq!(link.bob.receive(&flip(&record, bit), START), Err(ChannelError::BadRecord), "bit {bit}");
        assert_closed(&mut link.bob);
    }
}

#[test]
fn a_repeated_missing_or_swapped_record_closes_the_channel() {
    let records = || {
        let mut link = Link::established(Mode::Session);
        let first = {
            link.alice.send(1, b"one").unwrap();
            link.alice.take_outgoing()
        };
        let second = {
            link.alice.send(2, b"two").unwrap();
            link.alice.take_outgoing()
        };
        (link, first, second)
    };
    let (mut link, first, _) = records();
    link.bob.receive(&first, START).unwrap();
    assert_eq!(link.bob.receive(&first, START), Err(ChannelError::BadRecord));
    // What came before the error stands.
    assert_eq!(link.bob.poll_event(), Some(ChannelEvent::Message { kind: 1, body: b"one".to_vec() }));
    assert_closed(&mut link.bob);

    let (mut link, _, second) = records();
    assert_eq!(link.bob.receive(&second, START), Err(ChannelError::BadRecord));
}

#[test]
fn our_own_record_thrown_back_closes_the_channel() {
    let mut link = Link::established(Mode::Session);
    link.alice.send(1, b"one").unwrap();
    let record = link.alice.take_outgoing();
    assert_eq!(link.alice.receive(&record, START), Err(ChannelError::BadRecord));
}

#[test]
fn a_truncated_record_gives_nothing() {
    let mut link = Link::established(Mode::Session);
    link.alice.send(1, b"one").unwrap();
    let record = link.alice.take_outgoing();
    link.bob.receive(&record[..record.len() - 1], START).unwrap();
    assert_eq!(link.bob.poll_event(), None);
}

#[test]
fn records_too_short_for_a_tag_and_a_byte_are_refused_at_their_length() {
    for length in 0..=16 {
        let mut link = Link::established(Mode::Session);
        assert_eq!(link.bob.receive(&[0, length], START), Err(ChannelError::BadRecord), "{length}");
    }
}

fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

proptest! {
    #[test]
    fn garbage_never_panics(
        garbage in proptest::collection::vec(any::<u8>(), 0..300),
        good in 0_usize..60,
        mode in prop_oneof![Just(Mode::Pair), Just(Mode::Session)],
    ) {
        let mut link = Link::mode(mode);
        let hello = link.alice.take_outgoing();
        let _ = link.bob.receive(&hello[..good.min(hello.len())], START);
        let _ = link.bob.receive(&garbage, START);
        let _ = link.admit();
        let _ = link.alice.receive(&garbage, START);
        let mut link = Link::established(mode);
        let _ = link.alice.receive(&garbage, START);
        prop_assert_eq!(link.alice.poll_event(), None);
    }
}
