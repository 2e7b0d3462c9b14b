import type {
  BulkDelete,
  Devices,
  Edit,
  Entity,
  JsonValue,
  LastFailure,
  Options,
  Peer,
  Status,
  ThisDevice,
  Waiting,
} from "$bindings";
import { valueOf } from "../../logic/history";
import { merge } from "../../logic/merge";
import { BackendError } from "../backend";
import type { BackendEvents, HistoryLine, SessionLine } from "../backend";
import type { Conflict } from "./conflicts";

export const TITLES: Record<string, string> = { habit: "name", tag: "name", habit_record: "day", setting: "key" };

/** Why nothing moves before a first merge. */
export const WAITS_FOR_OK =
  "Waits for your OK: both devices hold data of their own, and nobody has agreed yet to put it together.";

/** Why a device gets nothing that is off. */
export const UNREACHABLE =
  "No address of it answered: it may be off or asleep, on another network, or the app does not run there.";

export function fail(code: string, message: string): never {
  throw new BackendError({ code, message });
}

/** A paired device. What waits for it follows from the data. */
export type Paired = Omit<Peer, "pending">;

type Key = Pick<Entity, "kind" | "id">;

type Handler<E extends keyof BackendEvents> = (payload: BackendEvents[E]) => void;

/** A planner in memory, with everything the real one tells. */
export class World {
  readonly entities = new Map<string, { entity: Entity; seq: number; born: number }>();
  readonly history: HistoryLine[] = [];
  readonly sessions: SessionLine[] = [];
  readonly conflicts = new Map<string, Conflict[]>();
  readonly off = new Map<string, Set<string>>();
  readonly offEverywhere = new Set<string>();
  readonly options: Options = {
    autostart: false,
    close_to_tray: true,
    tray: true,
    on_metered: false,
    reminders: true,
    language: "en",
  };
  /** The last attempt at each device that did not get through. */
  readonly failures = new Map<string, LastFailure>();
  sweeps: (BulkDelete & { keys: Key[] })[] = [];
  peers: Paired[] = [];
  paused = false;
  head = 0;
  #ids = 1;
  #handlers: { [E in keyof BackendEvents]: Set<Handler<E>> } = {
    status: new Set(),
    data: new Set(),
    devices: new Set(),
    pairing: new Set(),
    phone: new Set(),
    link: new Set(),
    opened: new Set(),
  };
  device: ThisDevice = {
    id: "d0000000-0000-4000-8000-000000000001",
    name: "Laptop",
    fingerprint: "7F3A 91C2 0D4E 58B6",
    listen: "0.0.0.0:47810",
    addresses: ["192.168.1.20:47810", "10.0.0.4:47810"],
    key_store: "The keys are in the system's key store.",
    version: "0.1.0",
    data_folder: "/home/robin/.local/share/whph",
  };

  on<E extends keyof BackendEvents>(event: E, handler: Handler<E>): () => void {
    this.#handlers[event].add(handler);
    return () => void this.#handlers[event].delete(handler);
  }

  tell<E extends keyof BackendEvents>(event: E, payload: BackendEvents[E]): void {
    for (const handler of this.#handlers[event]) handler(payload);
  }

  id(): string {
    return `00000000-0000-4000-8000-${(this.#ids++).toString(16).padStart(12, "0")}`;
  }

  living(kind: string): Entity[] {
    return [...this.entities.values()].map((one) => one.entity).filter((one) => one.kind === kind && !one.deleted);
  }

  get(kind: string, id: string): Entity {
    return (
      this.entities.get(`${kind} ${id}`)?.entity ??
      fail(
        "no-entity",
        "This item does not exist any more: it may have been removed on another device. Go back to the list.",
      )
    );
  }

  put(entity: Entity): Entity {
    this.head += 1;
    const name = `${entity.kind} ${entity.id}`;
    const born = this.entities.get(name)?.born ?? entity.modified;
    this.entities.set(name, { entity, seq: this.head, born });
    return entity;
  }

  /** Applies one edit, as written on `by` (null: here) at `at`. */
  apply(edit: Edit, by: Paired | null = null, at = Date.now()): Entity {
    const stamp = { modified: at, modified_by: by?.id ?? this.device.id };
    if (edit.type === "create") {
      const id = this.#naturalId(edit.kind, edit.fields) ?? this.id();
      // What was there already under its natural id is only changed.
      const old = this.entities.get(`${edit.kind} ${id}`)?.entity;
      return this.put({
        kind: edit.kind,
        id,
        ...this.#shaped(edit.kind, { ...old?.fields, ...edit.fields }),
        deleted: false,
        reviews: 0,
        here: false,
        ...stamp,
      });
    }
    const old = this.get(edit.kind, edit.id);
    if (edit.type === "delete" || edit.type === "keep") {
      this.#note(old, edit.type === "delete" ? "deleted" : "put back", null, by, at);
      return this.put({ ...old, deleted: edit.type === "delete", ...stamp });
    }
    const changes = fieldsOf(old, edit);
    for (const field of Object.keys(changes)) this.#note(old, "replaced", field, by, at);
    return this.put({ ...old, ...this.#shaped(old.kind, { ...old.fields, ...changes }), ...stamp });
  }

  /** Puts back what a line of the history kept. */
  putBack(number: number): Entity {
    const line = this.history.find((one) => one.number === number);
    if (!line)
      fail(
        "no-line",
        "This line of the history is too old: it was dropped, and nothing was changed. Look at the history again.",
      );
    const { kind, id, field, value } = line;
    const entity = this.get(kind, id);
    const already = () => fail("already-so", "It is so already. Nothing was changed.");
    if (field === null) return entity.deleted ? this.apply({ type: "keep", kind, id }) : already();
    if (entity.deleted) fail("deleted", "The item is deleted. Put the item back first, then its older values.");
    if (value === JSON.stringify(entity.fields[field] ?? null)) already();
    return this.apply({ type: "set", kind, id, fields: { [field]: valueOf(line) } });
  }

  /** Another device deletes many items at once. */
  sweep(by: Paired, keys: Key[], at = Date.now()): void {
    const living = [...this.entities.values()].filter(({ entity }) => !entity.deleted).length;
    for (const { kind, id } of keys) this.apply({ type: "delete", kind, id }, by, at);
    const number = (this.sweeps[0]?.number ?? 0) + 1;
    this.sweeps.unshift({ number, device: by.name, at, deleted: keys.length, living, keys });
  }

  /** A person has answered: nobody is asked again. */
  settleSweep(number: number): Key[] {
    const sweep = this.sweeps.find((one) => one.number === number);
    if (!sweep) fail("no-sweep", "This was answered already. Nothing is left to do here.");
    this.sweeps = this.sweeps.filter((one) => one !== sweep);
    return sweep.keys;
  }

  /** What a device lacks, oldest first: all that was changed since it was last in touch, but not by itself. */
  waiting(peer: Paired): Waiting[] {
    if (peer.connected) return [];
    const met = peer.last_sync ?? 0;
    const changes = [...this.entities.values()].flatMap(({ entity, born }): Waiting[] => {
      const { kind, id, title, deleted, here, modified } = entity;
      if (modified <= met || entity.modified_by === peer.id || here || !this.#shares(kind, peer)) return [];
      // What came and went meanwhile is nothing to it.
      if (deleted && born > met) return [];
      return [{ operation: deleted ? "delete" : born > met ? "create" : "update", kind, id, title, since: modified }];
    });
    return changes.sort((a, b) => a.since - b.since);
  }

  #shares(kind: string, peer: Paired): boolean {
    return !this.offEverywhere.has(kind) && !this.off.get(kind)?.has(peer.id);
  }

  /** What the database refuses. */
  check(edit: Edit): void {
    if (edit.type !== "create" && edit.type !== "set") return;
    const title = TITLES[edit.kind] ?? "title";
    const named = edit.fields[title];
    if (edit.type === "create" && !named) fail("rule", `${title}: is required`);
    if (typeof named === "string" && named.length > 1000)
      fail("rule", `${title}: must be at most 1000 bytes long, and this is ${named.length}`);
  }

  #shaped(kind: string, fields: Record<string, JsonValue>): Pick<Entity, "fields" | "title"> {
    const kept = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
    const title = kept[TITLES[kind] ?? "title"];
    return { fields: kept, title: typeof title === "string" ? title : null };
  }

  #naturalId(kind: string, fields: Record<string, JsonValue>): string | null {
    if (kind !== "habit_record" && kind !== "tag") return null;
    const same = (one: Entity) =>
      kind === "tag"
        ? String(one.fields.name).toLowerCase() === String(fields.name).toLowerCase()
        : one.fields.habit === fields.habit && one.fields.day === fields.day;
    const all = [...this.entities.values()].map((one) => one.entity).filter((one) => one.kind === kind);
    return all.find(same)?.id ?? null;
  }

  #note(old: Entity, event: HistoryLine["event"], field: string | null, by: Paired | null, at: number): void {
    // There is nothing to put back of a field that was empty.
    if (field !== null && old.fields[field] === undefined) return;
    this.history.push({
      number: this.history.length + 1,
      at,
      kind: old.kind,
      id: old.id,
      title: old.title,
      event,
      field,
      value: field === null ? null : JSON.stringify(old.fields[field] ?? null),
      author: by?.name ?? this.device.name,
      through: by?.name ?? null,
    });
  }

  get reviews(): number {
    return this.conflicts.size;
  }

  devices(): Devices {
    const kinds = ["task", "habit", "habit_record", "note", "tag", "setting"].map((kind) => ({
      kind,
      known: true,
      living: this.living(kind).length,
      on: !this.offEverywhere.has(kind),
      off_with: [...(this.off.get(kind) ?? [])],
    }));
    const peers = this.peers.map((peer) => ({ ...peer, pending: this.waiting(peer).length }));
    return { this: { ...this.device }, peers, kinds };
  }

  status(): Status {
    const { peers, reviews } = this;
    const pending = peers.reduce((sum, peer) => sum + this.waiting(peer).length, 0);
    const sweeps = this.sweeps.map(({ keys: _, ...told }) => told);
    const connected = peers.filter((peer) => peer.connected).length;
    const syncing = peers.find((peer) => peer.state.type === "syncing");
    const common = { pending, reviews, peers: peers.length, connected, sweeps, progress: null, why: null, next: null };
    if (!peers.length)
      return {
        ...common,
        state: "alone",
        line: "No other device is paired yet.",
        next: "Pair a device of yours, and both will hold the same.",
      };
    if (this.paused)
      return {
        ...common,
        state: "paused",
        line: "Paused. Nothing is sent or received.",
        next: "Resume to send and receive again.",
      };
    if (syncing?.state.type === "syncing") {
      const { done, total } = syncing.state;
      return {
        ...common,
        state: "syncing",
        line: `Syncing with ${syncing.name}: ${done} of ${total}.`,
        progress: { done, total },
      };
    }
    const troubled = peers.find((peer) => peer.state.type === "problem");
    if (troubled?.state.type === "problem")
      return {
        ...common,
        state: "problem",
        line: `Sync with ${troubled.name} does not work.`,
        why: troubled.state.reason,
        next: troubled.state.next,
      };
    if (reviews)
      return {
        ...common,
        state: "needs_review",
        line: reviews === 1 ? "1 item needs your decision." : `${reviews} items need your decision.`,
        why: "The same thing was changed on two devices at once.",
        next: "Open the review and choose what to keep.",
      };
    const waiting = peers.find((peer) => peer.state.type === "waiting");
    if (waiting)
      return {
        ...common,
        state: "waiting",
        line: `Waiting for ${waiting.name}.`,
        why: UNREACHABLE,
        next: "Nothing to do: it goes on by itself once both are on and can reach each other.",
      };
    return { ...common, state: "up_to_date", line: `Up to date with ${peers[0]?.name}.` };
  }
}

function fieldsOf(old: Entity, edit: Extract<Edit, { id: string; type: "set" | "text" | "add" | "remove" }>) {
  if (edit.type === "set") return edit.fields;
  if (edit.type === "text") return { [edit.field]: mergedText(old, edit) || null };
  return { [edit.field]: changedSet(old, edit) };
}

/** What was written meanwhile is merged in; where both overlap, what was typed stands. */
function mergedText(old: Entity, { field, base, text }: Extract<Edit, { type: "text" }>): string {
  const stored = old.fields[field];
  return merge(base, text, typeof stored === "string" ? stored : "") ?? text;
}

function changedSet(old: Entity, edit: Extract<Edit, { type: "add" | "remove" }>): JsonValue {
  const value = old.fields[edit.field];
  const items = Array.isArray(value) ? value : [];
  const others = items.filter((item) => item !== edit.item);
  return edit.type === "add" ? [...others, edit.item] : others;
}
