//! Who gets in, and what the others learn.

use super::*;

#[test]
fn paired_devices_meet_however_the_bytes_are_cut() {
    for mode in [Mode::Session, Mode::Pair] {
        for chunk in [1, 2, 3, 7, 50, usize::MAX] {
            let mut link = Link::mode(mode);
            let (at_alice, at_bob) = link.run(chunk).unwrap();
            let [ChannelEvent::Established { peer: bob_key, mode: first, handshake_hash: one }] =
                at_alice[..]
            else {
                panic!("{at_alice:?}")
            };
            let [ChannelEvent::Established { peer: alice_key, mode: second, handshake_hash: two }] =
                at_bob[..]
            else {
                panic!("{at_bob:?}")
            };
            assert_eq!((bob_key, alice_key), (bob().channel.public(), alice().channel.public()));
            assert_eq!((first, second, one), (mode, mode, two));
        }
    }
}

#[test]
fn the_same_seeds_give_the_same_bytes() {
    let transcript = || {
        let mut link = Link::session();
        let hello = link.alice.take_outgoing();
        link.bob.receive(&hello, START).unwrap();
        link.admit().unwrap();
        let reply = link.bob.take_outgoing();
        link.alice.receive(&reply, START).unwrap();
        link.alice.send(1, b"hello").unwrap();
        [hello, reply, link.alice.take_outgoing()]
    };
    assert_eq!(transcript(), transcript());
}

#[test]
fn another_seed_gives_another_channel() {
    let dial = || Dial::Session { peer: bob().channel.public(), secret: pair_secret() };
    let first = Channel::initiate(&alice(), dial(), [1; 32], START).unwrap().take_outgoing();
    let second = Channel::initiate(&alice(), dial(), [2; 32], START).unwrap().take_outgoing();
    assert_eq!(first[..10], second[..10]);
    assert_ne!(first[10..42], second[10..42]);
}

#[test]
fn bob_finds_alice_among_sixteen_devices_and_no_further() {
    let others = |count: u64| (0..count).map(|n| (device(100 + n).channel.public(), pair_secret()));
    let alice = (alice().channel.public(), pair_secret());
    let mut link = Link::session();
    link.peers = others(15).chain([alice.clone()]).collect();
    assert!(link.run(usize::MAX).is_ok());

    let mut link = Link::session();
    link.peers = others(16).chain([alice]).collect();
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));
}

#[test]
fn a_stranger_gets_not_one_byte() {
    let wrong_secret = vec![(alice().channel.public(), PairSecret::from_bytes([9; 32]))];
    let wrong_key = vec![(mallory().channel.public(), pair_secret())];
    for peers in [vec![], wrong_secret, wrong_key] {
        let mut link = Link::session();
        link.peers = peers;
        assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));
        assert_eq!(link.bob.bytes_sent(), 0);
        assert_closed(&mut link.bob);
    }
}

#[test]
fn a_device_removed_while_it_knocks_is_refused() {
    let mut link = Link::session();
    link.bob.receive(&link.alice.take_outgoing(), START).unwrap();
    link.peers.clear();
    assert_eq!(link.admit(), Err(ChannelError::Stranger));
    assert_closed_after_knock(&mut link.bob);
}

#[test]
fn a_wrong_code_gets_not_one_byte() {
    let mut link = Link::pairing();
    link.invite_secrets = vec![InviteSecret::from_bytes([1; 32]), InviteSecret::from_bytes([2; 32])];
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::WrongCode)));
    assert_eq!(link.bob.bytes_sent(), 0);
}

#[test]
fn without_an_open_invite_nobody_pairs() {
    let mut link = Link::pairing();
    link.invite_secrets.clear();
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));
}

#[test]
fn either_secret_of_an_invite_opens_it() {
    let mut link = Link::pairing();
    link.invite_secrets = vec![InviteSecret::from_bytes([1; 32]), invite_secret()];
    assert!(link.run(1).is_ok());
}

#[test]
fn a_pair_secret_does_not_pair_and_an_invite_secret_opens_no_session() {
    let mut link = Link::pairing();
    link.invite_secrets = vec![InviteSecret::from_bytes(*pair_secret().as_bytes())];
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::WrongCode)));
    let mut link = Link::session();
    link.peers = vec![(alice().channel.public(), PairSecret::from_bytes(*invite_secret().as_bytes()))];
    assert_eq!(link.run(usize::MAX), Err((Side::Bob, ChannelError::Stranger)));
}

#[test]
fn alice_tells_an_imposter_nothing_about_herself() {
    let expected = Some(mallory().channel.public());
    let mut link = Link::new(Dial::Pair { secret: invite_secret(), expected });
    assert_eq!(link.run(usize::MAX), Err((Side::Alice, ChannelError::Imposter)));
    assert_eq!(link.alice.take_outgoing(), b"");
    assert_closed(&mut link.alice);
}

#[test]
fn a_typed_code_pairs_without_knowing_the_key() {
    let mut link = Link::new(Dial::Pair { secret: invite_secret(), expected: None });
    assert!(link.run(1).is_ok());
}

#[test]
fn nobody_connects_to_himself() {
    let own = alice().channel.public();
    let dial = Dial::Session { peer: own, secret: pair_secret() };
    assert_eq!(Channel::initiate(&alice(), dial, [1; 32], START).unwrap_err(), ChannelError::Imposter);

    let mut link = Link::session();
    link.bob = Channel::accept(&alice(), [12; 32], START);
    link.alice =
        Channel::initiate(&alice(), Dial::Pair { secret: invite_secret(), expected: None }, [11; 32], START)
            .unwrap();
    assert_eq!(link.run(usize::MAX), Err((Side::Alice, ChannelError::BadHandshake)));
}

#[test]
fn both_sides_learn_of_another_major_version() {
    let mut link = Link::session();
    let mut newer = link.alice.take_outgoing();
    newer[4] = 9;
    let error = ChannelError::OtherVersion { ours: 1, theirs: 9 };
    assert_eq!(link.bob.receive(&newer, START), Err(error));
    let refusal = link.bob.take_outgoing();
    assert_eq!(refusal, *b"WHPH\x01\x00\x00\x00");
    assert_closed(&mut link.bob);

    // What a device of major version 9 answers to us.
    let error = ChannelError::OtherVersion { ours: 1, theirs: 9 };
    assert_eq!(link.alice.receive(b"WHPH\x09\x00\x00\x00", START), Err(error));
    assert_closed(&mut link.alice);
}

#[test]
fn what_is_not_whph_gets_no_answer() {
    let requests: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"WHPH\x01\x03\x00\x00",
        b"WHPH\x01\x00\x00\x00",
        b"WHPH\x01\x02\x00\x01",
        &[0; 64],
    ];
    for request in requests {
        let mut bob = Channel::accept(&bob(), [1; 32], START);
        assert_eq!(bob.receive(request, START), Err(ChannelError::NotOurs), "{request:?}");
        assert_closed(&mut bob);
        let mut alice = Link::session().alice;
        alice.take_outgoing();
        assert_eq!(alice.receive(request, START), Err(ChannelError::NotOurs), "{request:?}");
    }
}

#[test]
fn a_switched_purpose_is_refused() {
    for (mode, other) in [(Mode::Pair, Mode::Session), (Mode::Session, Mode::Pair)] {
        let mut hello = Link::mode(mode).alice.take_outgoing();
        hello[..8].copy_from_slice(&Preamble::Ours(other).encode());
        let mut link = Link::mode(other);
        link.bob.receive(&hello, START).unwrap();
        assert!(link.admit().is_err());
        // An answer for the other purpose is no better.
        link.alice.take_outgoing();
        assert_eq!(link.alice.receive(&Preamble::Ours(mode).encode(), START), Err(ChannelError::NotOurs));
    }
}

#[test]
fn a_handshake_has_five_seconds_in_all() {
    let mut link = Link::session();
    let hello = link.alice.take_outgoing();
    assert_eq!(link.bob.deadline(), Some(Mono(START.0 + 5_000)));
    for second in 0..5 {
        link.bob.receive(&hello[second..=second], Mono(START.0 + second as u64 * 1_000)).unwrap();
    }
    assert_eq!(link.bob.check_deadline(Mono(START.0 + 4_999)), Ok(()));
    assert_eq!(link.bob.receive(&hello[5..6], Mono(START.0 + 5_000)), Err(ChannelError::Timeout));
    assert_closed(&mut link.bob);
    assert_eq!(link.alice.check_deadline(Mono(u64::MAX)), Err(ChannelError::Timeout));

    let mut link = Link::established(Mode::Session);
    assert_eq!((link.alice.deadline(), link.bob.deadline()), (None, None));
    assert_eq!(link.bob.check_deadline(Mono(u64::MAX)), Ok(()));
}

#[test]
fn the_deadline_counts_while_the_caller_decides() {
    let mut link = Link::session();
    link.bob.receive(&link.alice.take_outgoing(), START).unwrap();
    let admission = Admission { peers: &link.peers, invite_secrets: &[] };
    assert_eq!(link.bob.admit(admission, &mut link.seen, Mono(9_000)), Err(ChannelError::Timeout));
}

#[test]
fn a_channel_asks_for_renewal_by_age_and_by_volume() {
    let mut link = Link::established(Mode::Session);
    let hour = 60 * 60 * 1_000;
    assert!(!link.alice.needs_renewal(Mono(START.0 + hour - 1)));
    assert!(link.alice.needs_renewal(Mono(START.0 + hour)));
    assert!(!link.alice.needs_renewal(START));
    link.alice.bytes_received = RENEW_AFTER_BYTES - link.alice.bytes_sent - 1;
    assert!(!link.alice.needs_renewal(START));
    link.alice.send(1, b"").unwrap();
    link.alice.take_outgoing();
    assert!(link.alice.needs_renewal(START));
    assert!(!Link::session().alice.needs_renewal(Mono(u64::MAX)), "a handshake is never renewed");
}

#[test]
fn nothing_can_be_sent_before_the_peer_has_proved_itself() {
    let mut link = Link::session();
    link.bob.receive(&link.alice.take_outgoing(), START).unwrap();
    link.admit().unwrap();
    assert_eq!(link.bob.send(1, b"early"), Err(ChannelError::Closed));
}

#[test]
fn debug_output_shows_no_content() {
    let link = Link::established(Mode::Session);
    let event = ChannelEvent::Message { kind: 1, body: b"secret".to_vec() };
    assert_eq!(format!("{:?} {event:?}", link.alice), "Channel(Open) Message(1, 6 bytes)");
    let dial = Dial::Session { peer: bob().channel.public(), secret: pair_secret() };
    assert!(format!("{dial:?}").ends_with("secret: PairSecret(…) }"));
}

/// As [`assert_closed`], when the knock itself has not been polled.
fn assert_closed_after_knock(channel: &mut Channel) {
    assert!(matches!(channel.poll_event(), Some(ChannelEvent::Knock { .. })));
    assert_closed(channel);
}
