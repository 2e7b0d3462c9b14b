//! `whph invite` and `whph join`: two people, or one with two devices, compare six digits; then the first sync goes on over
//! the same connection.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use sync_core::session::{End, Event};
use sync_engine::Engine;
use sync_engine::online::{Invitation, JoinBy, LinkId, Net, Notice, PairFailure};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::merge::Question;
use super::online::{dial_only, listen, moved, moved_json, qr, read_line, resolve};
use crate::args::{Invite, Join};
use crate::errors::CliError;
use crate::output::{Output, Progress};

pub(crate) async fn invite(engine: &Engine, args: Invite, output: &mut Output) -> Result<(), CliError> {
    let net = listen(engine).await?;
    let mut notices = net.notices();
    let Some(invitation) = net.invite().await else { return Err(CliError::Offline) };
    show(&invitation, &net.reachable(), output)?;
    let mut pairing = Pairing { net: &net, link: None, yes: args.yes, over: false, found: false };
    let done = pairing.follow(&mut notices, output).await;
    net.stop().await;
    done
}

pub(crate) async fn join(engine: &Engine, args: Join, output: &mut Output) -> Result<(), CliError> {
    let addresses = resolve(args.address.as_deref()).await?;
    if std::io::stdin().is_terminal() && !output.is_json() {
        eprint!("Paste the link, or type the code, that the other device shows: ");
    }
    let entered = read_line().await.ok_or_else(|| {
        CliError::Usage(
            "no link and no code came: run `whph invite` on the other device and paste what it shows".into(),
        )
    })?;
    let by = JoinBy::parse(&entered, &engine.identity().channel.public(), addresses)?;
    let net = dial_only(engine).await?;
    let mut notices = net.notices();
    let link = net.join(by).await;
    let mut pairing = Pairing { net: &net, link, yes: args.yes, over: false, found: false };
    let done = pairing.follow(&mut notices, output).await;
    net.stop().await;
    done
}

fn show(invitation: &Invitation, addresses: &[SocketAddr], output: &mut Output) -> Result<(), CliError> {
    output.say("On the other device: scan this, or run `whph join` and paste the link below it.")?;
    if let Some(drawn) = qr(&invitation.link) {
        output.draw(&drawn)?;
    }
    output.say(&invitation.link)?;
    if let Some(address) = addresses.first() {
        let code = &invitation.code;
        output.say(format_args!("Or run `whph join` and type this code: {code}"))?;
        output.say(format_args!(
            "(If it does not find this device by itself: `whph join --address {address}`.)"
        ))?;
    }
    output.say(format_args!("Both work once, within {} seconds.", invitation.open_ms / 1_000))?;
    output.json(&json!({
        "link": invitation.link,
        "code": invitation.code,
        "addresses": addresses,
        "open_ms": invitation.open_ms,
    }))?;
    output.flush()?;
    Ok(())
}

/// Longer than an invite and the comparing after it can take: when nothing at all was heard for so long, what should have
/// been was lost in a flood of wrong codes.
const PATIENCE: Duration = Duration::from_secs(300);

/// One pairing, followed from its first sign to the end of the first sync.
struct Pairing<'a> {
    net: &'a Net,
    /// The link it happens on; the inviting side learns it when somebody comes.
    link: Option<LinkId>,
    yes: bool,
    /// Whether nobody else can come in by the invite any more.
    over: bool,
    /// Whether the devices are paired.
    found: bool,
}

impl Pairing<'_> {
    async fn follow(&mut self, notices: &mut Receiver<Notice>, output: &mut Output) -> Result<(), CliError> {
        let inviting = self.link.is_none();
        let mut progress = Progress::new(output);
        let mut question = Question::new(self.yes);
        loop {
            let heard = tokio::select! {
                heard = tokio::time::timeout(PATIENCE, notices.recv()) => heard,
                () = question.answered(self.net) => continue,
            };
            let notice = match heard {
                Ok(Ok(notice)) => notice,
                Ok(Err(RecvError::Lagged(_))) => continue,
                Ok(Err(RecvError::Closed)) => return Err(CliError::Offline),
                Err(_) if self.found => continue,
                Err(_) => return Err(CliError::InviteOver),
            };
            match notice {
                Notice::Compare { link, name, digits, .. } if self.is_ours(link) => {
                    self.link = Some(link);
                    self.compare(link, &name, &digits, output).await?;
                }
                Notice::Paired { link, peer, name } if self.is_ours(link) => {
                    self.found = true;
                    output.say(format_args!("Paired with {name} ({}).", peer.short()))?;
                    output.json(&json!({ "paired": { "device": peer, "name": name } }))?;
                    output.flush()?;
                }
                Notice::PairingFailed { link, reason } if self.is_ours(link) => {
                    // While the invite is open the right device may still come.
                    if !inviting || self.over || reason == PairFailure::Rejected {
                        return Err(CliError::Pairing(reason));
                    }
                    self.link = None;
                    eprintln!("whph: {reason}");
                }
                Notice::WrongCode => eprintln!("whph: somebody tried a wrong code; the invite stays open"),
                // Who is here already may stay: their pairing says itself how it ends.
                Notice::InviteClosed { used: false } if inviting && self.link.is_some() => self.over = true,
                Notice::InviteClosed { used: false } if inviting => return Err(CliError::InviteOver),
                Notice::Session { link, peer, event: Event::Preview(preview) } if self.is_ours(link) => {
                    question.ask(self.net, link, peer, preview, output)?;
                }
                Notice::Session { link, event: Event::Agreed, .. } => question.settled(link),
                Notice::Session { link, event: Event::Progress(moving), .. } if self.is_ours(link) => {
                    progress.show(format_args!(
                        "{} sent, {} received",
                        moving.sent,
                        moving.received.entities()
                    ));
                }
                Notice::Ended { link, end, progress: all, bytes, .. } if self.is_ours(link) && self.found => {
                    drop(progress);
                    return ended(end, all, bytes, output);
                }
                Notice::InviteOpened { .. }
                | Notice::InviteClosed { .. }
                | Notice::Compare { .. }
                | Notice::Paired { .. }
                | Notice::PairingFailed { .. }
                | Notice::Connected { .. }
                | Notice::Unreachable { .. }
                | Notice::Session { .. }
                | Notice::Ended { .. } => {}
            }
        }
    }

    fn is_ours(&self, link: LinkId) -> bool {
        self.link.is_none_or(|ours| ours == link)
    }

    async fn compare(
        &self,
        link: LinkId,
        name: &str,
        digits: &str,
        output: &mut Output,
    ) -> Result<(), CliError> {
        output.say(format_args!("{name} wants to pair. Both devices must show the same digits: {digits}"))?;
        output.json(&json!({ "compare": { "name": name, "digits": digits } }))?;
        output.flush()?;
        if self.yes {
            self.net.decide(link, true);
            return Ok(());
        }
        if std::io::stdin().is_terminal() {
            eprint!("Are they the same, and is that device yours? Type yes, or anything else to refuse: ");
        }
        let answer = read_line().await.unwrap_or_default();
        self.net.decide(link, matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"));
        Ok(())
    }
}

/// Pairing is done either way; how the first sync went is told, and decides the exit code.
fn ended(
    end: End,
    all: sync_core::session::Progress,
    bytes: [u64; 2],
    output: &mut Output,
) -> Result<(), CliError> {
    let equal = end == End::Proved;
    output.json(&json!({ "sync": moved_json(all, bytes), "equal": equal }))?;
    if end.waits_for_agreement() {
        return Err(CliError::NotNow);
    }
    if !equal {
        return Err(CliError::NotEqual { reason: end.to_string() });
    }
    output.say(format_args!("First sync: {}. Both devices hold the same, proved by digest.", moved(all)))?;
    Ok(())
}
