use crate::channels::{OPENING, Outcome, alice, bob, established, feed};
use std::sync::LazyLock;
use sync_core::channel::{Channel, ChannelError, Mode};

/// What alice and bob say in a handshake, the same at any time: between paired devices, and for a pairing.
static SAID: LazyLock<[[Vec<u8>; 2]; 2]> = LazyLock::new(|| {
    [Mode::Session, Mode::Pair].map(|mode| {
        let [(_, alice), (_, bob)] = established(mode);
        [alice, bob]
    })
});

/// Bytes thrown at a device that accepted a link or dialled one. The first byte says which, and for what one dials; the second,
/// in chunks of how many. Nobody gets in but with the very bytes of the one who holds the secrets, nobody else hears a byte, and
/// it does not matter how they are cut.
pub fn handshake(data: &[u8]) {
    let Some(([role, size], bytes)) = data.split_first_chunk() else { return };
    let size = usize::from(*size).max(1);
    if role & 2 == 0 {
        accepting(bytes, size);
    } else {
        let (mode, [_, honest]) =
            if role & 1 == 0 { (Mode::Session, &SAID[0]) } else { (Mode::Pair, &SAID[1]) };
        let whole = dialled(mode, [bytes]);
        assert_eq!(whole.is_established(), bytes.starts_with(honest));
        assert_eq!(whole.sent.is_empty(), !whole.is_established(), "it proves itself to nobody else");
        assert_eq!(dialled(mode, bytes.chunks(size)), whole);
    }
}

fn accepting(bytes: &[u8], size: usize) {
    // Whoever dials must wait for the answer to its first message.
    let (opening, rest) = bytes.split_at(bytes.len().min(OPENING));
    let whole = feed(&mut bob(), [opening, rest]);
    // Bob expects alice and shows an invite: either opening is one that he answers.
    let honest = SAID.iter().map(|[alice, _]| alice).find(|alice| opening == &alice[..OPENING]);
    assert_eq!(whole.is_established(), honest.is_some_and(|honest| bytes.starts_with(honest)));
    let foreign = matches!(whole.result, Err(ChannelError::OtherVersion { .. }));
    assert_eq!(whole.sent.is_empty(), !foreign && honest.is_none());
    assert_eq!(feed(&mut bob(), opening.chunks(size).chain(rest.chunks(size))), whole);

    let impatient = feed(&mut bob(), [bytes]);
    assert!(rest.is_empty() || !impatient.is_established(), "bytes before it was their turn");
}

fn dialled<'a>(mode: Mode, chunks: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut channel: Channel = alice(mode);
    channel.take_outgoing();
    feed(&mut channel, chunks)
}
