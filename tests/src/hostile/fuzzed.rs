//! A conversation that bytes spell, for the fuzzer.

use super::{DIGEST, Mallory, Scene, alices_task, batch, digests, good_batch, hello};
use sync_core::digest::{BUCKETS, Digest};
use sync_core::node::storage::Cursors;
use sync_core::stamp::WriterId;
use sync_core::wire::{ASKS, Bye, ByeReason, Check, Hello, LASTING, Mark, Message, Prove};

/// Most things that mallory does.
const WORDS_MAX: usize = 40;
/// Most sessions after the first.
const MEETINGS_MAX: u8 = 3;

const EXTREMES: [u64; 6] = [0, 1, (1 << 53) + 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX];
const REASONS: [ByeReason; 11] = [
    ByeReason::Done,
    ByeReason::OtherVersion,
    ByeReason::Restart,
    ByeReason::Renew,
    ByeReason::Unequal,
    ByeReason::Storage,
    ByeReason::Protocol,
    ByeReason::Stalled,
    ByeReason::Stopped,
    ByeReason::NotNow,
    ByeReason::Settled,
];

/// Mallory, who is paired with alice, does what the bytes say. She is unharmed, her database is in order, and she still says
/// hello to whoever comes next.
///
/// # Panics
/// When one of that is not so.
pub fn conversation(bytes: &[u8]) {
    let mut words = Words(bytes);
    let first = words.byte();
    let side = if first & 1 == 0 { Mallory::Dials } else { Mallory::Answers };
    let mut scene = if first & 2 == 0 { Scene::greeted(side) } else { Scene::new(side) };
    let mut meetings = 0;
    for _ in 0..WORDS_MAX {
        if words.0.is_empty() {
            break;
        }
        match words.byte() % 25 {
            0 => scene.echo(),
            19 => {
                let (kind, body) = (words.byte(), words.some());
                if !edits_alices(kind, &body) {
                    scene.utter(kind, &body);
                }
            }
            20 => scene.throw(words.some()),
            21 => scene.pass(u64::from(words.byte())),
            22 if meetings < MEETINGS_MAX => {
                meetings += 1;
                scene.hang_up();
                scene.meet_again(20 + meetings);
            }
            23 => scene.stuck = !scene.stuck,
            24 => scene.deaf = !scene.deaf,
            which => {
                if let Some(message) = words.message(which) {
                    scene.say(&message);
                }
            }
        }
    }
    scene.stuck = false;
    scene.deaf = false;
    scene.assert_unharmed();

    scene.hang_up();
    scene.heard.clear();
    scene.meet_again(30);
    assert!(matches!(scene.heard.first(), Some(Message::Hello(_))), "{:?}", scene.heard);
    scene.assert_unharmed();
}

/// Whether a message brings a new version of alice's own task, which is a paired device's right.
fn edits_alices(kind: u8, body: &[u8]) -> bool {
    match Message::decode(kind, body) {
        Ok(Message::Batch { batch, .. } | Message::Repair(batch)) => {
            batch.rows().flatten().any(|(key, _)| key == alices_task())
        }
        _ => false,
    }
}

/// What is left of the bytes; zeros follow.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or_default()
    }

    /// A few bytes, as many as the first says.
    fn some(&mut self) -> Vec<u8> {
        let len = usize::from(self.byte()).min(self.0.len());
        self.0.split_off(..len).unwrap_or_default().to_vec()
    }

    /// Mostly a small one, as positions are.
    fn number(&mut self) -> u64 {
        let byte = self.byte();
        if byte < 0xf0 { u64::from(byte % 8) } else { EXTREMES[usize::from(byte) % EXTREMES.len()] }
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.some()).replace('\n', " ")
    }

    fn batch(&mut self) -> sync_core::wire::batch::Batch {
        match self.byte() % 4 {
            0 => Default::default(),
            1 => batch(u128::from(self.byte() % 6), &self.text(), &self.text()),
            _ => good_batch(u128::from(self.byte() % 6)),
        }
    }

    fn hello(&mut self) -> Hello {
        let flags = self.byte();
        let features = [(1, ASKS), (2, LASTING)].into_iter().filter(|(bit, _)| flags & bit != 0);
        Hello {
            head: self.number(),
            cursors: Cursors { base: self.number(), ..Cursors::default() },
            off: if flags & 4 == 0 { Default::default() } else { ["task".into()].into() },
            proofs: self.number(),
            seen: if flags & 8 == 0 { vec![] } else { vec![(WriterId([1; 8]), self.number() >> 1)] },
            features: features.map(|(_, name)| name.into()).collect(),
            ..hello()
        }
    }

    /// `which`: the first byte of the message.
    fn message(&mut self, which: u8) -> Option<Message> {
        Some(match which {
            2 => Message::Hello(Box::new(self.hello())),
            3 => {
                let upto = self.number();
                Message::Batch { upto, head: upto.saturating_add(self.number()), batch: self.batch() }
            }
            4 => Message::Ack,
            5 => Message::Check(Check {
                sent: self.number(),
                applied: self.number(),
                repairs: u32::from(self.byte() % 3),
                digest: if self.byte() & 1 == 0 { Digest::default() } else { DIGEST },
            }),
            6 => Message::Digests(if self.byte() & 1 == 0 { Default::default() } else { digests() }),
            7 => Message::Buckets { kind: "task".into(), digests: vec![Digest(1); BUCKETS] },
            8 => Message::BucketsEnd,
            9 => Message::Repair(self.batch()),
            10 => Message::RepairEnd,
            11 => Message::Prove(self.prove()),
            12 => Message::Proved(self.prove()),
            13 => Message::Ping,
            14 => Message::Pong,
            15 => Message::Bye(Bye { reason: REASONS[usize::from(self.byte()) % REASONS.len()] }),
            16 => Message::Outline(vec![Mark { entity: self.number(), state: self.number() }]),
            17 => Message::OutlineEnd { entities: self.number() },
            18 => Message::Agree,
            _ => return None,
        })
    }

    fn prove(&mut self) -> Prove {
        Prove { proofs: self.number(), sent: self.number(), applied: self.number() }
    }
}
