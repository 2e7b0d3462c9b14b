import type { Devices, Edit, Entity, JsonValue, Options, Peer, Status, ThisDevice } from "$bindings";
import { BackendError } from "../backend";
import type { BackendEvents, HistoryLine, SessionLine } from "../backend";
import type { Conflict } from "./conflicts";

export const TITLES: Record<string, string> = { habit: "name", tag: "name", habit_record: "day", setting: "key" };

export function fail(code: string, message: string): never {
  throw new BackendError({ code, message });
}

type Handler<E extends keyof BackendEvents> = (payload: BackendEvents[E]) => void;

/** A planner in memory, with everything the real one tells. */
export class World {
  readonly entities = new Map<string, { entity: Entity; seq: number }>();
  readonly history: HistoryLine[] = [];
  readonly sessions: SessionLine[] = [];
  readonly conflicts = new Map<string, Conflict[]>();
  readonly off = new Map<string, Set<string>>();
  readonly offEverywhere = new Set<string>();
  readonly options: Options = { autostart: false, close_to_tray: true, tray: true };
  peers: Peer[] = [];
  paused = false;
  head = 0;
  #ids = 1;
  #handlers: { [E in keyof BackendEvents]: Set<Handler<E>> } = {
    status: new Set(),
    data: new Set(),
    devices: new Set(),
    pairing: new Set(),
  };
  device: ThisDevice = {
    id: "d0000000-0000-4000-8000-000000000001",
    name: "Laptop",
    fingerprint: "7F3A 91C2 0D4E 58B6",
    listen: "0.0.0.0:47810",
    addresses: ["192.168.1.20:47810", "10.0.0.4:47810"],
    key_store: "Keys are kept in the system's key ring.",
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
    return this.entities.get(`${kind} ${id}`)?.entity ?? fail("not-found", "This is not here any more.");
  }

  put(entity: Entity): Entity {
    this.head += 1;
    this.entities.set(`${entity.kind} ${entity.id}`, { entity, seq: this.head });
    return entity;
  }

  /** Applies one edit, as written on `by` (null: here) at `at`. */
  apply(edit: Edit, by: Peer | null = null, at = Date.now()): Entity {
    const stamp = { modified: at, modified_by: by?.id ?? this.device.id };
    if (edit.type === "create") {
      const id = this.#naturalId(edit.kind, edit.fields) ?? this.id();
      return this.put({
        kind: edit.kind,
        id,
        ...this.#shaped(edit.kind, edit.fields),
        deleted: false,
        reviews: 0,
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

  #note(old: Entity, event: HistoryLine["event"], field: string | null, by: Peer | null, at: number): void {
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
    return { this: { ...this.device }, peers: this.peers.map((peer) => ({ ...peer })), kinds };
  }

  status(): Status {
    const { peers, reviews } = this;
    const pending = peers.reduce((sum, peer) => sum + peer.pending, 0);
    const connected = peers.filter((peer) => peer.connected).length;
    const syncing = peers.find((peer) => peer.state.type === "syncing");
    const common = { pending, reviews, peers: peers.length, connected, progress: null, why: null, next: null };
    if (!peers.length)
      return {
        ...common,
        state: "alone",
        line: "Only on this device",
        next: "Pair another device of yours to share with it.",
      };
    if (this.paused)
      return {
        ...common,
        state: "paused",
        line: "Paused",
        why: "You paused syncing on this device.",
        next: "Resume when you want to share again.",
      };
    if (syncing?.state.type === "syncing") {
      const { done, total } = syncing.state;
      return {
        ...common,
        state: "syncing",
        line: `Syncing with ${syncing.name}: ${done} of ${total}`,
        progress: { done, total },
      };
    }
    const troubled = peers.find((peer) => peer.state.type === "problem");
    if (troubled?.state.type === "problem")
      return {
        ...common,
        state: "problem",
        line: `${troubled.name} cannot sync`,
        why: troubled.state.reason,
        next: troubled.state.next,
      };
    if (reviews)
      return {
        ...common,
        state: "needs_review",
        line: reviews === 1 ? "1 item to look at" : `${reviews} items to look at`,
        why: "It was changed on two devices before they had met.",
        next: "Open Review and choose.",
      };
    const waiting = peers.find((peer) => peer.state.type === "waiting");
    if (waiting)
      return {
        ...common,
        state: "waiting",
        line: `Waiting for ${waiting.name}`,
        why: `${waiting.name} cannot be reached right now.`,
        next: "Switch it on and bring it into the same network.",
      };
    return { ...common, state: "up_to_date", line: "Up to date" };
  }
}

function fieldsOf(old: Entity, edit: Extract<Edit, { id: string; type: "set" | "text" | "add" | "remove" }>) {
  if (edit.type === "set") return edit.fields;
  if (edit.type === "text") return { [edit.field]: edit.text || null };
  return { [edit.field]: changedSet(old, edit) };
}

function changedSet(old: Entity, edit: Extract<Edit, { type: "add" | "remove" }>): JsonValue {
  const value = old.fields[edit.field];
  const items = Array.isArray(value) ? value : [];
  const others = items.filter((item) => item !== edit.item);
  return edit.type === "add" ? [...others, edit.item] : others;
}
