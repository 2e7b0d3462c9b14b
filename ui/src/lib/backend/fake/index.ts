import type { Decided, Edit, Entity, Purpose, Start } from "$bindings";
import { BackendError } from "../backend";
import type { Backend, BackendEvents, HistoryQuery } from "../backend";
import * as conflicts from "./conflicts";
import { FakeCarried } from "./carried";
import { FakePairing } from "./pairing";
import { FakePhone, FakeScanner } from "./phone";
import { recurred } from "./recurring";
import { search } from "./search";
import { seed } from "./seed";
import type { SeedOptions } from "./seed";
import { UNREACHABLE, WAITS_FOR_OK, World, fail } from "./world";
import type { Paired } from "./world";

/** An app in memory: for tests, and for looking at the screens in a browser. */
export class FakeBackend implements Backend {
  readonly world = new World();
  readonly pairing = new FakePairing(this.world);
  readonly carried = new FakeCarried(this.world);
  readonly phoned: FakePhone | null;
  readonly scanner: FakeScanner | null;
  readonly decisions: Decided[] = [];
  /** What `start` answers; null: ready. */
  first: Start | null = null;
  #failures = new Map<string, BackendError>();

  constructor({ phone = false, ...options }: SeedOptions & { phone?: boolean } = {}) {
    seed(this.world, this.decisions, options);
    this.phoned = phone ? new FakePhone(this.world) : null;
    this.scanner = phone ? new FakeScanner() : null;
  }

  /** The next call of `method` is refused. */
  refuse(method: keyof Backend, code: string, message: string): void {
    this.#failures.set(method, new BackendError({ code, message }));
  }

  /** An edit made on another device arrives. */
  arrive(edit: Edit, from = this.world.peers[0]): Entity {
    const entity = this.world.apply(edit, from ?? null);
    this.world.tell("data", { head: this.world.head });
    return entity;
  }

  on<E extends keyof BackendEvents>(event: E, handler: (payload: BackendEvents[E]) => void): () => void {
    return this.world.on(event, handler);
  }

  async #do<T>(method: keyof Backend, answer: () => T): Promise<T> {
    await Promise.resolve();
    const failure = this.#failures.get(method);
    this.#failures.delete(method);
    if (failure) throw failure;
    return answer();
  }

  #peer(device: string): Paired {
    return (
      this.world.peers.find((one) => one.id === device) ??
      fail(
        "no-device",
        "This device is not paired any more: it may have been removed meanwhile. Look at the list of devices again.",
      )
    );
  }

  #phone(): FakePhone {
    return this.phoned ?? fail("no-phone", "This works on a phone alone. Use a network that both devices are in.");
  }

  #changed(): void {
    this.world.tell("data", { head: this.world.head });
    this.world.tell("status", this.world.status());
  }

  start = () =>
    this.#do("start", () => this.first ?? ({ type: "ready", device: this.world.device, renewed: null } as const));
  setUp = (name: string) =>
    this.#do("setUp", () => {
      this.first = null;
      return (this.world.device = { ...this.world.device, name });
    });
  renameThis = (name: string) => this.#do("renameThis", () => (this.world.device = { ...this.world.device, name }));
  options = () => this.#do("options", () => ({ ...this.world.options }));
  setAutostart = (on: boolean) =>
    this.#do("setAutostart", () => ({ ...Object.assign(this.world.options, { autostart: on }) }));
  setCloseToTray = (on: boolean) =>
    this.#do("setCloseToTray", () => ({ ...Object.assign(this.world.options, { close_to_tray: on }) }));
  setOnMetered = (on: boolean) =>
    this.#do("setOnMetered", () => ({ ...Object.assign(this.world.options, { on_metered: on }) }));
  setReminders = (on: boolean) =>
    this.#do("setReminders", () => ({ ...Object.assign(this.world.options, { reminders: on }) }));
  setLanguage = (language: string | null) =>
    this.#do("setLanguage", () => ({ ...Object.assign(this.world.options, { language }) }));

  list = (kind: string) =>
    this.#do("list", () => ({ head: this.world.head, entities: this.world.living(kind), more: false }));
  changes = (after: number) =>
    this.#do("changes", () => {
      const later = [...this.world.entities.values()].filter((one) => one.seq > after);
      return { head: this.world.head, entities: later.map((one) => one.entity), more: false };
    });
  save = (edits: Edit[]) =>
    this.#do("save", () => {
      edits.forEach((edit) => this.world.check(edit));
      const before = edits.map((edit) =>
        edit.type === "create" ? undefined : this.world.entities.get(`${edit.kind} ${edit.id}`)?.entity,
      );
      const saved = edits.map((edit) => this.world.apply(edit));
      const others = saved.flatMap((after, i) => recurred(this.world, before[i], after));
      this.#changed();
      // What has become of each, also where several edits were of one.
      return [...saved, ...others].map(({ kind, id }) => this.world.get(kind, id));
    });
  saveHere = (edit: Edit) =>
    this.#do("saveHere", () => {
      this.world.check(edit);
      const saved = this.world.put({ ...this.world.apply(edit), here: true });
      this.#changed();
      return saved;
    });
  share = (kind: string, id: string) =>
    this.#do("share", () => {
      const shared = this.world.put({ ...this.world.get(kind, id), here: false });
      this.#changed();
      return shared;
    });
  putBack = (number: number) =>
    this.#do("putBack", () => {
      const entity = this.world.putBack(number);
      this.#changed();
      return entity;
    });
  importLines = () =>
    this.#do("importLines", () => {
      for (const title of ["Water the plants", "Call the bank"])
        this.world.apply({ type: "create", kind: "task", fields: { title, status: "todo" } });
      this.#changed();
      const refused = [{ place: "line 3", reason: "title: is required" }];
      return { read: 3, created: 2, changed: 0, unchanged: 0, refused, noted: [], left_out: [] };
    });
  importMarkdown = () => this.#do("importMarkdown", () => null);
  importWhph = () =>
    this.#do("importWhph", () => {
      this.world.apply({ type: "create", kind: "habit", fields: { name: "Read a page" } });
      this.#changed();
      const noted = [{ place: "task 7f2c (Tax return)", what: "its reminder has no time, and is switched off" }];
      const left_out = [
        { what: "deleted in WHPH", count: 12 },
        { what: "times spent on tasks", count: 1480 },
      ];
      return { read: 2, created: 1, changed: 0, unchanged: 1, refused: [], noted, left_out };
    });
  importTodoTxt: Backend["importTodoTxt"] = () => this.#do("importTodoTxt", () => null);
  exportLines = () => this.#do("exportLines", () => this.world.entities.size);
  exportMarkdown = () => this.#do("exportMarkdown", () => this.world.living("note").length);
  search = (query: string, limit: number) => this.#do("search", () => search(this.world, query, limit));

  devices = () => this.#do("devices", () => this.world.devices());
  syncNow = (device: string | null) =>
    this.#do("syncNow", () => {
      const asked = this.world.peers.filter((peer) => device === null || peer.id === device);
      return asked.map((peer) => {
        const now = Date.now();
        const reason = peer.connected ? null : UNREACHABLE;
        if (reason === null) {
          Object.assign(peer, { last_sync: now, last_seen: now });
          this.world.failures.delete(peer.id);
        } else {
          const next = "Choose “Sync now” to try again.";
          this.world.failures.set(peer.id, { at: now, reason, next });
        }
        this.world.tell("devices", null);
        const none = { sent: 0, fresh: 0, changed: 0, deleted: 0, conflicts: 0, bytes: 412, ms: 180 };
        return { device: peer.id, ...none, proved: peer.connected, reason };
      });
    });
  pending = (device: string) =>
    this.#do("pending", () => {
      const changes = this.world.waiting(this.#peer(device));
      const failure = this.world.failures.get(device) ?? null;
      return { changes: changes.slice(0, 200), total: changes.length, failure };
    });
  undoSweep = (number: number) =>
    this.#do("undoSweep", () => {
      const gone = this.world.settleSweep(number).filter(({ kind, id }) => this.world.get(kind, id).deleted);
      for (const { kind, id } of gone) this.world.apply({ type: "keep", kind, id });
      this.#changed();
      return gone.length;
    });
  dismissSweep = (number: number) =>
    this.#do("dismissSweep", () => {
      this.world.settleSweep(number);
      this.#changed();
      return null;
    });
  labelPeer = (device: string, name: string | null) =>
    this.#do("labelPeer", () => {
      const peer = this.#peer(device);
      peer.name = name ?? peer.own_name;
      return this.world.devices();
    });
  forget = (device: string) =>
    this.#do("forget", () => {
      this.world.peers = this.world.peers.filter((peer) => peer.id !== device);
      this.world.tell("status", this.world.status());
      return this.world.devices();
    });
  shareKind = (kind: string, device: string | null, on: boolean) =>
    this.#do("shareKind", () => {
      const off = this.world.off.get(kind) ?? new Set<string>();
      this.world.off.set(kind, off);
      if (device === null) this.world.offEverywhere[on ? "delete" : "add"](kind);
      else off[on ? "delete" : "add"](device);
      return this.world.devices();
    });
  setPaused = (on: boolean) =>
    this.#do("setPaused", () => {
      this.world.paused = on;
      return this.world.status();
    });

  answerFirstMerge = (link: number, agree: boolean) =>
    this.#do("answerFirstMerge", () => {
      const peer = this.world.peers.find((peer) => peer.first_merge?.link === link);
      if (peer) {
        peer.first_merge = null;
        peer.state = agree ? { type: "up_to_date" } : { type: "waiting", reason: WAITS_FOR_OK };
      }
      return this.world.devices();
    });

  writeBundle = (device: string, all: boolean) =>
    this.#do("writeBundle", () => this.carried.write(this.#peer(device), all));
  readBundle = () =>
    this.#do("readBundle", () => {
      const read = this.carried.read();
      this.#changed();
      return read;
    });
  agreeToBundle = () =>
    this.#do("agreeToBundle", () => {
      const read = this.carried.read(true) ?? fail("no-file", "Nothing is chosen any more. Begin again.");
      this.#changed();
      return read;
    });
  hasRecoveryKey = () => this.#do("hasRecoveryKey", () => this.carried.hasKey);
  newRecoveryKey = () => this.#do("newRecoveryKey", () => this.carried.newKey());
  useRecoveryKey = () => this.#do("useRecoveryKey", () => this.carried.useKey());
  writeBackup = () => this.#do("writeBackup", () => this.carried.back());
  chooseBackup = () =>
    this.#do("chooseBackup", () => (this.carried.chooses ? (this.carried.backup?.file ?? null) : null));
  restoreBackup = (words: string, overwrite: boolean, check: boolean) =>
    this.#do("restoreBackup", () => {
      const told = this.carried.restore(words, overwrite, check);
      if (!check) this.#changed();
      return told;
    });

  phone = () => this.#do("phone", () => this.phoned?.now() ?? null);
  phoneAsk = (purpose: Purpose) => this.#do("phoneAsk", () => this.#phone().ask(purpose));
  phoneSettings = () => this.#do("phoneSettings", () => void (this.#phone().settings += 1));
  nearbyStart = () => this.#do("nearbyStart", () => this.#phone().look());
  nearbyConnect = (address: string) => this.#do("nearbyConnect", () => this.#phone().invite(address));
  nearbyStop = () => this.#do("nearbyStop", () => this.#phone().nearby({ state: "idle" }));

  openInvite = () => this.#do("openInvite", () => this.pairing.openInvite());
  closeInvite = () => this.#do("closeInvite", () => this.pairing.closeInvite());
  readQr = () => this.#do("readQr", () => null as string | null);
  join = (text: string, address: string | null) => this.#do("join", () => this.pairing.join(text, address));
  decide = (link: number, accept: boolean) => this.#do("decide", () => this.pairing.decide(link, accept));

  reviews = () => this.#do("reviews", () => conflicts.reviews(this.world));
  review = (kind: string, id: string) => this.#do("review", () => conflicts.review(this.world, kind, id));
  resolve: Backend["resolve"] = (kind, id, field, choice) =>
    this.#do("resolve", () => {
      const resolved = conflicts.resolve(this.world, this.decisions, kind, id, field, choice);
      this.#changed();
      return resolved;
    });
  decided = (limit: number) => this.#do("decided", () => this.decisions.slice(0, limit));

  status = () => this.#do("status", () => this.world.status());

  history = (query: HistoryQuery) =>
    this.#do("history", () =>
      page(this.world.history, query, (line) => [line.value, line.title, line.author, line.through]),
    );
  sessions = (query: HistoryQuery) =>
    this.#do("sessions", () => page(this.world.sessions, query, (line) => [line.device, line.reason]));
}

function page<Line extends { number: number }>(
  lines: Line[],
  { search, before, limit }: HistoryQuery,
  texts: (line: Line) => (string | null)[],
): Line[] {
  const wanted = search.trim().toLowerCase();
  const found = lines.filter(
    (line) => line.number < (before ?? Infinity) && texts(line).some((text) => text?.toLowerCase().includes(wanted)),
  );
  return found.slice(-limit).reverse();
}
