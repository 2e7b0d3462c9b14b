use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::identity::Identity;
use crate::pairing::{Answer, Offer};
use PairingMessage as Message;
use PairingOutput as Output;

fn identity(seed: u64) -> Identity {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn introduction(name: &str, seed: u64) -> Introduction {
    let bundle_key = identity(seed).bundle.public();
    Introduction { name: DeviceName::clean(name), protocol: [1, 2], schema: 35, bundle_key }
}

fn binding(seed: u64) -> Binding {
    Binding { peer: identity(seed).channel.public(), handshake_hash: [7; 32] }
}

/// alice shows the code, bob uses it.
struct People {
    alice: Exchange,
    bob: Exchange,
    /// Sent by bob and not yet delivered.
    offer: Message,
}

fn people() -> People {
    people_with(introduction("alice's laptop", 1), introduction("bob's phone", 2), binding(1))
}

fn people_with(alice: Introduction, bob: Introduction, at_bob: Binding) -> People {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let alice = Exchange::display(alice, binding(2), &mut rng);
    let (bob, offer) = Exchange::join(bob, at_bob, &mut rng);
    People { alice, bob, offer }
}

impl People {
    /// Up to the digits on both screens.
    fn compare(&mut self) -> (ConfirmationCode, ConfirmationCode) {
        let answer = sent(self.alice.handle(self.offer.clone()).unwrap());
        let at_bob = self.bob.handle(answer).unwrap();
        let [Output::Send(reveal), Output::Compare { name, code: bobs }] = &at_bob[..] else {
            panic!("{at_bob:?}")
        };
        assert_eq!(name.as_str(), "alice's laptop");
        let at_alice = self.alice.handle(reveal.clone()).unwrap();
        let [Output::Compare { name, code: alices }] = &at_alice[..] else { panic!("{at_alice:?}") };
        assert_eq!(name.as_str(), "bob's phone");
        (*alices, *bobs)
    }
}

/// The only output, which is a message.
fn sent(outputs: Vec<Output>) -> Message {
    match <[Output; 1]>::try_from(outputs) {
        Ok([Output::Send(message)]) => message,
        other => panic!("{other:?}"),
    }
}

fn paired(outputs: &[Output]) -> &PairedPeer {
    let [Output::Paired(peer), ..] = outputs else { panic!("{outputs:?}") };
    peer
}

fn rejected() -> Vec<Output> {
    vec![Output::Send(Message::Reject), Output::Rejected]
}

#[test]
fn two_people_pair_whoever_says_yes_first() {
    for alice_first in [true, false] {
        let mut people = people();
        let (alices, bobs) = people.compare();
        assert_eq!(alices, bobs);
        let word = if alice_first {
            let accept = sent(people.alice.decide(true).unwrap());
            assert_eq!(people.bob.handle(accept), Ok(vec![]));
            let confirm = sent(people.bob.decide(true).unwrap());
            sent(people.alice.handle(confirm).unwrap())
        } else {
            let confirm = sent(people.bob.decide(true).unwrap());
            assert_eq!(people.alice.handle(confirm), Ok(vec![]));
            let words = people.alice.decide(true).unwrap();
            let [Output::Send(accept), Output::Send(word)] = &words[..] else { panic!("{words:?}") };
            assert_eq!(people.bob.handle(accept.clone()), Ok(vec![]));
            word.clone()
        };
        assert_eq!(word, Message::Paired);
        let at_bob = people.bob.handle(word).unwrap();
        // bob's caller stores first and acknowledges after.
        assert_eq!(at_bob[1..], [Output::Send(Message::PairedAck)]);
        let at_alice = people.alice.handle(Message::PairedAck).unwrap();
        assert_eq!(at_alice.len(), 1);

        let (alice, bob) = (paired(&at_bob), paired(&at_alice));
        assert_eq!(alice.secret, bob.secret);
        assert_eq!((alice.name.as_str(), bob.name.as_str()), ("alice's laptop", "bob's phone"));
        assert_eq!((alice.key, bob.key), (identity(1).channel.public(), identity(2).channel.public()));
        let bundle_keys = (identity(1).bundle.public(), identity(2).bundle.public());
        assert_eq!((alice.bundle_key, bob.bundle_key), bundle_keys);
        assert_eq!((alice.protocol, alice.schema), (2, 35));
        assert_eq!((bob.protocol, bob.schema), (2, 35));
        assert_eq!(people.alice.handle(Message::PairedAck), Err(PairingError::Closed));
    }
}

#[test]
fn digits_and_secret_differ_for_another_channel_or_another_try() {
    let mut one = people();
    let first = one.compare().0;
    let mut rng = ChaCha20Rng::seed_from_u64(99);
    one.alice = Exchange::display(introduction("alice's laptop", 1), binding(2), &mut rng);
    (one.bob, one.offer) = Exchange::join(introduction("bob's phone", 2), binding(1), &mut rng);
    assert_ne!(one.compare().0, first);

    // A man in the middle has two channels, so two hashes: the same shares, other digits.
    let mut between = people_with(
        introduction("alice's laptop", 1),
        introduction("bob's phone", 2),
        Binding { handshake_hash: [8; 32], ..binding(1) },
    );
    let (alices, bobs) = between.compare();
    assert_ne!(alices, bobs);
}

#[test]
fn digits_are_six_and_grouped() {
    let digits = people().compare().0.to_string();
    assert_eq!(digits.len(), 7);
    assert!(digits.chars().enumerate().all(|(at, c)| if at == 3 { c == ' ' } else { c.is_ascii_digit() }));
}

#[test]
fn either_person_can_say_no_at_any_time() {
    let mut early = people();
    assert_eq!(early.alice.decide(false), Ok(rejected()));
    assert_eq!(early.bob.handle(Message::Reject), Ok(vec![Output::Rejected]));

    let mut bob_says_no = people();
    bob_says_no.compare();
    assert_eq!(bob_says_no.bob.decide(false), Ok(rejected()));
    assert_eq!(bob_says_no.alice.handle(Message::Reject), Ok(vec![Output::Rejected]));
    assert_eq!(bob_says_no.alice.decide(true), Err(PairingError::Closed));
    assert_eq!(bob_says_no.bob.handle(Message::Accept), Err(PairingError::Closed));

    // A no after the yes, while the other still thinks.
    let mut second_thought = people();
    second_thought.compare();
    second_thought.alice.decide(true).unwrap();
    assert_eq!(second_thought.alice.decide(false), Ok(rejected()));
}

#[test]
fn a_no_that_crosses_the_last_yes_stores_nothing() {
    let mut people = people();
    people.compare();
    let confirm = sent(people.bob.decide(true).unwrap());
    let bobs_no = people.bob.decide(false).unwrap();
    assert_eq!(bobs_no, rejected());
    people.alice.handle(confirm).unwrap();
    people.alice.decide(true).unwrap();
    assert_eq!(people.alice.handle(Message::Reject), Ok(vec![Output::Rejected]));
    assert_eq!(people.bob.handle(Message::Paired), Err(PairingError::Closed));
}

#[test]
fn saying_yes_twice_says_it_once() {
    let mut people = people();
    people.compare();
    assert_eq!(people.bob.decide(true).unwrap().len(), 1);
    assert_eq!(people.bob.decide(true), Ok(vec![]));
    assert_eq!(people.alice.decide(true).unwrap().len(), 1);
    assert_eq!(people.alice.decide(true), Ok(vec![]));
    people.alice.handle(Message::Confirm).unwrap();
    assert_eq!(people.alice.decide(false), Ok(vec![]), "too late: the pair may be stored over there");
    assert!(people.alice.handle(Message::PairedAck).is_ok());
}

#[test]
fn nobody_can_say_yes_to_digits_not_yet_shown() {
    let mut early = people();
    assert_eq!(early.alice.decide(true), Err(PairingError::OutOfOrder));
    let mut early = people();
    assert_eq!(early.bob.decide(true), Err(PairingError::OutOfOrder));
}

#[test]
fn nothing_is_stored_unless_both_said_yes() {
    // bob never confirmed: an alice that lies gets nothing stored.
    let mut people = people();
    people.compare();
    people.bob.handle(Message::Accept).unwrap();
    assert_eq!(people.bob.handle(Message::Paired), Err(PairingError::OutOfOrder));

    // alice never accepted: a bob that lies gets nothing stored.
    let mut people = self::people();
    people.compare();
    assert_eq!(people.alice.handle(Message::Confirm), Ok(vec![]));
    assert_eq!(people.alice.handle(Message::PairedAck), Err(PairingError::OutOfOrder));
}

#[test]
fn a_share_other_than_the_committed_one_is_tampering() {
    let mut people = people();
    people.alice.handle(people.offer.clone()).unwrap();
    let share = Share::generate(&mut ChaCha20Rng::seed_from_u64(50));
    assert_eq!(people.alice.handle(Message::Reveal { share }), Err(PairingError::Tampered));
    assert_eq!(people.alice.handle(Message::Confirm), Err(PairingError::Closed));
}

#[test]
fn our_own_bundle_key_sent_back_is_tampering() {
    let mut people = people_with(introduction("alice", 1), introduction("bob", 1), binding(1));
    assert_eq!(people.alice.handle(people.offer.clone()), Err(PairingError::Tampered));

    let mut people = self::people();
    let Message::Answer(answer) = sent(people.alice.handle(people.offer.clone()).unwrap()) else { panic!() };
    let reflected = Answer { bundle_key: identity(2).bundle.public(), ..answer };
    assert_eq!(people.bob.handle(Message::Answer(reflected)), Err(PairingError::Tampered));
}

#[test]
fn a_name_cannot_change_after_the_offer() {
    let mut people = people();
    people.alice.handle(people.offer.clone()).unwrap();
    let Message::Offer(offer) = people.offer.clone() else { panic!() };
    let renamed = Message::Offer(Offer { name: DeviceName::clean("alice's other laptop"), ..offer });
    assert_eq!(people.alice.handle(renamed), Err(PairingError::OutOfOrder));
}

#[test]
fn messages_out_of_order_end_the_conversation() {
    let share = || Share::generate(&mut ChaCha20Rng::seed_from_u64(50));
    let Message::Answer(answer) = ({
        let mut people = people();
        sent(people.alice.handle(people.offer).unwrap())
    }) else {
        panic!()
    };
    let every = || {
        let offer = people().offer;
        let answer = Message::Answer(answer.clone());
        let reveal = Message::Reveal { share: share() };
        let (one, two) = (Message::Confirm, Message::Accept);
        [
            offer,
            answer,
            reveal,
            one,
            two,
            Message::Paired,
            Message::PairedAck,
            Message::Incompatible { protocol: [1, 1] },
        ]
    };
    // At the start each side takes one kind of message, and a no.
    for message in every() {
        let mut people = people();
        let expected = matches!(message, Message::Offer(_));
        assert_eq!(people.alice.handle(message.clone()).is_ok(), expected, "alice: {message:?}");
        let expected = matches!(message, Message::Answer(_) | Message::Incompatible { .. });
        assert_eq!(people.bob.handle(message.clone()).is_ok(), expected, "bob: {message:?}");
    }
    // While the people compare, only the other's yes or no.
    for message in every() {
        let mut people = people();
        people.compare();
        let expected = matches!(message, Message::Confirm);
        assert_eq!(people.alice.handle(message.clone()).is_ok(), expected, "alice: {message:?}");
        let expected = matches!(message, Message::Accept);
        assert_eq!(people.bob.handle(message.clone()).is_ok(), expected, "bob: {message:?}");
    }
    // Each yes comes once.
    let mut people = people();
    people.compare();
    people.alice.handle(Message::Confirm).unwrap();
    assert_eq!(people.alice.handle(Message::Confirm), Err(PairingError::OutOfOrder));
    people.bob.handle(Message::Accept).unwrap();
    assert_eq!(people.bob.handle(Message::Accept), Err(PairingError::OutOfOrder));
}

#[test]
fn the_highest_common_protocol_is_taken() {
    for (alices, bobs, common) in [([1, 2], [2, 5], 2), ([3, 9], [1, 4], 4), ([1, 1], [1, 1], 1)] {
        let alice = Introduction { protocol: alices, ..introduction("alice", 1) };
        let bob = Introduction { protocol: bobs, ..introduction("bob", 2) };
        let mut people = people_with(alice, bob, binding(1));
        let answer = sent(people.alice.handle(people.offer.clone()).unwrap());
        let Message::Answer(Answer { protocol, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(protocol, common);
    }
}

#[test]
fn both_screens_learn_that_there_is_no_common_protocol() {
    for (alices, bobs) in [([1, 2], [3, 4]), ([3, 4], [1, 2]), ([1, 4], [3, 2])] {
        let alice = Introduction { protocol: alices, ..introduction("alice", 1) };
        let bob = Introduction { protocol: bobs, ..introduction("bob", 2) };
        let mut people = people_with(alice, bob, binding(1));
        let at_alice = people.alice.handle(people.offer.clone()).unwrap();
        let [Output::Send(refusal), outcome] = &at_alice[..] else { panic!("{at_alice:?}") };
        assert_eq!(*outcome, Output::Incompatible { ours: alices, theirs: bobs });
        let at_bob = people.bob.handle(refusal.clone());
        assert_eq!(at_bob, Ok(vec![Output::Incompatible { ours: bobs, theirs: alices }]));
        assert_eq!(people.bob.decide(true), Err(PairingError::Closed));
    }
}

#[test]
fn an_answer_in_a_protocol_we_do_not_speak_is_refused() {
    let mut people = people();
    let Message::Answer(answer) = sent(people.alice.handle(people.offer.clone()).unwrap()) else { panic!() };
    let foreign = Message::Answer(Answer { protocol: 3, ..answer });
    assert_eq!(people.bob.handle(foreign), Err(PairingError::Malformed));
}

#[test]
fn debug_output_hides_shares_and_secrets() {
    let mut people = people();
    people.compare();
    let shown = format!("{:?} {:?}", people.alice, people.bob);
    assert!(shown.contains("PairSecret(…)") && !shown.contains("Share(["), "{shown}");
}
