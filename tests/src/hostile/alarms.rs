//! A peer that says again and again that alice's database is an old one. Each time she takes a new writer, and compares everything
//! with all of her devices: a person who restores a backup causes that once or twice.

use super::{Scene, hello};
use sync_core::node::{ALARMS_MAX, ALARMS_WITHIN};
use sync_core::session::End;
use sync_core::stamp::WriterId;
use sync_core::wire::{Hello, Message};

/// Mallory claims to have seen what alice never wrote. How the session ended, and who alice writes as then.
fn cry(scene: &mut Scene, turn: u8) -> (Option<End>, WriterId) {
    scene.meet_again(turn);
    let writer = scene.store.marker().unwrap().writer;
    let seen = vec![(writer, u64::MAX >> 2)];
    scene.say(&Message::Hello(Box::new(Hello { seen, ..hello() })));
    (scene.end(), scene.store.marker().unwrap().writer)
}

#[test]
fn alarms_without_end_are_heeded_a_few_times_an_hour() {
    let mut scene = Scene::before_the_handshake();
    let mut writer = scene.store.marker().unwrap().writer;
    for turn in 1..=ALARMS_MAX {
        let (end, now) = cry(&mut scene, turn as u8);
        assert_eq!(end, Some(End::Restart), "alarm {turn}");
        assert_ne!(now, writer);
        writer = now;
    }
    for turn in 10..30 {
        assert_eq!(cry(&mut scene, turn), (Some(End::Alarms), writer));
    }
    scene.assert_unharmed();
    scene.pass(ALARMS_WITHIN / 1_000);
    assert_eq!(cry(&mut scene, 40).0, Some(End::Restart), "an hour later");
    scene.assert_unharmed();
}
