//! What the page hears without asking.

use serde::Serialize;
use specta::Type;
use tauri_specta::Event;

use crate::status::Status;

/// How things stand has changed.
#[derive(Clone, Debug, Serialize, Type, Event)]
#[tauri_specta(event_name = "status_changed")]
pub(crate) struct StatusChanged(pub(crate) Status);

/// Entities changed, here or by a device: ask what since the head before.
#[derive(Clone, Copy, Debug, Serialize, Type, Event)]
#[tauri_specta(event_name = "data_changed")]
pub(crate) struct DataChanged {
    pub(crate) head: u64,
}

/// The paired devices, how things stand with them, or what is shared with them changed.
#[derive(Clone, Copy, Debug, Serialize, Type, Event)]
#[tauri_specta(event_name = "devices_changed")]
pub(crate) struct DevicesChanged;

/// Something of the phone changed: ask for it anew.
#[derive(Clone, Copy, Debug, Serialize, Type, Event)]
#[tauri_specta(event_name = "phone_changed")]
pub(crate) struct PhoneChanged;

/// The link of an invite opened the app: take it.
#[derive(Clone, Copy, Debug, Serialize, Type, Event)]
#[tauri_specta(event_name = "link_opened")]
pub(crate) struct LinkOpened;

/// A person chose an item outside of the page: a reminder.
#[derive(Clone, Debug, Serialize, Type, Event)]
#[tauri_specta(event_name = "item_opened")]
pub(crate) struct ItemOpened {
    pub(crate) kind: String,
    pub(crate) id: String,
}

/// A pairing goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type, Event)]
#[tauri_specta(event_name = "pairing")]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum PairingEvent {
    /// The invite was used or its time is over.
    InviteClosed { used: bool },
    /// Somebody typed a wrong code.
    WrongCode,
    /// Both screens must show the same digits; the displaying side accepts first.
    Compare { link: u64, name: String, digits: String, displaying: bool },
    /// The other device is paired.
    Paired { link: u64, device: String, name: String },
    /// Nothing came of it.
    Failed { link: u64, code: String, message: String },
}
