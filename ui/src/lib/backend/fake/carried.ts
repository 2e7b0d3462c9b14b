import type { BackupIn, BackupOut, BundleIn, BundleOut, Entity, RecoveryKey } from "$bindings";
import { drawing } from "./pairing";
import { fail } from "./world";
import type { Paired, World } from "./world";

type Read = Extract<BundleIn, { type: "read" }>;

const LIST =
  "anchor basket candle desert eagle fabric garden hammer island jungle kitten ladder magnet napkin orange pencil quarter ribbon saddle tunnel unique velvet window yellow";

/** Files that are carried by hand. What a dialog would let a person choose is set beforehand. */
export class FakeCarried {
  /** The person chooses a file, or a place for one. */
  chooses = true;
  /** So many files are needed. */
  parts = 1;
  /** Both hold data of their own, and nobody has agreed. */
  asks = false;
  /** What is different about the next file that is read. */
  next: Partial<Read> = {};
  /** What no backup brings back. */
  refused: BackupIn["refused"] = [];
  /** What was written last, and what opens it. */
  backup: (BackupOut & { at: number; words: string; copy: Entity[] }) | null = null;
  #world: World;
  #key: string | null = null;
  #offered: string | null = null;
  #keys = 0;
  /** Who was written a file, and when. Until a file comes back nobody knows that it arrived. */
  #written = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  write(peer: Paired, all: boolean): BundleOut | null {
    if (!this.chooses) return null;
    const entities = all ? this.#world.entities.size : this.#world.waiting(peer).length;
    this.#written.set(peer.id, Date.now());
    const part = (_: unknown, i: number) => `for-other-device${i ? `-${i + 1}` : ""}.whphbundle`;
    return { files: Array.from({ length: this.parts }, part), entities, bytes: 640 + entities * 210 };
  }

  read(agrees = false): BundleIn | null {
    if (!this.chooses) return null;
    const [peer] = this.#world.peers;
    if (!peer)
      fail(
        "bundle-from-stranger",
        "x.whphbundle was not read: no device that is paired with this one wrote it. If the device that did was forgotten, or paired by an older version, pair the two anew.",
      );
    const { entities } = this.#world;
    if (this.asks && !agrees) return { type: "asks", device: peer.name, held: entities.size };
    this.asks = false;
    this.#world.apply({ type: "create", kind: "task", fields: { title: "Bring the tent", status: "todo" } }, peer);
    peer.last_sync = this.#written.get(peer.id) ?? peer.last_sync;
    this.#written.delete(peer.id);
    const counts = { fresh: 1, changed: 0, deleted: 0, conflicts: 0 };
    const read: Read = { type: "read", device: peer.name, ...counts, equal: true, gapless: true, ...this.next };
    this.next = {};
    return read;
  }

  get hasKey(): boolean {
    return this.#key !== null;
  }

  newKey(): RecoveryKey {
    const list = LIST.split(" ");
    const turn = this.#keys++ % list.length;
    const words = [...list.slice(turn), ...list.slice(0, turn)];
    this.#offered = words.join(" ");
    return { words, qr_svg: drawing(100 + turn, 37) };
  }

  useKey(): null {
    this.#key = this.#offered ?? fail("no-file", "Nothing is chosen any more. Begin again.");
    this.#offered = null;
    return null;
  }

  back(): BackupOut | null {
    const words = this.#key ?? fail("no-recovery-key", "There is no recovery key yet. Make one first.");
    if (!this.chooses) return null;
    const copy = [...this.#world.entities.values()].map(({ entity }) => entity).filter(({ deleted }) => !deleted);
    const file = `whph-${new Date().toISOString().slice(0, 10)}.whphbackup`;
    this.backup = { file, entities: copy.length, at: Date.now(), words, copy };
    return { file, entities: copy.length };
  }

  restore(words: string, overwrite: boolean, check: boolean): BackupIn {
    const backup = this.backup ?? fail("no-file", "Nothing is chosen any more. Begin again.");
    const typed = words.toLowerCase().split(/\s+/).filter(Boolean);
    if (typed.length !== 24)
      fail(
        "recovery-words",
        `A recovery key has 24 words, and these are ${typed.length}. Type all of them on one line.`,
      );
    if (typed.join(" ") !== backup.words)
      fail(
        "backup-other-key",
        `${backup.file} was not restored: it was not sealed for these words. Use those that were shown when this backup's recovery key was made.`,
      );
    const told = { written: backup.at, back: 0, same: 0, differ: 0, refused: this.refused };
    for (const then of backup.copy) {
      const now = this.#world.entities.get(`${then.kind} ${then.id}`)?.entity;
      const missing = !now || now.deleted;
      const same = !missing && JSON.stringify(now.fields) === JSON.stringify(then.fields);
      told[missing ? "back" : same ? "same" : "differ"] += 1;
      if (!check && (missing || (overwrite && !same))) this.#take(then, now);
    }
    return told;
  }

  #take(then: Entity, now: Entity | undefined): void {
    const { kind, id, fields } = then;
    if (!now) return void this.#world.put(then);
    if (now.deleted) this.#world.apply({ type: "keep", kind, id });
    const emptied = Object.fromEntries(Object.keys(now.fields).map((field) => [field, null]));
    this.#world.apply({ type: "set", kind, id, fields: { ...emptied, ...fields } });
  }
}
