use crate::channels::{established, feed};
use sync_core::channel::{ChannelError, Mode};

/// Most messages on the wire.
const MESSAGES_MAX: usize = 4;

/// Somebody between two devices changes what goes over the wire after their handshake: leaves records out, repeats, swaps, cuts
/// and alters them, and adds bytes. What was whole before the first change arrives, and nothing after it.
pub fn record(data: &[u8]) {
    let [(mut alice, _), (mut bob, _)] = established(Mode::Session);
    let mut rest = data;
    let mut byte = || rest.split_off_first().copied().map(usize::from);

    let (mut frames, mut messages): (Vec<Vec<u8>>, Vec<_>) = (Vec::new(), Vec::new());
    let count = 1 + byte().unwrap_or_default() % MESSAGES_MAX;
    for kind in 0..count as u8 {
        // Now and then it takes a second record.
        let len = byte().unwrap_or_default();
        let body = vec![kind; if len < 0xf0 { len } else { 65_500 + len }];
        alice.send(kind, &body).unwrap();
        frames.extend(cut(&alice.take_outgoing()));
        messages.push((frames.len(), kind, body));
    }
    let ends: Vec<usize> =
        messages.iter().map(|(end, ..)| frames[..*end].iter().map(Vec::len).sum()).collect();
    let honest = frames.concat();

    let chunk = byte().unwrap_or_default();
    while let (Some(what), Some(at), Some(how)) = (byte(), byte(), byte()) {
        if frames.is_empty() {
            break;
        }
        let at = at % frames.len();
        let inside = how * frames[at].len() / 256;
        match what % 6 {
            0 => drop(frames.remove(at)),
            1 => frames.insert(at, frames[at].clone()),
            2 => {
                let other = how % frames.len();
                frames.swap(at, other);
            }
            3 => frames[at][inside] ^= 1 << (what / 6 % 8),
            4 => frames[at].truncate(inside.max(1)),
            _ => frames.insert(at, vec![how as u8; 1 + what / 6]),
        }
    }
    let sent = frames.concat();

    let same = sent.iter().zip(&honest).take_while(|(a, b)| a == b).count();
    let whole = ends.iter().filter(|end| **end <= same).count();
    let arrived = feed(&mut bob, sent.chunks(if chunk == 0 { sent.len().max(1) } else { chunk * 64 }));
    match arrived.result {
        Ok(()) => {}
        Err(error) => {
            assert!(same < sent.len(), "{error:?} although nothing was changed");
            assert_eq!(error, ChannelError::BadRecord);
        }
    }
    let expected: Vec<_> = messages.into_iter().take(whole).map(|(_, kind, body)| (kind, body)).collect();
    assert!(arrived.messages() == expected, "not the {whole} messages that came before the first change");
}

/// Cuts what a channel sent into its frames.
fn cut(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some(header) = bytes.first_chunk() {
        let (frame, rest) = bytes.split_at(2 + usize::from(u16::from_be_bytes(*header)));
        frames.push(frame.to_vec());
        bytes = rest;
    }
    frames
}
