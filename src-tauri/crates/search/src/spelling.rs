//! Letters that people also write as two: `Straße` is `Strasse` where there is no ß, and `Größe` is `Groesse` on foreign keyboards.

/// How a word is written otherwise; nothing for most words.
pub(crate) fn spellings(word: &str) -> Vec<String> {
    let mut spellings: Vec<String> = Vec::new();
    // Accents do not count in the index: what keeps its umlauts here is found without them there.
    for with in [double_s as fn(char) -> Option<&'static str>, two_letters] {
        let spelt = respelt(word, with);
        if spelt != word && !spellings.contains(&spelt) {
            spellings.push(spelt);
        }
    }
    spellings
}

fn respelt(word: &str, with: fn(char) -> Option<&'static str>) -> String {
    let mut spelt = String::with_capacity(word.len());
    for letter in word.chars() {
        match with(letter) {
            Some(letters) => spelt.push_str(letters),
            None => spelt.push(letter),
        }
    }
    spelt
}

fn double_s(letter: char) -> Option<&'static str> {
    matches!(letter, 'ß' | 'ẞ').then_some("ss")
}

fn two_letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' => "oe",
        'ü' | 'Ü' => "ue",
        _ => return double_s(letter),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_other_spellings_once() {
        assert_eq!(spellings("Straße"), ["Strasse"]);
        assert_eq!(spellings("GRÖẞE"), ["GRÖssE", "GRoessE"]);
        assert_eq!(spellings("München"), ["Muenchen"]);
        assert_eq!(spellings("café"), [""; 0]);
    }
}
