//! Messages over an established channel.

use proptest::prelude::*;

use super::*;
use crate::channel::records::{RECORD_MAX, TAG_LEN};
use crate::limits::MESSAGE_MAX;

#[test]
fn messages_of_every_size_arrive_as_they_were_sent() {
    let mut link = Link::established(Mode::Session);
    let edges =
        [0, 1, RECORD_MAX - 6, RECORD_MAX - 5, RECORD_MAX - 4, 2 * RECORD_MAX - 5, 2 * RECORD_MAX - 4];
    for (kind, length) in edges.into_iter().chain([MESSAGE_MAX - 1]).enumerate() {
        let body: Vec<u8> = (0..length).map(|at| at as u8).collect();
        let message = ChannelEvent::Message { kind: kind as u8, body };
        let ChannelEvent::Message { kind, body } = &message else { unreachable!() };
        link.alice.send(*kind, body).unwrap();
        link.bob.send(*kind, body).unwrap();
        let (at_alice, at_bob) = link.run(16_384).unwrap();
        assert!(at_alice == [message], "{length}");
        assert!(at_bob == at_alice, "{length}");
    }
}

#[test]
fn a_message_fills_its_records() {
    let mut link = Link::established(Mode::Session);
    link.alice.send(1, &vec![0; 2 * RECORD_MAX]).unwrap();
    let bytes = link.alice.take_outgoing();
    assert_eq!(bytes.len(), (2 * RECORD_MAX + 5) + 3 * (2 + TAG_LEN));
    assert_eq!(bytes[..2], u16::MAX.to_be_bytes());
}

#[test]
fn a_message_above_the_limit_is_not_sent() {
    let mut link = Link::established(Mode::Session);
    assert_eq!(link.alice.send(1, &vec![0; MESSAGE_MAX]), Err(ChannelError::TooLarge));
    assert_closed(&mut link.alice);
}

#[test]
fn bytes_are_counted_in_both_directions() {
    let mut link = Link::established(Mode::Session);
    let (sent, received) = (link.alice.bytes_sent(), link.bob.bytes_received());
    assert_eq!(sent, received);
    link.alice.send(1, b"12345").unwrap();
    link.run(1).unwrap();
    assert_eq!(link.alice.bytes_sent() - sent, 2 + 16 + 5 + 5);
    assert_eq!(link.bob.bytes_received(), link.alice.bytes_sent());
}

#[test]
fn illegal_lengths_are_refused_before_anything_is_kept() {
    let largest = MESSAGE_MAX as u32;
    for (declared, error) in [
        (0_u32, ChannelError::BadRecord),
        (1, ChannelError::BadRecord),
        (8, ChannelError::BadRecord),
        (10, ChannelError::BadRecord),
        (largest, ChannelError::BadRecord),
        (largest + 1, ChannelError::TooLarge),
        (i32::MIN as u32, ChannelError::TooLarge),
        (u32::MAX, ChannelError::TooLarge),
    ] {
        // Nine bytes come with the length, kind included: only 9 would be right.
        let mut plaintext = declared.to_be_bytes().to_vec();
        plaintext.extend_from_slice(b"123456789");
        assert_eq!(bob_opens(&[&plaintext]), Err(error), "{declared}");
    }
    assert_eq!(bob_opens(&[b"\0\0\0\x01k"]), Ok(()));
    for short in [&b"\0"[..], b"\0\0\0\0", b"\0\0\0\x01"] {
        assert_eq!(bob_opens(&[short]), Err(ChannelError::BadRecord), "{short:?}");
    }
}

#[test]
fn a_record_that_ends_early_or_late_is_refused() {
    let mut first = (RECORD_MAX as u32 + 6).to_be_bytes().to_vec();
    first.resize(RECORD_MAX, 0);
    assert_eq!(bob_opens(&[&first, &[0; 10]]), Ok(()));
    assert_eq!(bob_opens(&[&first, &[0; 9]]), Err(ChannelError::BadRecord));
    assert_eq!(bob_opens(&[&first, &[0; 11]]), Err(ChannelError::BadRecord));
    assert_eq!(bob_opens(&[&first[..RECORD_MAX - 1]]), Err(ChannelError::BadRecord));
}

#[test]
fn memory_follows_what_arrived_not_what_was_promised() {
    let mut link = Link::established(Mode::Session);
    let mut first = (MESSAGE_MAX as u32).to_be_bytes().to_vec();
    first.resize(RECORD_MAX, 0);
    link.bob.receive(&alice_seals(&mut link.alice, &first), START).unwrap();
    assert!(link.bob.state.kept() <= 2 * RECORD_MAX, "{}", link.bob.state.kept());
}

proptest! {
    #[test]
    fn messages_survive_any_cut(
        messages in proptest::collection::vec((any::<u8>(), 0_usize..140_000), 1..4),
        cuts in proptest::collection::vec(1_usize..70_000, 1..20),
    ) {
        let mut link = Link::established(Mode::Pair);
        for (kind, length) in &messages {
            link.alice.send(*kind, &vec![*kind; *length]).unwrap();
        }
        let bytes = link.alice.take_outgoing();
        let mut rest = bytes.as_slice();
        for cut in cuts.iter().cycle() {
            let (part, after) = rest.split_at(rest.len().min(*cut));
            link.bob.receive(part, START).unwrap();
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let arrived: Vec<_> = std::iter::from_fn(|| link.bob.poll_event()).collect();
        prop_assert_eq!(arrived.len(), messages.len());
        for ((kind, length), event) in messages.into_iter().zip(arrived) {
            let sent = ChannelEvent::Message { kind, body: vec![kind; length] };
            prop_assert!(event == sent);
        }
    }
}

/// What bob makes of records with these plaintexts, correctly encrypted by alice.
fn bob_opens(plaintexts: &[&[u8]]) -> Result<(), ChannelError> {
    let mut link = Link::established(Mode::Session);
    plaintexts.iter().try_for_each(|plaintext| {
        let record = alice_seals(&mut link.alice, plaintext);
        link.bob.receive(&record, START)
    })
}

fn alice_seals(alice: &mut Channel, plaintext: &[u8]) -> Vec<u8> {
    let State::Open(open) = &mut alice.state else { panic!("not open") };
    open.records.seal_raw(plaintext)
}

impl State {
    fn kept(&self) -> usize {
        let State::Open(open) = self else { panic!("not open") };
        open.records.kept()
    }
}
