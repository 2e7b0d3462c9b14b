//! Ordered byte pipes between devices, and everything that can happen to bytes on their way.

use super::dice::Dice;
use std::collections::BTreeMap;
use sync_core::node::LinkId;

/// One end of a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) device: usize,
    pub(crate) link: LinkId,
    /// Which life of the device opened it: a crash ends one.
    pub(crate) life: u32,
}

/// An open link between two devices.
struct Wire {
    ends: [End; 2],
    /// When the last bytes on their way to each end arrive: bytes keep their order.
    arrives: [u64; 2],
    cut: bool,
}

/// What may happen to a chunk of bytes: each once in so many, never for zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) lose: u64,
    pub(crate) double: u64,
    pub(crate) swap: u64,
    pub(crate) flip: u64,
    /// The link breaks after this chunk, at both ends.
    pub(crate) cut: u64,
}

/// How two devices are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apart {
    /// Links break at once, and new ones are refused.
    Refused,
    /// Bytes vanish, and nobody is told.
    Silent,
}

/// Something on its way to the end `to` (0 or 1) of a wire.
#[derive(Debug)]
pub(crate) enum Cargo {
    Bytes(Vec<u8>),
    /// The link is gone.
    Down,
}

pub(crate) struct Parcel {
    pub(crate) at: u64,
    pub(crate) wire: usize,
    pub(crate) to: usize,
    pub(crate) cargo: Cargo,
}

pub(crate) struct Network {
    wires: Vec<Wire>,
    apart: BTreeMap<(usize, usize), Apart>,
    pub(crate) faults: Faults,
    /// How long a chunk travels, in milliseconds.
    pub(crate) latency: (u64, u64),
}

impl Network {
    pub(crate) fn new() -> Self {
        Self { wires: Vec::new(), apart: BTreeMap::new(), faults: Faults::default(), latency: (1, 30) }
    }

    pub(crate) fn connect(&mut self, ends: [End; 2]) -> usize {
        self.wires.push(Wire { ends, arrives: [0; 2], cut: false });
        self.wires.len() - 1
    }

    pub(crate) fn end(&self, wire: usize, side: usize) -> End {
        self.wires[wire].ends[side]
    }

    pub(crate) fn separate(&mut self, a: usize, b: usize, how: Apart) {
        self.apart.insert(pair(a, b), how);
    }

    pub(crate) fn heal(&mut self) {
        self.apart.clear();
        self.faults = Faults::default();
    }

    pub(crate) fn apart(&self, a: usize, b: usize) -> Option<Apart> {
        self.apart.get(&pair(a, b)).copied()
    }

    /// Open wires between two devices.
    pub(crate) fn between(&self, a: usize, b: usize) -> Vec<usize> {
        let joins = |wire: &Wire| pair(wire.ends[0].device, wire.ends[1].device) == pair(a, b);
        (0..self.wires.len()).filter(|&at| !self.wires[at].cut && joins(&self.wires[at])).collect()
    }

    pub(crate) fn of(&self, device: usize) -> Vec<usize> {
        let has = |wire: &Wire| wire.ends.iter().any(|end| end.device == device);
        (0..self.wires.len()).filter(|&at| !self.wires[at].cut && has(&self.wires[at])).collect()
    }

    /// Bytes from one side, cut into chunks, each with its own fate.
    pub(crate) fn send(
        &mut self,
        wire: usize,
        from: usize,
        bytes: &[u8],
        now: u64,
        dice: &mut Dice,
    ) -> Vec<Parcel> {
        let [a, b] = self.wires[wire].ends;
        if self.wires[wire].cut || self.apart(a.device, b.device).is_some() {
            return Vec::new();
        }
        let mut chunks = chunks(bytes, dice);
        let faults = self.faults;
        for at in 1..chunks.len() {
            if dice.one_in(faults.swap) {
                chunks.swap(at - 1, at);
            }
        }
        let mut parcels = Vec::new();
        for mut chunk in chunks {
            if dice.one_in(faults.lose) {
                continue;
            }
            if dice.one_in(faults.flip) {
                let at = dice.below(chunk.len() as u64) as usize;
                chunk[at] ^= 1 << dice.below(8);
            }
            let copies = if dice.one_in(faults.double) { 2 } else { 1 };
            for _ in 0..copies {
                let cargo = Cargo::Bytes(chunk.clone());
                parcels.push(self.parcel(wire, 1 - from, cargo, now, dice));
            }
            if dice.one_in(faults.cut) {
                parcels.extend(self.cut(wire, now, dice));
                break;
            }
        }
        parcels
    }

    /// One side closed: the other learns it after all that was sent.
    pub(crate) fn close(&mut self, wire: usize, from: usize, now: u64, dice: &mut Dice) -> Option<Parcel> {
        let [a, b] = self.wires[wire].ends;
        if self.wires[wire].cut || self.apart(a.device, b.device) == Some(Apart::Silent) {
            return None;
        }
        Some(self.parcel(wire, 1 - from, Cargo::Down, now, dice))
    }

    /// The wire breaks for both.
    pub(crate) fn cut(&mut self, wire: usize, now: u64, dice: &mut Dice) -> [Parcel; 2] {
        self.wires[wire].cut = true;
        [0, 1].map(|to| self.parcel(wire, to, Cargo::Down, now, dice))
    }

    fn parcel(&mut self, wire: usize, to: usize, cargo: Cargo, now: u64, dice: &mut Dice) -> Parcel {
        let arrives = &mut self.wires[wire].arrives[to];
        *arrives = (*arrives).max(now + dice.between(self.latency.0, self.latency.1));
        Parcel { at: *arrives, wire, to, cargo }
    }
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

fn chunks(bytes: &[u8], dice: &mut Dice) -> Vec<Vec<u8>> {
    let mut rest = bytes;
    let mut chunks = Vec::new();
    for _ in 0..dice.below(4) {
        if rest.len() > 1 {
            let (chunk, after) = rest.split_at(dice.between(1, rest.len() as u64 - 1) as usize);
            chunks.push(chunk.to_vec());
            rest = after;
        }
    }
    chunks.push(rest.to_vec());
    chunks
}
