//! What kinds of life devices lead in random schedules.

use super::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) devices: usize,
    /// Only neighbours ever meet: alice–bob–carol.
    pub(crate) chain: bool,
    pub(crate) steps: usize,
    pub(crate) entities: u128,
    /// Wires lose, double, swap and flip.
    pub(crate) bad_wires: bool,
    /// Clocks are years off from the beginning, and jump in the middle of sessions.
    pub(crate) bad_clocks: bool,
    /// Kinds are switched off and on.
    pub(crate) toggles: bool,
    /// Devices are away for months, and tombstones shrink.
    pub(crate) absences: bool,
    /// Databases are restored from backups, noticed or not.
    pub(crate) restores: bool,
    /// A folder is copied, keys and all, and both are used, noticed or not.
    pub(crate) copies: bool,
    /// The power goes in the middle of transactions.
    pub(crate) power_cuts: bool,
    /// Cursors jump ahead, so that only digests find what is missing.
    pub(crate) bad_cursors: bool,
    /// Disks and wires are slow.
    pub(crate) slow: bool,
    /// Alice's application knows more than the others', and bob's one kind, and of that the title.
    pub(crate) versions: bool,
    /// People write in the same texts at once, and save what they began a while ago.
    pub(crate) texts: bool,
}

pub(crate) const PLAIN: Life = Life {
    devices: 2,
    chain: false,
    steps: 60,
    entities: 6,
    bad_wires: false,
    bad_clocks: false,
    toggles: false,
    absences: false,
    restores: false,
    copies: false,
    power_cuts: false,
    bad_cursors: false,
    slow: false,
    versions: false,
    texts: false,
};

/// Every life, by the name of its test; `everything` besides, which is another for each seed.
pub(crate) const LIVES: [(&str, Life); 15] = [
    ("two_devices", PLAIN),
    ("three_devices", Life { devices: 3, steps: 90, ..PLAIN }),
    ("three_devices_of_which_two_never_meet", Life { devices: 3, steps: 90, chain: true, ..PLAIN }),
    ("texts_written_at_once", Life { devices: 3, entities: 2, texts: true, ..PLAIN }),
    ("five_devices", Life { devices: 5, steps: 120, slow: true, ..PLAIN }),
    ("older_and_newer_versions", Life { devices: 3, steps: 80, chain: true, versions: true, ..PLAIN }),
    ("slow_disks_and_wires", Life { devices: 3, steps: 90, slow: true, ..PLAIN }),
    ("cursors_that_jumped_ahead", Life { devices: 3, steps: 80, bad_cursors: true, slow: true, ..PLAIN }),
    ("bad_wires", Life { steps: 70, bad_wires: true, ..PLAIN }),
    ("bad_clocks", Life { devices: 3, steps: 80, bad_clocks: true, ..PLAIN }),
    ("kinds_switched_off_and_on", Life { devices: 3, steps: 80, toggles: true, bad_wires: true, ..PLAIN }),
    ("long_absences", Life { devices: 3, steps: 80, absences: true, entities: 3, ..PLAIN }),
    ("power_cuts", Life { steps: 70, power_cuts: true, ..PLAIN }),
    ("restored_backups", Life { devices: 3, steps: 60, restores: true, ..PLAIN }),
    ("copied_folders", Life { devices: 3, steps: 60, copies: true, ..PLAIN }),
];

impl Life {
    /// Whatever the dice say, all at once if they say so.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0xe7e2_7711);
        let devices = dice.between(2, 5) as usize;
        Self {
            devices,
            chain: dice.one_in(4),
            steps: dice.between(40, 50 + 20 * devices as u64) as usize,
            entities: u128::from(dice.between(2, 8)),
            bad_wires: dice.one_in(2),
            bad_clocks: dice.one_in(2),
            toggles: dice.one_in(2),
            absences: dice.one_in(2),
            restores: dice.one_in(4),
            copies: dice.one_in(4),
            power_cuts: dice.one_in(2),
            bad_cursors: dice.one_in(4),
            slow: dice.one_in(2),
            versions: dice.one_in(2),
            texts: dice.one_in(2),
        }
    }

    /// Whether databases must be files.
    pub(crate) fn needs_files(&self) -> bool {
        self.restores || self.copies
    }
}
