//! The messages of a session. One byte says which; the body is JSON, but for batches.

use super::batch::Batch;
use super::error::{WireError, malformed};
use super::outline::{self, Mark};
use crate::digest::{BUCKETS, Digest};
use crate::hlc::Hlc;
use crate::json::is_name;
use crate::limits::{KINDS_MAX, WRITERS_MAX};
use crate::node::storage::Cursors;
use crate::stamp::{ReplicaId, WriterId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// The session protocols that this version speaks, lowest and highest. The major version, with which nothing at all
/// would be understood, stands in the preamble.
pub const PROTOCOL: [u32; 2] = [1, 1];

/// The feature of a hello whose sender holds entities of its own and knows of nobody who agreed to merge them with the
/// receiver's. When both sides say so, nothing is merged before a person has seen what that would do.
pub const ASKS: &str = "asks";
/// In an initiator's hello: it means to stay after the first proof and passes changes on as they come.
pub const LASTING: &str = "lasting";

/// The first word of a session, from both sides at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// Session protocols spoken, lowest and highest.
    pub protocol: [u32; 2],
    /// The version of the sender's schema; only told, never a reason to refuse.
    pub schema: u32,
    /// What the sender's device is called now.
    pub name: String,
    /// The sender's present replica.
    pub replica: ReplicaId,
    /// The sender's highest seq.
    pub head: u64,
    /// The receiver's replica that `cursors` refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_replica: Option<ReplicaId>,
    /// How far the sender has applied the receiver's changes.
    pub cursors: Cursors,
    /// Kinds that the sender does not share.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub off: BTreeSet<Box<str>>,
    /// How often the two were proved equal, as far as the sender knows.
    pub proofs: u64,
    /// For each writer of the receiver's device: the latest of its moments that the sender holds.
    pub seen: Vec<(WriterId, u64)>,
    /// The sender's wall clock, in Unix milliseconds.
    pub wall: u64,
    /// Where the sender listens; at most four.
    pub addresses: Vec<SocketAddr>,
    /// Features beyond the protocol version, so that small additions need no new version.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub features: BTreeSet<Box<str>>,
}

/// What one side holds once it has sent and applied everything it knows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The sender's changes have all been sent and acknowledged up to here.
    pub sent: u64,
    /// The sender has applied the receiver's changes up to here.
    pub applied: u64,
    /// Repairs made so far in this session: digests before and after one are not compared.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repairs: u32,
    /// Of everything both share.
    pub digest: Digest,
}

/// Both digests are equal; both sides store that. From the initiator, and back as the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prove {
    /// How often the two were proved equal by now.
    pub proofs: u64,
    /// The initiator's `sent` of the equal check.
    pub sent: u64,
    /// The initiator's `applied` of the equal check.
    pub applied: u64,
}

/// The last word of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bye {
    /// Why.
    pub reason: ByeReason,
}

/// Why a side ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// All is done.
    Done,
    /// The session protocols do not overlap.
    OtherVersion,
    /// The sender was restored from a backup and begins anew.
    Restart,
    /// The keys are due for renewal.
    Renew,
    /// Still unequal after repairs.
    Unequal,
    /// The sender's storage failed.
    Storage,
    /// The receiver broke the protocol.
    Protocol,
    /// Nothing moved for too long.
    Stalled,
    /// A person stopped it.
    Stopped,
    /// A first merge waits for a go-ahead, and a person said: not now.
    NotNow,
    /// The two dialled each other at once, and another link of theirs goes on.
    Settled,
}

/// Everything that can be said in a session or a pairing.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A step of pairing, see [`crate::pairing`].
    Pairing(Vec<u8>),
    /// See [`Hello`].
    Hello(Box<Hello>),
    /// Changes, in change order.
    Batch {
        /// The cursor moves here once it is applied.
        upto: u64,
        /// The sender's highest seq: the stream is complete once the cursor has reached it.
        head: u64,
        /// The changes; may be empty, when a stretch held nothing for the receiver.
        batch: Batch,
    },
    /// The oldest unacknowledged batch is committed.
    Ack,
    /// See [`Check`].
    Check(Check),
    /// Two checks differed: what the sender's was the sum of, by kind, for every kind both share that has entities.
    Digests(BTreeMap<Box<str>, Digest>),
    /// One kind's bucket digests.
    Buckets {
        /// Which kind.
        kind: Box<str>,
        /// All [`BUCKETS`] of them.
        digests: Vec<Digest>,
    },
    /// All [`Message::Buckets`] of this round were sent.
    BucketsEnd,
    /// Entities of differing buckets, in no order.
    Repair(Batch),
    /// All repairs of this round were sent.
    RepairEnd,
    /// See [`Prove`].
    Prove(Prove),
    /// The answer to [`Message::Prove`].
    Proved(Prove),
    /// Are you there?
    Ping,
    /// I am.
    Pong,
    /// See [`Bye`].
    Bye(Bye),
    /// Before a first merge: some of the entities that the sender holds, in no order.
    Outline(Vec<Mark>),
    /// All [`Message::Outline`] were sent.
    OutlineEnd {
        /// How many entities they named in all. Above [`crate::limits::OUTLINE_MAX`] none were sent.
        entities: u64,
    },
    /// A person at the sender's device has agreed to the merge.
    Agree,
}

#[derive(Deserialize)]
struct KindDigests(#[serde(deserialize_with = "crate::json::unique_keys")] BTreeMap<Box<str>, Digest>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entities {
    entities: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindBuckets {
    kind: Box<str>,
    digests: Vec<Digest>,
}

impl Message {
    /// The kind byte and the body.
    ///
    /// # Errors
    /// When a batch is larger than one may be.
    pub fn encode(&self) -> Result<(u8, Vec<u8>), WireError> {
        Ok(match self {
            Self::Pairing(body) => (1, body.clone()),
            Self::Hello(hello) => (2, json("hello", hello)?),
            Self::Batch { upto, head, batch } => {
                let mut body = [upto.to_be_bytes(), head.to_be_bytes()].concat();
                body.extend(batch.encode()?);
                (3, body)
            }
            Self::Ack => (4, Vec::new()),
            Self::Check(check) => (5, json("check", check)?),
            Self::Digests(digests) => (6, json("digests", digests)?),
            Self::Buckets { kind, digests } => {
                (7, json("buckets", &KindBuckets { kind: kind.clone(), digests: digests.clone() })?)
            }
            Self::BucketsEnd => (8, Vec::new()),
            Self::Repair(batch) => (9, batch.encode()?),
            Self::RepairEnd => (10, Vec::new()),
            Self::Prove(prove) => (11, json("prove", prove)?),
            Self::Proved(prove) => (12, json("proved", prove)?),
            Self::Ping => (13, Vec::new()),
            Self::Pong => (14, Vec::new()),
            Self::Bye(bye) => (15, json("bye", bye)?),
            Self::Outline(marks) => (16, outline::encode(marks)),
            Self::OutlineEnd { entities } => (17, json("outline-end", &Entities { entities: *entities })?),
            Self::Agree => (18, Vec::new()),
        })
    }

    /// Parses and bounds a message.
    ///
    /// # Errors
    /// What is wrong with it. Never panics, whatever the bytes are.
    pub fn decode(kind: u8, body: &[u8]) -> Result<Self, WireError> {
        let empty = |name, message| {
            if body.is_empty() { Ok(message) } else { Err(WireError::TooMuch { kind: name }) }
        };
        match kind {
            1 => Ok(Self::Pairing(body.to_vec())),
            2 => {
                let hello: Hello = parse("hello", body)?;
                hello.check()?;
                Ok(Self::Hello(Box::new(hello)))
            }
            3 => {
                let (upto, rest) = number(body)?;
                let (head, rest) = number(rest)?;
                let batch = Batch::decode(rest)?;
                if upto > head {
                    return Err(malformed("batch", "it ends past its sender's last change"));
                }
                Ok(Self::Batch { upto, head, batch })
            }
            4 => empty("ack", Self::Ack),
            5 => Ok(Self::Check(parse("check", body)?)),
            6 => {
                let KindDigests(digests) = parse("digests", body)?;
                names("digests", digests.keys())?;
                Ok(Self::Digests(digests))
            }
            7 => {
                let KindBuckets { kind, digests } = parse("buckets", body)?;
                names("buckets", [&kind])?;
                if digests.len() != BUCKETS {
                    return Err(malformed("buckets", "not the right number of them"));
                }
                Ok(Self::Buckets { kind, digests })
            }
            8 => empty("buckets-end", Self::BucketsEnd),
            9 => Ok(Self::Repair(Batch::decode(body)?)),
            10 => empty("repair-end", Self::RepairEnd),
            11 => Ok(Self::Prove(parse("prove", body)?)),
            12 => Ok(Self::Proved(parse("proved", body)?)),
            13 => empty("ping", Self::Ping),
            14 => empty("pong", Self::Pong),
            15 => Ok(Self::Bye(parse("bye", body)?)),
            16 => Ok(Self::Outline(outline::decode(body)?)),
            17 => {
                let Entities { entities } = parse("outline-end", body)?;
                Ok(Self::OutlineEnd { entities })
            }
            18 => empty("agree", Self::Agree),
            unknown => Err(WireError::UnknownKind(unknown)),
        }
    }
}

impl Message {
    /// Whether it makes sense before both sides have said hello.
    #[must_use]
    pub(crate) fn may_come_first(&self) -> bool {
        matches!(self, Self::Hello(_) | Self::Bye(_) | Self::Ping | Self::Pong | Self::Pairing(_))
    }

    /// Whether it is one of the few large ones that are to be acknowledged.
    #[must_use]
    pub(crate) fn takes_credit(&self) -> bool {
        matches!(self, Self::Batch { batch, .. } | Self::Repair(batch) if batch.entities > 0)
    }

    /// Whether it makes sense while a first merge waits for a person: whatever merges does not.
    #[must_use]
    pub(crate) fn may_come_before_agreement(&self) -> bool {
        self.may_come_first() || matches!(self, Self::Outline(_) | Self::OutlineEnd { .. } | Self::Agree)
    }
}

impl Hello {
    fn check(&self) -> Result<(), WireError> {
        names("hello", self.off.iter().chain(self.cursors.behind.keys()).chain(&self.features))?;
        if self.seen.len() > WRITERS_MAX || self.addresses.len() > 4 || self.name.len() > 256 {
            return Err(WireError::TooMuch { kind: "hello" });
        }
        if self.seen.iter().any(|&(_, hlc)| Hlc::from_bits(hlc).is_none()) {
            return Err(malformed("hello", "a time out of range"));
        }
        if self.cursors.behind.values().any(|&seq| seq > self.cursors.base) {
            return Err(malformed("hello", "a kind ahead of the others"));
        }
        Ok(())
    }
}

fn names<'a>(kind: &'static str, names: impl IntoIterator<Item = &'a Box<str>>) -> Result<(), WireError> {
    let mut count = 0;
    for name in names {
        count += 1;
        if !is_name(name) {
            return Err(malformed(kind, "a name is made of a-z, 0-9 and _, at most 64 of them"));
        }
    }
    if count > 2 * KINDS_MAX { Err(WireError::TooMuch { kind }) } else { Ok(()) }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn number(body: &[u8]) -> Result<(u64, &[u8]), WireError> {
    let (number, rest) = body.split_first_chunk::<8>().ok_or_else(|| malformed("batch", "too short"))?;
    Ok((u64::from_be_bytes(*number), rest))
}

fn json<T: Serialize>(kind: &'static str, message: &T) -> Result<Vec<u8>, WireError> {
    serde_json::to_vec(message).map_err(|e| malformed(kind, &e.to_string()))
}

fn parse<'a, T: Deserialize<'a>>(kind: &'static str, body: &'a [u8]) -> Result<T, WireError> {
    serde_json::from_slice(body).map_err(|e| malformed(kind, &e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::OUTLINE_PAGE;

    #[test]
    fn a_message_that_is_none_says_what_is_wrong() {
        let refused = |kind, body: &str| Message::decode(kind, body.as_bytes()).unwrap_err().to_string();
        assert!(refused(99, "").contains("unknown kind 99"));
        assert!(refused(4, "x").contains("ack"));
        assert!(refused(15, r#"{"reason":"bored"}"#).contains("bye"));
        assert!(refused(15, r#"{"reason":"done","reason":"done"}"#).contains("duplicate"));
        let zero = "0".repeat(32);
        assert!(refused(6, &format!(r#"{{"a":"{zero}","a":"{zero}"}}"#)).contains("twice"));
        assert!(refused(6, &format!(r#"{{"A b":"{zero}"}}"#)).contains("name"));
        assert!(Message::decode(6, format!(r#"{{"a":"{zero}"}}"#).as_bytes()).is_ok());
        assert!(refused(7, r#"{"kind":"task","digests":[]}"#).contains("number"));
        assert!(refused(3, "short").contains("batch"));
        assert!(refused(16, "").contains("limits"));
        assert!(refused(16, "seventeen bytes..").contains("middle of an entity"));
        assert!(refused(16, &"x".repeat(16 * (OUTLINE_PAGE + 1))).contains("limits"));
        assert!(refused(15, &format!(r#"{{"{}":1}}"#, "x".repeat(1 << 20))).len() < 300);
    }

    #[test]
    fn every_message_comes_back_as_it_went() {
        let prove = Prove { proofs: 3, sent: 1, applied: 2 };
        let check = |repairs| Message::Check(Check { sent: 1, applied: 2, repairs, digest: Digest(7) });
        let messages = [
            Message::Pairing(vec![1, 2]),
            Message::Batch { upto: 3, head: 4, batch: Batch::default() },
            Message::Ack,
            check(0),
            check(1),
            Message::Digests(BTreeMap::from([("task".into(), Digest(7))])),
            Message::Buckets { kind: "task".into(), digests: vec![Digest(1); BUCKETS] },
            Message::BucketsEnd,
            Message::Repair(Batch::default()),
            Message::RepairEnd,
            Message::Prove(prove),
            Message::Proved(prove),
            Message::Ping,
            Message::Pong,
            Message::Bye(Bye { reason: ByeReason::Restart }),
            Message::Outline(vec![Mark { entity: 1, state: u64::MAX }, Mark { entity: u64::MAX, state: 2 }]),
            Message::OutlineEnd { entities: 2 },
            Message::Agree,
        ];
        for message in messages {
            let (kind, body) = message.encode().unwrap();
            assert_eq!(Message::decode(kind, &body), Ok(message));
        }
    }
}
