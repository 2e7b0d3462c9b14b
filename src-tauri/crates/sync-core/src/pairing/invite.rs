//! The displaying side's open door: for two minutes, for one device, in memory only.

use std::fmt;

use rand_core::{CryptoRng, RngCore};

use super::{DerivationError, TypedCode};
use crate::identity::InviteSecret;
use crate::time::Mono;

/// How long an invite is open, in milliseconds.
pub const INVITE_MS: u64 = 120_000;

/// The one-time secrets of one invite: one for the link and QR code, one behind the typed code.
///
/// The caller asks [`Invite::attempt`] at every knock, lets one device at a time come in by it, and calls
/// [`Invite::use_up`] once that device is paired or turned away.
pub struct Invite {
    link_secret: InviteSecret,
    code: TypedCode,
    code_secret: InviteSecret,
    opened: Mono,
    used: bool,
    limiter: Limiter,
}

impl Invite {
    /// A new invite. Derives the typed code's secret, so it takes as long as [`TypedCode::secret`].
    pub fn open(rng: &mut (impl RngCore + CryptoRng), now: Mono) -> Result<Self, DerivationError> {
        let link_secret = InviteSecret::generate(rng);
        let code = TypedCode::generate(rng);
        let code_secret = code.secret()?;
        Ok(Self { link_secret, code, code_secret, opened: now, used: false, limiter: Limiter::new(now) })
    }

    /// The secret for the link.
    pub fn link_secret(&self) -> &InviteSecret {
        &self.link_secret
    }

    /// The code for the screen.
    pub fn code(&self) -> &TypedCode {
        &self.code
    }

    /// The secret behind the code.
    pub fn code_secret(&self) -> &InviteSecret {
        &self.code_secret
    }

    /// The secrets to try on one knock: none once the invite is used or its time is over.
    ///
    /// The typed code is among them for 10 knocks at once and then one a second. The link's secret has
    /// 256 bits, which no number of tries wears down: it is always among them, so a stranger who knocks
    /// all day keeps nobody from pairing.
    pub fn attempt(&mut self, now: Mono) -> Vec<InviteSecret> {
        if self.remaining_ms(now) == 0 {
            return Vec::new();
        }
        let code_secret = self.limiter.allows(now).then(|| self.code_secret.clone());
        std::iter::once(self.link_secret.clone()).chain(code_secret).collect()
    }

    /// Closes the invite for good.
    pub fn use_up(&mut self) {
        self.used = true;
    }

    /// Milliseconds that it is still open; 0 once used.
    pub fn remaining_ms(&self, now: Mono) -> u64 {
        if self.used { 0 } else { INVITE_MS.saturating_sub(now.0.saturating_sub(self.opened.0)) }
    }
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Invite(…)")
    }
}

/// A token bucket, counted in the milliseconds that its tokens take to refill.
struct Limiter {
    credit_ms: u64,
    updated: Mono,
}

impl Limiter {
    const TOKEN_MS: u64 = 1_000;
    const FULL_MS: u64 = 10 * Self::TOKEN_MS;

    fn new(now: Mono) -> Self {
        Self { credit_ms: Self::FULL_MS, updated: now }
    }

    fn allows(&mut self, now: Mono) -> bool {
        let earned = now.0.saturating_sub(self.updated.0);
        self.credit_ms = self.credit_ms.saturating_add(earned).min(Self::FULL_MS);
        self.updated = now;
        match self.credit_ms.checked_sub(Self::TOKEN_MS) {
            Some(left) => {
                self.credit_ms = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    const OPENED: Mono = Mono(50_000);

    fn invite() -> Invite {
        Invite::open(&mut ChaCha20Rng::seed_from_u64(7), OPENED).unwrap()
    }

    fn after(ms: u64) -> Mono {
        Mono(OPENED.0 + ms)
    }

    #[test]
    fn an_invite_accepts_its_link_and_its_code() {
        let mut invite = invite();
        let typed = TypedCode::parse(&invite.code().grouped()).unwrap().secret().unwrap();
        let link = invite.link_secret().clone();
        assert_eq!(invite.attempt(OPENED), [link, typed]);
    }

    #[test]
    fn no_two_invites_share_a_secret() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let (first, second) =
            (Invite::open(&mut rng, OPENED).unwrap(), Invite::open(&mut rng, OPENED).unwrap());
        assert_ne!(first.link_secret, second.link_secret);
        assert_ne!(first.code_secret, second.code_secret);
        assert_ne!(first.code.grouped(), second.code.grouped());
    }

    #[test]
    fn an_invite_is_open_for_two_minutes() {
        let mut invite = invite();
        assert_eq!(invite.remaining_ms(OPENED), 120_000);
        assert_eq!(invite.remaining_ms(after(119_999)), 1);
        assert_eq!(invite.attempt(after(119_999)).len(), 2);
        for ms in [120_000, 121_000, u64::MAX - OPENED.0] {
            assert_eq!(invite.remaining_ms(after(ms)), 0);
            assert_eq!(invite.attempt(after(ms)), []);
        }
    }

    #[test]
    fn an_invite_works_once() {
        let mut invite = invite();
        invite.use_up();
        assert_eq!(invite.attempt(after(1)), []);
        assert_eq!(invite.remaining_ms(after(1)), 0);
    }

    #[test]
    fn ten_thousand_wrong_codes_neither_get_through_nor_close_the_invite() {
        let mut invite = invite();
        let tried = (0..10_000).filter(|n| invite.attempt(after(n / 100)).len() == 2).count();
        assert_eq!(tried, 10);
        // The link still works, and so does the code a second later.
        assert_eq!(invite.attempt(after(99)), [invite.link_secret().clone()]);
        assert_eq!(invite.attempt(after(1_000)).len(), 2);
        assert_eq!(invite.attempt(after(1_000)).len(), 1);
        assert_eq!(invite.attempt(after(2_000)).len(), 2);
        // Never more than ten saved up.
        let burst = (0..50).filter(|_| invite.attempt(after(100_000)).len() == 2).count();
        assert_eq!(burst, 10);
    }

    #[test]
    fn debug_output_hides_the_secrets() {
        assert_eq!(format!("{:?}", invite()), "Invite(…)");
    }
}
