use crate::testing::{kinds, pair, title};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::entity::write::Change;
use sync_core::identity::DeviceId;
use sync_core::limits::OUTLINE_PAGE;
use sync_core::node::storage::{Answer, Ask};
use sync_core::wire::Mark;

fn outline(person: &mut crate::testing::Person, off: &BTreeSet<Box<str>>) -> (usize, Vec<Mark>) {
    let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let Answer::Outline { marks, next } = person.ask(Ask::Outline { off: off.clone(), after }) else {
            panic!("an outline")
        };
        assert!(marks.len() <= OUTLINE_PAGE);
        pages += 1;
        all.extend(marks);
        match next {
            Some(next) => after = Some(next),
            None => return (pages, all),
        }
    }
}

#[test]
fn an_outline_names_each_entity_once_and_says_whether_it_lives() {
    let (mut alice, mut bob) = pair();
    for n in 0..OUTLINE_PAGE as u128 + 3 {
        alice.set("note", n, title("x"));
    }
    alice.set("task", 1, title("y"));
    alice.change("note", 0, Change::Delete);
    let (pages, all) = outline(&mut alice, &kinds(&[]));
    assert_eq!((pages, all.len()), (2, OUTLINE_PAGE + 4));
    let by_entity: BTreeMap<u64, Mark> = all.iter().map(|mark| (mark.entity, *mark)).collect();
    assert_eq!(by_entity.len(), all.len());
    assert_eq!(all.iter().filter(|mark| !mark.lives()).count(), 1);
    assert_eq!(outline(&mut alice, &kinds(&["note"])).1.len(), 1);
    assert_eq!(alice.opening(bob.device).unagreed, Some(OUTLINE_PAGE as u64 + 4));
    // The same id as another kind is another entity; what was written apart is in another state.
    bob.set("note", 1, title("x"));
    let (_, bobs) = outline(&mut bob, &kinds(&[]));
    assert!(by_entity.get(&bobs[0].entity).is_some_and(|mark| mark.state != bobs[0].state));
}

#[test]
fn what_was_agreed_to_stays_and_a_new_pairing_is_asked_anew() {
    let (mut alice, bob) = pair();
    let peer = bob.device;
    let asks = |alice: &mut crate::testing::Person| alice.store.status().unwrap().peers[0].asks;
    assert_eq!((alice.opening(peer).unagreed, asks(&mut alice)), (Some(0), false));
    for (agreed, then) in [(false, false), (true, true), (false, true)] {
        assert_eq!(alice.ask(Ask::Agreement { peer, agreed }), Answer::Agreement { agreed: then });
        assert_eq!(asks(&mut alice), !then);
    }
    assert_eq!(alice.opening(peer).unagreed, None);
    let again = crate::NewPeer {
        name: "Bob".into(),
        channel_key: crate::testing::key(2),
        bundle_key: None,
        addresses: vec![],
    };
    alice.store.add_peer(&again, sync_core::time::Wall(1)).unwrap();
    assert_eq!(alice.opening(peer).unagreed, None, "paired anew, and known");
    alice.store.remove_peer(peer).unwrap();
    alice.store.add_peer(&again, sync_core::time::Wall(1)).unwrap();
    assert_eq!(alice.opening(peer).unagreed, Some(0));
    let nobody = Ask::Agreement { peer: DeviceId::from_bytes([9; 16]), agreed: true };
    assert!(matches!(alice.ask(nobody), Answer::Failed(_)));
}
