use bip39::{Language, Mnemonic};
use sync_core::backup::{RecoveryKey, WordsError};
use sync_core::identity::SecretKey;

const WORDS: usize = 24;

/// The words of a recovery key. The first byte says what follows: a text as somebody typed, pasted or scanned it; or the 32 bytes of a
/// key, and changes to its words: which one, and two bytes of what stands there instead. What is taken is 24 words that mean one key
/// however they are written; what is not is told by its place, and never by a word.
pub fn recovery_words(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    if form & 1 == 0 {
        if let Ok(text) = std::str::from_utf8(rest) {
            typed(text);
        }
    } else if let Some((secret, changes)) = rest.split_first_chunk() {
        known(secret, changes);
    }
}

fn typed(text: &str) {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    match RecoveryKey::parse(text) {
        Ok(key) => {
            assert_eq!(words.len(), WORDS);
            assert_eq!(*key.words(), words.join(" "));
            for again in [words.join("\r\n"), format!("\u{3000}{}\t", words.join("\n ").to_uppercase())] {
                assert_eq!(RecoveryKey::parse(&again).unwrap().public(), key.public());
            }
            assert_eq!(format!("{key:?}"), "RecoveryKey(…)", "the secret is not shown");
        }
        Err(WordsError::Count(count)) => {
            assert_eq!(count, words.len());
            assert_ne!(count, WORDS);
        }
        Err(WordsError::Unknown(place)) => {
            assert_eq!(words.len(), WORDS);
            assert_eq!(words.iter().position(|word| number(word).is_none()), Some(place - 1));
        }
        Err(WordsError::Checksum) => {
            assert_eq!(words.len(), WORDS);
            assert!(words.iter().all(|word| number(word).is_some()));
        }
    }
}

fn known(secret: &[u8; 32], mut changes: &[u8]) {
    let honest = Mnemonic::from_entropy(secret).unwrap().to_string();
    let key = RecoveryKey::parse(&honest).expect("the words of a key");
    assert_eq!(key.public(), SecretKey::from_bytes(secret).public());
    assert_eq!(*key.words(), honest);

    let mut words: Vec<&str> = honest.split(' ').collect();
    while let Some([which, high, low]) = changes.split_off(..3) {
        let list = Language::English.word_list();
        let number = usize::from(u16::from_be_bytes([*high, *low])) % list.len();
        words[usize::from(*which) % WORDS] = list[number];
    }
    let changed = words.join(" ");
    typed(&changed);
    // One wrong word in 256 goes unnoticed, but then it is the words of another key.
    match RecoveryKey::parse(&changed) {
        Ok(other) => assert_eq!(*other.words() == honest, changed == honest),
        Err(error) => {
            assert_eq!(error, WordsError::Checksum);
            assert_ne!(changed, honest);
        }
    }
}

fn number(word: &str) -> Option<u16> {
    Language::English.find_word(word)
}
