//! WHPH Sync with a window.
// A program with a window brings no console along on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    whph_app::run()
}
