//! What the page can ask, a file an area. The list below is the whole of it: what is not in it cannot be called, and
//! `gen/bindings.ts` says the same in TypeScript.

pub(crate) mod carried;
mod chosen;
pub(crate) mod data;
pub(crate) mod devices;
pub(crate) mod files;
pub(crate) mod nets;
pub(crate) mod pairing;
pub(crate) mod phone;
pub(crate) mod review;
pub(crate) mod search;
pub(crate) mod start;

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;
use sync_core::entity::EntityKey;
use sync_core::identity::DeviceId;
use tauri::Wry;
use tauri_specta::{Builder, Casing, ErrorHandlingMode, collect_commands, collect_events};
use uuid::Uuid;

use crate::error::AppError;
use crate::events::{
    DataChanged, DevicesChanged, ItemOpened, LinkOpened, PairingEvent, PhoneChanged, StatusChanged,
};

/// The commands and events, with their types.
pub(crate) fn bindings() -> Builder<Wry> {
    Builder::new()
        .commands(collect_commands![
            start::start,
            start::set_up,
            start::rename_this,
            start::options,
            start::set_autostart,
            start::set_close_to_tray,
            start::set_on_metered,
            start::set_reminders,
            start::set_language,
            start::status,
            data::list,
            data::changes,
            data::save,
            data::save_here,
            files::import_lines,
            files::import_todo_txt,
            files::import_markdown,
            files::import_whph,
            files::export_lines,
            files::export_markdown,
            search::search,
            devices::devices,
            devices::sync_now,
            devices::label_peer,
            devices::forget,
            devices::share_kind,
            devices::set_paused,
            devices::answer_first_merge,
            nets::pending,
            nets::put_back,
            nets::share,
            nets::undo_sweep,
            nets::dismiss_sweep,
            carried::write_bundle,
            carried::read_bundle,
            carried::agree_to_bundle,
            carried::has_recovery_key,
            carried::new_recovery_key,
            carried::use_recovery_key,
            carried::write_backup,
            carried::choose_backup,
            carried::restore_backup,
            pairing::open_invite,
            pairing::close_invite,
            pairing::read_qr,
            pairing::join,
            pairing::decide,
            phone::phone,
            phone::phone_ask,
            phone::phone_settings,
            phone::nearby_start,
            phone::nearby_connect,
            phone::nearby_stop,
            phone::opened_link,
            review::reviews,
            review::review,
            review::resolve,
            review::decided,
        ])
        .events(collect_events![
            StatusChanged,
            DataChanged,
            DevicesChanged,
            ItemOpened,
            LinkOpened,
            PairingEvent,
            PhoneChanged
        ])
        .error_handling(ErrorHandlingMode::Throw)
        .function_casing(Casing::SnakeCase)
        // What is absent is `null` both ways; the page never leaves it out.
        .disable_serde_phases()
        // Milliseconds, counts and numbers of rows: none comes near 2^53.
        .dangerously_cast_bigints_to_number()
}

/// Any JSON, for the bindings: the values themselves are `serde_json`'s.
#[derive(Serialize, Type)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its type is used")]
pub(crate) enum JsonValue {
    Null(()),
    Bool(bool),
    Number(i32),
    String(String),
    Array(Vec<JsonValue>),
    Object(BTreeMap<String, JsonValue>),
}

/// The entity that the page means.
fn key(kind: &str, id: &str) -> Result<EntityKey, AppError> {
    let id = Uuid::try_parse(id)
        .map_err(|_| AppError::new("no-entity", format!("{id:?} is the id of nothing.")))?;
    Ok(EntityKey::new(kind, id))
}

/// The device that the page means.
fn device_id(id: &str) -> Result<DeviceId, AppError> {
    id.parse().map_err(|_| AppError::new("no-device", format!("{id:?} is the id of no device.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use specta_typescript::Typescript;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    fn top() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn json_file(path: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(top().join("src-tauri").join(path)).unwrap()).unwrap()
    }

    #[test]
    fn bindings_are_exported() {
        let committed = top().join("gen/bindings.ts");
        let header = "// What the page can ask the app: written from src-tauri/src/commands by `cargo xtask gen`; do not edit.\n";
        let typescript = || Typescript::default().header(header);
        if env::var_os("WHPH_WRITE_BINDINGS").is_some() {
            bindings().export(typescript(), &committed).unwrap();
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let fresh = dir.path().join("bindings.ts");
        bindings().export(typescript(), &fresh).unwrap();
        let [committed, fresh] = [committed, fresh].map(|path| fs::read_to_string(path).unwrap_or_default());
        assert!(committed == fresh, "gen/bindings.ts is stale: run `cargo xtask gen`");
    }

    #[test]
    fn the_page_may_call_our_commands_hear_our_events_read_the_database_and_nothing_else() {
        let files: Vec<_> = fs::read_dir(top().join("src-tauri/capabilities")).unwrap().collect();
        assert_eq!(files.len(), 2);
        let capability = json_file("capabilities/page.json");
        assert_eq!(
            capability["permissions"],
            json!(["core:event:allow-listen", "core:event:allow-unlisten", "sql:allow-select"])
        );
        assert_eq!(capability["windows"], json!(["main"]));
        assert_eq!(capability.get("remote"), None);

        let on_phone = json_file("capabilities/phone.json");
        assert_eq!((&on_phone["platforms"], &on_phone["windows"]), (&json!(["android"]), &json!(["main"])));
        let more = on_phone["permissions"].as_array().unwrap();
        assert!(more.iter().all(|permission| permission.as_str().unwrap().starts_with("barcode-scanner:")));
        assert_eq!(on_phone.get("remote"), None);
    }

    #[test]
    fn the_page_runs_no_foreign_or_inline_script_and_sends_nothing_elsewhere() {
        let app = &json_file("tauri.conf.json")["app"];
        assert_eq!(app["withGlobalTauri"], json!(false));
        let security = &app["security"];
        assert_eq!(security["freezePrototype"], json!(true));
        assert_eq!(security.get("dangerousDisableAssetCspModification"), None);
        let csp = security["csp"].as_str().unwrap();
        for unsafe_word in ["unsafe", "*", "https:", "http: ", "eval"] {
            assert!(!csp.contains(unsafe_word), "{unsafe_word} in {csp}");
        }
        for rule in [
            "default-src 'self'",
            "script-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(csp.split("; ").any(|part| part == rule), "{rule} is missing in {csp}");
        }
    }

    #[test]
    fn what_the_page_names_is_parsed_before_it_is_used() {
        assert_eq!(key("task", "nonsense").unwrap_err().code, "no-entity");
        assert_eq!(device_id("nonsense").unwrap_err().code, "no-device");
    }
}
