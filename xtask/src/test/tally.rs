//! Counting tests from what cargo, the test programs and the frontend's test runner print.

use std::collections::BTreeMap;
use std::fmt;

/// The name of the frontend's suite.
pub(super) const FRONTEND: &str = "ui";

/// What has run so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    /// Suite (a crate, as rustc names it) to the number of its tests that passed or failed.
    suites: BTreeMap<String, u64>,
    open: Option<Suite>,
    /// Tests of the open suite that say they could not ask their question here; they pass, and show nothing.
    unasked: u64,
    failures: Vec<String>,
}

#[derive(Debug)]
struct Suite {
    name: String,
    has_result: bool,
}

impl Tally {
    /// Takes in one line of output.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(name) = suite_name(line) {
            self.close_suite();
            self.suites.entry(name.clone()).or_default();
            self.open = Some(Suite { name, has_result: false });
        } else if let (Some(test), Some(suite)) = (failed_test(line), &self.open) {
            self.failures.push(format!("{}: {test}", suite.name));
        } else if line.starts_with("skipped: ") {
            self.unasked += 1;
        } else if let Some([passed, failed, skipped]) = counts(line) {
            let unasked = std::mem::take(&mut self.unasked).min(passed);
            let passed = passed - unasked;
            self.passed += passed;
            self.failed += failed;
            self.skipped += skipped + unasked;
            if let Some(suite) = &mut self.open {
                suite.has_result = true;
                *self.suites.entry(suite.name.clone()).or_default() += passed + failed;
            }
        }
    }

    /// Says that the output of the open suite has ended. One that ended without a result crashed: a failure.
    pub(super) fn close_suite(&mut self) {
        if let Some(suite) = self.open.take().filter(|suite| !suite.has_result) {
            self.add_failure(format!("{}: crashed before its result", suite.name));
            *self.suites.entry(suite.name).or_default() += 1;
        }
    }

    /// Counts a failure that no test program tells of.
    pub(super) fn add_failure(&mut self, what: String) {
        self.failed += 1;
        self.failures.push(what);
    }

    /// What failed, a line each.
    pub(super) fn failures(&self) -> &[String] {
        &self.failures
    }

    pub(super) fn failed(&self) -> u64 {
        self.failed
    }

    pub(super) fn ran(&self) -> u64 {
        self.passed + self.failed
    }

    /// How many tests ran in the suite of a crate.
    pub(super) fn ran_in(&self, suite: &str) -> u64 {
        self.suites.get(suite).copied().unwrap_or(0)
    }

    pub(super) fn has_suites(&self) -> bool {
        !self.suites.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

// " RUN  v4.0.18 /home/jo/whph/ui" begins the frontend's suite, "     Running unittests src/lib.rs (target/debug/deps/sync_core-0123456789abcdef)" names a program,
// "   Doc-tests sync_core" a crate whose examples follow.
fn suite_name(line: &str) -> Option<String> {
    if line.trim_start().starts_with("RUN  v") {
        return Some(FRONTEND.to_owned());
    }
    if let Some(name) = line.strip_prefix("   Doc-tests ") {
        return Some(format!("examples of {name}"));
    }
    let program = line.strip_prefix("     Running ")?.strip_suffix(')')?.rsplit(['(', '/', '\\']).next()?;
    Some(program.rsplit_once('-')?.0.to_owned())
}

// "test node::tests::it_dials ... FAILED"
fn failed_test(line: &str) -> Option<&str> {
    // " FAIL  test/review.test.ts > a choice > keeps what was typed"
    let of_frontend = line.trim_start().strip_prefix("FAIL  ");
    of_frontend.or_else(|| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}

// "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.02s", or from the frontend
// "      Tests  1 failed | 41 passed | 2 skipped (44)", which leaves out what is zero.
fn counts(line: &str) -> Option<[u64; 3]> {
    if let Some(counts) = line.trim_start().strip_prefix("Tests  ") {
        let (counts, _) = counts.rsplit_once(" (")?;
        let count = |word| {
            counts.split(" | ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok()).unwrap_or(0)
        };
        return Some([count("passed"), count("failed"), count("skipped")]);
    }
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word| counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
    Some([count("passed")?, count("failed")?, count("ignored")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORE: &str = "     Running unittests src/lib.rs (target/debug/deps/sync_core-0ef1)";
    const STORE: &str = r"     Running unittests src\lib.rs (target\debug\deps\sync_store-77aa.exe)";

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally.close_suite();
        tally
    }

    #[test]
    fn results_are_added_up_a_suite() {
        let tally = tally(&[
            CORE,
            "running 4 tests",
            "test stamp::tests::it_orders ... ok",
            "test hlc::tests::it_ticks ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.02s",
            STORE,
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "   Doc-tests sync_core",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ]);
        assert_eq!(tally.to_string(), "7 passed, 1 failed, 1 skipped");
        assert_eq!(tally.failures(), ["sync_core: hlc::tests::it_ticks"]);
        assert_eq!((tally.ran_in("sync_core"), tally.ran_in("sync_store"), tally.ran_in("whph")), (3, 3, 0));
    }

    #[test]
    fn the_frontend_counts_as_well() {
        let tally = tally(&[
            CORE,
            "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            " RUN  v4.0.18 /home/jo/whph/ui",
            " FAIL  test/review.test.ts > a choice > keeps what was typed",
            " Test Files  1 failed | 3 passed (4)",
            "      Tests  1 failed | 41 passed | 2 skipped (44)",
        ]);
        assert_eq!(tally.to_string(), "43 passed, 1 failed, 2 skipped");
        assert_eq!(tally.ran_in(FRONTEND), 42);
        assert_eq!(tally.failures(), ["ui: test/review.test.ts > a choice > keeps what was typed"]);
    }

    #[test]
    fn a_test_that_could_not_ask_its_question_is_none_that_passed() {
        let tally = tally(&[
            CORE,
            "skipped: no clock can be set here",
            "test clocks::it_is_set ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            STORE,
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ]);
        assert_eq!(tally.to_string(), "3 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_suite_that_crashes_is_a_failure() {
        let crashed_first =
            tally(&[CORE, "running 9 tests", STORE, "test result: ok. 1 passed; 0 failed; 0 ignored"]);
        assert_eq!(crashed_first.to_string(), "1 passed, 1 failed");
        assert_eq!(tally(&[CORE, "running 9 tests"]).to_string(), "0 passed, 1 failed");
    }

    #[test]
    fn what_a_test_prints_is_not_counted() {
        let tally = tally(&[
            CORE,
            "Running late (for/the-train)",
            "the test result: ok. 100 passed; 0 failed; 0 ignored",
            "test result: unclear",
            "test result: ok. 1 passed; 0 failed; 0 ignored",
        ]);
        assert_eq!(tally.to_string(), "1 passed, 0 failed");
        assert_eq!(tally.ran_in("sync_core"), 1);
    }
}
