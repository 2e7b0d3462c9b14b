//! From what somebody typed to what SQLite's full-text search takes.

use crate::joints::jointed;
use crate::spelling::spellings;

/// Words that are looked for; the rest of a longer query is left out.
const WORDS_MAX: usize = 16;

/// Each word of what was typed, in which nothing is an operator; the last as it stands or, if no blank follows it, as the
/// beginning of one.
pub(crate) fn words(typed: &str) -> Vec<String> {
    // As the index tells words apart: by everything that is neither letter nor digit.
    let words: Vec<&str> =
        typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS_MAX).collect();
    let begins = typed.ends_with(char::is_alphanumeric);
    let one = |(at, word): (usize, &&str)| {
        let star = if begins && at + 1 == words.len() { "*" } else { "" };
        let spellings = std::iter::once((*word).to_owned()).chain(spellings(word));
        let any: Vec<String> = spellings.map(|word| format!("\"{}\"{star}", jointed(&word))).collect();
        if any.len() == 1 { any.concat() } else { format!("({})", any.join(" OR ")) }
    };
    words.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_is_an_operator() {
        for (typed, wanted) in [
            ("bank", "\"bank\"*"),
            ("call bank ", "\"call\" \"bank\""),
            ("a OR b", "\"a\" \"OR\" \"b\"*"),
            ("\"quoted\" title:x*", "\"quoted\" \"title\" \"x\""),
            ("café-bar", "\"café\" \"bar\"*"),
            ("Müll ß", "(\"Müll\" OR \"Muell\") (\"ß\"* OR \"ss\"*)"),
            ("  -- \" ", ""),
            ("", ""),
        ] {
            assert_eq!(words(typed).join(" "), wanted, "{typed}");
        }
        assert_eq!(words(&"word ".repeat(500)).len(), WORDS_MAX);
    }
}
