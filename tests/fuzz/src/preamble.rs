use crate::channels::{alice, bob, feed};
use sync_core::channel::{ChannelError, Mode, PROTOCOL_MAJOR};

const REFUSAL: [u8; 8] = [b'W', b'H', b'P', b'H', PROTOCOL_MAJOR, 0, 0, 0];

/// The first eight bytes of a link, at either end: what `PROTOCOL.md` says of each, and the same however they are cut.
pub fn preamble(data: &[u8]) {
    let data = &data[..data.len().min(REFUSAL.len())];
    let (accepted, answered) = expected(data);

    let whole = feed(&mut bob(), [data]);
    assert_eq!(whole.result, accepted);
    assert_eq!(whole.events, []);
    let foreign = matches!(accepted, Err(ChannelError::OtherVersion { .. }));
    assert_eq!(whole.sent, if foreign { &REFUSAL[..] } else { &[] }, "a stranger hears nothing else");
    assert_eq!(feed(&mut bob(), data.chunks(1)), whole);

    let mut dialled = alice(Mode::Session);
    let opening = dialled.take_outgoing();
    assert!(opening.starts_with(&[b'W', b'H', b'P', b'H', PROTOCOL_MAJOR, 2, 0, 0]));
    let whole = feed(&mut dialled, [data]);
    assert_eq!(whole.result, answered);
    assert!(whole.events.is_empty() && whole.sent.is_empty());
}

/// What an accepting device makes of them, and one that dialled for a session.
fn expected(data: &[u8]) -> (Result<(), ChannelError>, Result<(), ChannelError>) {
    let both = |result| (result, result);
    match *data {
        [b'W', b'H', b'P', b'H', PROTOCOL_MAJOR, 2, 0, 0] => both(Ok(())),
        [b'W', b'H', b'P', b'H', PROTOCOL_MAJOR, 1, 0, 0] => (Ok(()), Err(ChannelError::NotOurs)),
        [b'W', b'H', b'P', b'H', theirs, _, _, _] if theirs != PROTOCOL_MAJOR => {
            both(Err(ChannelError::OtherVersion { ours: PROTOCOL_MAJOR, theirs }))
        }
        [_, _, _, _, _, _, _, _] => both(Err(ChannelError::NotOurs)),
        _ => both(Ok(())),
    }
}
