//! Pairing through the nodes themselves.

use crate::simulation::device::address;
use crate::simulation::world::{Who, World, key};
use serde_json::json;
use sync_core::identity::InviteSecret;
use sync_core::node::{Command, LinkId, Notice, PairFailure};
use sync_core::pairing::{PairLink, TypedCode};

fn two_strangers(seed: u64) -> (World, Who, Who) {
    let schema = crate::simulation::schema;
    let mut w = World::strangers(seed, vec![("alice", schema()), ("bob", schema())]);
    w.meetings = vec![(0, 1)];
    (w, 0, 1)
}

/// Alice shows an invite: its link and its code.
fn invite(w: &mut World, alice: Who) -> (String, String) {
    w.command(alice, Command::OpenInvite { addresses: vec![address(alice)] });
    let opened = w.devices[alice].notices.iter().rev().find_map(|notice| match notice {
        Notice::InviteOpened { link, code, .. } => Some((link.clone(), code.clone())),
        _ => None,
    });
    opened.expect("an invite")
}

fn join(w: &mut World, bob: Who, text: &str) -> LinkId {
    let link = w.devices[bob].node.new_link();
    let own = w.devices[bob].identity.channel.public();
    let invite = PairLink::parse(text, &own).expect("a link");
    let (secret, expected) = (invite.secret().clone(), Some(invite.key()));
    w.command(bob, Command::Join { link, secret, expected, addresses: invite.addresses().to_vec() });
    link
}

fn digits(w: &World, who: Who) -> Option<(LinkId, String)> {
    w.devices[who].notices.iter().rev().find_map(|notice| match notice {
        Notice::Compare { link, digits, .. } => Some((*link, digits.clone())),
        _ => None,
    })
}

/// Both people look at the digits and answer.
fn decide(w: &mut World, alice: Who, bob: Who, accept: [bool; 2]) {
    w.run_until(|w| digits(w, alice).is_some() && digits(w, bob).is_some());
    let ((at_alice, seen), (at_bob, also_seen)) = (digits(w, alice).unwrap(), digits(w, bob).unwrap());
    assert_eq!(seen, also_seen, "both screens show the same digits");
    w.command(bob, Command::Decide { link: at_bob, accept: accept[1] });
    w.command(alice, Command::Decide { link: at_alice, accept: accept[0] });
}

fn paired(w: &World, who: Who) -> bool {
    w.devices[who].notices.iter().any(|notice| matches!(notice, Notice::Paired { .. }))
}

fn failure(w: &World, who: Who) -> Option<PairFailure> {
    w.devices[who].notices.iter().find_map(|notice| match notice {
        Notice::PairingFailed { reason, .. } => Some(reason.clone()),
        _ => None,
    })
}

#[test]
fn two_devices_pair_by_link_and_their_first_session_follows_at_once() {
    for seed in 70..80 {
        let (mut w, alice, bob) = two_strangers(seed);
        w.set(alice, &key("task", 1), "title", "Alice's");
        w.set(bob, &key("task", 2), "title", "Bob's");
        let (link, _) = invite(&mut w, alice);
        join(&mut w, bob, &link);
        decide(&mut w, alice, bob, [true, true]);
        w.run_for(30_000);
        assert!(paired(&w, alice) && paired(&w, bob));
        assert_eq!(w.see(bob, &key("task", 1)), Some(json!({"title": "Alice's"})));
        assert_eq!(w.see(alice, &key("task", 2)), Some(json!({"title": "Bob's"})));
        w.end_well();
    }
}

#[test]
fn two_devices_pair_by_typed_code() {
    let (mut w, alice, bob) = two_strangers(80);
    let (_, code) = invite(&mut w, alice);
    let secret: InviteSecret = TypedCode::parse(&code).unwrap().secret().unwrap();
    let link = w.devices[bob].node.new_link();
    w.command(bob, Command::Join { link, secret, expected: None, addresses: vec![address(alice)] });
    decide(&mut w, alice, bob, [true, true]);
    w.run_for(30_000);
    assert!(paired(&w, alice) && paired(&w, bob));
    w.end_well();
}

#[test]
fn a_no_on_either_side_leaves_no_pair_on_either() {
    for accept in [[false, true], [true, false]] {
        let (mut w, alice, bob) = two_strangers(81);
        let (link, _) = invite(&mut w, alice);
        join(&mut w, bob, &link);
        decide(&mut w, alice, bob, accept);
        w.run_for(30_000);
        for who in [alice, bob] {
            assert_eq!(failure(&w, who), Some(PairFailure::Rejected));
            assert_eq!(w.store(who).peers().unwrap(), []);
        }
    }
}

#[test]
fn an_invite_serves_one_device_and_two_minutes() {
    let (mut w, alice, bob) = two_strangers(82);
    let (link, _) = invite(&mut w, alice);
    w.run_for(121_000);
    join(&mut w, bob, &link);
    w.run_for(30_000);
    assert_eq!(failure(&w, bob), Some(PairFailure::Refused), "too late");
    assert_eq!(w.store(bob).peers().unwrap(), []);

    let (mut w, alice, bob) = two_strangers(83);
    let (link, _) = invite(&mut w, alice);
    join(&mut w, bob, &link);
    decide(&mut w, alice, bob, [true, true]);
    w.run_for(30_000);
    w.devices[bob].notices.clear();
    join(&mut w, bob, &link);
    w.run_for(30_000);
    assert_eq!(failure(&w, bob), Some(PairFailure::Refused), "used already");
}

#[test]
fn a_pairing_that_breaks_halfway_can_be_done_again() {
    for after in [20, 60, 100, 140, 180, 220, 260] {
        let (mut w, alice, bob) = two_strangers(84 + after);
        let (link, _) = invite(&mut w, alice);
        join(&mut w, bob, &link);
        w.run_for(after);
        for who in [alice, bob] {
            if let Some((link, _)) = digits(&w, who) {
                w.command(who, Command::Decide { link, accept: true });
            }
        }
        w.run_for(after / 4);
        w.cut(alice, bob);
        w.run_for(10_000);
        for who in [alice, bob] {
            w.devices[who].notices.clear();
        }
        let (link, _) = invite(&mut w, alice);
        join(&mut w, bob, &link);
        decide(&mut w, alice, bob, [true, true]);
        w.run_for(30_000);
        assert!(paired(&w, alice) && paired(&w, bob), "broken after {after} ms");
        w.end_well();
    }
}
