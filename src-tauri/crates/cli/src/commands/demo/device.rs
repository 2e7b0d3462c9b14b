//! A device of the demo: this very program, run with a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::errors::CliError;

pub(super) struct Device {
    pub(super) name: &'static str,
    folder: PathBuf,
    program: PathBuf,
}

impl Device {
    pub(super) fn new(name: &'static str, folder: &Path) -> Result<Self, CliError> {
        Ok(Self { name, folder: folder.join(name), program: std::env::current_exe()? })
    }

    /// Runs a command to its end. Returns the documents it printed.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<Vec<Value>, CliError> {
        self.run_with(arguments, "").await
    }

    /// Runs a command that prints one document.
    pub(super) async fn document(&self, arguments: &[&str]) -> Result<Value, CliError> {
        Ok(self.run(arguments).await?.pop().unwrap_or_default())
    }

    /// Runs a command with something on its standard input.
    pub(super) async fn run_with(&self, arguments: &[&str], input: &str) -> Result<Vec<Value>, CliError> {
        self.print(arguments, input).await?.lines().map(document).collect()
    }

    /// Runs a command and returns what it printed.
    pub(super) async fn print(&self, arguments: &[&str], input: &str) -> Result<String, CliError> {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that ends without reading everything says why by itself.
            drop(stdin.write_all(input.as_bytes()).await);
        }
        let Output { status, stdout, stderr } = child.wait_with_output().await?;
        if !status.success() {
            let what = format!("`whph {}` on the {}: {}", arguments.join(" "), self.name, message(&stderr));
            return Err(CliError::Demo { what });
        }
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    }

    /// Starts a command that goes on.
    pub(super) async fn start(&self, arguments: &[&str]) -> Result<Running, CliError> {
        let mut child = self.command(arguments).stdin(Stdio::null()).spawn()?;
        let stdout =
            child.stdout.take().ok_or_else(|| CliError::Demo { what: "no output to read".into() })?;
        Ok(Running { child, lines: BufReader::new(stdout).lines() })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--json").arg("--data").arg(&self.folder).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }
}

/// A command that goes on. Dropping it kills it.
pub(super) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The next document that it prints.
    pub(super) async fn document(&mut self) -> Result<Value, CliError> {
        self.next().await?.ok_or_else(|| CliError::Demo { what: "a command ended too early".into() })
    }

    /// The next document that it prints; `None` when it has ended.
    pub(super) async fn next(&mut self) -> Result<Option<Value>, CliError> {
        self.lines.next_line().await?.map(|line| document(&line)).transpose()
    }

    /// Everything else that it prints until it ends by itself.
    pub(super) async fn rest(mut self) -> Result<Vec<Value>, CliError> {
        let mut rest = Vec::new();
        while let Some(document) = self.next().await? {
            rest.push(document);
        }
        self.child.wait().await?;
        Ok(rest)
    }

    pub(super) async fn kill(mut self) -> Result<(), CliError> {
        Ok(self.child.kill().await?)
    }
}

fn document(line: &str) -> Result<Value, CliError> {
    Ok(serde_json::from_str(line).map_err(std::io::Error::from)?)
}

/// What a command that failed had to say.
fn message(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let last = text.lines().last().unwrap_or_default();
    let said = document(last).ok().and_then(|error| error["error"]["message"].as_str().map(str::to_owned));
    said.unwrap_or_else(|| last.to_owned())
}
