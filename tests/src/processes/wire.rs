//! A wire between two devices that is watched: it tells when so many bytes have passed, and may hold back the rest.

use super::HANG;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// A way to a device that passes on what comes, in both directions, for one connection.
pub(super) struct Wire {
    /// Where to dial it.
    pub(super) address: String,
    reached: Receiver<()>,
    state: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    passed: u64,
    is_held: bool,
}

#[derive(Clone)]
struct Mark {
    at: u64,
    holds: bool,
    tell: Sender<()>,
}

impl Wire {
    /// Leads to `target` and tells when `at` bytes have passed; then goes on.
    pub(super) fn telling(target: &str, at: u64) -> Self {
        Self::new(target, at, false)
    }

    /// Leads to `target` and tells when `at` bytes have passed; then lets nothing pass until [`Wire::release`].
    pub(super) fn holding(target: &str, at: u64) -> Self {
        Self::new(target, at, true)
    }

    fn new(target: &str, at: u64, holds: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Shared::default());
        let (tell, reached) = channel();
        let (target, shared, mark) = (target.to_owned(), Arc::clone(&state), Mark { at, holds, tell });
        thread::spawn(move || {
            let (Ok((near, _)), Ok(far)) = (listener.accept(), TcpStream::connect(target)) else { return };
            let (from, to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            let (there, back) = ((Arc::clone(&shared), mark.clone()), (shared, mark));
            thread::spawn(move || carry(from, to, &there.0, &there.1));
            carry(far, near, &back.0, &back.1);
        });
        Self { address, reached, state }
    }

    /// Waits until that many bytes have passed, or until both ends have closed before.
    pub(super) fn wait(&self) {
        match self.reached.recv_timeout(HANG) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => panic!("nothing moves on the wire"),
        }
    }

    /// Lets pass what was held back.
    pub(super) fn release(&self) {
        self.state.state.lock().unwrap().is_held = false;
        self.state.changed.notify_all();
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, shared: &Shared, mark: &Mark) {
    let mut bytes = [0; 1024];
    loop {
        let read = match from.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
        count(read as u64, shared, mark);
    }
    // Who was killed says goodbye like anybody else whose system closes for them.
    drop(to.shutdown(Shutdown::Write));
    drop(from.shutdown(Shutdown::Read));
}

fn count(read: u64, shared: &Shared, mark: &Mark) {
    let mut state = shared.state.lock().unwrap();
    let is_crossed = state.passed < mark.at && state.passed + read >= mark.at;
    state.passed += read;
    if is_crossed {
        state.is_held = mark.holds;
        // The test may have ended.
        let _ = mark.tell.send(());
    }
    let held = |state: &mut State| state.is_held;
    let (state, timeout) = shared.changed.wait_timeout_while(state, HANG, held).unwrap();
    assert!(!timeout.timed_out() || !state.is_held, "held for ever");
    drop(state);
}
