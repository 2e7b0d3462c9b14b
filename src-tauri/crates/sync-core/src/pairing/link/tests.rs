use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::identity::Identity;

fn key(seed: u64) -> PublicKey {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(seed)).channel.public()
}

fn alice() -> PublicKey {
    key(1)
}

fn bob() -> PublicKey {
    key(2)
}

fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn link(texts: &[&str]) -> PairLink {
    PairLink::new(alice(), InviteSecret::from_bytes([9; 32]), &addresses(texts))
}

fn parse(text: &str) -> Result<PairLink, LinkError> {
    PairLink::parse(text, &bob())
}

/// A link with this content and a right checksum.
fn sealed(content: &[u8]) -> String {
    let bytes = [content, &checksum(content)].concat();
    format!("whph://pair?v=1&d={}", BASE64URL_NOPAD.encode(&bytes))
}

fn content(addresses: &[u8]) -> Vec<u8> {
    [alice().as_bytes().as_slice(), &[9; 32], addresses].concat()
}

#[test]
fn a_link_survives_its_text() {
    let most = ["192.168.1.7:4711", "[2001:db8::7]:4711", "10.0.0.1:1", "[fd00::1]:65535"];
    for count in 0..=most.len() {
        let link = link(&most[..count]);
        assert_eq!(link.addresses(), addresses(&most[..count]));
        assert_eq!(parse(&link.to_text()), Ok(link));
    }
    let all_v6 = link(&["[fd00::1]:1", "[fd00::2]:1", "[fd00::3]:1", "[fd00::4]:1"]);
    assert!(all_v6.to_text().len() <= 213, "{}", all_v6.to_text().len());
}

#[test]
fn a_link_broken_over_lines_is_still_read() {
    let link = link(&["192.168.1.7:4711"]);
    let text = link.to_text();
    let broken = format!("  {}\r\n {}\u{a0}\n", &text[..70], &text[70..]);
    assert_eq!(parse(&broken), Ok(link));
}

#[test]
fn one_changed_character_anywhere_is_noticed() {
    let text = link(&["192.168.1.7:4711", "[fd00::1]:4711"]).to_text();
    for at in 0..text.len() {
        for other in ["A", "b", "7", "_", "&", "=", " ", "é"] {
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            if changed != text {
                assert!(parse(&changed).is_err(), "{other:?} at {at}");
            }
        }
        let lost = format!("{}{}", &text[..at], &text[at + 1..]);
        assert!(parse(&lost).is_err(), "lost {at}");
        assert!(parse(&text[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(parse(&format!("{text}A")), Err(LinkError::Damaged));
    assert_eq!(parse(&format!("{text}&x=1")), Err(LinkError::Damaged));
}

#[test]
fn each_mistake_says_what_to_do() {
    for other in ["", "hello", "https://example.org/", "whph://other?v=1", "K7QM-2F9D-0XTZ"] {
        assert_eq!(parse(other), Err(LinkError::NotALink), "{other}");
    }
    assert_eq!(parse(&format!("whph://pair?{}", "x".repeat(10_000))), Err(LinkError::NotALink));
    assert_eq!(parse("whph://pair?v=2&whatever"), Err(LinkError::NewerVersion(2)));
    for damaged in
        ["whph://pair?", "whph://pair?v=1", "whph://pair?v=1&d=", "whph://pair?v=01&d=", "whph://pair?v=0&d="]
    {
        assert_eq!(parse(damaged), Err(LinkError::Damaged), "{damaged}");
    }
    let own = link(&[]).to_text();
    assert_eq!(PairLink::parse(&own, &alice()), Err(LinkError::Own));
}

#[test]
fn only_addresses_that_another_device_can_dial_go_into_a_link() {
    let offered = [
        "0.0.0.0:1",
        "[::]:1",
        "10.0.0.1:0",
        "224.0.0.1:1",
        "255.255.255.255:1",
        "[ff02::1]:1",
        "[fe80::1]:1",
        "[::ffff:10.0.0.9]:1",
        "10.0.0.9:1",
        "10.0.0.1:1",
        "10.0.0.2:1",
        "10.0.0.3:1",
        "10.0.0.4:1",
    ];
    let expected = addresses(&["10.0.0.9:1", "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"]);
    assert_eq!(link(&offered).addresses(), expected);
}

#[test]
fn a_made_up_link_with_a_right_checksum_is_still_checked() {
    assert!(parse(&sealed(&content(&[1, 4, 10, 0, 0, 1, 0, 80]))).is_ok());
    let wrong: [&[u8]; 9] = [
        &[],
        &[1],
        &[0, 0],
        &[5, 4, 10, 0, 0, 1, 0, 80],
        &[2, 4, 10, 0, 0, 1, 0, 80],
        &[1, 5, 10, 0, 0, 1, 0, 80],
        &[1, 4, 10, 0, 0, 1, 0, 0],
        &[1, 4, 0, 0, 0, 0, 0, 80],
        &[255, 4, 10, 0, 0, 1, 0, 80],
    ];
    for addresses in wrong {
        assert_eq!(parse(&sealed(&content(addresses))), Err(LinkError::Damaged), "{addresses:?}");
    }
    let zero_key = [[0; 32].as_slice(), &[9; 32], &[0]].concat();
    assert_eq!(parse(&sealed(&zero_key)), Err(LinkError::Damaged));
}

#[test]
fn neither_debug_nor_display_shows_the_secret() {
    let link = link(&[]);
    let secret = BASE64URL_NOPAD.encode(&[9; 32]);
    let shown = format!("{link} {link:?}");
    assert!(!shown.contains(&secret[..8]) && !shown.contains("9, 9"), "{shown}");
}
