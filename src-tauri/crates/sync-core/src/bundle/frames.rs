//! The batches of a bundle, one after the other: `u32` length ‖ batch.

use super::{BundleError, malformed};
use crate::limits::{BUNDLE_OUTPUT_MAX, MESSAGE_MAX};
use crate::wire::batch::{Batch, BatchError};

/// Collects batches while they fit.
#[derive(Debug)]
pub struct Frames {
    bytes: Vec<u8>,
    room: usize,
    output: usize,
    entities: u64,
}

impl Frames {
    /// Batches of at most so many bytes as they are sealed; [`super::ROOM`] is what one bundle takes.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { bytes: Vec::new(), room, output: 0, entities: 0 }
    }

    /// Adds a batch. False, and nothing done: it does not fit any more. The first one always does.
    ///
    /// # Errors
    /// When it is larger than a batch may be.
    pub fn push(&mut self, batch: &Batch) -> Result<bool, BatchError> {
        let encoded = batch.encode()?;
        let output = self.output + Batch::declared(&encoded).unwrap_or_default();
        let fits = self.bytes.len() + 4 + encoded.len() <= self.room && output <= BUNDLE_OUTPUT_MAX;
        if !fits && !self.bytes.is_empty() {
            return Ok(false);
        }
        self.bytes.extend_from_slice(&(encoded.len() as u32).to_be_bytes());
        self.bytes.extend_from_slice(&encoded);
        self.output = output;
        self.entities += batch.entities as u64;
        Ok(true)
    }

    /// Entities in all batches.
    #[must_use]
    pub fn entities(&self) -> u64 {
        self.entities
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Everything is as long as it says, and all together takes no more than it may, before any of it is decompressed.
pub(super) fn check(bytes: &[u8]) -> Result<(), BundleError> {
    let mut output = 0_usize;
    let mut rest = bytes;
    while !rest.is_empty() {
        let (frame, after) = next(rest).ok_or_else(|| malformed("a batch that is cut short"))?;
        output = output.saturating_add(Batch::declared(frame).ok_or_else(|| malformed("an empty batch"))?);
        if output > BUNDLE_OUTPUT_MAX {
            return Err(malformed("more than the limits allow"));
        }
        rest = after;
    }
    Ok(())
}

/// Each batch of bytes that were checked.
pub(super) fn each(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (frame, after) = next(rest)?;
        rest = after;
        Some(frame)
    })
}

fn next(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > MESSAGE_MAX { None } else { rest.split_at_checked(length) }
}
