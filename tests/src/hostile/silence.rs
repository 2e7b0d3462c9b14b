//! A peer that is there, answers every ping, and does not do its part; or does far more of it than anybody needs.

use super::{DIGEST, Mallory, Scene, digests, good_batch, hello};
use std::collections::VecDeque;
use sync_core::node::{Input, SESSIONS_PER_PEER_MAX};
use sync_core::session::End;
use sync_core::wire::{Bye, ByeReason, Check, Hello, Message};

const BOTH: [Mallory; 2] = [Mallory::Dials, Mallory::Answers];

/// Mallory says these, and then pings for ten minutes.
#[track_caller]
fn given_up_after(scene: &mut Scene, messages: &[Message]) {
    messages.iter().for_each(|message| scene.say(message));
    assert_eq!(scene.end(), None);
    scene.pass(600);
    assert_eq!(scene.end(), Some(End::Stalled));
    assert!(scene.closed);
    scene.assert_unharmed();
}

#[test]
fn that_never_says_hello() {
    for side in BOTH {
        given_up_after(&mut Scene::new(side), &[]);
    }
}

#[test]
fn that_floods_with_pings_and_would_hear_an_answer_to_each() {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.say(&Message::Ack);
        for _ in 0..10 {
            for _ in 0..1_000 {
                scene.say(&Message::Ping);
            }
            scene.pass(1);
        }
        let pongs = scene.heard.iter().filter(|message| **message == Message::Pong).count();
        assert!((10..=11).contains(&pongs), "{side:?}: {pongs} answers in ten seconds");
        assert_eq!(scene.end(), None, "rude, but not against the rules");
        scene.assert_unharmed();
    }
}

#[test]
fn that_does_not_take_what_it_is_sent() {
    for side in BOTH {
        let mut scene = Scene::greeted(side);
        scene.clog();
        assert_eq!(scene.end(), Some(End::Stalled));
        scene.assert_unharmed();
    }
}

#[test]
fn that_leaves_and_comes_again_before_what_it_sent_is_stored() {
    let mut scene = Scene::before_the_handshake();
    let (mut unstored, mut let_in) = (VecDeque::new(), 0);
    for turn in 1..=20 {
        scene.come_again(turn);
        if scene.closed {
            continue;
        }
        let_in += 1;
        scene.say(&Message::Hello(Box::new(hello())));
        scene.stuck = true;
        scene.say(&Message::Batch { upto: 1, head: 1, batch: good_batch(turn.into()) });
        scene.say(&Message::Bye(Bye { reason: ByeReason::Done }));
        scene.stuck = false;
        unstored.append(&mut scene.asks);
    }
    assert_eq!(let_in, SESSIONS_PER_PEER_MAX);
    scene.asks = unstored;
    scene.hear(Input::Timeout);
    scene.come_again(21);
    assert!(!scene.closed, "all is stored");
    scene.assert_unharmed();
}

#[test]
fn that_never_acknowledges() {
    for side in BOTH {
        given_up_after(&mut Scene::greeted(side), &[]);
    }
}

#[test]
fn that_announces_more_than_it_sends() {
    for side in BOTH {
        let greeting = Message::Hello(Box::new(Hello { head: 9, ..hello() }));
        let batch = Message::Batch { upto: 1, head: 9, batch: good_batch(1) };
        given_up_after(&mut Scene::new(side), &[greeting, Message::Ack, batch]);
    }
}

#[test]
fn that_never_checks() {
    for side in BOTH {
        given_up_after(&mut Scene::greeted(side), &[Message::Ack]);
    }
}

#[test]
fn that_never_sends_its_buckets() {
    for side in BOTH {
        let check = Check { sent: 0, applied: 1, repairs: 0, digest: DIGEST };
        let differs = [Message::Ack, Message::Check(check)];
        given_up_after(&mut Scene::greeted(side), &differs);
        let by_kind = [&differs[..], &[Message::Digests(digests())]].concat();
        given_up_after(&mut Scene::greeted(side), &by_kind);
        let half = [&by_kind[..], &[Message::BucketsEnd]].concat();
        given_up_after(&mut Scene::greeted(side), &half);
    }
}

#[test]
fn that_never_confirms_a_proof() {
    let mut scene = Scene::greeted(Mallory::Answers);
    scene.say(&Message::Ack);
    let check = scene.heard.iter().find_map(|message| match message {
        Message::Check(check) => Some(*check),
        _ => None,
    });
    let Check { sent, applied, repairs, digest } = check.expect("a check of alice's");
    given_up_after(&mut scene, &[Message::Check(Check { sent: applied, applied: sent, repairs, digest })]);
    assert!(scene.heard.iter().any(|message| matches!(message, Message::Prove(_))));
}

#[test]
fn that_is_only_connected_may_stay() {
    // Everything is proved; nobody owes anybody anything.
    let mut scene = Scene::greeted(Mallory::Answers);
    scene.say(&Message::Ack);
    for _ in 0..2 {
        let last = scene.heard.last().cloned();
        match last {
            Some(Message::Check(Check { sent, applied, repairs, digest })) => {
                scene.say(&Message::Check(Check { sent: applied, applied: sent, repairs, digest }));
            }
            Some(Message::Prove(prove)) => scene.say(&Message::Proved(prove)),
            other => panic!("{other:?}"),
        }
    }
    scene.pass(600);
    assert_eq!(scene.end(), None);
}
