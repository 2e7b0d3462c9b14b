//! Two devices become one planner's, or do not.

use super::device::Device;
use super::running::Running;
use super::together::{assert_same, meet, pair, two};
use serde_json::Value;

const NOT_PAIRED: Option<i32> = Some(9);

#[test]
fn two_devices_pair_by_link_and_hold_the_same() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    alice.add("task", &["title=Water the plants", "tags=home"]);
    bob.add("note", &["title=Packing", "content=tent"]);
    pair(&alice, &bob);
    let both = assert_same(&[&alice, &bob]);
    assert_eq!(both.lines().count(), 3, "{both}");
    assert_eq!(alice.json(&["devices"])[0]["name"], "bob");
    assert_eq!(bob.json(&["devices"])[0]["name"], "alice");
    assert_eq!(bob.json(&["status"])["devices"][0]["state"], "up-to-date");
}

#[test]
fn two_devices_pair_by_a_typed_code_and_an_address() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    alice.add("task", &["title=Water the plants"]);
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let code = text(&inviting.document()["code"]).to_lowercase().replace('-', " ");
    let by_hand = ["--json", "join", "--yes", "--address", &alice.address()];
    bob.run_with(&by_hand, &code).well();
    inviting.finish().well();
    assert_same(&[&alice, &bob]);
}

#[test]
fn both_people_compare_the_digits_and_say_yes() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let (mut inviting, mut joining) = comparing(&alice, &bob);
    let [here, there] = [digits(&mut inviting, "bob"), digits(&mut joining, "alice")];
    assert_eq!(here, there);
    inviting.say("yes");
    joining.say("YES");
    inviting.finish().well();
    joining.finish().well();
    assert_eq!((alice.paired(), bob.paired()), (1, 1));
}

#[test]
fn a_no_on_either_side_leaves_both_unpaired() {
    for no_of_alice in [true, false] {
        let (alice, bob) = (Device::new("alice"), Device::new("bob"));
        let (mut inviting, mut joining) = comparing(&alice, &bob);
        digits(&mut inviting, "bob");
        digits(&mut joining, "alice");
        inviting.say(if no_of_alice { "no" } else { "yes" });
        joining.say(if no_of_alice { "yes" } else { "what?" });
        for ended in [inviting.finish(), joining.finish()] {
            assert_eq!(ended.code, NOT_PAIRED, "{ended:?}");
            assert!(ended.error().1.contains("rejected"), "{ended:?}");
        }
        assert_eq!((alice.paired(), bob.paired()), (0, 0));
    }
}

#[test]
fn silence_is_no_consent() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let (mut inviting, mut joining) = comparing(&alice, &bob);
    digits(&mut inviting, "bob");
    digits(&mut joining, "alice");
    inviting.say("yes");
    // Bob's standard input ends without an answer.
    assert_eq!(joining.finish().code, NOT_PAIRED);
    assert_eq!(inviting.finish().code, NOT_PAIRED);
    assert_eq!((alice.paired(), bob.paired()), (0, 0));
}

#[test]
fn a_pairing_that_was_killed_half_way_can_be_done_again() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let link = text(&inviting.document()["link"]);
    let mut joining = bob.start(&["--json", "join"]);
    joining.say(&link);
    digits(&mut joining, "alice");
    joining.kill();
    assert_eq!((alice.paired(), bob.paired()), (0, 0));
    // The link is not used up by somebody who never said anything.
    bob.run_with(&["join", "--yes"], &link).well();
    inviting.finish().well();
    assert_eq!((alice.paired(), bob.paired()), (1, 1));

    let carol = Device::new("carol");
    let (mut inviting, mut joining) = comparing(&alice, &carol);
    digits(&mut inviting, "carol");
    digits(&mut joining, "alice");
    inviting.kill();
    joining.say("yes");
    let broken = joining.finish();
    assert_eq!(broken.code, NOT_PAIRED, "{broken:?}");
    assert!(broken.error().1.contains("nothing was stored"), "{broken:?}");
    assert_eq!((alice.paired(), carol.paired()), (1, 0));
    pair(&alice, &carol);
    assert_same(&[&alice, &carol]);
}

#[test]
fn a_link_works_once() {
    let [alice, _bob] = two();
    let carol = Device::new("carol");
    let mut first = alice.start(&["--json", "invite", "--yes"]);
    let used = text(&first.document()["link"]);
    carol.run_with(&["join", "--yes"], &used).well();
    first.finish().well();

    let dave = Device::new("dave");
    let nobody = dave.run_with(&["--json", "join", "--yes"], &used);
    assert_eq!(nobody.code, NOT_PAIRED, "{nobody:?}");
    assert!(nobody.error().1.contains("did not answer"), "{nobody:?}");
    // Nor where the next invite is open on the same port.
    let mut second = alice.start(&["--json", "invite", "--yes"]);
    let fresh = text(&second.document()["link"]);
    let refused = dave.run_with(&["--json", "join", "--yes"], &used);
    assert_eq!(refused.code, NOT_PAIRED, "{refused:?}");
    assert!(refused.error().1.contains("already used"), "{refused:?}");
    assert_eq!(dave.paired(), 0);
    // That one stays open for whom it is meant.
    dave.run_with(&["join", "--yes"], &fresh).well();
    second.finish().well();
}

#[test]
fn a_flipped_character_in_a_link_is_noticed_before_anybody_is_called() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let link = text(&inviting.document()["link"]);
    for at in (0..link.len()).step_by(9) {
        let mut damaged: Vec<char> = link.chars().collect();
        damaged[at] = if damaged[at] == 'A' { 'B' } else { 'A' };
        let damaged: String = damaged.into_iter().collect();
        let refused = bob.run_with(&["--json", "join", "--yes"], &damaged);
        assert_eq!(refused.code, NOT_PAIRED, "{damaged}: {refused:?}");
        let (code, message) = refused.error();
        assert_eq!(code, "invite", "{damaged}: {message}");
        assert!(message.contains("link") || message.contains("code"), "{damaged}: {message}");
    }
    // Cut short, as by a bad copy.
    let cut = bob.run_with(&["--json", "join", "--yes"], &link[..link.len() / 2]);
    assert!(cut.error().1.contains("damaged"), "{cut:?}");
    // The invite has not suffered.
    bob.run_with(&["join", "--yes"], &link).well();
    inviting.finish().well();
}

#[test]
fn a_wrong_code_closes_nothing_and_the_right_one_works_after_it() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let code = text(&inviting.document()["code"]);
    let address = alice.address();
    let by_hand = ["--json", "join", "--yes", "--address", &address];
    let last = if code.ends_with('0') { "1" } else { "0" };
    let wrong = bob.run_with(&by_hand, &format!("{}{last}", &code[..code.len() - 1]));
    assert_eq!(wrong.code, NOT_PAIRED, "{wrong:?}");
    assert!(wrong.error().1.contains("mistyped"), "{wrong:?}");
    bob.run_with(&by_hand, &code).well();
    let invited = inviting.finish().well();
    assert!(invited.stderr.contains("wrong code"), "{invited:?}");
    assert_same(&[&alice, &bob]);
}

#[test]
fn what_cannot_be_an_invite_is_refused_with_a_reason() {
    let (alice, bob) = (Device::new("alice"), Device::new("bob"));
    let mut inviting = alice.start(&["--json", "invite", "--yes"]);
    let invitation = inviting.document();
    let (link, code) = (text(&invitation["link"]), text(&invitation["code"]));
    let newer = link.replace("v=1", "v=2");
    let link_in_another_scheme = link.replace("whph:", "https:");
    for (device, pasted, said) in [
        (&alice, link.as_str(), "made on this device"),
        (&bob, newer.as_str(), "newer version"),
        (&bob, link_in_another_scheme.as_str(), "not a WHPH pairing link"),
        // On loopback nobody sees anybody.
        (&bob, code.as_str(), "did not answer"),
        (&bob, "K7QM-2F9D", "12 characters"),
        (&bob, "K7QM-2F9D-0XT!", "not '!'"),
    ] {
        let refused = device.run_with(&["--json", "join", "--yes"], pasted);
        assert_eq!(refused.code, NOT_PAIRED, "{pasted}: {refused:?}");
        assert!(refused.error().1.contains(said), "{pasted}: {refused:?}");
    }
    assert_eq!(bob.run(&["join", "--yes"]).code, Some(2), "nothing was pasted");
    inviting.kill();
}

#[test]
fn a_device_that_is_paired_anew_stays_one_device() {
    let [alice, bob] = two();
    alice.add("task", &["title=Water the plants"]);
    pair(&bob, &alice);
    assert_eq!((alice.paired(), bob.paired()), (1, 1));
    meet(&alice, &bob);
    assert_same(&[&alice, &bob]);
}

/// Both ask their people.
fn comparing(alice: &Device, bob: &Device) -> (Running, Running) {
    let mut inviting = alice.start(&["--json", "invite"]);
    let mut joining = bob.start(&["--json", "join"]);
    joining.say(&text(&inviting.document()["link"]));
    (inviting, joining)
}

/// The digits that a person sees, beside the other device's name.
fn digits(running: &mut Running, other: &str) -> String {
    let shown = running.document();
    assert_eq!(shown["compare"]["name"], other);
    let digits = text(&shown["compare"]["digits"]);
    assert_eq!(digits.chars().filter(char::is_ascii_digit).count(), 6, "{digits}");
    digits
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
