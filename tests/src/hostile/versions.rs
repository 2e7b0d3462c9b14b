//! Versions that do not understand each other refuse, on both screens, before anything is written.

use super::{Mallory, Scene, hello};
use sync_core::channel::{ChannelError, PROTOCOL_MAJOR};
use sync_core::node::{ConnectFailure, Notice, PairFailure};
use sync_core::session::End;
use sync_core::wire::{Bye, ByeReason, Hello, Message};

#[test]
fn another_session_protocol_is_refused_and_the_peer_told() {
    for side in [Mallory::Dials, Mallory::Answers] {
        for protocol in [[2, 2], [0, 0], [7, 90], [u32::MAX, u32::MAX]] {
            let mut scene = Scene::new(side);
            scene.say(&Message::Hello(Box::new(Hello { protocol, ..hello() })));
            assert_eq!(scene.end(), Some(End::OtherVersion { theirs: protocol }));
            assert!(scene.heard.contains(&Message::Bye(Bye { reason: ByeReason::OtherVersion })));
            scene.assert_untouched();
        }
    }
}

#[test]
fn a_peer_that_refuses_our_version_is_believed() {
    for side in [Mallory::Dials, Mallory::Answers] {
        let mut scene = Scene::new(side);
        scene.say(&Message::Bye(Bye { reason: ByeReason::OtherVersion }));
        let end = scene.end();
        assert_eq!(end, Some(End::Left(ByeReason::OtherVersion)));
        assert!(end.is_some_and(|end| end.to_string().contains("update the older app")));
        scene.assert_untouched();
    }
}

#[test]
fn another_major_version_is_refused_by_the_one_who_is_called() {
    let mut scene = Scene::before_the_handshake();
    scene.accept();
    scene.throw([b"WHPH", &[PROTOCOL_MAJOR + 1, 2, 0, 0][..], &[0; 60]].concat());
    assert!(scene.closed);
    let told = ChannelError::OtherVersion { ours: PROTOCOL_MAJOR, theirs: PROTOCOL_MAJOR + 1 };
    let shown = scene.notices.iter().any(|notice| match notice {
        Notice::PairingFailed { reason: PairFailure::Channel(error), .. } => *error == told,
        _ => false,
    });
    assert!(shown, "{:?}", scene.notices);
    scene.assert_untouched();
}

#[test]
fn another_major_version_is_understood_by_the_one_who_calls() {
    let mut scene = Scene::before_the_handshake();
    scene.deaf = true;
    scene.call();
    scene.throw([b"WHPH", &[PROTOCOL_MAJOR + 1, 0, 0, 0][..]].concat());
    let told = ChannelError::OtherVersion { ours: PROTOCOL_MAJOR, theirs: PROTOCOL_MAJOR + 1 };
    let shown = scene.notices.iter().any(|notice| match notice {
        Notice::Unreachable { reason: ConnectFailure::Channel(error), .. } => *error == told,
        _ => false,
    });
    assert!(shown, "{:?}", scene.notices);
    assert!(told.to_string().to_lowercase().contains("update"), "{told}");
    scene.assert_untouched();
}
