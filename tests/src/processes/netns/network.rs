//! A network that belongs to one test. A process that does nothing holds it: it has a network namespace with a bridge in it, and
//! a `/run` of its own for the names of the devices' namespaces. When it ends, and it ends with the test's process however that
//! ends, the system takes all of it away.

use super::super::device::Device;
use super::super::skip;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

/// Where every device listens: each has addresses of its own.
const PORT: u16 = 7421;

/// The bridge, and another one for those who are cut off from it.
const HOLD: &str = "mount -t tmpfs tmpfs /run && mkdir /run/netns \
    && ip link add lan type bridge mcast_snooping 0 && ip link add far type bridge mcast_snooping 0 \
    && ip link set lo up && ip link set lan up && ip link set far up && echo ready && exec cat";

pub(super) struct Network {
    holder: Child,
    /// The holder ends when this is closed.
    _stdin: ChildStdin,
    /// Whether a user holds it who is an administrator only in there.
    user: bool,
    devices: AtomicU8,
}

impl Network {
    /// A network without devices; `None`, and the test is skipped, where there cannot be one.
    pub(super) fn new() -> Option<Self> {
        let mut why = String::new();
        for user in [false, true] {
            match Self::hold(user) {
                Ok(network) => return Some(network),
                Err(said) => why = said,
            }
        }
        skip(&format!("no network of one's own can be made here ({why})"));
        None
    }

    fn hold(user: bool) -> Result<Self, String> {
        let mut unshare = Command::new("unshare");
        unshare.args(if user { &["--user", "--map-root-user"][..] } else { &[] });
        unshare.args(["--net", "--mount", "sh", "-c", HOLD]);
        let pipes = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut holder = pipes.spawn().map_err(|error| error.to_string())?;
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line == "ready\n" {
            let stdin = holder.stdin.take().unwrap();
            return Ok(Self { holder, _stdin: stdin, user, devices: AtomicU8::new(0) });
        }
        let mut why = String::new();
        drop(holder.stderr.take().unwrap().read_to_string(&mut why));
        drop(holder.wait());
        Err(why.lines().next().unwrap_or_default().to_owned())
    }

    /// A device that is set up in a namespace of its own, at 10.77.0.1 and so on, and plugged in.
    pub(super) fn device(&self, name: &'static str) -> Device {
        let n = self.devices.fetch_add(1, Ordering::Relaxed) + 1;
        self.shell(&format!(
            "ip netns add {name}
             ip link add {name} type veth peer name eth0 netns {name}
             ip link set {name} master lan up
             ip -n {name} link set lo up
             ip -n {name} address add 10.77.0.{n}/24 dev eth0
             ip -n {name} link set eth0 up"
        ));
        let mut device = Device::not_set_up(name);
        device.through = self.way_into(name);
        device.json(&["init", "--name", name, "--listen", &format!("[::]:{PORT}"), "--keys", "file"]);
        device
    }

    /// The way into the namespace of a device.
    fn way_into(&self, name: &str) -> Vec<OsString> {
        let holder = self.holder.id();
        let mut words = vec![OsString::from("nsenter"), format!("--target={holder}").into()];
        if self.user {
            words.extend(["--user", "--preserve-credentials"].map(OsString::from));
        }
        words.extend(["--mount".into(), format!("--net=/proc/{holder}/root/run/netns/{name}").into()]);
        words.push("--".into());
        words
    }

    /// A program that runs where a device is.
    pub(super) fn beside(&self, device: &Device, program: &str) -> Command {
        let words = self.way_into(device.name);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(program);
        command
    }

    /// So many of 100 packets do not arrive, in either direction.
    pub(super) fn lose(&self, percent: u8) {
        self.filter(&format!("ether type ip numgen random mod 100 \\< {percent} drop"));
    }

    /// Whatever goes to a device takes so long, if this system's kernel can do that.
    pub(super) fn delay(&self, device: &Device, milliseconds: u32) {
        let name = device.name;
        self.shell(&format!(
            "tc qdisc replace dev {name} root netem delay {milliseconds}ms 2>/dev/null || true"
        ));
    }

    /// So much goes to and from a device and no more, such as `256kbit`.
    pub(super) fn slow(&self, device: &Device, rate: &str) {
        let (name, line) = (device.name, format!("root tbf rate {rate} burst 4kb latency 400ms"));
        self.shell(&format!(
            "tc qdisc replace dev {name} {line}; tc -n {name} qdisc replace dev eth0 {line}"
        ));
    }

    /// The devices hear each other, and nobody else.
    pub(super) fn part(&self, devices: &[&Device]) {
        self.move_to("far", devices);
    }

    /// They are back.
    pub(super) fn heal(&self, devices: &[&Device]) {
        self.move_to("lan", devices);
    }

    fn move_to(&self, bridge: &str, devices: &[&Device]) {
        let set = |device: &&Device| format!("ip link set {} master {bridge}", device.name);
        self.shell(&devices.iter().map(set).collect::<Vec<_>>().join("\n"));
    }

    /// Its interface goes away, with its addresses and routes.
    pub(super) fn unplug(&self, device: &Device) {
        self.shell(&format!("ip -n {0} address flush dev eth0; ip -n {0} link set eth0 down", device.name));
    }

    /// It is there, at that address.
    pub(super) fn plug(&self, device: &Device, address: &str) {
        let name = device.name;
        self.shell(&format!("ip -n {name} address add {address}/24 dev eth0; ip -n {name} link set eth0 up"));
    }

    /// One more interface, in a network of its own where nobody else is.
    pub(super) fn attach(&self, device: &Device, interface: &str, address: &str) {
        let name = device.name;
        self.shell(&format!(
            "ip -n {name} link add {interface} type veth peer name {interface}-end
             ip -n {name} link set {interface}-end up
             ip -n {name} address add {address} dev {interface}
             ip -n {name} link set {interface} up"
        ));
    }

    /// So its packets take that way.
    pub(super) fn route(&self, device: &Device, to: &[&str], interface: &str) {
        let route = |to: &&str| format!("ip -n {} route add {to} dev {interface}", device.name);
        self.shell(&to.iter().map(route).collect::<Vec<_>>().join("\n"));
    }

    /// It keeps no address but those that IPv6 gives itself.
    pub(super) fn without_ipv4(&self, device: &Device) {
        self.shell(&format!("ip -n {} -4 address flush dev eth0", device.name));
    }

    /// Its network does not pass on what goes to groups: a Wi-Fi as in many hotels.
    pub(super) fn without_groups(&self) {
        self.filter("ip daddr 224.0.0.0/4 drop");
        self.filter("ip6 daddr ff00::/8 meta l4proto udp drop");
    }

    /// Adds a rule about what goes over the bridge.
    fn filter(&self, rule: &str) {
        self.shell(&format!(
            "nft add table bridge weather
             nft add chain bridge weather rain '{{ type filter hook forward priority 0; }}'
             nft add rule bridge weather rain {rule}"
        ));
    }

    /// Runs commands where the bridge is. Each must succeed.
    fn shell(&self, script: &str) {
        let mut words = self.way_into("");
        // Not into a device, but to the holder itself.
        words.retain(|word| !word.to_string_lossy().starts_with("--net="));
        words.insert(1, "--net".into());
        let mut command = Command::new(&words[0]);
        let done = command.args(&words[1..]).args(["sh", "-ec", script]).output().unwrap();
        assert!(done.status.success(), "{script}\n{}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // It may be gone already. Whatever of a device's still runs keeps its namespace until it ends.
        drop(self.holder.kill());
        drop(self.holder.wait());
    }
}
