//! What the app costs: how long until its window can be used, how much memory it takes, how large it is. `cargo xtask bench
//! window` runs it with the release build.

use serde_json::Value;
use stage::{Stage, play};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

/// Starts whose median is told.
const STARTS: usize = 7;
/// Tasks on the device.
const TASKS: usize = 1_000;

fn main() {
    play(|stage| async move {
        furnish(&stage);
        let mut starts = Vec::new();
        let mut memory = (0, 0);
        for _ in 0..STARTS {
            let window = stage.open("laptop").await;
            window.sees("Task 1").await;
            let usable = window.script(USABLE).await.as_f64().expect("a mark");
            starts.push(usable - window.app_started());
            memory = window.memory();
            window.close().await;
        }
        starts.sort_by(f64::total_cmp);
        let mb = |bytes: u64| bytes as f64 / 1e6;
        println!("With {TASKS} tasks, the median of {STARTS} starts:");
        println!(
            "  from the start of the program to a window that can be used  {:.0} ms",
            starts[STARTS / 2]
        );
        println!("  memory of the app itself                                    {:.0} MB", mb(memory.0));
        println!("  memory of WebKit's own processes                            {:.0} MB", mb(memory.1));
        println!(
            "  the program's size                                          {:.1} MB",
            mb(stage.program_size())
        );
    });
}

/// The moment, in Unix milliseconds, at which the page had everything that it shows first.
const USABLE: &str = "return performance.timeOrigin + performance.getEntriesByName('usable')[0].startTime";

fn furnish(stage: &Stage) {
    let init = ["init", "--name", "Laptop", "--listen", "127.0.0.1:0", "--keys", "file"];
    stage.output(stage.whph("laptop").args(init));
    let mut lines = String::new();
    for n in 1..=TASKS {
        let planned: Value = "2026-01-02T09:00:00Z".into();
        let fields =
            serde_json::json!({ "title": format!("Task {n}"), "status": "todo", "planned": planned });
        writeln!(lines, "{}", serde_json::json!({ "kind": "task", "fields": fields })).expect("a string");
    }
    let mut import = stage.whph("laptop");
    import.args(["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut import = import.spawn().expect("whph");
    import.stdin.take().expect("it was piped").write_all(lines.as_bytes()).expect("it reads");
    assert!(import.wait().expect("it ends").success());
}
