//! What the app costs: how long until its window can be used, how much memory it takes, how large it is. `cargo xtask bench
//! window` runs it with the release build.

use serde_json::Value;
use stage::{Stage, Window, play};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

/// Starts whose median is told.
const STARTS: usize = 7;
/// Tasks on the device.
const TASKS: [usize; 2] = [1_000, 10_000];
/// Times that each thing is done whose median is told.
const TIMES: usize = 15;

fn main() {
    play(|stage| async move {
        let mb = |bytes: u64| bytes as f64 / 1e6;
        for count in TASKS {
            let device = format!("laptop-{count}");
            furnish(&stage, &device, count);
            let mut starts = Vec::new();
            let mut memory = (0, 0);
            for start in 0..STARTS {
                let window = stage.open(&device).await;
                window.sees("Task 1").await;
                let usable = window.script(USABLE).await.as_f64().expect("a mark");
                starts.push(usable - window.app_started());
                memory = window.memory();
                if start + 1 == STARTS {
                    draw(&window, count).await;
                }
                window.close().await;
            }
            println!(
                "  from the start of the program to a window that can be used  {:.0} ms",
                median(&mut starts)
            );
            println!("  memory of the app itself                                    {:.0} MB", mb(memory.0));
            println!("  memory of WebKit's own processes                            {:.0} MB", mb(memory.1));
        }
        println!("The program's size: {:.1} MB", mb(stage.program_size()));
    });
}

/// How long things take in the window, from being done until they are drawn.
async fn draw(window: &Window, count: usize) {
    let view = |name: &str| {
        format!(
            "[...document.querySelectorAll('main [role=group] button')].find((one) => one.textContent.trim() === '{name}').click()"
        )
    };
    let typed = |text: &str| {
        format!(
            "const field = document.querySelector('[data-search]');
            field.value = '{text}';
            field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))"
        )
    };
    let (mut lists, mut keys) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        window.drawn_after(&view("Done")).await;
        lists.push(window.drawn_after(&view("All")).await);
        keys.push(window.drawn_after(&typed("ta")).await);
        keys.push(window.drawn_after(&typed("tas")).await);
        window.drawn_after(&typed("")).await;
    }
    println!("With {count} tasks, medians:");
    println!("  from a click to the list of all of them                     {:.0} ms", median(&mut lists));
    println!("  from a letter in the search field to what it leaves         {:.0} ms", median(&mut keys));
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The moment, in Unix milliseconds, at which the page had everything that it shows first.
const USABLE: &str = "return performance.timeOrigin + performance.getEntriesByName('usable')[0].startTime";

fn furnish(stage: &Stage, device: &str, count: usize) {
    let init = ["init", "--name", "Laptop", "--listen", "127.0.0.1:0", "--keys", "file"];
    stage.output(stage.whph(device).args(init));
    let mut lines = String::new();
    for n in 1..=count {
        let planned: Value = "2026-01-02T09:00:00Z".into();
        let fields =
            serde_json::json!({ "title": format!("Task {n}"), "status": "todo", "planned": planned });
        writeln!(lines, "{}", serde_json::json!({ "kind": "task", "fields": fields })).expect("a string");
    }
    let mut import = stage.whph(device);
    import.args(["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut import = import.spawn().expect("whph");
    import.stdin.take().expect("it was piped").write_all(lines.as_bytes()).expect("it reads");
    assert!(import.wait().expect("it ends").success());
}
