//! The worker processes, seen from outside.

use crate::error::BenchError;
use crate::worker::{Answer, Cost, Holding, Order, Pushed, Synced};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Which system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Engine,
    Floor,
}

impl Which {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Floor => "floor",
        }
    }
}

/// A process that works on one database. However a measurement ends, it ends too.
pub(crate) struct Worker {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    pub(crate) fn start(which: Which, dir: &Path) -> Result<Self, BenchError> {
        let mut child =
            command(&["work", which.name()], &[dir])?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lost = || BenchError::Wrong("a process without pipes".into());
        let (orders, answers) = (child.stdin.take().ok_or_else(lost)?, child.stdout.take().ok_or_else(lost)?);
        Ok(Self { child, orders, answers: BufReader::new(answers) })
    }

    pub(crate) fn listen(&mut self) -> Result<SocketAddr, BenchError> {
        match self.ask(&Order::Listen)? {
            Answer::Listening(address) => Ok(address),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn sync(&mut self, with: SocketAddr) -> Result<Synced, BenchError> {
        match self.ask(&Order::Sync(with))? {
            Answer::Synced(synced) => Ok(synced),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn push(&mut self, round: usize, count: usize) -> Result<Pushed, BenchError> {
        match self.ask(&Order::Push { round, count })? {
            Answer::Pushed(pushed) => Ok(pushed),
            other => Err(unexpected(&other)),
        }
    }

    /// Does something that is only preparation.
    pub(crate) fn prepare(&mut self, order: &Order) -> Result<(), BenchError> {
        match self.ask(order)? {
            Answer::Done => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn holding(&mut self) -> Result<Holding, BenchError> {
        match self.ask(&Order::Count)? {
            Answer::Holding(holding) => Ok(holding),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn cost(&mut self) -> Result<Cost, BenchError> {
        match self.ask(&Order::Cost)? {
            Answer::Costing(cost) => Ok(cost),
            other => Err(unexpected(&other)),
        }
    }

    /// Lets it close its database.
    pub(crate) fn stop(mut self) -> Result<(), BenchError> {
        self.say(&Order::Stop)?;
        self.child.wait()?;
        Ok(())
    }

    fn ask(&mut self, order: &Order) -> Result<Answer, BenchError> {
        self.say(order)?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(BenchError::Wrong(format!(
                "the process ended at {order:?}; its own message is above"
            )));
        }
        Ok(serde_json::from_str(&line)?)
    }

    fn say(&mut self, order: &Order) -> Result<(), BenchError> {
        Ok(writeln!(self.orders, "{}", serde_json::to_string(order)?)?)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // One that has ended already needs neither.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a step of preparation to its end.
pub(crate) fn step(words: &[&str], dirs: &[&Path]) -> Result<(), BenchError> {
    let status = command(words, dirs)?.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(BenchError::Wrong(format!("{} failed; its own message is above", words.join(" "))))
    }
}

fn command(words: &[&str], dirs: &[&Path]) -> Result<Command, BenchError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(words).args(dirs);
    Ok(command)
}

fn unexpected(answer: &Answer) -> BenchError {
    BenchError::Wrong(format!("an answer to something else: {answer:?}"))
}
