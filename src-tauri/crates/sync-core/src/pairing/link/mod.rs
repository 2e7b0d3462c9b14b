//! The link, which is also what the QR code holds: all that the joiner needs to find the displayer, to
//! prove that it saw the link, and to know that it reached the right device.
//!
//! It has a checksum, because a link that lost a character on its way would otherwise only time out.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::identity::{InviteSecret, KeyError, PublicKey, blake2s};

/// Most characters of a link.
pub const LINK_MAX: usize = 600;
/// Most addresses in a link.
pub const ADDRESSES_MAX: usize = 4;

/// What a pairing link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairLink {
    key: PublicKey,
    secret: InviteSecret,
    addresses: Vec<SocketAddr>,
}

impl PairLink {
    /// A link to the device with this channel key. Of `addresses` it takes the first four that another
    /// device could dial: no port 0, no wildcard, multicast or broadcast address, and no link-local IPv6
    /// one, which means nothing without this device's name for the interface.
    pub fn new(key: PublicKey, secret: InviteSecret, addresses: &[SocketAddr]) -> Self {
        let portable =
            addresses.iter().map(|address| SocketAddr::new(address.ip().to_canonical(), address.port()));
        let mut kept = Vec::new();
        for address in portable.filter(is_dialable) {
            if kept.len() < ADDRESSES_MAX && !kept.contains(&address) {
                kept.push(address);
            }
        }
        Self { key, secret, addresses: kept }
    }

    /// The displayer's channel key.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// The invite's secret.
    pub fn secret(&self) -> &InviteSecret {
        &self.secret
    }

    /// Where to try, in order; may be empty.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The link, for a QR code or to copy: at most 213 characters. It holds a secret: show it, never log
    /// it.
    pub fn to_text(&self) -> String {
        let mut bytes = Zeroizing::new(Vec::with_capacity(160));
        bytes.extend_from_slice(self.key.as_bytes());
        bytes.extend_from_slice(self.secret.as_bytes());
        bytes.push(self.addresses.len() as u8);
        for address in &self.addresses {
            match address.ip() {
                IpAddr::V4(ip) => {
                    bytes.push(4);
                    bytes.extend_from_slice(&ip.octets());
                }
                IpAddr::V6(ip) => {
                    bytes.push(6);
                    bytes.extend_from_slice(&ip.octets());
                }
            }
            bytes.extend_from_slice(&address.port().to_be_bytes());
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        let body = Zeroizing::new(BASE64URL_NOPAD.encode(&bytes));
        format!("{SCHEME}v=1&d={}", *body)
    }

    /// Reads a link that a person pasted or a camera saw; white space anywhere is forgiven, because mail
    /// and chat break long lines. `own` is our channel key.
    pub fn parse(text: &str, own: &PublicKey) -> Result<Self, LinkError> {
        if text.len() > LINK_MAX {
            return Err(LinkError::NotALink);
        }
        let text = Zeroizing::new(text.split_whitespace().collect::<String>());
        let query = text.strip_prefix(SCHEME).ok_or(LinkError::NotALink)?;
        let (version, rest) = query.split_once('&').ok_or(LinkError::Damaged)?;
        let version = version.strip_prefix("v=").ok_or(LinkError::Damaged)?;
        match version.parse::<u16>() {
            Ok(1) if version == "1" => {}
            Ok(newer) if newer > 1 => return Err(LinkError::NewerVersion(newer)),
            Ok(_) | Err(_) => return Err(LinkError::Damaged),
        }
        let body = rest.strip_prefix("d=").ok_or(LinkError::Damaged)?;
        let bytes = BASE64URL_NOPAD.decode(body.as_bytes()).map_err(|_| LinkError::Damaged)?;
        let bytes = Zeroizing::new(bytes);
        let (content, sum) = bytes.split_last_chunk::<4>().ok_or(LinkError::Damaged)?;
        if checksum(content) != *sum {
            return Err(LinkError::Damaged);
        }
        Self::parse_content(content, own)
    }

    fn parse_content(content: &[u8], own: &PublicKey) -> Result<Self, LinkError> {
        let mut rest = content;
        let key = PublicKey::parse(take::<32>(&mut rest)?, own).map_err(|error| match error {
            KeyError::Own => LinkError::Own,
            KeyError::Invalid => LinkError::Damaged,
        })?;
        let secret = InviteSecret::from_bytes(*take::<32>(&mut rest)?);
        let [count] = *take::<1>(&mut rest)?;
        if usize::from(count) > ADDRESSES_MAX {
            return Err(LinkError::Damaged);
        }
        let addresses = (0..count).map(|_| take_address(&mut rest)).collect::<Result<Vec<_>, _>>()?;
        if rest.is_empty() { Ok(Self { key, secret, addresses }) } else { Err(LinkError::Damaged) }
    }
}

/// Why a text is no link that we can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Something else altogether.
    #[error(
        "this is not a WHPH pairing link: on the other device, choose to pair, and copy or scan the link shown there"
    )]
    NotALink,
    /// Characters were lost or changed.
    #[error("this link is damaged: copy it again, whole")]
    Damaged,
    /// A later version of the app made it.
    #[error("this link was made by a newer version of WHPH: update WHPH on this device")]
    NewerVersion(u16),
    /// The link of this very device.
    #[error("this link was made on this device: use it on the other one")]
    Own,
}

impl fmt::Display for PairLink {
    /// Without the secret: the link itself is [`PairLink::to_text`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pairing link of {}", self.key.device_id().short())
    }
}

const SCHEME: &str = "whph://pair?";

fn checksum(content: &[u8]) -> [u8; 4] {
    let hash = blake2s(b"whph pairing link v1", &[content]);
    [hash[0], hash[1], hash[2], hash[3]]
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], LinkError> {
    let (taken, after) = rest.split_first_chunk().ok_or(LinkError::Damaged)?;
    *rest = after;
    Ok(taken)
}

fn take_address(rest: &mut &[u8]) -> Result<SocketAddr, LinkError> {
    let ip = match take(rest)? {
        [4] => IpAddr::from(*take::<4>(rest)?),
        [6] => IpAddr::from(*take::<16>(rest)?),
        [_] => return Err(LinkError::Damaged),
    };
    let address = SocketAddr::new(ip, u16::from_be_bytes(*take(rest)?));
    if is_dialable(&address) { Ok(address) } else { Err(LinkError::Damaged) }
}

/// Whether somebody else could reach a device there.
pub(crate) fn is_dialable(address: &SocketAddr) -> bool {
    let ip = address.ip();
    let is_host = match ip {
        IpAddr::V4(ip) => !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_unicast_link_local() && ip.to_ipv4_mapped().is_none(),
    };
    is_host && address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast()
}

#[cfg(test)]
mod tests;
