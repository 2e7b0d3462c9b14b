use sync_core::pairing::{CodeError, TypedCode};

const SYMBOLS: usize = 12;

/// A code as somebody types it: what is taken is twelve characters, however they are spelt and set apart; what is not is told.
pub fn typed_code(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let typed: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match TypedCode::parse(text) {
        Ok(code) => {
            let shown = code.grouped();
            let spelt: String = typed.iter().map(|c| spell(*c)).collect();
            assert_eq!(shown.replace('-', ""), spelt);
            for again in [&shown, &shown.to_lowercase(), &spelt] {
                assert_eq!(TypedCode::parse(again).unwrap().grouped(), shown);
            }
        }
        Err(CodeError::Symbol(symbol)) => {
            assert!(typed.contains(&symbol));
            assert!(symbol == 'U' || symbol == 'u' || !symbol.is_ascii_alphanumeric());
        }
        Err(CodeError::Length { found }) => {
            assert_eq!(found, typed.len());
            assert_ne!(found, SYMBOLS);
        }
    }
}

fn spell(typed: char) -> char {
    match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}
