// A stand-in of the generated bindings: the same types, commands and events by the same names.
import { invoke } from "@tauri-apps/api/core";
import * as event from "@tauri-apps/api/event";

export type AppError = { code: string; message: string };
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

// ── start ────────────────────────────────────────────────────────────────────
export type Start =
  | { type: "set_up"; suggested_name: string }          // never set up: first start
  | { type: "ready"; device: ThisDevice; renewed: string | null } // renewed: "this folder was restored/copied …" in words, once
  | { type: "failed"; error: AppError };                // database damaged, keys gone, …: words + what to do; nothing else works
export type ThisDevice = {
  id: string; name: string; fingerprint: string;        // fingerprint: grouped for reading aloud, e.g. "7F3A 91C2 …"
  listen: string; addresses: string[];                  // where others reach it
  key_store: string;                                    // one line on where the keys are
  version: string; data_folder: string;
};
export type Options = { autostart: boolean; close_to_tray: boolean; tray: boolean }; // tray: whether this desktop shows one

// ── data ─────────────────────────────────────────────────────────────────────
export type Key = { kind: string; id: string };          // kind: task, habit, habit_record, note, tag, setting, or one unknown to this version
export type Entity = {
  kind: string; id: string; title: string | null;
  fields: { [field: string]: JsonValue };                // cleared fields are absent; sets are arrays
  deleted: boolean; modified: number; modified_by: string | null; // device id
  reviews: number;                                       // open questions about it
};
export type Listing = { head: number; entities: Entity[]; more: boolean }; // head: pass it to `changes`
export type Edit =
  | { type: "create"; kind: string; fields: { [f: string]: JsonValue } }   // id: random, or derived for tag and habit_record
  | { type: "set"; kind: string; id: string; fields: { [f: string]: JsonValue } } // null clears a field; a set takes its whole array
  | { type: "add"; kind: string; id: string; field: string; item: JsonValue }
  | { type: "remove"; kind: string; id: string; field: string; item: JsonValue }
  | { type: "delete"; kind: string; id: string }
  | { type: "keep"; kind: string; id: string };          // takes a delete back
export type Imported = { read: number; created: number; changed: number; unchanged: number; refused: { place: string; reason: string }[] };

// ── devices ──────────────────────────────────────────────────────────────────
export type PeerState =
  | { type: "up_to_date" }                               // proved equal by digest, connected or not
  | { type: "syncing"; done: number; total: number | null } // entities
  | { type: "waiting"; reason: string | null }           // not reachable now, something pending; reason in words
  | { type: "paused" }
  | { type: "needs_review"; count: number }
  | { type: "problem"; reason: string; next: string };
export type Peer = {
  id: string; name: string; own_name: string; fingerprint: string; // name: what it is called here (label or own_name)
  state: PeerState; connected: boolean; last_seen: number | null; last_sync: number | null; pending: number;
  clock_ahead: number | null; addresses: string[]; added: number;
};
export type KindSharing = { kind: string; known: boolean; living: number; on: boolean; off_with: string[] }; // device ids
export type Devices = { this: ThisDevice; peers: Peer[]; kinds: KindSharing[] };

// ── pairing ──────────────────────────────────────────────────────────────────
export type Invite = { link: string; code: string; qr_svg: string; open_ms: number; reachable: boolean }; // qr_svg: black on white, no script
export type PairingEvent =
  | { type: "invite_closed"; used: boolean }
  | { type: "wrong_code" }                                // somebody typed a wrong code
  | { type: "compare"; link: number; name: string; digits: string; displaying: boolean } // displaying side must accept first
  | { type: "paired"; link: number; device: string; name: string }
  | { type: "failed"; link: number; code: string; message: string }; // code: no-answer, refused, interrupted, rejected, incompatible, storage, channel

// ── review ───────────────────────────────────────────────────────────────────
export type ReviewItem = { kind: string; id: string; title: string | null; fields: string[]; deleted: boolean; devices: string[]; at: number };
export type DiffPart = { op: "same" | "added" | "removed"; text: string }; // word-level, from what is shown now to that side
export type Side = {
  number: number;                                        // for Choice number, from 1
  device: string | null; name: string; own: boolean; at: number; // who and when
  value: JsonValue; text: string; diff: DiffPart[];      // text: as a person reads it; diff against `now`
};
export type Question =
  | { type: "field"; field: string; label: string; multiline: boolean; now: string; now_value: JsonValue; sides: Side[]; combined: string | null; options: string[] | null } // combined: a proposal; options: the choices of a choice field
  | { type: "deleted"; deleted_by: string; deleted_at: number; deleted_own: boolean; edited_by: string; edited_at: number; edited_own: boolean };
export type Review = { entity: Entity; questions: Question[]; unchanged: { field: string; label: string; text: string }[] };
export type Choice =
  | { type: "number"; number: number } | { type: "value"; value: JsonValue } | { type: "keep" } | { type: "delete" };
export type Resolved = { left: number; undo: Edit };      // left: questions still open about it; undo: the edit that takes the decision back
// An earlier decision, from the history: the values it put away, each can still be used instead.
export type Decided = { kind: string; id: string; title: string | null; field: string; label: string; at: number; by: string; chosen: string; others: { value: JsonValue; text: string }[] };

// ── status ───────────────────────────────────────────────────────────────────
export type SyncState = "alone" | "up_to_date" | "syncing" | "waiting" | "needs_review" | "paused" | "problem"; // alone: no paired device
export type Status = {
  state: SyncState; line: string; why: string | null; next: string | null; // one line on what is happening now; why and what to do if it does not work
  pending: number; reviews: number; peers: number; connected: number;
  progress: { done: number; total: number | null } | null;
};

export type Moved = { device: string; sent: number; fresh: number; changed: number; deleted: number; conflicts: number; proved: boolean; reason: string | null; bytes: number; ms: number };

export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

async function typedError<T>(result: Promise<T>): Promise<Result<T, AppError>> {
  try {
    return { status: "ok", data: await result };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: "error", error: error as AppError };
  }
}

export const commands = {
  start: () => typedError<Start>(invoke("start")),
  setUp: (name: string) => typedError<ThisDevice>(invoke("set_up", { name })),
  renameThis: (name: string) => typedError<ThisDevice>(invoke("rename_this", { name })),
  options: () => typedError<Options>(invoke("options")),
  setAutostart: (on: boolean) => typedError<Options>(invoke("set_autostart", { on })),
  setCloseToTray: (on: boolean) => typedError<Options>(invoke("set_close_to_tray", { on })),
  list: (kind: string) => typedError<Listing>(invoke("list", { kind })),
  changes: (after: number) => typedError<Listing>(invoke("changes", { after })),
  save: (edits: Edit[]) => typedError<Entity[]>(invoke("save", { edits })),
  importLines: () => typedError<Imported | null>(invoke("import_lines")),
  importMarkdown: () => typedError<Imported | null>(invoke("import_markdown")),
  exportLines: () => typedError<number | null>(invoke("export_lines")),
  devices: () => typedError<Devices>(invoke("devices")),
  syncNow: (device: string | null) => typedError<Moved[]>(invoke("sync_now", { device })),
  labelPeer: (device: string, name: string | null) => typedError<Devices>(invoke("label_peer", { device, name })),
  forget: (device: string) => typedError<Devices>(invoke("forget", { device })),
  shareKind: (kind: string, device: string | null, on: boolean) => typedError<Devices>(invoke("share_kind", { kind, device, on })),
  setPaused: (on: boolean) => typedError<Status>(invoke("set_paused", { on })),
  openInvite: () => typedError<Invite>(invoke("open_invite")),
  closeInvite: () => typedError<null>(invoke("close_invite")),
  readQr: (width: number, height: number, luma: string) => typedError<string | null>(invoke("read_qr", { width, height, luma })),
  join: (text: string, address: string | null) => typedError<number>(invoke("join", { text, address })),
  decide: (link: number, accept: boolean) => typedError<null>(invoke("decide", { link, accept })),
  reviews: () => typedError<ReviewItem[]>(invoke("reviews")),
  review: (kind: string, id: string) => typedError<Review>(invoke("review", { kind, id })),
  resolve: (kind: string, id: string, field: string | null, choice: Choice) => typedError<Resolved>(invoke("resolve", { kind, id, field, choice })),
  decided: (limit: number) => typedError<Decided[]>(invoke("decided", { limit })),
  status: () => typedError<Status>(invoke("status")),
};

function makeEvent<T>(name: string) {
  return { listen: (cb: event.EventCallback<T>) => event.listen<T>(name, cb) };
}

export const events = {
  statusChanged: makeEvent<Status>("status-changed"),
  dataChanged: makeEvent<{ head: number }>("data-changed"),
  devicesChanged: makeEvent<null>("devices-changed"),
  pairing: makeEvent<PairingEvent>("pairing"),
};
