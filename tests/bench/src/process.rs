//! The worker processes, seen from outside.

use crate::error::BenchError;
use crate::worker::{Answer, Cost, Holding, Order, Synced};
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
        let Answer::Listening(address) = self.ask(&Order::Listen)? else { return Err(unexpected()) };
        Ok(address)
    }

    pub(crate) fn sync(&mut self, with: SocketAddr) -> Result<Synced, BenchError> {
        let Answer::Synced(synced) = self.ask(&Order::Sync(with))? else { return Err(unexpected()) };
        Ok(synced)
    }

    pub(crate) fn push(&mut self, round: usize, count: usize) -> Result<f64, BenchError> {
        let Answer::Pushed { ms } = self.ask(&Order::Push { round, count })? else {
            return Err(unexpected());
        };
        Ok(ms)
    }

    pub(crate) fn connect(&mut self, with: SocketAddr) -> Result<f64, BenchError> {
        let Answer::Connected { ms } = self.ask(&Order::Connect(with))? else { return Err(unexpected()) };
        Ok(ms)
    }

    /// Does something that is only preparation.
    pub(crate) fn prepare(&mut self, order: &Order) -> Result<(), BenchError> {
        let Answer::Done = self.ask(order)? else { return Err(unexpected()) };
        Ok(())
    }

    pub(crate) fn holding(&mut self) -> Result<Holding, BenchError> {
        let Answer::Holding(holding) = self.ask(&Order::Count)? else { return Err(unexpected()) };
        Ok(holding)
    }

    pub(crate) fn cost(&mut self) -> Result<Cost, BenchError> {
        let Answer::Costing(cost) = self.ask(&Order::Cost)? else { return Err(unexpected()) };
        Ok(cost)
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

fn unexpected() -> BenchError {
    BenchError::Wrong("a process answered something else than it was asked".into())
}
