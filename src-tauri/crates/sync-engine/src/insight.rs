//! How things stand, what happened, and whether the database is sound.

use std::collections::BTreeSet;

use sync_core::identity::DeviceId;
use sync_core::node::storage::{Report, SessionRecord};
use sync_core::session::End;
use sync_core::time::Wall;
use sync_core::wire::ByeReason;
use sync_store::{
    Checkup, Decision, Failure, HistoryEntry, HistoryFilter, PeerStatus, Quarantined, Status, Store, Sweep,
    Tidied,
};

use crate::error::EngineError;
use crate::open::setting;
use crate::{Engine, clock, peers};

/// Sessions since the last proof that are looked at.
const SESSIONS_LOOKED_AT: usize = 500;

/// How things stand.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What the database counts.
    pub status: Status,
    /// The paired devices, by the time of their pairing.
    pub peers: Vec<PeerOverview>,
    /// Whether this device takes a pause.
    pub paused: bool,
    /// Deletions of many entities at once that a person has not answered yet.
    pub sweeps: Vec<Sweep>,
}

/// How things stand with one paired device.
#[derive(Clone, Debug)]
pub struct PeerOverview {
    /// What the database counts.
    pub status: PeerStatus,
    /// In one word.
    pub state: PeerState,
}

/// How things stand with one paired device, in one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerState {
    /// It was proved to hold everything that this device holds now.
    UpToDate,
    /// Something is to be sent or compared once it can be reached.
    Waiting,
    /// Both hold data of their own, and nobody has agreed yet to put it together.
    WaitsForOk,
    /// As [`Self::UpToDate`], and so many entities wait for a person here.
    NeedsReview(u64),
    /// What went wrong last and was not put right since, and what to do.
    Problem(String),
}

impl std::fmt::Display for PeerState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UpToDate => f.write_str("Up to date"),
            Self::Waiting => f.write_str("Waiting for device"),
            Self::WaitsForOk => f.write_str("Waits for your OK"),
            Self::NeedsReview(count) => write!(f, "Needs review ({count})"),
            Self::Problem(reason) => write!(f, "Problem: {reason}"),
        }
    }
}

/// With whom a kind is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindSharing {
    /// The kind.
    pub kind: String,
    /// Whether this version knows it.
    pub known: bool,
    /// How many entities of it live here, those that stay on this device left out.
    pub living: u64,
    /// Whether it is shared at all.
    pub on: bool,
    /// Devices that it is not shared with although it is on.
    pub off_with: Vec<DeviceId>,
}

impl Engine {
    /// How things stand.
    ///
    /// # Errors
    /// When the database or the key store fails.
    pub async fn overview(&self) -> Result<Overview, EngineError> {
        let keystore = self.parts.keystore.clone();
        let overview = move |store: &mut Store| {
            let status = store.status()?;
            let mut overviews = Vec::new();
            for peer in &status.peers {
                let state = if peers::secret(&keystore, peer.device)?.is_none() {
                    let name = &peer.name;
                    PeerState::Problem(format!(
                        "what this device shares with it is gone from the key store; `whph forget {name:?}`, then pair anew"
                    ))
                } else {
                    let refusal = store.peer_refusal(peer.device)?;
                    let since = store.sessions_since_proof(peer.device, SESSIONS_LOOKED_AT)?;
                    state(peer, &since, refusal, store.is_compared(peer.device)?, status.reviews)
                };
                overviews.push(PeerOverview { status: peer.clone(), state });
            }
            let paused = store.setting(setting::PAUSED)?.is_some();
            Ok(Overview { status, peers: overviews, paused, sweeps: store.sweeps()? })
        };
        self.db().call(overview).await?
    }

    /// Decisions of the past about what devices had disagreed about, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions(&self, limit: usize) -> Result<Vec<Decision>, EngineError> {
        Ok(self.db().call(move |store| store.decisions(limit)).await??)
    }

    /// A page of what became of entities, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(
        &self,
        filter: HistoryFilter,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, EngineError> {
        Ok(self.db().call(move |store| store.history(&filter, limit)).await??)
    }

    /// A page of past sessions with their numbers, newest first, all before the number `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, SessionRecord)>, EngineError> {
        Ok(self.db().call(move |store| store.sessions(before, limit)).await??)
    }

    /// What peers sent and this device could not take, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantined(&self) -> Result<Vec<Quarantined>, EngineError> {
        Ok(self.db().call(|store| store.quarantined()).await??)
    }

    /// Every kind that this version knows or that came from elsewhere, and with whom it is shared.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kinds(&self) -> Result<Vec<KindSharing>, EngineError> {
        let schema = self.schema().clone();
        let kinds = move |store: &mut Store| {
            let counts = store.status()?.kinds;
            let off = store.kinds_off(None)?;
            let mut off_with = Vec::new();
            for peer in store.peers()? {
                off_with.push((peer.device, store.kinds_off(Some(peer.device))?));
            }
            let known: Vec<&str> = schema.kinds.iter().map(|kind| kind.name).collect();
            let others: BTreeSet<&str> =
                counts.keys().chain(&off).map(|kind| &**kind).filter(|kind| !known.contains(kind)).collect();
            let sharing = |kind: &str| KindSharing {
                kind: kind.to_owned(),
                known: known.contains(&kind),
                living: counts.get(kind).map_or(0, |count| count.living),
                on: !off.contains(kind),
                off_with: off_with
                    .iter()
                    .filter(|(_, off)| off.contains(kind))
                    .map(|(peer, _)| *peer)
                    .collect(),
            };
            Ok(known.iter().copied().chain(others).map(sharing).collect())
        };
        self.db().call(kinds).await?
    }

    /// Shares a kind or stops sharing it, with one paired device or with all. What was sent already stays where it is.
    ///
    /// # Errors
    /// When there is no such kind, the device is not paired, or the database fails.
    pub async fn share_kind(&self, kind: &str, peer: Option<DeviceId>, on: bool) -> Result<(), EngineError> {
        let kind = kind.to_owned();
        if !self.kinds().await?.iter().any(|known| known.kind == kind) {
            return Err(EngineError::NoKind { kind });
        }
        Ok(self.db().call(move |store| store.share_kind(&kind, peer, on)).await??)
    }

    /// Checks everything; reads the whole database.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub async fn check(&self) -> Result<Checkup, EngineError> {
        Ok(self.db().call(|store| store.check()).await??)
    }

    /// Drops what is older than 90 days. Call it about once a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tidy(&self) -> Result<Tidied, EngineError> {
        Ok(self.db().call(|store| store.tidy(clock::now().wall)).await??)
    }
}

/// `since`: the sessions that no proof came after, newest first.
fn state(
    peer: &PeerStatus,
    since: &[SessionRecord],
    refusal: Option<Failure>,
    compared: bool,
    reviews: u64,
) -> PeerState {
    // Where a person is to be asked nothing has gone wrong, however the last session ended while it waited.
    let failed = |record: &&SessionRecord| !record.proved && !is_wanted(record);
    let failure = since.first().filter(failed).filter(|_| !peer.asks);
    let failure = failure.and_then(|record| Some((Wall(record.ended), record.reason.clone()?)));
    let refusal = refusal.map(|refusal| (refusal.at, refusal.reason));
    if let Some((_, reason)) = failure.into_iter().chain(refusal).max_by_key(|(at, _)| *at) {
        return PeerState::Problem(reason);
    }
    if peer.asks {
        return PeerState::WaitsForOk;
    }
    // Something was merged without a proof since, from a bundle or before somebody stopped the session, or a comparison failed: the
    // two may differ, though nothing waits. Where another connection goes on, that one proves it.
    let is_unproved = |record: &SessionRecord| {
        !record.proved
            && (record.reason.is_none()
                || failed(&record)
                || record.received != Report::default() && !is_settled(record))
    };
    let unproved = since.iter().any(is_unproved);
    let proved = peer.last_sync.is_some() && peer.pending == 0 && compared && !unproved;
    match (proved, reviews) {
        (false, _) => PeerState::Waiting,
        (true, 0) => PeerState::UpToDate,
        (true, count) => PeerState::NeedsReview(count),
    }
}

/// Whether a session ended because somebody wanted it to, here or there, only to begin anew, or because another one goes on.
pub(crate) fn is_wanted(record: &SessionRecord) -> bool {
    let wanted = [End::Stopped, End::Renew, End::Left(ByeReason::Stopped), End::Left(ByeReason::Renew)];
    ended_so(record, &wanted) || is_settled(record)
}

fn is_settled(record: &SessionRecord) -> bool {
    ended_so(record, &[End::Settled, End::Left(ByeReason::Settled)])
}

fn ended_so(record: &SessionRecord, ends: &[End]) -> bool {
    record.reason.as_ref().is_some_and(|reason| ends.iter().any(|end| end.to_string() == *reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice::from_ref;

    const BOB: DeviceId = DeviceId::from_bytes([2; 16]);

    fn bob(pending: u64, last_sync: Option<u64>) -> PeerStatus {
        PeerStatus {
            device: BOB,
            name: "bob".into(),
            pending,
            last_seen: None,
            last_sync: last_sync.map(Wall),
            asks: false,
            failure: None,
            skew: None,
        }
    }

    fn ended(at: u64, reason: Option<&str>) -> SessionRecord {
        SessionRecord {
            peer: BOB,
            started: at,
            ended: at,
            sent: 0,
            received: Report::default(),
            bytes: [0, 0],
            proved: reason.is_none(),
            reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn up_to_date_is_said_only_of_what_was_proved() {
        assert_eq!(state(&bob(0, Some(5)), &[ended(5, None)], None, true, 0), PeerState::UpToDate);
        assert_eq!(state(&bob(0, Some(5)), &[], None, true, 2), PeerState::NeedsReview(2));
        for waiting in [
            state(&bob(0, None), &[], None, true, 0),
            state(&bob(1, Some(5)), &[], None, true, 0),
            state(&bob(0, Some(5)), &[], None, false, 0),
        ] {
            assert_eq!(waiting, PeerState::Waiting);
        }
    }

    #[test]
    fn a_bundle_that_proved_nothing_is_not_up_to_date() {
        let read = SessionRecord { proved: false, ..ended(9, None) };
        assert_eq!(state(&bob(0, Some(5)), from_ref(&read), None, true, 0), PeerState::Waiting);
        assert_eq!(state(&bob(0, Some(9)), &[], None, true, 0), PeerState::UpToDate);
    }

    #[test]
    fn what_was_proved_under_a_clock_that_was_ahead_hides_nothing_that_came_later() {
        let ahead = bob(0, Some(1_000_000));
        let failed = ended(9, Some("the two still differ"));
        assert!(matches!(state(&ahead, from_ref(&failed), None, true, 0), PeerState::Problem(_)));
        let read = SessionRecord { proved: false, ..ended(9, None) };
        assert_eq!(state(&ahead, from_ref(&read), None, true, 0), PeerState::Waiting);
    }

    #[test]
    fn a_failure_stays_visible_until_the_next_proof() {
        let failed = ended(9, Some("it stopped answering; sync again"));
        let refused = || Some(Failure { at: Wall(9), reason: "it does not know this device".into() });
        for (last, refusal) in [(from_ref(&failed), None), (&[], refused())] {
            assert!(matches!(state(&bob(0, Some(5)), last, refusal, true, 0), PeerState::Problem(_)));
        }
        assert_eq!(state(&bob(0, Some(10)), &[], None, true, 0), PeerState::UpToDate);
    }

    #[test]
    fn a_comparison_that_failed_is_not_forgotten_by_a_session_that_somebody_stopped() {
        let unequal = ended(8, Some(&End::Stalled.to_string()));
        let stopped = ended(9, Some(&End::Stopped.to_string()));
        assert_eq!(state(&bob(0, Some(5)), &[stopped, unequal], None, true, 0), PeerState::Waiting);
    }

    #[test]
    fn a_first_merge_waits_for_an_ok_however_its_session_ended() {
        let asking = PeerStatus { asks: true, ..bob(3, None) };
        for end in [End::NotNow, End::Left(ByeReason::NotNow), End::Lost, End::Stalled] {
            let ended = ended(9, Some(&end.to_string()));
            assert_eq!(state(&asking, from_ref(&ended), None, true, 0), PeerState::WaitsForOk);
        }
        let refused = Failure { at: Wall(9), reason: "it does not know this device".into() };
        assert!(matches!(state(&asking, &[], Some(refused), true, 0), PeerState::Problem(_)));
    }

    #[test]
    fn one_of_two_connections_that_gives_way_takes_back_nothing_that_was_proved() {
        for end in [End::Settled, End::Left(ByeReason::Settled)] {
            let settled = ended(9, Some(&end.to_string()));
            assert_eq!(state(&bob(0, Some(5)), from_ref(&settled), None, true, 0), PeerState::UpToDate);
            assert_eq!(state(&bob(1, Some(5)), from_ref(&settled), None, true, 0), PeerState::Waiting);
        }
    }

    #[test]
    fn what_arrived_before_somebody_stopped_it_is_not_called_up_to_date() {
        let received = Report { new: 1, ..Report::default() };
        let stopped = SessionRecord { received, ..ended(9, Some(&End::Stopped.to_string())) };
        assert_eq!(state(&bob(0, Some(5)), from_ref(&stopped), None, true, 0), PeerState::Waiting);
        assert_eq!(state(&bob(0, Some(10)), &[], None, true, 0), PeerState::UpToDate);
    }

    #[test]
    fn a_session_that_somebody_stopped_is_no_problem() {
        for end in [End::Stopped, End::Left(ByeReason::Stopped), End::Renew] {
            let stopped = ended(9, Some(&end.to_string()));
            assert_eq!(state(&bob(1, Some(5)), from_ref(&stopped), None, true, 0), PeerState::Waiting);
        }
    }
}
