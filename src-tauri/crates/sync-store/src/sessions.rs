//! What a session needs at its beginning and leaves at its end.

use crate::Store;
use crate::error::StoreError;
use crate::names::{hlc, i64_of, u64_of};
use crate::outline;
use crate::peers::Standing;
use crate::quarantine;
use rusqlite::{Connection, Row, params};
use std::collections::BTreeSet;
use sync_core::hlc::Hlc;
use sync_core::identity::DeviceId;
use sync_core::limits::WRITERS_MAX;
use sync_core::node::storage::{Answer, Opening, Report, SessionRecord};
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::Wall;

/// The peer was proved to hold the same; as in [`sync_core::node::storage::Ask::Proved`].
pub(crate) struct Proof<'a> {
    pub(crate) peer: DeviceId,
    pub(crate) replica: ReplicaId,
    pub(crate) acked: u64,
    pub(crate) applied: u64,
    pub(crate) proofs: u64,
    pub(crate) off: &'a BTreeSet<Box<str>>,
}

impl Store {
    /// Answers [`sync_core::node::storage::Ask::Open`].
    pub(crate) fn opening(&mut self, peer: DeviceId) -> Result<Answer, StoreError> {
        let tx = self.conn.transaction()?;
        let standing = Standing::load(&tx, peer)?;
        let marker = marker(&tx)?;
        // The latest ones will do: what matters is the peer's present writer.
        let mut statement =
            tx.prepare_cached("SELECT id, latest FROM writer WHERE device = ?1 ORDER BY num DESC LIMIT ?2")?;
        let seen = statement
            .query_map(params![peer.as_bytes(), WRITERS_MAX], |row| {
                Ok((WriterId(row.get(0)?), hlc(row.get(1)?)))
            })?
            .collect::<Result<_, _>>()?;
        let off = standing.off(&tx)?;
        // Nothing is counted once somebody has agreed: each session begins here.
        let unagreed = if standing.agreed { None } else { Some(outline::held(&tx, &off)?) };
        Ok(Answer::Opening(Box::new(Opening {
            writer: marker.writer,
            clock: marker.clock,
            replica: marker.replica,
            head: u64_of(crate::head(&tx)?),
            off,
            peer_replica: standing.replica,
            cursors: standing.applied,
            proofs: standing.proofs,
            seen,
            unagreed,
        })))
    }

    /// Answers [`sync_core::node::storage::Ask::Proved`].
    pub(crate) fn proved(&mut self, proof: &Proof<'_>, wall: Wall) -> Result<Answer, StoreError> {
        let mut txn = self.begin(wall)?;
        let mut standing = Standing::load(&txn.sql, proof.peer)?;
        standing.meet(proof.replica);
        let acked = proof.acked.min(u64_of(txn.head()));
        standing.acked.advance(acked, proof.off);
        standing.applied.advance(proof.applied, proof.off);
        // Several sessions with one peer may prove at once, and the two ends hear of that in different
        // orders.
        standing.proofs = standing.proofs.max(proof.proofs);
        standing.store(&txn.sql)?;
        txn.sql.execute(
            "UPDATE pairing SET last_sync = ?2, last_seen = ?2 WHERE num = ?1",
            params![standing.number, i64_of(wall.0)],
        )?;
        forget_failures(&txn.sql, proof.peer)?;
        quarantine::clear_proved(&txn.sql, standing.number, proof.off)?;
        txn.handed_out = txn.handed_out.max(i64_of(acked));
        txn.commit()?;
        Ok(Answer::Done)
    }

    /// Answers [`sync_core::node::storage::Ask::Record`].
    pub(crate) fn record(&mut self, record: &SessionRecord) -> Result<Answer, StoreError> {
        let Report { new, changed, deleted, unchanged, conflicts, quarantined } = record.received;
        let [bytes_out, bytes_in] = record.bytes;
        self.conn
            .prepare_cached(
                "INSERT INTO session (device, started, ended, sent, new, changed, deleted, unchanged, conflicts,
                                      quarantined, bytes_out, bytes_in, proved, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                record.peer.as_bytes(),
                i64_of(record.started),
                i64_of(record.ended),
                i64_of(record.sent),
                i64_of(new),
                i64_of(changed),
                i64_of(deleted),
                i64_of(unchanged),
                i64_of(conflicts),
                i64_of(quarantined),
                i64_of(bytes_out),
                i64_of(bytes_in),
                record.proved,
                record.reason
            ])?;
        Ok(Answer::Done)
    }

    /// A page of finished sessions with their numbers, newest first: at most `limit`, all before the number
    /// `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sessions(
        &mut self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, SessionRecord)>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {RECORD} FROM session WHERE num < coalesce(?1, 9223372036854775807) ORDER BY num DESC LIMIT ?2"
        ))?;
        let page = statement.query_map(params![before.map(i64_of), limit], |row| {
            Ok((row.get(0).map(u64_of)?, record(row)?))
        })?;
        Ok(page.collect::<Result<_, _>>()?)
    }

    /// The finished sessions with a device that no proof came after, newest first, at most `limit`: the newest may have proved
    /// something itself.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sessions_since_proof(
        &mut self,
        device: DeviceId,
        limit: usize,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {RECORD} FROM session WHERE device = ?1 AND over = 0 ORDER BY num DESC LIMIT ?2"
        ))?;
        let sessions = statement.query_map(params![device.as_bytes(), limit], record)?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }
}

const RECORD: &str =
    "num, device, started, ended, sent, new, changed, deleted, unchanged, conflicts, quarantined,
                      bytes_out, bytes_in, proved, reason";

fn record(row: &Row<'_>) -> rusqlite::Result<SessionRecord> {
    let count = |at: usize| row.get(at).map(u64_of);
    let received = Report {
        new: count(5)?,
        changed: count(6)?,
        deleted: count(7)?,
        unchanged: count(8)?,
        conflicts: count(9)?,
        quarantined: count(10)?,
    };
    Ok(SessionRecord {
        peer: DeviceId::from_bytes(row.get(1)?),
        started: count(2)?,
        ended: count(3)?,
        sent: count(4)?,
        received,
        bytes: [count(11)?, count(12)?],
        proved: row.get(13)?,
        reason: row.get(14)?,
    })
}

/// Whatever went wrong with a device before, it is proved equal now.
pub(crate) fn forget_failures(conn: &Connection, device: DeviceId) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE pairing SET failed = NULL, failure = NULL, refused = NULL, refusal = NULL WHERE device = ?1",
    )?
    .execute([device.as_bytes()])?;
    conn.prepare_cached("UPDATE session SET over = 1 WHERE device = ?1 AND over = 0")?
        .execute([device.as_bytes()])?;
    Ok(())
}

/// What is kept outside the database too, so that a restored or copied one is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The present writer.
    pub writer: WriterId,
    /// The present replica.
    pub replica: ReplicaId,
    /// The latest moment that the clock gave out or observed.
    pub clock: Hlc,
}

fn marker(conn: &Connection) -> Result<Marker, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT w.id, r.id, r.clock FROM replica r JOIN writer w ON w.num = r.writer")?;
    Ok(statement.query_row([], |row| {
        Ok(Marker { writer: WriterId(row.get(0)?), replica: ReplicaId(row.get(1)?), clock: hlc(row.get(2)?) })
    })?)
}

impl Store {
    /// The present writer, replica and clock.
    ///
    /// # Errors
    /// When the database fails.
    pub fn marker(&mut self) -> Result<Marker, StoreError> {
        marker(&self.conn)
    }

    /// Takes a new writer and a new replica, and forgets how far anybody is, so that everything is compared
    /// anew with everybody: for a database that was restored from a backup or copied. Call it before the
    /// first write.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew(&mut self) -> Result<Marker, StoreError> {
        let wall = marker(&self.conn)?.clock.wall();
        let mut txn = self.begin(wall)?;
        txn.take_new_writer();
        // What was handed out after the backup was made, nobody here knows.
        txn.handed_out = txn.head();
        let replica = txn.fresh_id();
        txn.sql.execute("UPDATE replica SET id = ?1", params![replica])?;
        txn.sql.execute("UPDATE pairing SET replica = NULL, applied = 0, acked = 0, proofs = 0", [])?;
        txn.sql.execute("DELETE FROM peer_cursor", [])?;
        txn.commit()?;
        marker(&self.conn)
    }
}
