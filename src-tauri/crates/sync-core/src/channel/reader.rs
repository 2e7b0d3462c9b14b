//! Cuts the link's byte stream into preambles and frames. What arrives whole is handed on without a
//! copy; only a unit that is cut by the end of a chunk is collected, so no byte is moved twice.

use super::ChannelError;
use super::preamble::PREAMBLE_LEN;
use super::records::TAG_LEN;

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Eight bytes.
    Preamble,
    /// A length of exactly this, and as many bytes.
    Handshake(usize),
    /// A length and as many bytes.
    Record,
    /// Not one byte: it is our turn.
    Nothing,
}

#[derive(Default)]
pub(super) struct Reader {
    partial: Vec<u8>,
    /// `partial` holds a unit that was handed out at the last call.
    handed_out: bool,
}

impl Reader {
    /// Cuts the next unit off `rest`, without its length. `None`: all of `rest` is used up and more is
    /// needed. The unit must not change while one is incomplete.
    pub(super) fn next<'a, 'link: 'a>(
        &'a mut self,
        rest: &mut &'link [u8],
        unit: Unit,
    ) -> Result<Option<&'a [u8]>, ChannelError> {
        if rest.is_empty() {
            return Ok(None);
        }
        if std::mem::take(&mut self.handed_out) {
            self.partial.clear();
        }
        if self.partial.is_empty()
            && let Some(whole) = unit.whole_len(rest)?
            && let Some((bytes, after)) = rest.split_at_checked(whole)
        {
            *rest = after;
            return Ok(Some(&bytes[unit.header_len()..]));
        }
        loop {
            let whole = unit.whole_len(&self.partial)?;
            let goal = whole.unwrap_or(unit.header_len());
            let (taken, after) = rest.split_at(rest.len().min(goal - self.partial.len()));
            self.partial.extend_from_slice(taken);
            *rest = after;
            if self.partial.len() < goal {
                return Ok(None);
            }
            if whole.is_some() {
                self.handed_out = true;
                return Ok(Some(&self.partial[unit.header_len()..]));
            }
        }
    }
}

impl Unit {
    fn header_len(self) -> usize {
        match self {
            Self::Preamble | Self::Nothing => 0,
            Self::Handshake(_) | Self::Record => 2,
        }
    }

    /// The length with the header, once `start` holds the header.
    fn whole_len(self, start: &[u8]) -> Result<Option<usize>, ChannelError> {
        let declared = start.first_chunk().map(|header| usize::from(u16::from_be_bytes(*header)));
        match self {
            Self::Preamble => Ok(Some(PREAMBLE_LEN)),
            Self::Nothing => Err(ChannelError::BadHandshake),
            Self::Handshake(len) => match declared {
                Some(declared) if declared != len => Err(ChannelError::BadHandshake),
                Some(_) => Ok(Some(2 + len)),
                None => Ok(None),
            },
            Self::Record => match declared {
                Some(declared) if declared <= TAG_LEN => Err(ChannelError::BadRecord),
                Some(declared) => Ok(Some(2 + declared)),
                None => Ok(None),
            },
        }
    }
}
