use crate::channels::{ALICE, BOB, NOW, PAIR_SECRET, bob, feed};
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, TransportState};
use sync_core::channel::{Channel, ChannelError};
use sync_core::identity::SecretKey;
use sync_core::limits::MESSAGE_MAX;

/// Plaintext bytes in a full record.
const FULL: usize = 65_519;
const TAG: usize = 16;

/// A paired device encrypts as it should, and puts anything at all into its records. Each is two bytes of length, one that says
/// how much of it follows here, and that; zeros fill the rest. There is one way to write a message, and no other is taken.
pub fn plaintext(data: &[u8]) {
    let mut rest = data;
    let (mut bob, mut noise) = session();
    let mut model = Model::default();
    while let Some([high, low, given]) = rest.split_off(..3) {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(FULL);
        let given = usize::from(*given).min(len).min(rest.len());
        let mut record = rest.split_off(..given).unwrap_or_default().to_vec();
        record.resize(len, 0);

        let mut frame = vec![0; 2 + len + TAG];
        frame[..2].copy_from_slice(&((len + TAG) as u16).to_be_bytes());
        noise.write_message(&record, &mut frame[2..]).unwrap();
        let expected = model.read(&record);
        let arrived = feed(&mut bob, [&frame[..]]);
        assert_eq!(arrived.result, expected.as_ref().map(drop).map_err(|error| *error));
        assert!(arrived.messages() == expected.into_iter().flatten().collect::<Vec<_>>());
        if model.closed {
            break;
        }
    }
}

/// Bob, and what a device that he is paired with encrypts with.
fn session() -> (Channel, TransportState) {
    let prologue = *b"WHPH\x01\x02\0\0";
    let key = SecretKey::from_bytes(&BOB).public();
    let params = "Noise_KKpsk0_25519_ChaChaPoly_BLAKE2s".parse().unwrap();
    let builder = Builder::with_resolver(params, Box::new(Same)).local_private_key(&ALICE).unwrap();
    let builder = builder.prologue(&prologue).unwrap().remote_public_key(key.as_bytes()).unwrap();
    let mut noise = builder.psk(0, &PAIR_SECRET).unwrap().build_initiator().unwrap();

    let mut bob = bob();
    let mut message = [0; 128];
    let len = noise.write_message(&[], &mut message).unwrap();
    let opening = [&prologue[..], &(len as u16).to_be_bytes(), &message[..len]].concat();
    let answer = feed(&mut bob, [&opening[..]]).sent;
    noise.read_message(&answer[10..], &mut message).unwrap();
    let mut noise = noise.into_transport_mode().unwrap();
    let len = noise.write_message(&[], &mut message).unwrap();
    let proof = [&(len as u16).to_be_bytes(), &message[..len]].concat();
    assert!(feed(&mut bob, [&proof[..]]).is_established());
    assert!(!bob.needs_renewal(NOW));
    (bob, noise)
}

/// The same randomness each time, so that a run can be repeated.
struct Same;

impl CryptoResolver for Same {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(Same))
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

impl Random for Same {
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), snow::Error> {
        bytes.fill(11);
        Ok(())
    }
}

/// `PROTOCOL.md`, section 3, once more.
#[derive(Default)]
struct Model {
    closed: bool,
    /// Kind and body so far of a message that is not whole, and how much is missing.
    incoming: Option<(u8, Vec<u8>, usize)>,
}

impl Model {
    /// The message that a record ends, if it does.
    fn read(&mut self, record: &[u8]) -> Result<Option<(u8, Vec<u8>)>, ChannelError> {
        let read = self.message(record);
        self.closed = read.is_err();
        read
    }

    fn message(&mut self, record: &[u8]) -> Result<Option<(u8, Vec<u8>)>, ChannelError> {
        let (kind, body, missing) = match self.incoming.take() {
            Some((kind, body, missing)) => {
                if record.len() != missing.min(FULL) {
                    return Err(ChannelError::BadRecord);
                }
                (kind, [body, record.to_vec()].concat(), missing - record.len())
            }
            None => {
                let Some((length, content)) = record.split_first_chunk() else {
                    return Err(ChannelError::BadRecord);
                };
                let length = u32::from_be_bytes(*length) as usize;
                if length > MESSAGE_MAX {
                    return Err(ChannelError::TooLarge);
                }
                if length == 0 || record.len() != (4 + length).min(FULL) {
                    return Err(ChannelError::BadRecord);
                }
                (content[0], content[1..].to_vec(), length - content.len())
            }
        };
        if missing == 0 {
            return Ok(Some((kind, body)));
        }
        self.incoming = Some((kind, body, missing));
        Ok(None)
    }
}
