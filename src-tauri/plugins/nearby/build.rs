//! Tells Tauri where the Kotlin is. The page can call none of the plugin's commands: it has the app's own.

fn main() {
    tauri_plugin::Builder::new(&[]).android_path("android").build();
}
