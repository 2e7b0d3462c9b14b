//! Bad lines: packets that are lost, little room, and a reader that takes its time.

use super::super::device::Device;
use super::super::together::pair;
use super::network::Network;
use super::{settle, stops_well};
use std::thread;
use std::time::Duration;

/// Two paired devices in a network of their own.
fn two() -> Option<(Network, [Device; 2])> {
    let network = Network::new()?;
    let devices = ["alice", "bob"].map(|name| network.device(name));
    pair(&devices[0], &devices[1]);
    Some((network, devices))
}

#[test]
fn five_of_a_hundred_packets_are_lost() {
    some_are_lost(5);
}

#[test]
fn thirty_of_a_hundred_packets_are_lost() {
    some_are_lost(30);
}

fn some_are_lost(percent: u8) {
    let Some((network, [alice, bob])) = two() else { return };
    alice.import(&pages(500));
    for device in [&alice, &bob] {
        network.delay(device, 40);
    }
    network.lose(percent);
    let serving = [&alice, &bob].map(|device| device.serve());
    assert_eq!(settle(&[&alice, &bob]).lines().count(), 500);
    serving.into_iter().for_each(stops_well);
    bob.assert_sound();
}

#[test]
fn a_line_of_256_kilobits_is_enough() {
    let Some((network, [alice, bob])) = two() else { return };
    alice.import(&pages(500));
    network.slow(&bob, "256kbit");
    let serving = [&alice, &bob].map(|device| device.serve());
    assert_eq!(settle(&[&alice, &bob]).lines().count(), 500);
    serving.into_iter().for_each(stops_well);
}

#[test]
fn a_reader_that_takes_its_time_gets_everything() {
    let Some((network, [alice, bob])) = two() else { return };
    alice.import(&pages(2_000));
    // Little is on its way that it has not read.
    let small =
        network.beside(&bob, "sh").args(["-c", "echo 4096 4096 8192 > /proc/sys/net/ipv4/tcp_rmem"]).status();
    assert!(small.unwrap().success());
    network.slow(&bob, "1mbit");
    let serving = [&alice, &bob].map(|device| device.serve());
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(200));
        serving[1].suspend();
        thread::sleep(Duration::from_millis(800));
        serving[1].resume();
    }
    assert_eq!(settle(&[&alice, &bob]).lines().count(), 2_000);
    serving.into_iter().for_each(stops_well);
    bob.assert_sound();
}

/// Notes that take their room on the wire: there is no pattern in them that could be packed.
fn pages(count: u64) -> String {
    let mut dice = 1_u64;
    let mut word = || {
        dice = dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        format!("{:08x} ", dice >> 32)
    };
    let line = |n| {
        let content: String = (0..50).map(|_| word()).collect();
        format!("{{\"kind\":\"note\",\"fields\":{{\"title\":\"Page {n}\",\"content\":\"{content}\"}}}}\n")
    };
    (0..count).map(line).collect()
}
