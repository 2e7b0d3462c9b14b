//! Texts cut to what a line or a note can hold.

/// `text` without line breaks and whatever else a line cannot hold.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

/// The beginning of `text`, of at most so many bytes.
pub(super) fn cut(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Enough of `text` to find it by.
pub(super) fn short(text: &str) -> String {
    let cut = cut(text, 80);
    if cut.len() < text.len() { format!("{cut}…") } else { cut.to_owned() }
}
