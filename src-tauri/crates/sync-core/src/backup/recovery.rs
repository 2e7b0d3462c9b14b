//! The recovery key: an X25519 key whose secret half is 24 words of BIP 39, which people copy without a mistake and which tell most
//! mistakes. The QR code that is shown with them holds the same words.

use std::fmt;

use bip39::{Language, Mnemonic};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::identity::{PublicKey, SecretKey};

/// How many words there are.
const WORDS: usize = 24;

/// The secret half, which is shown once and then forgotten.
#[derive(Clone)]
pub struct RecoveryKey(SecretKey);

impl RecoveryKey {
    /// A new key.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        Self(SecretKey::generate(rng))
    }

    #[cfg(test)]
    pub(super) fn from_bytes_in_tests(bytes: [u8; 32]) -> Self {
        Self(SecretKey::from_bytes(&bytes))
    }

    /// Reads the words as somebody typed, pasted or scanned them: case, spaces and line breaks do not matter.
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        let mut words = Zeroizing::new(String::with_capacity(text.len()));
        let mut count = 0;
        for word in text.split_whitespace() {
            if count > 0 {
                words.push(' ');
            }
            words.extend(word.chars().map(|c| c.to_ascii_lowercase()));
            count += 1;
        }
        if count != WORDS {
            return Err(WordsError::Count(count));
        }
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &words).map_err(|error| match error {
                bip39::Error::UnknownWord(at) => WordsError::Unknown(at + 1),
                bip39::Error::InvalidChecksum => WordsError::Checksum,
                bip39::Error::BadWordCount(count) => WordsError::Count(count),
                bip39::Error::BadEntropyBitCount(_) | bip39::Error::AmbiguousLanguages(_) => {
                    WordsError::Count(count)
                }
            })?;
        let (entropy, _) = mnemonic.to_entropy_array();
        let entropy = Zeroizing::new(entropy);
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&entropy[..32]);
        Ok(Self(SecretKey::from_bytes(&secret)))
    }

    /// The words. A method and not `Display`, so that no log shows them by accident.
    pub fn words(&self) -> Zeroizing<String> {
        // 32 bytes always make 24 words.
        let mnemonic = Mnemonic::from_entropy(self.0.as_bytes());
        Zeroizing::new(mnemonic.map_or_else(|_| String::new(), |mnemonic| mnemonic.to_string()))
    }

    /// The public half, which backups are sealed to.
    pub fn public(&self) -> PublicKey {
        self.0.public()
    }

    pub(super) fn unseal(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        crypto_box::SecretKey::from(*self.0.as_bytes()).unseal(sealed).ok()
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// Why what was typed are not the words of a recovery key. Never says one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Too few or too many.
    #[error("a recovery key has {WORDS} words, and these are {0}. Type all of them on one line")]
    Count(usize),
    /// Not a word of the list.
    #[error("word {0} of the recovery key is none that it could have. Look at that word again")]
    Unknown(usize),
    /// All are words of the list, and do not belong together.
    #[error(
        "these words are not a recovery key: one of them is another word, or two stand in the wrong order. Compare each with your copy"
    )]
    Checksum,
}
