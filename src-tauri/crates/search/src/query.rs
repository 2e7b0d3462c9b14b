//! From what somebody typed to what SQLite's full-text search takes.

use crate::joints::jointed;
use crate::spelling::spellings;

/// Words that are looked for; the rest of a longer query is left out.
const WORDS_MAX: usize = 16;

/// A query in which nothing is an operator: every word must occur, the last as it stands or, if no blank follows it, as the
/// beginning of one. `None` if there is no word in it.
pub(crate) fn matching(typed: &str) -> Option<String> {
    // As the index tells words apart: by everything that is neither letter nor digit.
    let words: Vec<&str> =
        typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS_MAX).collect();
    if words.is_empty() {
        return None;
    }
    let last = words.len() - 1;
    let begins = typed.ends_with(char::is_alphanumeric);
    let one = |(at, word): (usize, &&str)| {
        let star = if begins && at == last { "*" } else { "" };
        let spellings = std::iter::once((*word).to_owned()).chain(spellings(word));
        let any: Vec<String> = spellings.map(|word| format!("\"{}\"{star}", jointed(&word))).collect();
        if any.len() == 1 { any.concat() } else { format!("({})", any.join(" OR ")) }
    };
    Some(words.iter().enumerate().map(one).collect::<Vec<_>>().join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_is_an_operator() {
        for (typed, wanted) in [
            ("bank", Some("\"bank\"*")),
            ("call bank ", Some("\"call\" AND \"bank\"")),
            ("a OR b", Some("\"a\" AND \"OR\" AND \"b\"*")),
            ("\"quoted\" title:x*", Some("\"quoted\" AND \"title\" AND \"x\"")),
            ("café-bar", Some("\"café\" AND \"bar\"*")),
            ("Müll ß", Some("(\"Müll\" OR \"Muell\") AND (\"ß\"* OR \"ss\"*)")),
            ("  -- \" ", None),
            ("", None),
        ] {
            assert_eq!(matching(typed).as_deref(), wanted, "{typed}");
        }
        assert_eq!(matching(&"word ".repeat(500)).unwrap().matches("word").count(), WORDS_MAX);
    }
}
