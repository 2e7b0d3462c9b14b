//! `cargo xtask gen`: the files that are generated from the code, and committed so that a review shows how they
//! change.

use std::fs;

use crate::failure::Failure;
use crate::process;

/// File in gen/, and the cargo command that prints it.
const GENERATED: &[(&str, &[&str])] =
    &[("schema.sql", &["run", "--quiet", "--package", "sync-store", "--example", "dump_schema"])];

pub(crate) fn generate() -> Result<(), Failure> {
    for (file, command) in GENERATED {
        println!("Writing gen/{file}");
        let text = process::output(&mut process::cargo(command.iter().copied()))?;
        let path = process::root().join("gen").join(file);
        fs::write(&path, text).map_err(|source| Failure::Write { path, source })?;
    }
    println!("Writing gen/bindings.ts");
    // The test that compares it also writes it: what the app can do is known to the app alone.
    let mut test = process::cargo(["test", "--quiet", "--workspace", "--lib", "bindings_are_exported"]);
    process::run(test.env("WHPH_WRITE_BINDINGS", "1"))
}
