//! `whph serve --install`: has systemd keep it running for this person, as a unit of their own that needs no administrator.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use etcetera::BaseStrategy;
use serde_json::json;

use crate::args::Serve;
use crate::errors::CliError;
use crate::output::Output;

const NAME: &str = "whph.service";

/// The first line of what we wrote, by which it is known again.
const OURS: &str = "# Written by `whph serve --install`; `whph serve --uninstall` removes it.";

const AFTER_WRITING: [&[&str]; 2] = [&["--user", "daemon-reload"], &["--user", "enable", "--now", NAME]];

/// Why systemd was not asked to keep it running, or no longer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnitError {
    #[error(
        "only Linux has systemd, which --install is for; have your system start `whph serve` when you log in"
    )]
    NoSystemd,
    #[error("this user has no home folder, where systemd would look for a unit; set HOME and try again")]
    NoHome,
    /// Somebody else's file has the name.
    #[error(
        "{} was not written by `whph serve --install`, so it was left as it is. Move it away and try again; `whph serve \
         --print-unit` shows what would be written",
        path.display()
    )]
    Foreign { path: PathBuf },
    #[error(
        "{path:?} cannot be named in a unit of systemd: it holds characters that are not text. Rename it and try again"
    )]
    Unnameable { path: PathBuf },
    /// The program has been replaced while it ran, or cannot be found.
    #[error("where this program lies cannot be told: {0}. Start it anew by its full path and try again")]
    NoProgram(io::Error),
    #[error("{} cannot be written: {source}; check its permissions and try again", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// systemctl is there and says no.
    #[error(
        "`{command}` failed: {why}. {} Log in as the person whose device this is (not through su or sudo) and try again",
        if *written { "The unit is written, but not started." } else { "Nothing was removed." }
    )]
    Systemctl { command: String, why: String, written: bool },
}

impl UnitError {
    /// A stable word for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoSystemd => "no-systemd",
            Self::NoHome => "no-home",
            Self::Foreign { .. } => "unit-foreign",
            Self::Unnameable { .. } | Self::NoProgram(_) => "unit-path",
            Self::Write { .. } => "unit-file",
            Self::Systemctl { .. } => "systemctl",
        }
    }
}

/// What `--install`, `--uninstall` and `--print-unit` ask for. `data` is the folder that was named.
pub(crate) fn run(args: &Serve, data: Option<&Path>, output: &mut Output) -> Result<(), CliError> {
    if !cfg!(target_os = "linux") {
        return Err(UnitError::NoSystemd.into());
    }
    if args.uninstall {
        return uninstall(&place()?, output);
    }
    let program = std::env::current_exe().and_then(fs::canonicalize).map_err(UnitError::NoProgram)?;
    let absolute = |path: &Path| {
        fs::canonicalize(path).map_err(|source| CliError::Read { path: path.to_owned(), source })
    };
    let text = text(&program, data.map(absolute).transpose()?.as_deref())?;
    if args.print_unit {
        text.lines().try_for_each(|line| output.say(line))?;
        return Ok(output.json(&json!({ "unit": text }))?);
    }
    install(&place()?, &text, output)
}

fn install(path: &Path, text: &str, output: &mut Output) -> Result<(), CliError> {
    let before = found(path)?;
    let written = before.as_deref() != Some(text);
    if written {
        write(path, text).map_err(|source| UnitError::Write { path: path.to_owned(), source })?;
    }
    let mut started = true;
    for arguments in AFTER_WRITING {
        started = started && systemctl(arguments, true)?;
    }
    if started && written && before.is_some() {
        // What ran until now was another program, or another folder.
        systemctl(&["--user", "restart", NAME], true)?;
    }
    let what = if written { "Wrote" } else { "Nothing changed in" };
    output.say(format_args!("{what} {}.", path.display()))?;
    if started {
        output.say(
            "It runs now, and whenever you are logged in. See it with `systemctl --user status whph`.",
        )?;
    } else {
        output.say("There is no systemctl here. With it, these two commands start it:")?;
        for arguments in AFTER_WRITING {
            output.say(format_args!("    systemctl {}", arguments.join(" ")))?;
        }
    }
    output.say(
        "To have it run from the start of the computer on, without anybody logged in: loginctl enable-linger",
    )?;
    output.json(&json!({ "path": path, "written": written, "started": started }))?;
    Ok(())
}

fn uninstall(path: &Path, output: &mut Output) -> Result<(), CliError> {
    let removed = found(path)?.is_some();
    if removed {
        let stopped = systemctl(&["--user", "disable", "--now", NAME], false)?;
        fs::remove_file(path).map_err(|source| UnitError::Write { path: path.to_owned(), source })?;
        if stopped {
            systemctl(&["--user", "daemon-reload"], false)?;
        }
        output.say(format_args!("Removed {}. Your data stays.", path.display()))?;
    } else {
        output.say(format_args!("There is no {}: nothing to remove.", path.display()))?;
    }
    output.json(&json!({ "path": path, "removed": removed }))?;
    Ok(())
}

/// Where systemd looks for the units of this person.
fn place() -> Result<PathBuf, UnitError> {
    let usual = etcetera::choose_base_strategy().map_err(|_| UnitError::NoHome)?;
    Ok(usual.config_dir().join("systemd/user").join(NAME))
}

/// The unit that is there, if we wrote it.
fn found(path: &Path) -> Result<Option<String>, CliError> {
    match fs::read_to_string(path) {
        Ok(text) if text.starts_with(OURS) => Ok(Some(text)),
        Ok(_) => Err(UnitError::Foreign { path: path.to_owned() }.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(UnitError::Foreign { path: path.to_owned() }.into())
        }
        Err(source) => Err(CliError::Read { path: path.to_owned(), source }),
    }
}

/// Whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// Whether there is a systemctl that was told.
fn systemctl(arguments: &[&str], written: bool) -> Result<bool, UnitError> {
    let refused = |why: String| {
        let command = format!("systemctl {}", arguments.join(" "));
        UnitError::Systemctl { command, why, written }
    };
    match Command::new("systemctl").args(arguments).output() {
        Ok(told) if told.status.success() => Ok(true),
        Ok(told) => {
            let why = String::from_utf8_lossy(&told.stderr);
            Err(refused(why.lines().next().unwrap_or("it does not say why").to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(refused(error.to_string())),
    }
}

/// The unit. It asks for nothing that a person's own systemd cannot give; a device that is not set up, or damaged, is not
/// started again and again.
fn text(program: &Path, data: Option<&Path>) -> Result<String, UnitError> {
    let program = quoted(":", program)?;
    let data = match data {
        Some(folder) => format!(" --data {}", quoted("", folder)?),
        None => String::new(),
    };
    Ok(format!(
        "{OURS}
# To change something: systemctl --user edit {NAME}
[Unit]
Description=WHPH Sync, reachable for your other devices
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart={program}{data} serve
Restart=on-failure
RestartSec=10
RestartPreventExitStatus=2 3 8
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictRealtime=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"
    ))
}

/// A path as a word of a command line of systemd. The prefix `:` leaves dollar signs alone; `%` begins a specifier.
fn quoted(prefix: &str, path: &Path) -> Result<String, UnitError> {
    let text = path.to_str().filter(|text| !text.contains(char::is_control));
    let text = text.ok_or_else(|| UnitError::Unnameable { path: path.to_owned() })?;
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    Ok(format!("\"{prefix}{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_one_word_whatever_is_in_it() {
        let unit =
            text(Path::new("/opt/my apps/whph"), Some(Path::new(r#"/home/jo/100% "$HOME" \"#))).unwrap();
        let start = unit.lines().find(|line| line.starts_with("ExecStart=")).unwrap();
        assert_eq!(start, r#"ExecStart=":/opt/my apps/whph" --data "/home/jo/100%% \"$HOME\" \\" serve"#);
    }

    #[test]
    fn a_path_cannot_add_a_line_to_the_unit() {
        let error =
            text(Path::new("/opt/whph"), Some(Path::new("/tmp/x\nExecStartPre=/bin/true"))).unwrap_err();
        assert!(matches!(error, UnitError::Unnameable { .. }), "{error}");
    }
}
