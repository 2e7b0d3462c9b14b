//! What the phone says, as JSON that Kotlin's `core/Report.kt` writes.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How the phone stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Phone {
    /// What the person allowed.
    pub permissions: Permissions,
    /// The link without a network.
    pub wifi_direct: WifiDirect,
}

/// What the person allowed, for each purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Permissions {
    /// To find devices in the network that the phone is in.
    pub lan: Permission,
    /// To find devices without a network.
    pub wifi_direct: Permission,
    /// To scan a code.
    pub camera: Permission,
    /// To show a sync that goes on when the app is left.
    pub notifications: Permission,
}

/// Whether something is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Permission {
    /// How it stands.
    pub state: PermissionState,
    /// What does not work, why, and what to do next; none when it is allowed.
    pub message: Option<String>,
}

/// How a permission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionState {
    /// This version of Android asks nobody.
    NotNeeded,
    /// Allowed.
    Granted,
    /// The system would show its question.
    Ask,
    /// Refused for good: only the system's settings help.
    Denied,
}

/// The link without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WifiDirect {
    /// How far it is.
    pub state: WifiDirectState,
    /// What went wrong, why, and what to do next.
    pub message: Option<String>,
    /// Devices that were found.
    pub peers: Vec<NearbyPeer>,
    /// The one that was invited.
    pub peer: Option<NearbyPeer>,
}

/// How far the link without a network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum WifiDirectState {
    /// Nobody asked for it.
    Idle,
    /// Wi-Fi is off.
    Off,
    /// The person has not allowed it.
    NoPermission,
    /// It looks around.
    Discovering,
    /// Somebody is there.
    Found,
    /// The other device shows a question.
    Inviting,
    /// The link is there.
    Connected,
    /// It came to nothing.
    Failed,
}

/// A device that Wi-Fi Direct found: any device, paired or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NearbyPeer {
    /// Its address for Wi-Fi Direct.
    pub address: String,
    /// What it calls itself there; nobody vouches for it.
    pub name: String,
}

/// What the phone tells on its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Said {
    /// The network is another one.
    Connectivity {
        /// Whether there is one.
        online: bool,
        /// Whether it costs by volume.
        metered: bool,
    },
    /// The link without a network went on.
    WifiDirect(WifiDirect),
    /// The person allowed or refused something.
    Permissions {
        /// How they stand.
        permissions: Permissions,
    },
    /// The service that keeps a sync going is gone.
    Service {
        /// `stopped` by the person, `refused` or `ended` by the system.
        state: ServiceState,
        /// Words for the person.
        message: Option<String>,
    },
}

/// How the service that keeps a sync going went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceState {
    /// The person pressed Stop in its notification.
    Stopped,
    /// The system did not let it start.
    Refused,
    /// The system ended it.
    Ended,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(value: serde_json::Value) -> Said {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_the_phone_says_is_understood() {
        assert_eq!(
            said(json!({"kind": "connectivity", "online": true, "metered": true})),
            Said::Connectivity { online: true, metered: true }
        );
        let peer = json!({"address": "02:00:00:00:00:01", "name": "Tablet"});
        let found = said(
            json!({"kind": "wifiDirect", "state": "found", "message": null, "peers": [peer], "peer": null}),
        );
        let Said::WifiDirect(found) = found else { panic!("{found:?}") };
        assert_eq!((found.state, found.peers[0].name.as_str()), (WifiDirectState::Found, "Tablet"));
        // More than the page has a use for.
        let linked = json!({
            "kind": "wifiDirect", "state": "connected", "message": null, "peers": [], "peer": null, "groupOwnerAddress": "192.168.49.1", "isOwner": false
        });
        assert!(matches!(
            said(linked),
            Said::WifiDirect(WifiDirect { state: WifiDirectState::Connected, .. })
        ));
        let stopped = json!({"kind": "service", "state": "stopped", "message": null});
        assert!(matches!(said(stopped), Said::Service { state: ServiceState::Stopped, message: None }));
    }

    #[test]
    fn the_page_is_told_in_the_phones_own_words() {
        let permission = |state: &str| json!({"state": state, "message": null});
        let phone = json!({
            "permissions": {
                "lan": permission("ask"), "wifiDirect": permission("denied"),
                "camera": permission("granted"), "notifications": permission("not-needed")
            },
            "wifiDirect": {"state": "no-permission", "message": "Allow it.", "peers": [], "peer": null}
        });
        let read: Phone = serde_json::from_value(phone.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), phone);
    }
}
