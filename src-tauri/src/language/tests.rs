//! That every text of ours has German words. Many are read from the sources, so that a new one cannot be forgotten.

use std::fs;
use std::path::Path;

use planner::schema;
use serde_json::{Map, Value, json};
use sync_core::channel::ChannelError;
use sync_core::entity::EntityKey;
use sync_core::schema::{Shape, Violation};
use sync_core::session::End;
use sync_core::wire::ByeReason;
use sync_engine::online::{ConnectFailure, SyncFailure};
use sync_engine::{EngineError, Refusal, Renewal, StoreError};
use uuid::Uuid;

use super::*;
use crate::error::{AppError, sentence};
use crate::{status, words};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_german(text: &str) -> bool {
    GERMAN.as_ref().unwrap().sentences(text, &[]).is_some()
}

/// Fails unless `src-tauri/words/de.json` has a pair for each.
#[track_caller]
fn have_german<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) {
    let texts = texts.into_iter().map(|text| text.as_ref().to_owned());
    let missing: Vec<String> = texts.filter(|text| !is_german(text)).collect();
    assert!(missing.is_empty(), "src-tauri/words/de.json has no pair for {missing:#?}");
}

/// The source of a file without its tests.
fn source(path: &str) -> String {
    let whole = fs::read_to_string(root().join(path)).unwrap();
    whole.split("mod tests {").next().unwrap().to_owned()
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
            found.extend(if name.ends_with("tests") { Vec::new() } else { files(&name) });
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
        assert_eq!(table.say(case[0].as_str().unwrap(), &[]), case[1], "{}", case[0]);
    }
    for case in cases["named"].as_array().unwrap() {
        let names: Vec<String> = serde_json::from_value(case[1].clone()).unwrap();
        assert_eq!(Language::German.say_of(case[0].as_str().unwrap(), &names), case[2], "{}", case[0]);
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
    // Said by the command line, to programs, or within another text that is looked at below.
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
        "session/end.rs: the other device ended",
    ];
    let own = [
        "`whph",
        "--",
        "is no id: give",
        "several fields of",
        "is so already",
        "is set up already",
        "holds other files",
        "a device needs a name",
        "this device has no recovery key",
    ];
    let holes = ["X1", "X1: X2", "X1. Nothing was changed."];
    let folders = ["sync-core", "sync-engine", "sync-store", "sync-net", "planner", "exchange", "search"];
    let folders = folders.map(|name| format!("crates/{name}/src"));
    let mut errors = Vec::new();
    for file in folders.iter().flat_map(|folder| files(folder)).chain(files("plugins/nearby/src")) {
        let source = source(&file);
        for behind in source.split("#[error(").skip(1).filter(|behind| !behind.starts_with("transparent")) {
            let Some((text, _)) = literal(behind) else { continue };
            let text = text.replace(" with --data", "");
            let place = format!("{file}: {text}");
            if !holes.contains(&text.as_str())
                && !own.iter().any(|own| text.contains(own))
                && !elsewhere.iter().any(|part| place.contains(part))
            {
                errors.push(text);
            }
        }
    }
    assert!(errors.len() > 100, "{}", errors.len());
    // Within a sentence, or as one.
    have_german(errors.into_iter().map(|text| if is_german(&text) { text } else { sentence(&text) }));
}

#[test]
fn every_sentence_of_the_app_has_german_words() {
    // With one thing and with several, instead.
    let counts = [
        "X1 X2 your decision.",
        "X1 X2. Nothing was changed.",
        "Syncing with X1: X2.",
        "X1: up to date with X2.",
        "X1: X2 of X3 not reached or not equal.",
    ];
    have_german(["12:30: up to date with 1 device.", "12:30: up to date with 2 devices."]);
    have_german([
        "12:30: 1 of 1 device not reached or not equal.",
        "12:30: 1 of 2 devices not reached or not equal.",
    ]);
    let mut sentences = Vec::new();
    for file in files("src").into_iter().filter(|file| !file.contains("language")) {
        let source = source(&file);
        let begins = |text: &str| text.starts_with(|c: char| c.is_uppercase() || c == '"');
        let whole = |text: &String| text.ends_with('.') && text.contains(' ') && begins(text);
        sentences.extend(
            literals(&source).into_iter().filter(whole).filter(|text| !counts.contains(&text.as_str())),
        );
        // What is said where it is shown.
        sentences.extend(
            source.split(".say(\"").skip(1).filter_map(|behind| Some(behind.split_once('"')?.0.to_owned())),
        );
    }
    assert!(sentences.len() > 60, "{}", sentences.len());
    have_german(sentences);
    let chosen = source("src/commands/files.rs");
    for (behind, count) in [("pick(&handle, ", 2), ("folder(&handle, ", 1)] {
        let calls = chosen.split(behind).skip(1).filter_map(|behind| behind.split(')').next());
        have_german(
            calls.flat_map(|call| literals(call).into_iter().take(count)).filter(|text| text != "todo.txt"),
        );
    }
}

#[test]
fn what_the_phone_says_has_german_words() {
    let strings =
        fs::read_to_string(root().join("plugins/nearby/android/src/main/res/values/strings.xml")).unwrap();
    // The notification of the service is the system's to show, with what `mobile` says in it.
    let told = strings.lines().filter(|line| line.contains("<string") && !line.contains("nearby_service_"));
    let texts: Vec<&str> = told.filter_map(|line| Some(line.split_once('>')?.1.split_once('<')?.0)).collect();
    assert!(texts.len() > 20);
    have_german(texts);
}

#[test]
fn what_an_import_tells_has_german_words() {
    let others = [
        "planner/src/todo_txt",
        "exchange/src/markdown",
        "exchange/src/lines",
        "exchange/src/whph/read",
        "exchange/src/whph/mod",
    ];
    let others = others.map(|file| format!("crates/{file}.rs"));
    let begins =
        ["it ", "its ", "the database", "the task", "times ", "links ", "app ", "deleted in", "days of"];
    let texts = files("crates/planner/src/exchange/whph")
        .into_iter()
        .chain(others)
        .flat_map(|file| literals(&source(&file)));
    let told: Vec<String> = texts.filter(|text| begins.iter().any(|begin| text.starts_with(begin))).collect();
    assert!(told.len() > 30, "{}", told.len());
    have_german(told);
    have_german([
        "settings",
        "paired devices",
        "statuses of your own",
        "line 7",
        "it belongs to one device alone",
    ]);
    have_german(["it recurs on day 3 of the month, which cannot be said here"]);
}

#[test]
fn why_two_devices_do_not_sync_has_german_words() {
    let channel = [
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
    ];
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
    let storage = [
        StoreError::Busy,
        StoreError::DiskFull,
        StoreError::ReadOnly,
        StoreError::Damaged("a digest has the wrong length".into()),
        StoreError::NotPaired,
        StoreError::ClockUsedUp,
    ];
    let unequal = |quarantined| End::Unequal { kinds: vec!["task".into()], quarantined };
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
    let stored = storage.into_iter().map(|error| End::Storage(error.to_string()));
    let ends = ends.into_iter().chain(byes.map(End::Left)).chain(stored).map(|end| end.to_string());
    let missing =
        "what this device shares with it is gone from the key store; `whph forget \"bob\"`, then pair anew";
    // As the history keeps them.
    let kept: Vec<String> = ends.chain([missing.to_owned()]).collect();
    have_german(&kept);
    let failures = [ConnectFailure::NoAnswer, ConnectFailure::Refused, ConnectFailure::NotPaired];
    let failures: Vec<_> = failures.into_iter().chain(channel.map(ConnectFailure::Channel)).collect();
    for words in kept.into_iter().chain(failures.iter().map(ToString::to_string)) {
        let (reason, next) = status::problem(&words);
        have_german([format!("{reason} {next}"), reason, next]);
    }
    have_german(failures.iter().map(status::unreachable));
    have_german([SyncFailure::Paused, SyncFailure::Offline].map(|failure| sentence(&failure.to_string())));
    for file in files("crates/sync-core/src/session") {
        let source = source(&file);
        let told = source.split("Protocol(\"").skip(1).filter_map(|behind| behind.split('"').next());
        have_german(told.map(sentence));
    }
}

#[test]
fn where_the_keys_are_and_a_new_life_have_german_words() {
    let lines = literals(&source("crates/sync-engine/src/keystore/mod.rs"));
    let lines: Vec<String> = lines.into_iter().filter(|line| line.starts_with("keys are")).collect();
    assert_eq!(lines.len(), 2);
    have_german(lines.iter().map(|line| sentence(&format!("the {line}"))));
    let renewals = [Renewal::Copied, Renewal::Restored, Renewal::Unmarked];
    have_german(renewals.map(|renewal| sentence(&renewal.to_string())));
}

#[test]
fn a_refused_value_has_german_words() {
    let key = || EntityKey::new("task", Uuid::nil());
    let message = |refusal| AppError::from(EngineError::Refused(refusal)).message;
    let mut rules = vec![
        Violation::new("tags", "is not a list"),
        Violation::new("tags", "must have at most 9 items, and this has 10"),
        Violation::new("title", "is 9 bytes long; 8 is the most"),
        Violation::new("title", "must be at most 8 bytes of JSON, and this is 9"),
        Violation::new("tags", "must not be blank (the name of a tag)"),
        Violation::new("tags", "must be at most 8 bytes long, and this is 9 (the name of a tag)"),
    ];
    for kind in schema().kinds {
        for field in &kind.fields {
            let wrong = [json!({}), json!("\0"), json!("a\u{1}b"), json!("x".repeat(200_000)), json!(1e300)];
            rules.extend(wrong.iter().filter_map(|value| field.check(value).err()));
            // What needs another field, is required beside one, or is blank.
            let given = match field.shape {
                Shape::Bool => json!(true),
                Shape::Integer { min, .. } => json!(min),
                Shape::Choice(words) => json!(words.last()),
                Shape::Text { .. }
                | Shape::Real
                | Shape::Day
                | Shape::Clock
                | Shape::Moment
                | Shape::DayOrMoment
                | Shape::Id => json!(" "),
            };
            let required = kind.fields.iter().filter(|field| field.required);
            let named = required.map(|field| (field.name.to_owned(), json!("x")));
            let fields = named.chain([(field.name.to_owned(), given)]).collect();
            rules.extend(kind.check.and_then(|check| check(&fields).err()));
        }
        rules.extend(kind.check_entity(&Map::new()).err());
    }
    let (from, to) = ("2026-05-02", "2026-05-01");
    for fields in [
        json!({ "title": "a", "recurrence": "days_of_week" }),
        json!({ "title": "a", "recurrence": "daily", "recurrence_start": from, "recurrence_end": to }),
    ] {
        rules.extend(schema().kind("task").unwrap().check_entity(fields.as_object().unwrap()).err());
    }
    assert!(rules.len() > 60, "{}", rules.len());
    // What a value must be stands in a hole, which takes in English too.
    let shapes = source("crates/sync-core/src/schema/shape.rs");
    have_german(literals(shapes.split_once("fn describe").unwrap().1.split_once("\n    }").unwrap().0));
    for violation in rules {
        // As an import tells it, and as a command does.
        let told = violation.to_string();
        have_german([format!("{told}; shorten or change it in WHPH, and import again"), told]);
        have_german([message(Refusal::Rule { key: key(), violation })]);
    }
    have_german(
        [Refusal::Kind { kind: "A".into() }, Refusal::NothingKept { number: 3, key: key() }].map(message),
    );
}

#[test]
fn fields_and_choices_have_german_words() {
    let schema = schema();
    for kind in &schema.kinds {
        for field in &kind.fields {
            have_german([words::label(field.name)]);
            if let Shape::Choice(choices) = field.shape {
                have_german(choices.iter().map(|choice| words::text(Some(field), &json!(choice))));
            }
        }
    }
    let field = |kind: &str, name: &str| schema.kind(kind).unwrap().field(name);
    have_german([5, 60, 90].map(|minutes| words::text(field("task", "estimated_minutes"), &json!(minutes))));
    let days = (1..=12).map(|month| json!(format!("2026-{month:02}-{:02}T12:00:00Z", month + 8)));
    have_german(days.map(|day| words::text(field("task", "planned"), &day)));
    let values = [json!(true), json!(false), Value::Null];
    have_german(values.map(|value| words::text(field("tag", "archived"), &value)));
}
