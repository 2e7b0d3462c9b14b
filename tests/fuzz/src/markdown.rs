use crate::ndjson::{comes_back, import};
use planner::kinds::TITLE_MAX;
use planner::markdown::note_from_markdown;
use serde_json::Value;

/// A Markdown file: the first line is its path, the rest what it holds. It becomes a note, whole, and the same one each time.
pub fn markdown(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (path, text) = text.split_once('\n').unwrap_or(("note.md", text));
    let Ok(imported) = note_from_markdown(path, text) else { return };
    let draft = &imported.draft;
    comes_back(draft);
    assert_eq!(note_from_markdown(path, text).unwrap().draft, *draft);
    assert_eq!(import(std::slice::from_ref(draft)).last().map(|note| note.id), draft.id);

    let field = |name: &str| draft.fields.get(name).and_then(Value::as_str);
    let title = field("title").expect("a title");
    assert!(!title.trim().is_empty() && title.len() <= TITLE_MAX && !title.contains(char::is_control));
    // Nothing is lost: it is in the content, or a block of front matter before that.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let content = field("content").unwrap_or_default();
    let front_matter = text.strip_suffix(content).expect("the content ends the file");
    if front_matter.is_empty() {
        assert_eq!(field("front_matter"), None);
    } else {
        assert!(imported.warning.is_none());
        assert!(front_matter.starts_with("---"));
        assert!(field("front_matter").is_none_or(|kept| front_matter.contains(kept)));
    }
}
