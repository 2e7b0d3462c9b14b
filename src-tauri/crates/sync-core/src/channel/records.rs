//! Messages in encrypted records. A message starts a record of its own and fills every record but its
//! last, so the length in its first bytes says exactly which records must follow: there is one way to
//! write a message, and a receiver accepts no other.

use snow::TransportState;

use super::ChannelError;
use crate::limits::MESSAGE_MAX;

/// Bytes that encryption adds to a record.
pub(super) const TAG_LEN: usize = 16;

/// Plaintext bytes in a full record.
pub(super) const RECORD_MAX: usize = 65_519;

/// The length (of kind and body), and the kind.
const HEADER_LEN: usize = 5;

pub(super) struct Records {
    transport: TransportState,
    incoming: Incoming,
    /// One record in clear, reused.
    plaintext: Vec<u8>,
}

enum Incoming {
    Idle,
    Message {
        kind: u8,
        body: Vec<u8>,
        /// Bytes still to come.
        missing: usize,
    },
}

impl Records {
    pub(super) fn new(transport: TransportState) -> Self {
        Self { transport, incoming: Incoming::Idle, plaintext: vec![0; RECORD_MAX] }
    }

    /// Appends a message to `out`, as frames.
    pub(super) fn seal(&mut self, kind: u8, body: &[u8], out: &mut Vec<u8>) -> Result<(), ChannelError> {
        if body.len() >= MESSAGE_MAX {
            return Err(ChannelError::TooLarge);
        }
        let declared = u32::try_from(1 + body.len()).map_err(|_| ChannelError::TooLarge)?;
        let records = (HEADER_LEN + body.len()).div_ceil(RECORD_MAX);
        out.reserve(HEADER_LEN + body.len() + records * (2 + TAG_LEN));

        let (head, tail) = body.split_at(body.len().min(RECORD_MAX - HEADER_LEN));
        let first = &mut self.plaintext[..HEADER_LEN + head.len()];
        first[..4].copy_from_slice(&declared.to_be_bytes());
        first[4] = kind;
        first[HEADER_LEN..].copy_from_slice(head);
        write_record(&mut self.transport, first, out)?;
        tail.chunks(RECORD_MAX).try_for_each(|part| write_record(&mut self.transport, part, out))
    }

    /// Opens one record; a message is given out with its last.
    pub(super) fn open(&mut self, record: &[u8]) -> Result<Option<(u8, Vec<u8>)>, ChannelError> {
        let read = self.transport.read_message(record, &mut self.plaintext);
        let plaintext = &self.plaintext[..read.map_err(|_| ChannelError::BadRecord)?];
        let (kind, mut body, missing) = match std::mem::replace(&mut self.incoming, Incoming::Idle) {
            Incoming::Idle => start_message(plaintext)?,
            Incoming::Message { kind, mut body, missing } => {
                if plaintext.len() != missing.min(RECORD_MAX) {
                    return Err(ChannelError::BadRecord);
                }
                // Grows with what has arrived, never with what was promised.
                body.extend_from_slice(plaintext);
                (kind, body, missing - plaintext.len())
            }
        };
        if missing == 0 {
            body.shrink_to_fit();
            return Ok(Some((kind, body)));
        }
        self.incoming = Incoming::Message { kind, body, missing };
        Ok(None)
    }
}

/// The kind, the body so far and how much is missing.
fn start_message(record: &[u8]) -> Result<(u8, Vec<u8>, usize), ChannelError> {
    let (declared, rest) = record.split_first_chunk::<4>().ok_or(ChannelError::BadRecord)?;
    let declared = u32::from_be_bytes(*declared) as usize;
    if declared > MESSAGE_MAX {
        return Err(ChannelError::TooLarge);
    }
    let [kind, body @ ..] = rest else { return Err(ChannelError::BadRecord) };
    if rest.len() != declared.min(RECORD_MAX - 4) {
        return Err(ChannelError::BadRecord);
    }
    Ok((*kind, body.to_vec(), declared - rest.len()))
}

fn write_record(
    transport: &mut TransportState,
    plaintext: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), ChannelError> {
    let len = plaintext.len() + TAG_LEN;
    let header = u16::try_from(len).map_err(|_| ChannelError::TooLarge)?.to_be_bytes();
    out.extend_from_slice(&header);
    let start = out.len();
    out.resize(start + len, 0);
    // Fails only when 2^64 records have been sent.
    transport.write_message(plaintext, &mut out[start..]).map_err(|_| ChannelError::Closed)?;
    Ok(())
}

#[cfg(test)]
impl Records {
    /// A record with any plaintext, legal or not.
    pub(super) fn seal_raw(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_record(&mut self.transport, plaintext, &mut out).unwrap();
        out
    }

    /// Bytes of memory held for the message that is coming in.
    pub(super) fn kept(&self) -> usize {
        match &self.incoming {
            Incoming::Idle => 0,
            Incoming::Message { body, .. } => body.capacity(),
        }
    }
}
