//! Pairing with another device. What goes on is told as events.

use std::net::SocketAddr;

use serde::Serialize;
use specta::Type;
use sync_engine::online::{JoinBy, LinkId};
use tauri::State;

use crate::app::{App, Device};
use crate::error::AppError;
use crate::qr;

/// Where devices listen that nobody gave a port is not known: an address needs one.
const ADDRESS_EXAMPLE: &str = "192.168.1.7:4433";

/// An invite that is open on this device. Link, code and picture are secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Invite {
    link: String,
    code: String,
    /// Dark on light, without script.
    qr_svg: String,
    open_ms: u64,
    /// Whether any address is known at which another device could reach this one.
    reachable: bool,
    /// Where this device is reached now: what is entered beside a typed code.
    addresses: Vec<String>,
}

/// Opens an invite, in place of any other.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_invite(app: State<'_, App>) -> Result<Invite, AppError> {
    let Device { net, .. } = app.device().await?;
    if net.live().borrow().is_paused() {
        return Err(AppError::paused());
    }
    let invitation = net.invite().await.ok_or_else(AppError::offline)?;
    let addresses = net.reachable();
    Ok(Invite {
        qr_svg: qr::draw(&invitation.link)?,
        reachable: addresses.iter().any(|address| !address.ip().is_loopback()),
        addresses: addresses.iter().map(ToString::to_string).collect(),
        link: invitation.link,
        code: invitation.code,
        open_ms: invitation.open_ms,
    })
}

/// Closes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_invite(app: State<'_, App>) -> Result<(), AppError> {
    app.device().await?.net.close_invite();
    Ok(())
}

/// What a picture of the camera says, if there is a code in it: one byte a pixel, in base64.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_qr(width: u32, height: u32, luma: String) -> Result<Option<String>, AppError> {
    let read = move || qr::read(width, height, &luma);
    tauri::async_runtime::spawn_blocking(read).await.map_err(AppError::internal)?
}

/// Answers another device's invite: its link, or its code; with the address that it shows, where it is not found by itself.
/// Returns the number of the link that events speak of.
#[tauri::command]
#[specta::specta]
pub(crate) async fn join(
    app: State<'_, App>,
    text: String,
    address: Option<String>,
) -> Result<u64, AppError> {
    let Device { engine, net } = app.device().await?;
    if net.live().borrow().is_paused() {
        return Err(AppError::paused());
    }
    let addresses = resolve(address.as_deref().map(str::trim).filter(|address| !address.is_empty())).await?;
    let own = engine.identity().channel.public();
    // A typed code costs a while of the processor, on purpose.
    let parse = move || JoinBy::parse(&text, &own, addresses);
    let by = tauri::async_runtime::spawn_blocking(parse).await.map_err(AppError::internal)??;
    let LinkId(link) = net.join(by).await.ok_or_else(AppError::offline)?;
    Ok(link)
}

/// The person has compared the digits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decide(app: State<'_, App>, link: u64, accept: bool) -> Result<(), AppError> {
    app.device().await?.net.decide(LinkId(link), accept);
    Ok(())
}

async fn resolve(address: Option<&str>) -> Result<Vec<SocketAddr>, AppError> {
    let Some(address) = address else { return Ok(Vec::new()) };
    let found = tokio::net::lookup_host(address).await.map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    if found.is_empty() {
        return Err(AppError::new(
            "bad-address",
            format!(
                "{address:?} leads nowhere. Enter the address as the other device shows it, such as {ADDRESS_EXAMPLE}."
            ),
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_needs_a_port() {
        assert_eq!(resolve(Some("127.0.0.1:9")).await.unwrap(), ["127.0.0.1:9".parse().unwrap()]);
        assert_eq!(resolve(None).await.unwrap(), []);
        assert_eq!(resolve(Some("127.0.0.1")).await.unwrap_err().code, "bad-address");
    }
}
