//! Tauri's part of the build.

use std::path::Path;

fn main() {
    // Without the page the build fails deep inside a macro. This says what to do instead.
    println!("cargo::rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").exists() {
        println!(
            "cargo::error=ui/dist is missing: build the page first, with `npm ci` and `npm run build` in ui/"
        );
        return;
    }
    tauri_build::build();
}
