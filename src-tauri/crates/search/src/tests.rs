use super::*;
use serde_json::json;
use std::fs;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change as Write;
use sync_engine::{Backend, Edit, Init};
use tempfile::TempDir;
use uuid::Uuid;

fn engine(dir: &Path) -> Engine {
    let listen = Some("127.0.0.1:0".parse().unwrap());
    let init = Init { name: "alice".into(), listen, keystore: Some(Backend::File) };
    Engine::init(dir, init).unwrap();
    Engine::open(dir, planner::schema()).unwrap()
}

struct Desk {
    dir: TempDir,
    engine: Engine,
    search: Search,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("data");
        Self { engine: engine(&folder), search: Search::new(&folder), dir }
    }

    async fn write(&self, kind: &str, number: u128, change: Write) {
        let key = EntityKey::new(kind, Uuid::from_u128(number));
        self.engine.write(vec![Edit { key, change }]).await.unwrap();
    }

    async fn set(&self, kind: &str, number: u128, fields: Value) {
        self.write(kind, number, Write::Set(fields.as_object().unwrap().clone())).await;
    }

    async fn catch_up(&self) {
        while self.search.follow(&self.engine).await.unwrap() {}
    }

    async fn titles(&self, query: &str) -> Vec<String> {
        self.catch_up().await;
        self.search.find(query, 10).await.unwrap().found.into_iter().map(|found| found.title).collect()
    }
}

#[tokio::test]
async fn finds_titles_and_texts_by_words_and_beginnings_without_regard_to_accents() {
    let desk = Desk::new();
    desk.set("task", 1, json!({ "title": "Café bestellen", "description": "two sacks, roasted" })).await;
    desk.set("note", 2, json!({ "title": "Coffee", "content": "The roaster in the old café" })).await;
    desk.set("habit", 3, json!({ "name": "Roast nothing" })).await;
    desk.set("tag", 4, json!({ "name": "cafe" })).await;
    for (query, wanted) in [
        ("cafe", vec!["Café bestellen", "Coffee"]),
        ("CAFÉ", vec!["Café bestellen", "Coffee"]),
        ("roast", vec!["Roast nothing", "Café bestellen", "Coffee"]),
        ("roast ", vec!["Roast nothing"]),
        ("sacks roasted", vec!["Café bestellen"]),
        ("sacks roaster", vec![]),
        ("\"", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(desk.titles(query).await, wanted, "{query:?}");
    }
}

#[tokio::test]
async fn finds_by_the_names_of_tags_whatever_they_are_called_meanwhile() {
    let desk = Desk::new();
    let tags = [10, 11].map(|number| Uuid::from_u128(number).to_string());
    desk.set("task", 1, json!({ "title": "Call the bank" })).await;
    desk.set("note", 2, json!({ "title": "Tomatoes", "content": "Water them" })).await;
    desk.set("tag", 10, json!({ "name": "Gärten" })).await;
    desk.set("tag", 11, json!({ "name": "deep work" })).await;
    let tagged = |tag: &str| Write::Add("tags".into(), tag.into());
    desk.write("note", 2, tagged(&tags[0])).await;
    desk.write("task", 1, tagged(&tags[1])).await;
    for (query, wanted) in [
        ("garten", vec!["Tomatoes"]),
        ("gaer", vec!["Tomatoes"]),
        ("garten water", vec!["Tomatoes"]),
        ("garten bank", vec![]),
        ("deep work", vec!["Call the bank"]),
        ("work bank", vec!["Call the bank"]),
        // What the index calls a tag is no word.
        ("1", vec![]),
        ("2 ", vec![]),
    ] {
        assert_eq!(desk.titles(query).await, wanted, "{query:?}");
    }
    desk.set("tag", 10, json!({ "name": "Balcony" })).await;
    assert_eq!(desk.titles("garten").await, [""; 0]);
    assert_eq!(desk.titles("balc").await, ["Tomatoes"]);
    desk.write("tag", 10, Write::Delete).await;
    assert_eq!(desk.titles("balcony").await, [""; 0]);
}

#[tokio::test]
async fn finds_what_is_written_with_two_letters_elsewhere() {
    let desk = Desk::new();
    desk.set("task", 1, json!({ "title": "Straße kehren", "description": "Größe messen, in München" })).await;
    desk.set("task", 2, json!({ "title": "Schloss Neuschwanstein" })).await;
    for (query, wanted) in [
        ("strasse", vec!["Straße kehren"]),
        ("STRASSE", vec!["Straße kehren"]),
        ("groess", vec!["Straße kehren"]),
        ("grosse", vec!["Straße kehren"]),
        ("muenchen kehren", vec!["Straße kehren"]),
        ("munchen", vec!["Straße kehren"]),
        ("Schloß", vec!["Schloss Neuschwanstein"]),
    ] {
        assert_eq!(desk.titles(query).await, wanted, "{query:?}");
    }
}

#[tokio::test]
async fn finds_words_in_the_midst_of_a_sentence_without_blanks() {
    let desk = Desk::new();
    desk.set("task", 1, json!({ "title": "京都へ行く" })).await;
    desk.set(
        "note",
        2,
        json!({ "title": "旅行の計画", "content": "来週、東京タワーとiPhone用ケースを見る" }),
    )
    .await;
    for (query, wanted) in [
        ("京都", vec!["京都へ行く"]),
        ("行く", vec!["京都へ行く"]),
        ("東京", vec!["旅行の計画"]),
        ("タワー", vec!["旅行の計画"]),
        ("iphone", vec!["旅行の計画"]),
        ("計画 東京", vec!["旅行の計画"]),
        ("京東", vec![]),
    ] {
        assert_eq!(desk.titles(query).await, wanted, "{query:?}");
    }
    let found = desk.search.find("東京", 10).await.unwrap().found.remove(0);
    let parts: Vec<_> = found.parts.iter().map(|part| (part.text.as_str(), part.hit)).collect();
    assert_eq!(parts[1], ("東京", true), "{parts:?}");
    assert!(parts.iter().all(|(text, _)| !text.contains(char::is_control)), "{parts:?}");
}

#[tokio::test]
async fn follows_what_changes_and_what_is_deleted() {
    let desk = Desk::new();
    desk.set("task", 1, json!({ "title": "Call the bank" })).await;
    assert_eq!(desk.titles("bank").await, ["Call the bank"]);
    desk.set("task", 1, json!({ "title": "Call the garage" })).await;
    assert_eq!(desk.titles("bank").await, [""; 0]);
    assert_eq!(desk.titles("garage").await, ["Call the garage"]);
    desk.write("task", 1, Write::Delete).await;
    assert_eq!(desk.titles("garage").await, [""; 0]);
    desk.write("task", 1, Write::Keep).await;
    assert_eq!(desk.titles("garage").await, ["Call the garage"]);
}

#[tokio::test]
async fn shows_the_text_around_a_hit_and_no_marks_of_its_own() {
    let desk = Desk::new();
    let content = format!("{} \u{2}needle\u{3}\nin {}", "hay ".repeat(50), "hay ".repeat(50));
    desk.set("note", 1, json!({ "title": "Barn", "content": content })).await;
    desk.catch_up().await;
    let found = desk.search.find("needle", 10).await.unwrap().found;
    let parts = &found[0].parts;
    assert_eq!(
        parts.iter().filter(|part| part.hit).map(|part| part.text.as_str()).collect::<Vec<_>>(),
        ["needle"]
    );
    let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
    assert!(whole.starts_with('…') && whole.ends_with('…') && whole.contains("needle  in hay"), "{whole}");
    assert!(!whole.contains(char::is_control));
}

#[tokio::test]
async fn says_when_there_is_more_and_how_much_is_not_read_yet() {
    let desk = Desk::new();
    for number in 1..=12 {
        desk.set("task", number, json!({ "title": format!("Bank {number}") })).await;
    }
    assert_eq!(desk.search.behind(&desk.engine).await.unwrap(), 12);
    desk.catch_up().await;
    assert_eq!(desk.search.behind(&desk.engine).await.unwrap(), 0);
    let some = desk.search.find("bank", 10).await.unwrap();
    assert!(some.found.len() == 10 && some.more);
    let all = desk.search.find("bank", 12).await.unwrap();
    assert!(all.found.len() == 12 && !all.more);
}

#[tokio::test]
async fn a_damaged_or_foreign_index_is_made_again() {
    let desk = Desk::new();
    desk.set("task", 1, json!({ "title": "Call the bank" })).await;
    desk.catch_up().await;
    let file = desk.dir.path().join("data").join(FILE);
    let spoil: [&dyn Fn(); 3] = [
        &|| fs::write(&file, "this is no database, but longer than a header of one").unwrap(),
        &|| rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap(),
        &|| rusqlite::Connection::open(&file).unwrap().execute_batch("DROP TABLE doc").unwrap(),
    ];
    for spoil in spoil {
        spoil();
        let again = Search::new(&desk.dir.path().join("data"));
        while again.follow(&desk.engine).await.unwrap() {}
        assert_eq!(again.find("bank", 10).await.unwrap().found.len(), 1);
    }

    let other = Desk::new();
    other.set("task", 2, json!({ "title": "Elsewhere" })).await;
    fs::copy(&file, other.dir.path().join("data").join(FILE)).unwrap();
    assert_eq!(other.titles("bank").await, [""; 0]);
    assert_eq!(other.titles("elsewhere").await, ["Elsewhere"]);
}

#[tokio::test]
async fn two_processes_that_read_the_same_changes_take_them_once() {
    let desk = Desk::new();
    let twin = Search::new(&desk.dir.path().join("data"));
    for number in 1..=30 {
        desk.set("task", number, json!({ "title": format!("Bank {number}") })).await;
    }
    let (one, two) = tokio::join!(desk.search.follow(&desk.engine), twin.follow(&desk.engine));
    assert!(!one.unwrap() && !two.unwrap());
    assert_eq!(twin.find("bank", 100).await.unwrap().found.len(), 30);
}

#[cfg(unix)]
#[tokio::test]
async fn the_index_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.catch_up().await;
    let mode = fs::metadata(desk.dir.path().join("data").join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
