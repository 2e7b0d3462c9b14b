//! Crockford's base32: an alphabet without I, L, O and U, for text that people read aloud and type.

/// The alphabet in the order of its values.
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// `value` as exactly `symbols` characters (at most 26), most significant first.
pub(crate) fn encode(value: u128, symbols: u32) -> String {
    (0..symbols).rev().map(|at| char::from(SYMBOLS[(value >> (5 * at)) as usize & 31])).collect()
}

/// The value of lower-case text; `None` for any other character or a value beyond 128 bits.
pub(crate) fn decode(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |value, symbol| {
        let digit = SYMBOLS.iter().position(|known| *known == symbol)?;
        (value <= u128::MAX >> 5).then_some(value << 5 | digit as u128)
    })
}
