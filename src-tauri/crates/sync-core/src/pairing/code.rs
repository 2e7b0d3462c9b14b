//! The code that a person types where no camera is at hand.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::identity::{InviteSecret, crockford};

/// A typed code: 12 Crockford characters, 60 random bits.
///
/// It has no check character: all twelve carry secret bits, and a wrong code is told at the first try.
#[derive(Clone)]
pub struct TypedCode(Zeroizing<u64>);

impl TypedCode {
    /// A new code.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        Self(Zeroizing::new(rng.next_u64() >> 4))
    }

    /// Reads what a person typed: case, spaces and dashes do not matter, and O, I and L count as the
    /// digits they look like.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut symbols = Zeroizing::new(String::with_capacity(SYMBOLS as usize));
        let mut found = 0_usize;
        for typed in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let symbol = match typed.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            if crockford::decode(symbol.encode_utf8(&mut [0; 4])).is_none() {
                return Err(CodeError::Symbol(typed));
            }
            found += 1;
            if found <= SYMBOLS as usize {
                symbols.push(symbol);
            }
        }
        let value = crockford::decode(&symbols).and_then(|value| u64::try_from(value).ok());
        match value {
            Some(value) if found == SYMBOLS as usize => Ok(Self(Zeroizing::new(value))),
            Some(_) | None => Err(CodeError::Length { found }),
        }
    }

    /// The code for the screen, in three groups: `K7QM-2F9D-0XTZ`. A method and not `Display`, so that
    /// no log shows it by accident.
    pub fn grouped(&self) -> String {
        let symbols = self.symbols().to_uppercase();
        format!("{}-{}-{}", &symbols[..4], &symbols[4..8], &symbols[8..])
    }

    /// The secret behind the code: Argon2id over the twelve characters, 32 MiB, 3 passes. Takes about a
    /// tenth of a second: not for a thread that must stay quick.
    pub fn secret(&self) -> Result<InviteSecret, DerivationError> {
        let params = Params::new(32 * 1024, 3, 1, Some(32)).map_err(|_| DerivationError)?;
        let mut secret = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.symbols().as_bytes(), SALT, secret.as_mut())
            .map_err(|_| DerivationError)?;
        Ok(InviteSecret::from_bytes(*secret))
    }

    fn symbols(&self) -> Zeroizing<String> {
        Zeroizing::new(crockford::encode(u128::from(*self.0), SYMBOLS))
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(…)")
    }
}

/// Why what was typed is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not twelve characters.
    #[error("a code has 12 characters and this has {found}: compare it with the other screen")]
    Length {
        /// How many were typed, spaces and dashes left out.
        found: usize,
    },
    /// A character that no code has.
    #[error("a code has only digits and letters other than U, not {0:?}: compare it with the other screen")]
    Symbol(char),
}

/// A key could not be derived. With our fixed parameters this does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key could not be derived on this device: restart WHPH and try again")]
pub struct DerivationError;

const SYMBOLS: u32 = 12;

/// Fixed, because the two sides share nothing but the code; the window and the limiter stand in for a
/// random one.
const SALT: &[u8] = b"whph typed code v1";

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_code_can_be_typed_as_people_type() {
        let shown = "K1QM-209D-0XTZ";
        for typed in ["K1QM-209D-0XTZ", "k1qm209d0xtz", " kIqM 2o9d - oxTz ", "KlQM\t209D\u{a0}OXTZ\n"] {
            assert_eq!(TypedCode::parse(typed).unwrap().grouped(), shown, "{typed:?}");
        }
    }

    #[test]
    fn every_new_code_can_be_typed_back() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for _ in 0..100 {
            let shown = TypedCode::generate(&mut rng).grouped();
            assert_eq!(TypedCode::parse(&shown).unwrap().grouped(), shown);
            assert_eq!(shown.len(), 14);
        }
    }

    #[test]
    fn what_is_no_code_says_why() {
        let parse = |text: &str| TypedCode::parse(text).unwrap_err();
        assert_eq!(parse(""), CodeError::Length { found: 0 });
        assert_eq!(parse("K7QM-2F9D-0XT"), CodeError::Length { found: 11 });
        assert_eq!(parse("K7QM-2F9D-0XTZ0"), CodeError::Length { found: 13 });
        assert_eq!(parse(&"0".repeat(10_000)), CodeError::Length { found: 10_000 });
        assert_eq!(parse("K7QM-2F9D-0XTU"), CodeError::Symbol('U'));
        assert_eq!(parse("K7QM-2F9D-0XTé"), CodeError::Symbol('é'));
        assert_eq!(parse("K7QM\0"), CodeError::Symbol('\0'));
    }

    #[test]
    fn the_secret_follows_the_code_and_not_its_spelling() {
        let secret = |text: &str| TypedCode::parse(text).unwrap().secret().unwrap();
        let first = secret("K7QM-2F9D-0XTZ");
        assert_eq!(secret("k7qm2f9doxtz"), first);
        assert_ne!(secret("K7QM-2F9D-0XT0"), first);
    }

    #[test]
    fn debug_output_hides_the_code() {
        assert_eq!(format!("{:?}", TypedCode::parse("K7QM-2F9D-0XTZ").unwrap()), "TypedCode(…)");
    }
}
