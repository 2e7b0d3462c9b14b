//! The one place that talks to `snow`: builds handshakes with our randomness, and turns its errors and
//! buffers into ours.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, HandshakeState, TransportState};
use zeroize::Zeroizing;

use super::{ChannelError, Secured};
use crate::channel::preamble::{Mode, Preamble};
use crate::channel::records::TAG_LEN;
use crate::identity::{InviteSecret, PairSecret, PublicKey, SecretKey};

/// What a handshake starts from.
#[derive(Clone, Copy)]
pub(super) enum Start<'a> {
    Session { peer: &'a PublicKey, secret: &'a PairSecret },
    Pair(&'a InviteSecret),
}

pub(super) fn build(
    initiator: bool,
    start: Start<'_>,
    secret_key: &SecretKey,
    seed: &Zeroizing<[u8; 32]>,
) -> Result<Box<HandshakeState>, ChannelError> {
    let built = try_build(initiator, start, secret_key, seed);
    built.map(Box::new).map_err(|_| ChannelError::BadHandshake)
}

/// Appends our next handshake message to `out`, as a frame.
pub(super) fn write(noise: &mut HandshakeState, out: &mut Vec<u8>) -> Result<(), ChannelError> {
    let mut message = [0; LONGEST];
    let len = noise.write_message(&[], &mut message).map_err(|_| ChannelError::BadHandshake)?;
    let header = u16::try_from(len).map_err(|_| ChannelError::BadHandshake)?.to_be_bytes();
    out.extend_from_slice(&header);
    out.extend_from_slice(&message[..len]);
    Ok(())
}

/// Reads their next handshake message. The caller has checked its length: there is no payload.
pub(super) fn read(noise: &mut HandshakeState, message: &[u8]) -> Result<(), ChannelError> {
    noise.read_message(message, &mut [0; LONGEST]).map_err(|_| ChannelError::BadHandshake)?;
    Ok(())
}

/// Refuses an ephemeral key that would make our half of the secret count for nothing: Noise itself
/// takes any 32 bytes.
pub(super) fn check_ephemeral(message: &[u8]) -> Result<&[u8; 32], ChannelError> {
    let ephemeral = message.first_chunk::<32>().ok_or(ChannelError::BadHandshake)?;
    PublicKey::try_from(ephemeral.as_slice()).map_err(|_| ChannelError::BadHandshake)?;
    Ok(ephemeral)
}

/// The long-term key that the other side sent, checked.
pub(super) fn remote_key(noise: &HandshakeState, own: &PublicKey) -> Result<PublicKey, ChannelError> {
    let key = noise.get_remote_static().ok_or(ChannelError::BadHandshake)?;
    PublicKey::parse(key, own).map_err(|_| ChannelError::BadHandshake)
}

pub(super) fn finish(noise: Box<HandshakeState>, peer: PublicKey) -> Result<Secured, ChannelError> {
    let hash = <[u8; 32]>::try_from(noise.get_handshake_hash());
    let handshake_hash = hash.map_err(|_| ChannelError::BadHandshake)?;
    let transport = noise.into_transport_mode().map_err(|_| ChannelError::BadHandshake)?;
    Ok(Secured { transport, peer, handshake_hash })
}

/// Appends the record that ends the handshake of a session: empty, as a frame.
pub(super) fn write_proof(transport: &mut TransportState, out: &mut Vec<u8>) -> Result<(), ChannelError> {
    let mut tag = [0; TAG_LEN];
    transport.write_message(&[], &mut tag).map_err(|_| ChannelError::BadHandshake)?;
    out.extend_from_slice(&[0, TAG_LEN as u8]);
    out.extend_from_slice(&tag);
    Ok(())
}

/// Reads [`write_proof`]'s record; the caller has checked its length.
pub(super) fn read_proof(transport: &mut TransportState, proof: &[u8]) -> Result<(), ChannelError> {
    transport.read_message(proof, &mut []).map_err(|_| ChannelError::BadHandshake)?;
    Ok(())
}

/// Room for the longest of our handshake messages (96 bytes).
const LONGEST: usize = 128;

fn try_build(
    initiator: bool,
    start: Start<'_>,
    secret_key: &SecretKey,
    seed: &Zeroizing<[u8; 32]>,
) -> Result<HandshakeState, snow::Error> {
    let (pattern, mode) = match start {
        Start::Session { .. } => ("Noise_KKpsk0_25519_ChaChaPoly_BLAKE2s", Mode::Session),
        Start::Pair(_) => ("Noise_XXpsk0_25519_ChaChaPoly_BLAKE2s", Mode::Pair),
    };
    let prologue = Preamble::Ours(mode).encode();
    let builder = Builder::with_resolver(pattern.parse()?, Box::new(Seeded(seed.clone())))
        .local_private_key(secret_key.as_bytes())?
        .prologue(&prologue)?;
    let builder = match start {
        Start::Session { peer, secret } => {
            builder.remote_public_key(peer.as_bytes())?.psk(0, secret.as_bytes())?
        }
        Start::Pair(secret) => builder.psk(0, secret.as_bytes())?,
    };
    if initiator { builder.build_initiator() } else { builder.build_responder() }
}

/// snow's own primitives with our randomness, so that a run can be repeated byte for byte.
struct Seeded(Zeroizing<[u8; 32]>);

impl CryptoResolver for Seeded {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(SeededRandom(ChaCha20Rng::from_seed(*self.0))))
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        DefaultResolver.resolve_dh(choice)
    }

    fn resolve_hash(&self, choice: &HashChoice) -> Option<Box<dyn Hash>> {
        DefaultResolver.resolve_hash(choice)
    }

    fn resolve_cipher(&self, choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        DefaultResolver.resolve_cipher(choice)
    }
}

struct SeededRandom(ChaCha20Rng);

impl Random for SeededRandom {
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), snow::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}
