//! The loop: sockets, store and clock on one side, the node on the other. It decides nothing.

mod closing;
mod company;
mod neighbours;
mod notices;

use super::file_watch::FileWatch;
use super::live::Live;
use super::manager::SyncManager;
use super::{Hold, JoinBy, Notice, Request, SyncFailure, SyncOutcome};
use crate::clock::now;
use crate::{DbStopped, Engine, EngineError};
use closing::Closing;
use neighbours::Neighbours;
use rand_core::{OsRng, RngCore};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use sync_core::discovery::Who;
use sync_core::identity::DeviceId;
use sync_core::node::storage::{Answer, Ask};
use sync_core::node::{Command, Input, LinkId, Node, Output, Profile};
use sync_core::pairing::ADDRESSES_MAX;
use sync_core::time::Mono;
use sync_net::{Clogged, Link, LinkEvent, Listener, dial, reachable_addresses, seek};
use sync_store::{Ready, Store};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Bytes of links wait here, so that a flood fills the sender's buffers and not our memory.
const HEARD_MAX: usize = 64;
/// Links that wait to be let in; more wait with the system.
const KNOCKS_MAX: usize = 64;
/// How often to look whether this machine slept.
const PULSE: Duration = Duration::from_secs(5);
/// How often other processes' writes to the same database are looked for where the system does not tell of them.
const LOOK_FOR_CHANGES: Duration = Duration::from_millis(500);
/// How long the end waits for what the store still has of sessions.
const PARTING: Duration = Duration::from_secs(2);

pub(super) struct Shell {
    engine: Engine,
    node: Node,
    /// Where it listens, unless it takes a pause.
    listen: Option<SocketAddr>,
    listener: Option<Listener>,
    keep_connected: bool,
    paused: bool,
    /// It syncs by itself also over a network that costs by volume.
    on_metered: bool,
    held: Option<Hold>,
    notices: broadcast::Sender<Notice>,
    live: watch::Sender<Live>,
    links: HashMap<LinkId, Link>,
    closing: Closing,
    /// With whom a link is, once that is known.
    with: HashMap<LinkId, DeviceId>,
    manager: SyncManager,
    neighbours: Neighbours,
    waiting: HashMap<LinkId, oneshot::Sender<SyncOutcome>>,
    /// Links to paired devices that are being opened, and the address that answered.
    dialled: HashMap<LinkId, Option<SocketAddr>>,
    /// The address that answered.
    via: HashMap<LinkId, SocketAddr>,
    /// Our own address of a link.
    local: HashMap<LinkId, IpAddr>,
    /// Whom links look for that are to be dialled.
    seeking: HashMap<LinkId, Who>,
    files: Option<FileWatch>,
    data_version: Option<(u64, u64)>,
    /// What is written through this engine.
    written: watch::Receiver<u64>,
    /// How many wait until it is known who is paired.
    knocks: usize,
    heard: mpsc::Receiver<Heard>,
    hear: mpsc::Sender<Heard>,
    answers: mpsc::UnboundedReceiver<Heard>,
    answer: mpsc::UnboundedSender<Heard>,
}

/// What comes back to the loop.
enum Heard {
    Dialled(LinkId, Option<(TcpStream, SocketAddr)>),
    Link(LinkId, LinkEvent),
    Answered(LinkId, Answer),
    Remembered(LinkId, DeviceId, Option<String>),
    Looked(Option<(u64, u64)>),
    Knocked(TcpStream, IpAddr, Option<(u64, u64)>),
}

impl Shell {
    pub(super) async fn new(
        engine: Engine,
        listener: Option<Listener>,
        keep_connected: bool,
        notices: broadcast::Sender<Notice>,
    ) -> Result<Self, EngineError> {
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        let profile = Profile {
            name: engine.device().name,
            schema: engine.schema().version,
            // The port is kept, so peers may try it later even if this process does not listen.
            addresses: reachable_addresses(engine.device().listen, ADDRESSES_MAX),
        };
        let node = Node::new(engine.identity().clone(), profile, seed);
        let (hear, heard) = mpsc::channel(HEARD_MAX);
        let (answer, answers) = mpsc::unbounded_channel();
        let written = engine.parts.written.subscribe();
        let outside = !engine.device().listen.ip().is_loopback();
        let manager = SyncManager::new(engine.device().id);
        let files = FileWatch::start(engine.database());
        let mut shell = Self {
            engine,
            node,
            listen: listener.as_ref().map(Listener::bound),
            listener,
            keep_connected,
            paused: false,
            on_metered: false,
            held: None,
            notices,
            live: watch::Sender::default(),
            links: HashMap::new(),
            closing: Closing::default(),
            with: HashMap::new(),
            manager,
            neighbours: Neighbours::new(outside, keep_connected),
            waiting: HashMap::new(),
            dialled: HashMap::new(),
            via: HashMap::new(),
            local: HashMap::new(),
            seeking: HashMap::new(),
            files,
            data_version: None,
            written,
            knocks: 0,
            heard,
            hear,
            answers,
            answer,
        };
        shell.load_peers().await?;
        Ok(shell)
    }

    /// How things stand, for whoever wants to follow.
    pub(super) fn live(&self) -> watch::Receiver<Live> {
        self.live.subscribe()
    }

    pub(super) async fn run(mut self, mut requests: mpsc::UnboundedReceiver<Request>) {
        let mut look = tokio::time::interval(LOOK_FOR_CHANGES);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let look_often = self.files.is_none();
        self.look();
        loop {
            self.act().await;
            let wake = self.node.poll_timeout(now());
            let due = if self.keep_connected && self.held.is_none() { self.manager.next_due() } else { None };
            // In no order of preference: whoever floods one of these must not keep the others waiting.
            tokio::select! {
                Some(heard) = self.answers.recv() => self.hear(heard).await,
                request = requests.recv() => match request {
                    Some(Request::Stop) | None => break,
                    Some(request) => self.request(request).await,
                },
                Some(heard) = self.heard.recv() => self.hear(heard).await,
                accepted = accept(self.listener.as_ref()), if self.knocks < KNOCKS_MAX => self.accepted(accepted).await,
                Ok(()) = self.written.changed() => {
                    let head = *self.written.borrow_and_update();
                    self.changed(head);
                }
                () = sleep_until(wake) => self.handle(Input::Timeout),
                () = sleep_until(due), if due.is_some() => self.connect(),
                around = self.neighbours.next() => self.around(around),
                () = written(self.files.as_mut()) => self.look(),
                _ = look.tick(), if look_often => self.look(),
                _ = pulse.tick() => {
                    self.open_port();
                    self.pulse();
                }
            }
        }
        self.handle(Input::Command(Command::Stop));
        self.act().await;
        self.listener = None;
        // What is being stored belongs to its session, and to its line in the history.
        let until = tokio::time::Instant::now() + PARTING;
        while self.node.is_parting()
            && let Ok(Some(heard)) = tokio::time::timeout_at(until, self.answers.recv()).await
        {
            if let Heard::Answered(link, answer) = heard {
                self.handle(Input::Answered { link, answer });
                self.act().await;
            }
        }
        self.handle(Input::Command(Command::GiveUp));
        self.act().await;
        self.neighbours.stop().await;
        self.closing.end().await;
    }

    /// Our database has grown to this seq.
    fn changed(&mut self, head: u64) {
        self.live.send_modify(|live| live.head = live.head.max(head));
        self.handle(Input::Command(Command::Changed { head }));
    }

    fn handle(&mut self, input: Input) {
        self.node.handle(input, now());
    }

    /// Does everything the node wants done.
    async fn act(&mut self) {
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Dial { link, addresses } => self.dial(link, addresses),
                Output::Send { link, bytes } => {
                    let sent = self.links.get(&link).map_or(Ok(()), |open| open.send(bytes));
                    if let Err(Clogged) = sent {
                        // Dropped, so that what waits does not wait on.
                        self.drop_link(link);
                        self.handle(Input::Clogged { link });
                    }
                }
                Output::Close { link } => self.close(link),
                Output::Ask { link, ask } => self.ask(link, ask),
                Output::Remember { link, peer } => self.remember(link, *peer).await,
                Output::Forget { peer } => self.forget(peer).await,
                Output::Notify(notice) => self.notify(notice),
            }
        }
    }

    /// Gives a link up as if it had broken.
    fn lose(&mut self, link: LinkId) {
        self.close(link);
        self.handle(Input::LinkDown { link, reached: true });
    }

    fn is_paused(&self) -> bool {
        self.held == Some(Hold::Pause)
    }

    /// Closes a link once everything that was sent is written.
    fn close(&mut self, link: LinkId) {
        let peer = self.with.get(&link).copied();
        if let Some(writer) = self.drop_link(link).and_then(Link::close) {
            self.closing.add(peer, writer);
        }
    }

    /// Takes a link out of all that is kept of it; dropped, it is closed at once.
    fn drop_link(&mut self, link: LinkId) -> Option<Link> {
        self.with.remove(&link);
        self.via.remove(&link);
        self.local.remove(&link);
        self.links.remove(&link)
    }

    async fn hear(&mut self, heard: Heard) {
        if let Heard::Dialled(link, _) = &heard {
            self.neighbours.sought_enough(*link);
        }
        match heard {
            Heard::Dialled(link, Some((stream, address))) => {
                self.via.insert(link, address);
                if let Some(via) = self.dialled.get_mut(&link) {
                    *via = Some(address);
                }
                self.open(link, stream);
                self.handle(Input::LinkUp { link });
            }
            Heard::Dialled(link, None) => self.handle(Input::LinkDown { link, reached: false }),
            Heard::Link(link, LinkEvent::Received(bytes)) => self.handle(Input::Received { link, bytes }),
            Heard::Link(link, LinkEvent::Down) => {
                // A link that the node closed reports its end as well; the node knows already.
                self.drop_link(link);
                self.handle(Input::LinkDown { link, reached: true });
            }
            Heard::Answered(link, answer) => {
                let applied = if let Answer::Applied { head, .. } = &answer { Some(*head) } else { None };
                self.handle(Input::Answered { link, answer });
                if let Some(head) = applied {
                    // Other devices may want it too.
                    self.changed(head);
                }
            }
            Heard::Remembered(link, peer, error) => self.handle(Input::Remembered { link, peer, error }),
            Heard::Looked(seen) => self.looked(seen).await,
            Heard::Knocked(stream, from, seen) => {
                self.knocks -= 1;
                self.looked(seen).await;
                let link = self.node.new_link();
                self.open(link, stream);
                self.handle(Input::Accepted { link, from });
            }
        }
    }

    async fn request(&mut self, request: Request) {
        match request {
            // What was sent along to be answered is dropped: nothing came of it.
            Request::Join { .. } if self.is_paused() => {}
            Request::Invite if self.is_paused() => self.notify(Notice::InviteClosed { used: false }),
            Request::Sync { peer, done, .. } if self.is_paused() => {
                let (progress, end) = (Default::default(), Err(SyncFailure::Paused));
                // Whoever asked may have gone.
                drop(done.send(SyncOutcome { peer, end, progress, bytes: [0, 0] }));
            }
            Request::Sync { peer, addresses, done } => {
                let link = self.node.new_link();
                self.waiting.insert(link, done);
                if addresses.is_empty() {
                    self.seeking.insert(link, Who::Peer(peer));
                }
                self.sync(link, peer, addresses, false);
            }
            Request::Invite => {
                if self.listener.is_none() {
                    self.bind();
                }
                let bound = self.listener.as_ref().map(Listener::bound);
                let addresses =
                    bound.map_or_else(Vec::new, |bound| reachable_addresses(bound, ADDRESSES_MAX));
                self.handle(Input::Command(Command::OpenInvite { addresses }));
            }
            Request::CloseInvite => self.handle(Input::Command(Command::CloseInvite)),
            Request::Join { by, done } => {
                let link = self.node.new_link();
                // Whoever asked has gone; the pairing shows itself in the notices all the same.
                let _ = done.send(link);
                let JoinBy { secret, expected, addresses } = by;
                if expected.is_none() && addresses.is_empty() {
                    self.neighbours.set_typed(secret.clone());
                    self.seeking.insert(link, Who::Inviter);
                }
                self.handle(Input::Command(Command::Join { link, secret, expected, addresses }));
            }
            Request::Decide { link, accept } => self.handle(Input::Command(Command::Decide { link, accept })),
            Request::Agree { link } => self.handle(Input::Command(Command::Agree { link })),
            Request::Decline { link } => self.handle(Input::Command(Command::Decline { link })),
            Request::PeersChanged => self.reload_peers().await,
            Request::Metered(metered) => self.around(neighbours::Around::Costs { metered }),
            Request::LookAround => self.around(neighbours::Around::NetworkChanged),
            Request::Stop => {}
        }
    }

    fn dial(&mut self, link: LinkId, addresses: Vec<SocketAddr>) {
        let answer = self.answer.clone();
        let who = self.seeking.remove(&link);
        let sought = who.and_then(|who| Some((self.neighbours.seek(link, who)?, neighbours::patience(who))));
        tokio::spawn(async move {
            let open = match sought {
                Some((found, patience)) => seek(&addresses, found, patience).await,
                None => dial(&addresses).await,
            };
            // The loop may have ended meanwhile; then the link is simply dropped.
            drop(answer.send(Heard::Dialled(link, open)));
        });
    }

    fn open(&mut self, link: LinkId, stream: TcpStream) {
        if let Ok(local) = stream.local_addr() {
            self.local.insert(link, local.ip().to_canonical());
        }
        let open = Link::start(stream, self.hear.clone(), move |event| Heard::Link(link, event));
        self.links.insert(link, open);
    }

    async fn accepted(&mut self, accepted: std::io::Result<(TcpStream, SocketAddr)>) {
        match accepted {
            // Another process may just have paired or forgotten whoever that is.
            Ok((stream, from)) => {
                self.knocks += 1;
                self.look_and(move |seen| Heard::Knocked(stream, from.ip(), seen));
            }
            // Out of file descriptors or the like: give links the time to close.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }

    fn ask(&self, link: LinkId, ask: Ask) {
        let answer = self.answer.clone();
        let then = move |reply: Result<Answer, DbStopped>| {
            let reply = reply.unwrap_or_else(|stopped| Answer::Failed(stopped.to_string()));
            drop(answer.send(Heard::Answered(link, reply)));
        };
        // What a peer may see of us must be in the marker first: it is how a restored database is noticed.
        let marked = matches!(ask, Ask::Open { .. } | Ask::Proved { .. });
        // What a batch holds is read here, while the store is still busy with the one before.
        let (is_batch, ready) = (matches!(ask, Ask::Apply { .. }), Ready::from(ask));
        if is_batch {
            return self.engine.db().apply_then(ready, then);
        }
        let save_marker = self.engine.marker_saver();
        let work = move |store: &mut Store| {
            let reply = store.answer(ready);
            if marked {
                save_marker(store);
            }
            reply
        };
        self.engine.db().post_then(work, then);
    }

    fn sync(&mut self, link: LinkId, peer: DeviceId, addresses: Vec<SocketAddr>, stay: bool) {
        let addresses = if addresses.is_empty() { self.manager.addresses(peer) } else { addresses };
        self.dialled.insert(link, None);
        self.manager.dialling(peer, now().mono);
        self.handle(Input::Command(Command::Sync { link, peer, addresses, stay }));
    }
}

async fn accept(listener: Option<&Listener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

async fn written(files: Option<&mut FileWatch>) {
    match files {
        Some(files) => files.changed().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Mono>) {
    match wake {
        Some(at) => tokio::time::sleep(Duration::from_millis(at.0.saturating_sub(now().mono.0))).await,
        None => std::future::pending().await,
    }
}
