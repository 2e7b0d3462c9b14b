//! Nothing that was released is edited.

use super::{folder, hash};

#[test]
fn released_files_are_as_they_were() {
    let list = std::fs::read_to_string(folder().join("released.b2")).unwrap();
    let released: Vec<(&str, &str)> = list.lines().map(|line| line.split_once("  ").unwrap()).collect();
    for (hash_then, file) in &released {
        let text = std::fs::read(folder().join(file));
        let text = text.unwrap_or_else(|e| panic!("{file} was released, and must stay: {e}"));
        assert_eq!(hash(&text), *hash_then, "{file} was released, and must stay as it was: add a new file");
    }
    let folders = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    for path in folders.filter(|path| path.is_dir()).flat_map(|path| std::fs::read_dir(path).unwrap()) {
        let path = path.unwrap().path();
        let file = path.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/");
        let line = format!("{}  {file}", hash(&std::fs::read(&path).unwrap()));
        assert!(released.iter().any(|(_, known)| *known == file), "add to vectors/released.b2:\n{line}");
    }
}
