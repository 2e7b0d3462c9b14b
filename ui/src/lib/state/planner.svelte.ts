import type { Edit, Entity, JsonValue } from "$bindings";
import type { Backend } from "../backend/backend";
import { items, text, titleOf } from "../logic/fields";
import { folded } from "../logic/notes";
import { toMoment } from "../logic/time";
import { between, inverse } from "../logic/undo";
import { Steps } from "./steps.svelte";

export const KINDS = ["task", "habit", "habit_record", "note", "tag"] as const;
export type KindName = (typeof KINDS)[number];

type Entities = ReadonlyMap<string, Entity>;

/** What the screens show of the data: each kind's living entities by id, kept as the backend has them. */
export class Planner {
  #backend: Backend;
  #kinds = $state.raw<Record<KindName, Entities>>({
    task: new Map(),
    habit: new Map(),
    habit_record: new Map(),
    note: new Map(),
    tag: new Map(),
  });
  /** When what is not here any more was deleted. */
  #gone = new Map<string, number>();
  #head = 0;
  #following: Promise<void> | null = null;
  #again = false;
  loaded = $state(false);
  /** One's own edits, and the way back. */
  readonly steps = new Steps(
    (edits) => this.save(...edits),
    (kind, id) => this.find(kind, id),
  );

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get tasks(): Entities {
    return this.#kinds.task;
  }
  get habits(): Entities {
    return this.#kinds.habit;
  }
  get records(): Entities {
    return this.#kinds.habit_record;
  }
  get notes(): Entities {
    return this.#kinds.note;
  }
  get tags(): Entities {
    return this.#kinds.tag;
  }

  find(kind: string, id: string, among = this.#kinds): Entity | undefined {
    return isKind(kind) ? among[kind].get(id) : undefined;
  }

  /** The name behind an id that stands in a field. */
  nameOf = (id: string): string | null =>
    (this.tags.get(id) ?? this.habits.get(id) ?? this.tasks.get(id))?.title ?? null;

  /** What an item is called among items of all kinds: a tick by its habit too, where that is known. */
  titleOf = (item: Pick<Entity, "kind" | "id" | "title">): string => {
    const record = item.kind === "habit_record" ? this.records.get(item.id) : undefined;
    const habit = record && this.nameOf(text(record, "habit"));
    return habit ? `${habit}, ${titleOf(item)}` : titleOf(item);
  };

  async load(): Promise<void> {
    const listings = await Promise.all(KINDS.map((kind) => this.#backend.list(kind)));
    // What changed while one list was read after another is asked for again, from the earliest head.
    this.#head = Math.min(...listings.map((listing) => listing.head));
    this.#apply(listings.flatMap((listing) => listing.entities));
    await this.follow();
    this.loaded = true;
  }

  /** Fetches what has changed since; calls that overlap become one more round. */
  follow(): Promise<void> {
    this.#again = true;
    this.#following ??= this.#rounds().finally(() => (this.#following = null));
    return this.#following;
  }

  async #rounds(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const listing = await this.#backend.changes(this.#head);
      this.#head = listing.head;
      this.#apply(listing.entities);
      this.#again ||= listing.more;
    }
  }

  /** Saves all edits or none, and shows what became of them. */
  async save(...edits: Edit[]): Promise<Entity[]> {
    for (const tag of this.#toShare(edits)) await this.share(tag);
    return this.#write(edits, this.#backend.save(edits));
  }

  /** Tags that stay here and are put on what is shared: others would see that there is a tag, and not which. */
  #toShare(edits: Edit[]): Entity[] {
    const named = edits.flatMap((edit) => {
      if (edit.type === "create") return items(edit, "tags");
      const put = edit.type === "add" && edit.field === "tags" && !this.find(edit.kind, edit.id)?.here;
      return put ? [String(edit.item)] : [];
    });
    return named.flatMap((id) => this.tags.get(id) ?? []).filter((tag) => tag.here);
  }

  async #write(edits: Edit[], answer: Promise<Entity[]>): Promise<Entity[]> {
    const { way } = this.steps;
    const before = this.#kinds;
    const entities = await answer;
    this.#apply(entities);
    const back = inverse(edits, (kind, id) => this.find(kind, id, before), entities);
    // The backend may have added entities of its own.
    this.steps.record(way, back, entities.slice(0, edits.length));
    return entities;
  }

  /** Makes something new: shared with the other devices, or kept here. */
  async create(
    kind: KindName,
    fields: Record<string, JsonValue>,
    where: "shared" | "here" = "shared",
  ): Promise<Entity | undefined> {
    const edit: Edit = { type: "create", kind, fields };
    return where === "here" ? this.saveHere(edit) : (await this.save(edit))[0];
  }

  /** Saves an edit of what is to stay on this device. */
  async saveHere(edit: Edit): Promise<Entity> {
    const here = this.#backend.saveHere(edit);
    await this.#write(
      [edit],
      here.then((entity) => [entity]),
    );
    return here;
  }

  /** The tags of these names; those that there are not yet are made, here if what is to have them stays here. */
  async tagIds(names: readonly string[], here: boolean): Promise<string[]> {
    const ids = [];
    for (const name of names) {
      const known = [...this.tags.values()].find((tag) => folded(titleOf(tag)) === folded(name));
      const fields = { name, type: "label", created: toMoment(Date.now()) };
      const tag = known ?? (await this.create("tag", fields, here ? "here" : "shared"));
      if (tag) ids.push(tag.id);
    }
    return ids;
  }

  /** Shares what was kept on this device only, and the tags that it names. */
  async share(entity: Entity): Promise<Entity> {
    for (const id of items(entity, "tags")) {
      const tag = this.tags.get(id);
      if (tag?.here) await this.#shown(this.#backend.share("tag", id));
    }
    return this.#shown(this.#backend.share(entity.kind, entity.id));
  }

  /** Puts back what that line of the history kept. */
  async putBack(number: number): Promise<Entity> {
    const before = this.#kinds;
    const entity = await this.#shown(this.#backend.putBack(number));
    this.steps.record("do", [between(this.find(entity.kind, entity.id, before), entity)], [entity]);
    return entity;
  }

  async #shown(answer: Promise<Entity>): Promise<Entity> {
    const entity = await answer;
    this.#apply([entity]);
    return entity;
  }

  set(entity: Pick<Entity, "kind" | "id">, fields: Record<string, JsonValue>): Promise<Entity[]> {
    return this.save({ type: "set", kind: entity.kind, id: entity.id, fields });
  }

  /** Saves a text that somebody typed who began from `base`. What is stored then: both, where it was changed meanwhile. */
  async write(entity: Pick<Entity, "kind" | "id">, field: string, base: string, text: string): Promise<string> {
    const [saved] = await this.save({ type: "text", kind: entity.kind, id: entity.id, field, base, text });
    // Something newer may be here by now.
    const stored = (this.find(entity.kind, entity.id) ?? saved)?.fields[field];
    return typeof stored === "string" ? stored : "";
  }

  /** Takes what the backend has; an answer that was overtaken by a newer one changes nothing. */
  #apply(entities: Entity[]): void {
    const touched = new Map<KindName, Map<string, Entity>>();
    for (const entity of entities) {
      const kind = entity.kind;
      if (!isKind(kind)) continue;
      const map = touched.get(kind) ?? new Map(this.#kinds[kind]);
      touched.set(kind, map);
      const name = `${kind} ${entity.id}`;
      if ((map.get(entity.id)?.modified ?? this.#gone.get(name) ?? 0) > entity.modified) continue;
      if (entity.deleted) {
        map.delete(entity.id);
        this.#gone.set(name, entity.modified);
      } else {
        map.set(entity.id, entity);
        this.#gone.delete(name);
      }
    }
    if (touched.size) this.#kinds = { ...this.#kinds, ...Object.fromEntries(touched) };
  }
}

function isKind(kind: string): kind is KindName {
  return (KINDS as readonly string[]).includes(kind);
}
