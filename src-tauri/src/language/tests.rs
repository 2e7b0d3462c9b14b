//! That every text of ours has German words. Many are read from the sources, so that a new one cannot be forgotten.

use std::fs;
use std::path::Path;

use planner::schema;
use serde_json::{Value, json};
use sync_core::channel::ChannelError;
use sync_core::entity::EntityKey;
use sync_core::schema::{Shape, Violation};
use sync_core::session::End;
use sync_core::wire::ByeReason;
use sync_engine::online::{ConnectFailure, SyncFailure};
use sync_engine::{EngineError, Refusal, Renewal};
use uuid::Uuid;

use super::*;
use crate::error::{AppError, sentence};
use crate::{status, words};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Fails unless there are German words for it.
#[track_caller]
fn has_german(text: &str) {
    let pair = GERMAN.as_ref().unwrap().sentences(text);
    assert!(pair.is_some(), "src-tauri/words/de.json has no pair for {text:?}");
}

/// The source of a file without its tests.
fn source(path: &str) -> String {
    let whole = fs::read_to_string(root().join(path)).unwrap();
    whole.split("#[cfg(test)]").next().unwrap().to_owned()
}

/// The text that begins behind `source`'s first quotation mark, as it is when something stands in each hole, and what is behind it.
fn literal(source: &str) -> Option<(String, &str)> {
    let (_, mut rest) = source.split_once('"')?;
    let mut text = String::new();
    let mut holes = 0;
    loop {
        let next = rest.chars().next()?;
        rest = &rest[next.len_utf8()..];
        match next {
            '"' => return Some((text, rest)),
            '\\' if rest.starts_with('\n') => rest = rest.trim_start(),
            '\\' => {
                text.extend(rest.chars().next());
                rest = &rest[1..];
            }
            '{' | '}' if rest.starts_with(next) => {
                text.push(next);
                rest = &rest[1..];
            }
            '{' => {
                let (hole, behind) = rest.split_once('}')?;
                holes += 1;
                let quotes = if hole.ends_with('?') { "\"" } else { "" };
                text.push_str(&format!("{quotes}X{holes}{quotes}"));
                rest = behind;
            }
            other => text.push(other),
        }
    }
}

/// All texts of a source, comments left out.
fn literals(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        // Characters that are quotation marks or braces begin nothing.
        .map(|line| line.replace("'\"'", "' '").replace("'”'", "' '") + "\n")
        .collect();
    let (mut texts, mut rest) = (Vec::new(), code.as_str());
    while let Some((text, behind)) = literal(rest) {
        texts.push(text);
        rest = behind;
    }
    texts
}

fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let name = format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap());
        if root().join(&name).is_dir() {
            found.extend(files(&name));
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            found.push(name);
        }
    }
    found
}

#[test]
fn a_text_is_said_as_the_page_says_it() {
    let cases: Value = serde_json::from_str(include_str!("../../words/cases.json")).unwrap();
    let table = Table::read(&cases["pairs"].to_string()).unwrap();
    for case in cases["cases"].as_array().unwrap() {
        assert_eq!(table.say(case[0].as_str().unwrap()), case[1], "{}", case[0]);
    }
    assert_eq!(Language::English.say("Sync now"), "Sync now");
    assert_eq!(Language::German.say("Sync now"), "Jetzt abgleichen");
}

#[test]
fn a_language_is_known_by_its_tag() {
    let of = Language::of_tag;
    for (tag, language) in
        [("de", Language::German), ("DE-at", Language::German), ("en_GB", Language::English)]
    {
        assert_eq!(of(tag), Some(language), "{tag}");
    }
    assert_eq!([of("fr"), of(""), of("den")], [None; 3]);
    assert_eq!(Language::chosen(Some("de-CH")), Language::German);
    assert_eq!(Language::chosen(Some("fr")), Language::of_system());
}

/// What stands behind `#[error(` in the engine's crates. What the app has words of its own for is left out.
#[test]
fn every_error_of_the_engine_has_german_words() {
    // Said by the command line, to programs, or by nobody.
    let elsewhere = [
        "identity/public_key.rs",
        "identity/mod.rs: this is not",
        "pairing/name.rs",
        "schema/mod.rs",
        "json.rs",
        "wire/",
        "entity/row/",
        "sync-store/src/check.rs",
        "folder.rs",
    ];
    let folders = ["sync-core", "sync-engine", "sync-store", "sync-net", "planner", "exchange", "search"];
    let folders = folders.map(|name| format!("crates/{name}/src"));
    let mut errors = 0;
    for file in folders.iter().flat_map(|folder| files(folder)).chain(files("plugins/nearby/src")) {
        let source = source(&file);
        for behind in source.split("#[error(").skip(1) {
            let Some((text, _)) = literal(behind).filter(|_| !behind.starts_with("transparent")) else {
                continue;
            };
            let text = text.replace(" with --data", "");
            let is_own =
                ["`whph", "--", "is no id: give", "several fields of", "this device has no recovery key"];
            let place = format!("{file}: {text}");
            if is_own.iter().any(|own| text.contains(own))
                || elsewhere.iter().any(|elsewhere| place.contains(elsewhere))
                || text.starts_with('X') && (text.len() < 3 || text.contains("is so already"))
            {
                continue;
            }
            errors += 1;
            let table = GERMAN.as_ref().unwrap();
            let said = table.sentences(&text).or_else(|| table.sentences(&sentence(&text)));
            assert!(said.is_some(), "src-tauri/words/de.json has no pair for {place}");
        }
    }
    assert!(errors > 100, "{errors}");
}

#[test]
fn every_sentence_of_the_app_has_german_words() {
    let mut sentences = 0;
    for file in files("src").into_iter().filter(|file| !file.contains("language")) {
        for text in literals(&source(&file)) {
            let is_sentence = text.ends_with('.')
                && text.contains(' ')
                && text.starts_with(|c: char| c.is_uppercase() || c == '"');
            if is_sentence && !text.starts_with("X1 X2") {
                sentences += 1;
                has_german(&text);
            }
        }
        // What is said where it is shown.
        for behind in source(&file).split("say(\"").skip(1) {
            has_german(behind.split('"').next().unwrap());
        }
    }
    assert!(sentences > 60, "{sentences}");
    for (behind, count) in [("pick(&handle, ", 2), ("folder(&handle, ", 1)] {
        for behind in source("src/commands/files.rs").split(behind).skip(1) {
            let texts = literals(behind.split(')').next().unwrap());
            texts.iter().take(count).filter(|text| *text != "todo.txt").for_each(|text| has_german(text));
        }
    }
}

#[test]
fn what_the_phone_says_has_german_words() {
    let strings =
        fs::read_to_string(root().join("plugins/nearby/android/src/main/res/values/strings.xml")).unwrap();
    let told = strings.lines().filter(|line| line.contains("<string") && !line.contains("nearby_service_"));
    let texts: Vec<&str> =
        told.filter_map(|line| line.split_once('>')?.1.split_once('<')).map(|(text, _)| text).collect();
    assert!(texts.len() > 20);
    texts.into_iter().for_each(has_german);
}

#[test]
fn what_an_import_tells_has_german_words() {
    let mut told = 0;
    let files = files("crates/planner/src/exchange/whph").into_iter().chain(
        [
            "planner/src/todo_txt.rs",
            "exchange/src/markdown.rs",
            "exchange/src/lines.rs",
            "exchange/src/whph/read.rs",
            "exchange/src/whph/mod.rs",
        ]
        .map(|file| format!("crates/{file}")),
    );
    for text in files.flat_map(|file| literals(&source(&file))) {
        if ["it ", "its ", "the ", "times ", "links ", "app ", "deleted in", "days of"]
            .iter()
            .any(|begin| text.starts_with(begin))
        {
            told += 1;
            has_german(&text);
        }
    }
    assert!(told > 30, "{told}");
    ["settings", "paired devices", "statuses of your own", "line 7"].into_iter().for_each(has_german);
    has_german("it belongs to one device alone");
}

fn channel_errors() -> [ChannelError; 12] {
    [
        ChannelError::OtherVersion { ours: 1, theirs: 2 },
        ChannelError::NotOurs,
        ChannelError::Stranger,
        ChannelError::WrongCode,
        ChannelError::Imposter,
        ChannelError::Replayed,
        ChannelError::BadHandshake,
        ChannelError::Timeout,
        ChannelError::BadRecord,
        ChannelError::TooLarge,
        ChannelError::Closed,
        ChannelError::Stranger,
    ]
}

#[test]
fn why_two_devices_do_not_sync_has_german_words() {
    let byes = [
        ByeReason::Done,
        ByeReason::OtherVersion,
        ByeReason::Restart,
        ByeReason::Renew,
        ByeReason::Unequal,
        ByeReason::Storage,
        ByeReason::Protocol,
        ByeReason::Stalled,
        ByeReason::Stopped,
        ByeReason::NotNow,
        ByeReason::Settled,
    ];
    let unequal = |quarantined| End::Unequal { kinds: vec!["task".into()], quarantined };
    let storage = ["the disk is full, so nothing more can be saved; make room and try again", "anything"];
    let ends = [
        End::Proved,
        End::OtherVersion { theirs: [1, 2] },
        End::Restart,
        End::Renew,
        unequal(0),
        unequal(3),
        End::Stalled,
        End::Stopped,
        End::NotNow,
        End::Settled,
        End::Alarms,
        End::Lost,
        End::Protocol("a batch that goes back".into()),
    ];
    let ends: Vec<String> = ends
        .into_iter()
        .chain(byes.map(End::Left))
        .chain(storage.map(|why| End::Storage(why.into())))
        .map(|end| end.to_string())
        .collect();
    // As the history keeps them.
    ends.iter().for_each(|end| has_german(end));
    let missing =
        "what this device shares with it is gone from the key store; `whph forget \"bob\"`, then pair anew";
    has_german(missing);
    let failures = [ConnectFailure::NoAnswer, ConnectFailure::Refused, ConnectFailure::NotPaired];
    let failures = || failures.iter().cloned().chain(channel_errors().map(ConnectFailure::Channel));
    for words in
        ends.into_iter().chain(failures().map(|failure| failure.to_string())).chain([missing.to_owned()])
    {
        let (reason, next) = status::problem(&words);
        has_german(&reason);
        has_german(&next);
        has_german(&format!("{reason} {next}"));
    }
    failures().for_each(|failure| has_german(&status::unreachable(&failure)));
    for failure in [SyncFailure::Paused, SyncFailure::Offline] {
        has_german(&sentence(&failure.to_string()));
    }
    for file in ["mod", "proof", "repair", "outflow", "inflow", "hello", "agreement"] {
        for behind in source(&format!("crates/sync-core/src/session/{file}.rs")).split("Protocol(\"").skip(1)
        {
            has_german(&sentence(behind.split('"').next().unwrap()));
        }
    }
}

#[test]
fn where_the_keys_are_and_a_new_life_have_german_words() {
    for line in literals(&source("crates/sync-engine/src/keystore/mod.rs")) {
        if line.starts_with("keys are") {
            has_german(&sentence(&format!("the {line}")));
        }
    }
    for renewal in [Renewal::Copied, Renewal::Restored, Renewal::Unmarked] {
        has_german(&sentence(&renewal.to_string()));
    }
}

#[test]
fn a_refused_value_has_german_words() {
    let message = |violation: Violation| {
        let key = EntityKey::new("task", Uuid::nil());
        AppError::from(EngineError::Refused(Refusal::Rule { key, violation })).message
    };
    let mut rules = vec![
        Violation::new("tags", "is not a list"),
        Violation::new("tags", "must have at most 9 items, and this has 10"),
        Violation::new("title", "is 9 bytes long; 8 is the most"),
        Violation::new("title", "must be at most 8 bytes of JSON, and this is 9"),
        Violation::new("tags", "must not be blank (the name of a tag)"),
    ];
    for kind in schema().kinds {
        for field in &kind.fields {
            let wrong = [json!({}), json!("\0"), json!("a\u{1}b"), json!("x".repeat(200_000)), json!(1e300)];
            rules.extend(wrong.iter().filter_map(|value| field.check(value).err()));
            // What needs another field, is required beside one, or comes too early.
            let given = match field.shape {
                Shape::Bool => json!(true),
                Shape::Integer { min, .. } => json!(min),
                Shape::Choice(words) => json!(words.last()),
                Shape::Text { .. } | Shape::Real | Shape::Day | Shape::Clock | Shape::Moment | Shape::Id => {
                    json!(" ")
                }
            };
            let named = kind
                .fields
                .iter()
                .filter(|field| field.required)
                .map(|field| (field.name.to_owned(), json!("x")));
            rules.extend(
                kind.check
                    .and_then(|check| check(&named.chain([(field.name.to_owned(), given)]).collect()).err()),
            );
        }
    }
    let task = |fields: Value| schema().kind("task").unwrap().check_entity(fields.as_object().unwrap());
    rules.extend(task(json!({ "title": "a", "recurrence": "days_of_week" })).err());
    rules.extend(task(json!({ "title": "a", "recurrence": "daily", "recurrence_start": "2026-05-02", "recurrence_end": "2026-05-01" })).err());
    rules.extend(task(json!({})).err());
    assert!(rules.len() > 60, "{}", rules.len());
    for violation in rules {
        // As an import tells it, and as a command does.
        has_german(&violation.to_string());
        has_german(&format!("{violation}; shorten or change it in WHPH, and import again"));
        has_german(&message(violation));
    }
    let key = || EntityKey::new("task", Uuid::nil());
    let others = [Refusal::Kind { kind: "A".into() }, Refusal::NothingKept { number: 3, key: key() }];
    others.into_iter().for_each(|refusal| has_german(&AppError::from(EngineError::Refused(refusal)).message));
}

#[test]
fn fields_and_choices_have_german_words() {
    for kind in schema().kinds {
        for field in &kind.fields {
            has_german(&words::label(field.name));
            if let Shape::Choice(choices) = field.shape {
                choices.iter().for_each(|choice| has_german(&words::text(Some(field), &json!(choice))));
            }
        }
    }
    let task = schema();
    let field = |name: &str| task.kind("task").unwrap().field(name);
    for minutes in [5, 60, 90] {
        has_german(&words::text(field("estimated_minutes"), &json!(minutes)));
    }
    for month in 1..=12 {
        has_german(&words::text(field("planned"), &json!(format!("2026-{month:02}-09T12:00:00Z"))));
    }
    let archived = task.kind("tag").unwrap().field("archived");
    for value in [json!(true), json!(false), Value::Null] {
        has_german(&words::text(archived, &value));
    }
}
