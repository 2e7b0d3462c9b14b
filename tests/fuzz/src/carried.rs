//! What the files that are carried or kept have in common: a header with a sum, by which damage is told from somebody else's file.

use blake2::{Blake2s256, Digest};

/// What a header is summed under, and where its sum stands.
pub(crate) struct Sum {
    pub(crate) label: &'static [u8],
    pub(crate) at: usize,
}

impl Sum {
    /// The file with the sum of its header made right, or as it is where there is no room for one.
    pub(crate) fn made_right(&self, file: &[u8]) -> Vec<u8> {
        let mut file = file.to_vec();
        if let Some((header, rest)) = file.split_at_mut_checked(self.at)
            && let Some(sum) = rest.first_chunk_mut::<4>()
        {
            sum.copy_from_slice(&hash(&[self.label, header])[..4]);
        }
        file
    }
}

pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let hash = parts.iter().fold(Blake2s256::new(), |hash, part| hash.chain_update(part));
    hash.finalize().into()
}

/// A file after changes of three bytes each: two say where, the third which bits are flipped there or, if none, that the file ends
/// there. One behind its end adds a byte.
pub(crate) fn altered(file: &[u8], mut changes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    while let Some([high, low, how]) = changes.split_off(..3) {
        let at = usize::from(u16::from_be_bytes([*high, *low])) % (file.len() + 1);
        match file.get_mut(at) {
            Some(_) if *how == 0 => file.truncate(at),
            Some(byte) => *byte ^= how,
            None => file.push(*how),
        }
    }
    file
}
