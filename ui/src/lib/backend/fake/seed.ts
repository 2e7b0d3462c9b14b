import type { Decided, JsonValue } from "$bindings";
import { dayOf, shift, startOf, toMoment } from "../../logic/time";
import { generated } from "./many";
import { UNREACHABLE } from "./world";
import type { Paired, World } from "./world";

export type SeedOptions = {
  /** Nothing but this device. */
  empty?: boolean;
  /** So many more tasks. */
  tasks?: number;
  /** For each, so many tasks that another device deleted at once. */
  sweeps?: number[];
  now?: number;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function seed(
  world: World,
  decisions: Decided[],
  { empty = false, tasks = 0, sweeps = [], now = Date.now() }: SeedOptions,
): void {
  if (!empty) new Seeder(world, now).all(decisions);
  for (let i = 0; i < tasks; i++)
    world.apply({ type: "create", kind: "task", fields: generated(i, now) }, null, now - i);
  sweeps.forEach((size, number) => {
    const create = (_: unknown, i: number) =>
      world.apply({ type: "create", kind: "task", fields: generated(i, now) }, null, now - 40 * HOUR);
    const by = world.peers[number % world.peers.length];
    if (by) world.sweep(by, Array.from({ length: size }, create), now - (sweeps.length - number) * 5 * MINUTE);
  });
}

class Seeder {
  #tags: Record<string, string> = {};
  #world: World;
  #now: number;

  constructor(world: World, now: number) {
    this.#world = world;
    this.#now = now;
  }

  all(decisions: Decided[]): void {
    this.#peers();
    this.#tagList();
    this.#tasks();
    this.#habits();
    this.#notes();
    this.#private();
    this.#conflicts(decisions);
    this.#sessions();
  }

  #create(kind: string, fields: Record<string, JsonValue>, age = 40 * HOUR): string {
    return this.#world.apply({ type: "create", kind, fields }, null, this.#now - age).id;
  }

  #peers(): void {
    const now = this.#now;
    const common = { clock_ahead: null, connected: true, first_merge: null };
    const peers: Omit<Paired, "id">[] = [
      {
        ...common,
        name: "Pixel 8",
        own_name: "Pixel 8",
        fingerprint: "C41B 02DA 9E77 3F10",
        state: { type: "up_to_date" },
        last_seen: now - 10_000,
        last_sync: now - 3 * MINUTE,
        addresses: ["192.168.1.31:47810"],
        added: now - 40 * 24 * HOUR,
      },
      {
        ...common,
        name: "Desk computer",
        own_name: "robin-desktop",
        fingerprint: "58E0 4C1F A2B3 07D9",
        state: { type: "waiting", reason: UNREACHABLE },
        connected: false,
        last_seen: now - 15 * HOUR,
        last_sync: now - 15 * HOUR,
        clock_ahead: 26 * MINUTE,
        addresses: ["192.168.1.40:47810"],
        added: now - 200 * 24 * HOUR,
      },
    ];
    this.#world.peers = peers.map((peer) => ({ id: this.#world.id(), ...peer }));
    this.#world.failures.set(this.#world.peers[1]?.id ?? "", {
      at: now - 14 * HOUR,
      reason: UNREACHABLE,
      next: "Switch it on and open the app there, in the same network: it goes on by itself then.",
    });
  }

  #tagList(): void {
    const colours: [string, string][] = [
      ["home", "#2f8f6b"],
      ["work", "#3b6fd4"],
      ["errands", "#c2791c"],
      ["reading", "#8a55c7"],
    ];
    for (const [name, colour] of colours) this.#tags[name] = this.#create("tag", { name, colour, type: "label" });
  }

  #tasks(): void {
    const today = dayOf(this.#now);
    const day = (by: number, hours = 0) => {
      const on = shift(today, by);
      return hours ? toMoment(startOf(on) + hours * HOUR) : on;
    };
    const tag = (...names: string[]) => names.map((name) => this.#tags[name] ?? "");
    const list: Record<string, JsonValue>[] = [
      {
        title: "Send the lease back signed",
        priority: "urgent_important",
        planned: day(-1),
        deadline: day(0, 17),
        tags: tag("home"),
      },
      { title: "Water the tomatoes", planned: day(0), estimated_minutes: 15, tags: tag("home") },
      {
        title: "Draft the talk about local-first apps",
        priority: "important",
        planned: day(0, 10),
        estimated_minutes: 90,
        tags: tag("work"),
        description: "Start with the train story.\nThree examples, one demo.",
      },
      { title: "Pick up the parcel", priority: "urgent", planned: day(0, 16), tags: tag("errands") },
      { title: "Reply to Amira about Saturday", planned: day(0) },
      { title: "Book the dentist", planned: day(1, 9), priority: "important", tags: tag("errands") },
      { title: "Review the budget for spring", planned: day(1), estimated_minutes: 45, tags: tag("work", "home") },
      { title: "Return the library books", deadline: day(3), tags: tag("errands", "reading") },
      { title: "Birthday present for Jonas", deadline: day(5), priority: "important" },
      { title: "Renew the passport", deadline: day(24), priority: "important", tags: tag("errands") },
      { title: "Try the sourdough recipe again", tags: tag("home") },
      { title: "Read “Local-first software”", tags: tag("reading"), estimated_minutes: 40 },
      { title: "Sort the photos from Lisbon", priority: "neither" },
      { title: "Find a new lamp for the desk" },
    ];
    list.forEach((fields, i) => this.#create("task", { status: "todo", order: i + 1, ...fields }, (30 - i) * HOUR));
    const done = ["Pay the electricity bill", "Clean the bike chain", "Call grandma", "Fix the tap"];
    done.forEach((title, i) =>
      this.#create("task", {
        title,
        status: "done",
        order: 50 + i,
        completed_at: toMoment(this.#now - (i * 17 + 1) * HOUR),
      }),
    );
  }

  #habits(): void {
    const today = dayOf(this.#now);
    const habits: [string, string, number[]][] = [
      ["Morning run", "3 km along the river", [1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1]],
      ["Read 20 pages", "", [0, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1]],
      ["Practise Portuguese", "15 minutes are enough", [0, 0, 1, 0, 1, 1, 0]],
      ["No screen after ten", "", [0, 1, 1, 1, 0, 0, 1]],
    ];
    habits.forEach(([name, description, days], order) => {
      const habit = this.#create("habit", { name, order, ...(description && { description }) });
      days.forEach((done, back) => {
        if (done)
          this.#create(
            "habit_record",
            {
              habit,
              day: shift(today, -back),
              status: done === 2 ? "skipped" : "complete",
            },
            (back === 0 ? 3 : 40) * HOUR,
          );
      });
    });
    this.#glasses();
    this.#create("habit", { name: "Cold shower", order: 9, archived_at: toMoment(this.#now - 90 * 24 * HOUR) });
  }

  /** Glasses of water, of which there should be eight each day, from today on back. */
  #glasses(): void {
    const today = dayOf(this.#now);
    const goal = { goal: true, goal_frequency: 5, goal_period_days: 7, goal_daily_target: 8 };
    const habit = this.#create("habit", { name: "Drink water", order: 4, ...goal });
    [3, 8, 8, 5, 9, 8, 2, 8].forEach((glasses, back) => {
      const day = shift(today, -back);
      const pause = (back ? 20 * HOUR : this.#now - startOf(day)) / (glasses + 1);
      const done_at = Array.from({ length: glasses }, (_, i) => toMoment(startOf(day) + (i + 1) * pause));
      this.#create("habit_record", { habit, day, status: "complete", done_at });
    });
  }

  #notes(): void {
    const notes: [string, string, string[], number][] = [
      ["Packing list", "- Passport\n- Charger\n- Rain jacket\n- The blue notebook", ["errands"], 20 * MINUTE],
      [
        "Ideas for the talk",
        "# Local first\n\nThe train story: no network for three hours, and everything still works.\n\n1. Own your data\n2. Sync is a conversation\n3. Conflicts are questions",
        ["work"],
        2 * HOUR,
      ],
      [
        "Sourdough",
        "100 g starter, 350 g water, 500 g flour, 10 g salt.\n\nLast time: too wet. Try 330 g water.",
        ["home"],
        26 * HOUR,
      ],
      ["Books to read", "- The Overstory\n- A Pattern Language\n- Ficciones", ["reading"], 70 * HOUR],
      ["Landlord", "Call about the heating before November.", [], 300 * HOUR],
      ["Shopping list", "- Oats\n- Lemons", ["errands"], 400 * HOUR],
    ];
    for (const [title, content, tags, age] of notes)
      this.#create("note", { title, content, tags: tags.map((name) => this.#tags[name] ?? "") }, age);
  }

  #private(): void {
    for (const [kind, fields] of [
      ["note", { title: "Gifts", content: "- Amira: the fountain pen\n- Jonas: concert tickets" }],
      ["task", { title: "Plan the surprise for Amira", status: "todo", order: 0 }],
    ] as const) {
      const id = this.#create(kind, fields, 25 * MINUTE);
      this.#world.put({ ...this.#world.get(kind, id), here: true });
    }
  }

  #find(kind: string, title: string) {
    const found = this.#world.living(kind).find((entity) => entity.title === title);
    if (!found) throw new Error(`the seed has no ${title}`);
    return found;
  }

  #conflicts(decisions: Decided[]): void {
    const [pixel, desk] = this.#world.peers as [Paired, Paired];
    const now = this.#now;
    const lease = this.#find("task", "Birthday present for Jonas");
    this.#world.conflicts.set(`task ${lease.id}`, [
      {
        type: "field",
        field: "title",
        combined: null,
        sides: [
          { by: null, at: now - 5 * HOUR, value: "Birthday present for Jonas and Mia" },
          { by: pixel, at: now - 4 * HOUR, value: "Birthday present for Jonas (a book)" },
        ],
      },
      {
        type: "field",
        field: "priority",
        combined: null,
        sides: [
          { by: null, at: now - 5 * HOUR, value: "important" },
          { by: pixel, at: now - 4 * HOUR, value: "urgent_important" },
        ],
      },
    ]);
    const bread = this.#find("note", "Sourdough");
    this.#world.conflicts.set(`note ${bread.id}`, [
      {
        type: "field",
        field: "content",
        combined: "100 g starter, 330 g water, 500 g flour, 12 g salt.\n\nBake 45 min at 230 °C.",
        sides: [
          {
            by: null,
            at: now - 28 * HOUR,
            value: "100 g starter, 330 g water, 500 g flour, 10 g salt.\n\nBake 45 min at 230 °C.",
          },
          {
            by: desk,
            at: now - 27 * HOUR,
            value: "100 g starter, 350 g water, 500 g flour, 12 g salt.\n\nLast time: too wet.",
          },
        ],
      },
    ]);
    const lamp = this.#find("task", "Find a new lamp for the desk");
    this.#world.conflicts.set(`task ${lamp.id}`, [
      { type: "deleted", by: pixel, at: now - 9 * HOUR, edited: now - 8 * HOUR },
    ]);
    for (const { id, kind } of [lease, bread, lamp]) {
      const entity = this.#world.get(kind, id);
      this.#world.put({ ...entity, reviews: this.#world.conflicts.get(`${kind} ${id}`)?.length ?? 0 });
    }
    const tap = this.#find("task", "Fix the tap");
    this.#world.apply({ type: "delete", kind: "task", id: tap.id }, desk, now - 15 * HOUR);
    const list = this.#find("note", "Shopping list");
    this.#world.apply({ type: "delete", kind: "note", id: list.id }, null, now - 6 * HOUR);
    const talk = this.#find("note", "Ideas for the talk");
    decisions.push({
      kind: "note",
      id: talk.id,
      title: talk.title,
      field: "title",
      label: "Title",
      at: now - 50 * HOUR,
      by: "Laptop",
      chosen: "Ideas for the talk",
      others: [{ value: "Talk, first ideas", text: "Talk, first ideas" }],
    });
    this.#world.apply(
      { type: "set", kind: "note", id: talk.id, fields: { content: `${talk.fields.content as string}\n` } },
      pixel,
      now - 2 * HOUR,
    );
    const parcel = this.#find("task", "Pick up the parcel");
    this.#world.apply(
      { type: "set", kind: "task", id: parcel.id, fields: { planned: parcel.fields.planned ?? null } },
      pixel,
      now - HOUR,
    );
    this.#world.apply(
      { type: "set", kind: "task", id: parcel.id, fields: { title: "Pick up the big parcel" } },
      null,
      now - 50 * MINUTE,
    );
    this.#world.apply(
      { type: "set", kind: "task", id: parcel.id, fields: { title: "Pick up the parcel" } },
      pixel,
      now - 40 * MINUTE,
    );
  }

  #sessions(): void {
    for (let i = 70; i > 0; i--) {
      const started = this.#now - i * 3 * HOUR;
      const failed = i % 9 === 4;
      this.#world.sessions.push({
        number: this.#world.sessions.length + 1,
        started,
        ended: started + 200 + i * 7,
        device: i % 3 === 0 ? "Desk computer" : "Pixel 8",
        sent: i % 6,
        new: failed ? 0 : i % 4,
        changed: failed ? 0 : (i + 1) % 3,
        deleted: i % 7 === 0 ? 1 : 0,
        unchanged: 0,
        conflicts: i % 11 === 0 ? 1 : 0,
        quarantined: 0,
        bytes_out: 900 + i * 40,
        bytes_in: 700 + i * 31,
        proved: !failed,
        reason: failed ? "the connection broke; what arrived is kept, and the next sync goes on from there" : null,
      });
    }
  }
}
