//! 1 · Links that take and give nothing (KDE Connect, CVE-2020-26164).

use super::super::together::{assert_same, two, until};
use super::{first_words, say};
use std::fs;
use std::net::TcpStream;
use std::time::Duration;
use std::{io::Write, thread};

/// A process may have grown by this much for good: its allocator keeps some of what it once had. In KiB.
const KEPT: u64 = 8 * 1_024;

#[test]
fn silent_slow_and_broken_links_leave_nothing_behind() {
    let [alice, bob] = two();
    alice.add("task", &["title=Water the plants"]);
    let words = first_words(&bob, "alice");
    assert!(words.starts_with(b"WHPH") && words.len() > 40, "a first message was recorded");
    let mut serving = alice.serve();
    let (id, address) = (serving.id(), alice.address());
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    let before = Holds::of(id);

    // Five hundred that say nothing, and some that say a byte now and then.
    let silent: Vec<TcpStream> = (0..500).map(|_| say(&address, b"")).collect();
    let mut slow: Vec<TcpStream> = (0..20).map(|_| say(&address, &words[..1])).collect();
    for byte in &words[1..6] {
        thread::sleep(Duration::from_millis(300));
        slow.iter_mut().for_each(|stream| drop(stream.write_all(&[*byte])));
    }
    drop((silent, slow));
    // One that hangs up after each byte of what a paired device would say.
    for length in 0..=words.len() {
        drop(say(&address, &words[..length]));
    }

    until(|| Holds::of(id).files <= before.files);
    let after = Holds::of(id);
    assert!(after.memory < before.memory + KEPT, "{} KiB, then {} KiB", before.memory, after.memory);
    assert!(serving.is_running());
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    let served = serving.terminate().well();
    assert!(served.stderr.is_empty(), "{}", served.stderr);
    assert_same(&[&alice, &bob]);
}

/// What a process has.
struct Holds {
    files: usize,
    /// In KiB.
    memory: u64,
}

impl Holds {
    fn of(id: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        Self {
            files: fs::read_dir(format!("/proc/{id}/fd")).unwrap().count(),
            memory: memory.split_whitespace().next().unwrap().parse().unwrap(),
        }
    }
}
