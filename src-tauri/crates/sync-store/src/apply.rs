//! Applies what a peer sent: one transaction for a batch and its cursor, so that a session interrupted
//! anywhere continues where it stopped. What cannot be taken is set aside, and the batch goes on.

use crate::error::StoreError;
use crate::names::u64_of;
use crate::peers::Standing;
use crate::ready::{Arrival, Theirs, What};
use crate::txn::{Next, Txn};
use crate::{Store, history, names, quarantine, sweeps};
use rusqlite::params;
use std::collections::BTreeSet;
use sync_core::entity::write::reassert;
use sync_core::entity::{Entity, EntityKey, Verdict, apply};
use sync_core::identity::DeviceId;
use sync_core::json::Class;
use sync_core::limits::KINDS_MAX;
use sync_core::node::storage::{Answer, Ask, Report};
use sync_core::schema::{Kind, Rule, Violation};
use sync_core::stamp::ReplicaId;
use sync_core::time::Wall;
use sync_core::wire::batch::Writers;

/// A batch and where it came from; as in [`sync_core::node::storage::Ask::Apply`].
pub(crate) struct Received<'a> {
    pub(crate) peer: DeviceId,
    pub(crate) replica: ReplicaId,
    pub(crate) writers: &'a Writers,
    /// As they came, one an entity.
    pub(crate) lines: &'a str,
    pub(crate) upto: Option<u64>,
    pub(crate) off: &'a BTreeSet<Box<str>>,
    pub(crate) wall: Wall,
}

/// Why one entity was not taken.
enum NotTaken {
    /// It cannot be; in words.
    SetAside(String),
    /// The database failed: nothing of the batch is.
    Failed(StoreError),
}

impl<E: Into<StoreError>> From<E> for NotTaken {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl<'a> Received<'a> {
    /// What a question brings, if it brings a batch.
    pub(crate) fn of(ask: &'a Ask) -> Option<Self> {
        let Ask::Apply { peer, replica, writers, batch, upto, off, wall } = ask else { return None };
        let (peer, replica, upto, wall) = (*peer, *replica, *upto, *wall);
        Some(Self { peer, replica, writers, lines: &batch.lines, upto, off, wall })
    }
}

impl Store {
    /// Answers [`Ask::Apply`].
    pub(crate) fn apply(
        &mut self,
        received: &Received<'_>,
        arrivals: Vec<Arrival>,
    ) -> Result<Answer, StoreError> {
        let mut txn = self.begin(received.wall)?;
        let answer = take_all(&mut txn, received, arrivals)?;
        txn.commit()?;
        Ok(answer)
    }

    /// Answers [`Ask::Apply`] for several batches in one transaction: in a first sync each of them touches much the same pages,
    /// and a page goes into the log once a transaction.
    ///
    /// # Errors
    /// When the database fails: then nothing of any of them is taken.
    pub(crate) fn apply_together(
        &mut self,
        batches: Vec<(Received<'_>, Vec<Arrival>)>,
    ) -> Result<Vec<Answer>, StoreError> {
        let Some(wall) = batches.first().map(|(received, _)| received.wall) else { return Ok(Vec::new()) };
        let mut txn = self.begin(wall)?;
        let answers = batches
            .into_iter()
            .map(|(received, arrivals)| take_all(&mut txn, &received, arrivals))
            .collect::<Result<_, _>>()?;
        txn.commit()?;
        Ok(answers)
    }
}

/// Takes what can be taken of a batch, and moves the cursor.
fn take_all(
    txn: &mut Txn<'_>,
    received: &Received<'_>,
    arrivals: Vec<Arrival>,
) -> Result<Answer, StoreError> {
    let Received { peer, replica, writers, lines, upto, off, wall } = *received;
    let mut standing = Standing::load(&txn.sql, peer)?;
    let source = source(txn, peer, replica)?;
    let set_aside = quarantine::keys(&txn.sql)?;
    let first = history::next(&txn.sql)?;
    txn.writers.announce(received.peer, writers);
    let (mut report, mut likely_new) = (Report::default(), true);
    for Arrival { line, what } in arrivals {
        let (key, taken) = match what {
            What::Entity { key, theirs } => {
                let taken = take(txn, &key, theirs, received, source, (&mut report, &mut likely_new));
                (Some(key), taken)
            }
            What::Unreadable { key, reason } => (key, Err(NotTaken::SetAside(reason))),
        };
        match (taken, &key) {
            (Ok(()), Some(key)) if set_aside.contains(key) => quarantine::clear(&txn.sql, key)?,
            (Ok(()), _) => {}
            (Err(NotTaken::SetAside(reason)), key) => {
                tracing::warn!(%peer, key = key.as_ref().map(tracing::field::display), reason, "set aside");
                let line = lines.get(line).unwrap_or_default().trim_end();
                quarantine::add(&txn.sql, standing.number, key.as_ref(), line, &reason, wall)?;
                report.quarantined += 1;
            }
            (Err(NotTaken::Failed(error)), _) => return Err(error),
        }
    }
    if report.deleted > 0 {
        sweeps::count(txn, peer, first, &report)?;
    }
    if let Some(upto) = upto {
        standing.meet(replica);
        standing.applied.advance(upto, off);
        standing.store(&txn.sql)?;
    }
    Ok(Answer::Applied { upto, report, head: u64_of(txn.head()) })
}

fn take(
    txn: &mut Txn<'_>,
    key: &EntityKey,
    mut theirs: Theirs,
    received: &Received<'_>,
    source: i64,
    (report, likely_new): (&mut Report, &mut bool),
) -> Result<(), NotTaken> {
    let schema = txn.schema;
    let kind = schema.kind(&key.kind);
    if received.off.contains(&key.kind) {
        return Err(NotTaken::SetAside(format!("{} is not shared with that device", key.kind)));
    }
    // Those that this version knows have their place, whatever a peer made up before they were first needed.
    if kind.is_none() && txn.kinds.number(&key.kind).is_none() && txn.kinds.len() >= KINDS_MAX {
        return Err(NotTaken::SetAside(format!("there are {KINDS_MAX} kinds already")));
    }
    if let Some(kind) = kind {
        check(kind, &theirs.entity).map_err(|violation| NotTaken::SetAside(violation.to_string()))?;
    }
    if !txn.writers.has_room(&theirs.entity, received.peer) {
        return Err(NotTaken::SetAside("it would bring more writers than this device can know".into()));
    }
    if txn.is_ahead_of_us(&theirs.entity) && !txn.writers.has_room_for_own(txn.device) {
        let reason = "it names a write of this device that this device never made, as too many did before";
        return Err(NotTaken::SetAside(reason.into()));
    }
    // New ones come in rows, and so do known ones: what the last one was may save looking this one up.
    let found = if *likely_new { None } else { txn.find(key)? };
    *likely_new = found.is_none() && take_new(txn, key, &mut theirs, source, report)?;
    if *likely_new {
        return Ok(());
    }
    let stored = match found {
        Some(stored) => stored,
        None => txn
            .find(key)?
            .ok_or_else(|| StoreError::Damaged(format!("{key} is there and cannot be found")))?,
    };
    if stored.here {
        return Err(NotTaken::SetAside(format!(
            "what is here under that id stays on this device; `whph keep {key} --shared` brings the two together"
        )));
    }
    let Theirs { entity, checksum, fields } = theirs;
    if stored.checksum == checksum {
        report.unchanged += 1;
        return Ok(());
    }
    let ours = txn.decode(key, &stored)?;
    let applied = apply(Some(&ours), entity);
    let mut merged = applied.entity;
    let exact = match applied.verdict {
        Verdict::Unchanged => {
            report.unchanged += 1;
            return Ok(());
        }
        Verdict::Theirs => !applied.reassert,
        Verdict::Both => false,
    };
    txn.observe(&merged);
    if applied.reassert {
        let stamp = txn.stamp()?;
        reassert(&mut merged, &ours, stamp);
    }
    // What is exactly theirs was read from a row just now.
    let row = if exact { txn.encode(&merged, Some(fields)) } else { txn.encode_proved(&merged) };
    let row = row.map_err(|error| NotTaken::SetAside(error.to_string()))?;
    let (checksum, source_now) = if exact { (checksum, source) } else { (merged.checksum(key), 0) };
    let next = Next { entity: &merged, row: &row, checksum, source: source_now };
    let review = txn.put(key, Some(&stored), &next)?;
    history::record(txn, key, &ours, &merged, &applied.replaced, source)?;
    match (ours.is_dead(), merged.is_dead()) {
        (false, true) => report.deleted += 1,
        (true, true) => report.unchanged += 1,
        (_, false) => report.changed += 1,
    }
    report.conflicts += u64::from(review > 0 && stored.review == 0);
    Ok(())
}

/// Takes an entity that is new here. False, and nothing done: it is not.
fn take_new(
    txn: &mut Txn<'_>,
    key: &EntityKey,
    theirs: &mut Theirs,
    source: i64,
    report: &mut Report,
) -> Result<bool, NotTaken> {
    let Theirs { entity, checksum, fields } = theirs;
    let row = txn.encode(entity, Some(std::mem::take(fields)));
    let row = row.map_err(|error| NotTaken::SetAside(error.to_string()))?;
    let Some(review) = txn.put_new(key, &Next { entity, row: &row, checksum: *checksum, source })? else {
        *fields = row.fields;
        return Ok(false);
    };
    txn.observe(entity);
    // A tombstone of something we never had is nothing new to anybody.
    *(if entity.is_dead() { &mut report.unchanged } else { &mut report.new }) += 1;
    report.conflicts += u64::from(review > 0);
    Ok(true)
}

/// Whether a peer's entity can be one of this kind at all.
fn check(kind: &Kind, entity: &Entity) -> Result<(), Violation> {
    for (name, siblings) in &entity.fields {
        let Some(field) = kind.field(name) else { continue };
        if field.rule == Rule::Set {
            return Err(Violation::new(&**name, "must be a list"));
        }
        siblings.iter().try_for_each(|sibling| field.check_remote(sibling.value.class()))?;
    }
    for (name, members) in &entity.sets {
        let Some(field) = kind.field(name) else { continue };
        if field.rule != Rule::Set {
            return Err(Violation::new(&**name, "must not be a list"));
        }
        for member in members {
            match member.item.class() {
                Class::Null => return Err(Violation::new(&**name, "must not hold null")),
                class @ (Class::Bool | Class::Number | Class::Text | Class::Array | Class::Object) => {
                    field.check_remote(class)?;
                }
            }
        }
    }
    Ok(())
}

/// The number of the source (peer, replica).
fn source(txn: &Txn<'_>, peer: DeviceId, replica: ReplicaId) -> Result<i64, StoreError> {
    if let Some(number) = names::source(&txn.sql, peer, replica)? {
        return Ok(number);
    }
    txn.sql.execute(
        "INSERT INTO source (device, replica) VALUES (?1, ?2)",
        params![peer.as_bytes(), replica.0],
    )?;
    Ok(txn.sql.last_insert_rowid())
}

#[cfg(test)]
mod tests;
