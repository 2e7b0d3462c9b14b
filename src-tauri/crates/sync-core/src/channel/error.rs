//! Why a channel closed: a variant for each thing a caller may do about it.

/// Why a channel cannot go on. Any of them closes it for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The other end speaks another major version. Not authenticated: a hint to show, no fact to store.
    #[error(
        "the other device speaks version {theirs} of the sync protocol and this one version {ours}: \
         update WHPH on the device with the lower number"
    )]
    OtherVersion {
        /// The major version of this app.
        ours: u8,
        /// The major version of the other end.
        theirs: u8,
    },
    /// The bytes are not of this protocol. Close without a word.
    #[error("what answered at this address is not WHPH: check the address")]
    NotOurs,
    /// Nobody whom we know. Close without a word.
    #[error("a device that is not paired tried to connect: pair it first if it is yours")]
    Stranger,
    /// The invite secret did not match ours; for a responder this is what to rate-limit.
    #[error("the pairing code does not match: check it, or make a new one on the other device")]
    WrongCode,
    /// The other end did not prove the key we expected: another device answered at this address.
    #[error("another device answered in place of the expected one: nothing was sent to it")]
    Imposter,
    /// The first message had been used before.
    #[error("a recorded connection attempt was repeated and refused")]
    Replayed,
    /// The other end broke the rules of the handshake, or somebody between us did.
    #[error("the connection could not be secured: try again")]
    BadHandshake,
    /// The handshake took too long.
    #[error("the other device did not answer in time: check that it is on and try again")]
    Timeout,
    /// A record was altered, lost, repeated, or not a legal part of a message.
    #[error("damaged data arrived and the connection was closed: it will be made anew")]
    BadRecord,
    /// A message, ours or theirs, was above the limit.
    #[error("a message was larger than the protocol allows and the connection was closed")]
    TooLarge,
    /// The channel closed earlier, or is not established yet.
    #[error("the connection is closed")]
    Closed,
}
