//! Whoever can reach the port and is not paired: other versions, other programs, floods.

use super::HANG;
use super::device::Device;
use super::together::{assert_same, meet, two};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// What an initiator of major version 2 might say first, and what a responder of ours answers it.
const MAJOR_2: &[u8; 8] = b"WHPH\x02\x02\0\0";
const REFUSED: &[u8; 8] = b"WHPH\x01\0\0\0";

#[test]
fn a_device_of_another_major_version_is_refused_by_the_one_it_calls() {
    let [alice, bob] = two();
    let before = (alice.export(), alice.paired());
    let mut serving = alice.serve();
    let mut newer = dial(&alice.address());
    newer.write_all(MAJOR_2).unwrap();
    newer.write_all(&[7; 200]).unwrap();
    assert_eq!(answer(newer), REFUSED);
    assert!(serving.is_running());
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    serving.terminate().well();
    assert_eq!((alice.export(), alice.paired()), before);
}

#[test]
fn a_device_of_another_major_version_is_named_by_the_one_who_calls_it() {
    let [alice, bob] = two();
    bob.add("task", &["title=Here"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let newer = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut preamble = [0; 8];
        stream.read_exact(&mut preamble).unwrap();
        stream.write_all(b"WHPH\x02\0\0\0").unwrap();
        preamble
    });
    let before = bob.export();
    let ended = bob.run(&["--json", "sync", "alice", "--address", &address]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    let reason = ended.documents()[0][0]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("version 2") && reason.contains("version 1"), "{reason}");
    assert!(reason.to_lowercase().contains("update"), "{reason}");
    assert_eq!(&newer.join().unwrap()[..5], b"WHPH\x01");
    assert_eq!(bob.export(), before);
    assert_eq!(bob.documents(&["history"]).len(), 0, "no session came about");
    let status = bob.json(&["status"]);
    let (state, why) = (&status["devices"][0]["state"], &status["devices"][0]["reason"]);
    assert_eq!((state, why.as_str()), (&"problem".into(), Some(&*reason)), "and that stays visible");
    // With the right device all is well again, and the complaint is gone.
    meet(&bob, &alice);
    assert_same(&[&alice, &bob]);
    assert_eq!(bob.json(&["status"])["devices"][0]["state"], "up-to-date");
}

#[test]
fn garbage_at_the_port_gets_no_answer_and_stops_nothing() {
    let [alice, bob] = two();
    alice.add("task", &["title=Water the plants"]);
    let mut serving = alice.serve();
    let mut noise = vec![0; 100_000];
    noise.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 31 % 251) as u8);
    let session = [b"WHPH\x01\x02\0\0".as_slice(), &[0, 48], &[9; 48], &noise].concat();
    let pairing = [b"WHPH\x01\x01\0\0".as_slice(), &[0, 48], &[9; 48]].concat();
    let long = [b"WHPH\x01\x02\0\0".as_slice(), &[0xff; 100]].concat();
    let mode = b"WHPH\x01\x09\0\0".as_slice();
    for said in
        [noise.as_slice(), b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"W", &session, &pairing, &long, mode]
    {
        let mut stranger = dial(&alice.address());
        // It may hang up before it has heard everything.
        drop(stranger.write_all(said));
        assert_eq!(answer(stranger), b"");
    }
    assert!(serving.is_running());
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    let served = serving.terminate().well();
    assert!(served.stderr.is_empty(), "{}", served.stderr);
    assert_same(&[&alice, &bob]);
}

/// Only where a computer has more than one loopback address can somebody else be played.
#[cfg(target_os = "linux")]
#[test]
fn silent_strangers_at_many_addresses_keep_nobody_from_syncing() {
    let [alice, bob] = two();
    alice.add("task", &["title=Water the plants"]);
    let mut serving = alice.serve();
    let target = alice.address().parse().unwrap();
    // More than there is room for.
    let crowd: Vec<TcpStream> =
        (0..100).map(|n| dial_from(&format!("127.0.0.{}:0", 2 + n / 2), target)).collect();
    assert_eq!(bob.json(&["sync"])[0]["equal"], true);
    assert_same(&[&alice, &bob]);
    // All were shown the door sooner or later.
    for stranger in crowd {
        assert_eq!(answer(stranger), b"");
    }
    assert!(serving.is_running());
    serving.terminate().well();
}

#[test]
fn another_program_at_the_address_of_a_peer_is_not_taken_for_it() {
    let [alice, bob] = two();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let web = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let ended = bob.run(&["--json", "sync", "alice", "--address", &address]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(ended.stdout.contains("not WHPH"), "{ended:?}");
    web.join().unwrap();
    // Nor is another device of ours.
    let carol = Device::new("carol");
    let serving = carol.serve();
    assert_eq!(bob.run(&["sync", "alice", "--address", &carol.address()]).code, Some(6));
    serving.terminate().well();
    assert_eq!(carol.paired(), 0);
    drop(alice);
}

fn dial(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(HANG)).unwrap();
    stream
}

#[cfg(target_os = "linux")]
fn dial_from(own: &str, target: SocketAddr) -> TcpStream {
    let own: SocketAddr = own.parse().unwrap();
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&own.into()).unwrap();
    socket.connect(&target.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(HANG)).unwrap();
    stream
}

/// Everything that is said until the other side hangs up.
fn answer(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let mut bytes = [0; 1024];
    drop(stream.shutdown(Shutdown::Write));
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return all,
            Ok(read) => all.extend(&bytes[..read]),
            // Hung up on what it had not read.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return all,
            Err(error) => panic!("{error}"),
        }
    }
}
