//! The benchmark itself: that it still runs, and says what it measured.

use std::process::Command;

#[test]
fn a_first_sync_is_measured_beside_the_floor() {
    let program = env!("CARGO_BIN_EXE_whph-bench");
    let measured =
        Command::new(program).args(["--sizes", "50", "--runs", "1", "--jobs", "1"]).output().unwrap();
    let said = String::from_utf8_lossy(&measured.stdout);
    assert!(measured.status.success(), "{said}{}", String::from_utf8_lossy(&measured.stderr));
    let row = said
        .lines()
        .find(|line| line.starts_with("J1 first sync of 50, durable"))
        .expect("a row for the job");
    assert!(row.contains('×') && row.contains("bytes an entity") && row.contains("MiB"), "{row}");
}

#[test]
fn options_that_are_none_are_refused_with_those_there_are() {
    let program = env!("CARGO_BIN_EXE_whph-bench");
    let refused = Command::new(program).args(["--sizes", "many"]).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--runs N"));
}
