//! What the commands that use the network have in common.

use std::net::SocketAddr;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};
use sync_core::session::Progress;
use sync_engine::Engine;
use sync_engine::online::{ListenError, Net, Online, OnlineError};
use tokio::sync::oneshot;

use crate::errors::CliError;
use crate::output::count;

/// Goes online on the port that this device keeps; when another `whph` of this device has it, on a free one of the same
/// address.
pub(super) async fn listen(engine: &Engine) -> Result<Net, CliError> {
    let kept = engine.device().listen;
    match engine.go_online(Online { listen: Some(kept), keep_connected: false }).await {
        Err(OnlineError::Listen(ListenError::Taken { .. })) => {
            let free = SocketAddr::new(kept.ip(), 0);
            Ok(engine.go_online(Online { listen: Some(free), keep_connected: false }).await?)
        }
        other => Ok(other?),
    }
}

/// Goes online without being reachable.
pub(super) async fn dial_only(engine: &Engine) -> Result<Net, CliError> {
    Ok(engine.go_online(Online::default()).await?)
}

/// The addresses that a `HOST:PORT` argument means.
pub(super) async fn resolve(address: Option<&str>) -> Result<Vec<SocketAddr>, CliError> {
    let Some(address) = address else { return Ok(Vec::new()) };
    let found = tokio::net::lookup_host(address).await.map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    if found.is_empty() {
        return Err(CliError::Usage(format!(
            "{address:?} is not an address: give HOST:PORT, such as laptop.local:4433 or 192.168.1.7:4433"
        )));
    }
    Ok(found)
}

/// A line from standard input; `None` at its end. On a thread of its own, so that nobody has to wait for a person who does
/// not answer.
pub(super) async fn read_line() -> Option<String> {
    let (done, line) = oneshot::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = std::io::stdin().read_line(&mut text);
        // Nobody may be waiting any more.
        drop(done.send(matches!(read, Ok(n) if n > 0).then_some(text)));
    });
    line.await.ok().flatten()
}

/// A QR code in half blocks. The light parts are drawn: terminals are dark.
pub(super) fn qr(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, qrcode::EcLevel::L).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// What a session moved, in words.
pub(super) fn moved(progress: Progress) -> String {
    let received = progress.received;
    let mut parts = Vec::new();
    for (n, word) in [
        (received.new, "new"),
        (received.changed, "changed"),
        (received.deleted, "deleted"),
        (received.quarantined, "set aside as unreadable"),
    ] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    let received = if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
    let mut line = format!("sent {}, received {received}", progress.sent);
    if progress.received.conflicts > 0 {
        line.push_str(&format!(", {} for review", count(progress.received.conflicts, "conflict")));
    }
    line
}

/// The same for programs.
pub(super) fn moved_json(progress: Progress, bytes: [u64; 2]) -> Value {
    json!({ "sent": progress.sent, "received": progress.received, "bytes_sent": bytes[0], "bytes_received": bytes[1] })
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1_000.0),
        _ => format!("{:.1} MB", bytes as f64 / 1_000_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::node::storage::Report;

    #[test]
    fn what_moved_reads_well() {
        let received = Report { new: 3, changed: 2, conflicts: 1, ..Report::default() };
        assert_eq!(
            moved(Progress { sent: 7, received }),
            "sent 7, received 3 new, 2 changed, 1 conflict for review"
        );
        assert_eq!(moved(Progress::default()), "sent 0, received nothing");
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!([size(999), size(12_340), size(5_600_000)], ["999 bytes", "12.3 kB", "5.6 MB"]);
    }

    #[test]
    fn a_link_fits_into_a_code_that_fits_onto_a_screen() {
        let longest = format!("whph://pair?v=1&d={}", "A".repeat(200));
        let drawn = qr(&longest).unwrap();
        assert!(drawn.lines().count() <= 40, "{}", drawn.lines().count());
        assert!(drawn.lines().next().unwrap().chars().all(|c| c == '█'), "a light margin around it");
    }
}
