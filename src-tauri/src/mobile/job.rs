//! The two functions that Kotlin's `CatchUp` calls, in a process of its own where no page runs.

#![allow(unsafe_code, reason = "Java finds native functions by their exported names")]

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jni::JNIEnv;
use jni::objects::{JClass, JString};
use jni::sys::{jint, jstring};
use serde_json::json;
use tokio::sync::Notify;

use super::planner_in;
use crate::catch_up::catch_up;

static STOP: LazyLock<Arc<Notify>> = LazyLock::new(Arc::default);

/// `CatchUp.catchUp(dataDir, seconds)`: blocks; how it went, as one line of JSON.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_whph_nearby_CatchUp_catchUp(
    mut env: JNIEnv<'_>,
    _class: JClass<'_>,
    data_dir: JString<'_>,
    seconds: jint,
) -> jstring {
    let said = match env.get_string(&data_dir) {
        Ok(dir) => {
            let dir = planner_in(Path::new(&String::from(dir)));
            let limit = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
            // A panic must not unwind into Java.
            let caught = std::panic::catch_unwind(|| catch_up(&dir, limit, &STOP));
            match caught {
                Ok(Ok(peers)) => json!({ "ok": true, "peers": peers }),
                Ok(Err(error)) => json!({ "ok": false, "reason": error.to_string() }),
                Err(_) => {
                    json!({ "ok": false, "reason": "it stopped in the middle; it is tried again later" })
                }
            }
        }
        Err(error) => json!({ "ok": false, "reason": error.to_string() }),
    };
    env.new_string(said.to_string()).map_or(std::ptr::null_mut(), JString::into_raw)
}

/// `CatchUp.stopCatchUp()`: has the other one return soon.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_whph_nearby_CatchUp_stopCatchUp(_env: JNIEnv<'_>, _class: JClass<'_>) {
    STOP.notify_one();
}
