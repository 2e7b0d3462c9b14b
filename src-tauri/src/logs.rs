//! What the app notes in a file, so that a person can find out why something did not work. Only our own words, codes and
//! counts: never what is in an entity, a code or a link; so other crates' lines, which may hold anything, are left out.

use log::LevelFilter;
use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tauri_plugin_log::{Builder, RotationStrategy, Target, TargetKind, TimezoneStrategy};

/// Longest file, in bytes; then the next begins.
const FILE_MAX: u128 = 512 * 1024;
/// How many of the files before are kept.
const FILES_KEPT: usize = 3;

pub(crate) fn plugin() -> TauriPlugin<Wry> {
    // A panic's words may quote what it stumbled over; its place says enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        log::error!(target: "whph_app", "panicked at {place}");
        eprintln!("whph-app: panicked at {place}");
    }));
    Builder::new()
        .level(LevelFilter::Off)
        .level_for("whph_app", LevelFilter::Info)
        .clear_targets()
        .target(Target::new(TargetKind::LogDir { file_name: Some("whph".to_owned()) }))
        .max_file_size(FILE_MAX)
        .rotation_strategy(RotationStrategy::KeepSome(FILES_KEPT))
        .timezone_strategy(TimezoneStrategy::UseLocal)
        .build()
}
