import { commands, events } from "$bindings";
import Database from "@tauri-apps/plugin-sql";
import { BackendError } from "./backend";
import type { Backend, BackendEvents, HistoryLine, HistoryQuery, SessionLine } from "./backend";
import { t } from "../words/index.svelte";
import { scanner } from "./scanner";

/** A command refuses with words of its own; anything else is the bridge to the app that failed. */
function refusal(reason: unknown): BackendError {
  if (typeof reason === "object" && reason !== null && "code" in reason && "message" in reason) {
    return new BackendError({ code: String(reason.code), message: String(reason.message) });
  }
  return new BackendError({ code: "bridge", message: t().common.noAnswer(String(reason)) });
}

function unwrap<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((reason: unknown) => Promise.reject(refusal(reason)));
}

/** `%` and `_` in what is searched for are meant as they stand. */
function like(search: string): string {
  return `%${search.trim().replace(/[\\%_]/g, "\\$&")}%`;
}

const HISTORY = `
  SELECT number, at, entity_type AS kind, entity_id AS id, title, event, field, value, author, through
  FROM history_line
  WHERE number < $1 AND ($2 = '%%' OR value LIKE $2 ESCAPE '\\' OR title LIKE $2 ESCAPE '\\'
    OR author LIKE $2 ESCAPE '\\' OR through LIKE $2 ESCAPE '\\')
  ORDER BY number DESC LIMIT $3`;

const SESSIONS = `
  SELECT number, started, ended, device, sent, new, changed, deleted, unchanged, conflicts, quarantined,
    bytes_out, bytes_in, proved, reason
  FROM session_line
  WHERE number < $1 AND ($2 = '%%' OR device LIKE $2 ESCAPE '\\' OR reason LIKE $2 ESCAPE '\\')
  ORDER BY number DESC LIMIT $3`;

async function select<Row>(sql: string, { search, before, limit }: HistoryQuery): Promise<Row[]> {
  try {
    return await Database.get("sqlite:whph.db").select<Row[]>(sql, [
      before ?? Number.MAX_SAFE_INTEGER,
      like(search),
      limit,
    ]);
  } catch (error) {
    throw new BackendError({ code: "history", message: t().common.historyFailed(String(error)) });
  }
}

type Listen<T> = (cb: (event: { payload: T }) => void) => Promise<() => void>;

const listeners: { [E in keyof BackendEvents]: Listen<BackendEvents[E]> } = {
  status: events.status_changed.listen,
  data: events.data_changed.listen,
  devices: events.devices_changed.listen,
  pairing: events.pairing.listen,
  opened: events.item_opened.listen,
  phone: (cb) =>
    events.phone_changed.listen(() => {
      void commands.phone().then((phone) => phone && cb({ payload: phone }));
    }),
  link: async (cb) => {
    // It waits for whoever takes it: it may have opened the app before there was a page.
    const take = () => void commands.opened_link().then((link) => link && cb({ payload: { link } }));
    const off = await events.link_opened.listen(take);
    take();
    return off;
  },
};

/** The app behind this window. */
export const tauri: Backend = {
  start: () => unwrap(commands.start()),
  setUp: (name) => unwrap(commands.set_up(name)),
  renameThis: (name) => unwrap(commands.rename_this(name)),
  options: () => unwrap(commands.options()),
  setAutostart: (on) => unwrap(commands.set_autostart(on)),
  setCloseToTray: (on) => unwrap(commands.set_close_to_tray(on)),
  setOnMetered: (on) => unwrap(commands.set_on_metered(on)),
  setReminders: (on) => unwrap(commands.set_reminders(on)),
  setLanguage: (language) => unwrap(commands.set_language(language)),

  list: (kind) => unwrap(commands.list(kind)),
  changes: (after) => unwrap(commands.changes(after)),
  save: (edits) => unwrap(commands.save(edits)),
  saveHere: (edit) => unwrap(commands.save_here(edit)),
  share: (kind, id) => unwrap(commands.share(kind, id)),
  putBack: (number) => unwrap(commands.put_back(number)),
  importLines: () => unwrap(commands.import_lines()),
  importMarkdown: () => unwrap(commands.import_markdown()),
  importWhph: () => unwrap(commands.import_whph()),
  importTodoTxt: () => unwrap(commands.import_todo_txt()),
  exportLines: () => unwrap(commands.export_lines()),
  exportMarkdown: () => unwrap(commands.export_markdown()),
  search: (query, limit) => unwrap(commands.search(query, limit)),

  devices: () => unwrap(commands.devices()),
  syncNow: (device) => unwrap(commands.sync_now(device)),
  labelPeer: (device, name) => unwrap(commands.label_peer(device, name)),
  forget: (device) => unwrap(commands.forget(device)),
  shareKind: (kind, device, on) => unwrap(commands.share_kind(kind, device, on)),
  setPaused: (on) => unwrap(commands.set_paused(on)),
  answerFirstMerge: (link, agree) => unwrap(commands.answer_first_merge(link, agree)),
  pending: (device) => unwrap(commands.pending(device)),
  undoSweep: (number) => unwrap(commands.undo_sweep(number)),
  dismissSweep: (number) => unwrap(commands.dismiss_sweep(number)),

  writeBundle: (device, all) => unwrap(commands.write_bundle(device, all)),
  readBundle: () => unwrap(commands.read_bundle()),
  agreeToBundle: () => unwrap(commands.agree_to_bundle()),
  hasRecoveryKey: () => unwrap(commands.has_recovery_key()),
  newRecoveryKey: () => unwrap(commands.new_recovery_key()),
  useRecoveryKey: () => unwrap(commands.use_recovery_key()),
  writeBackup: () => unwrap(commands.write_backup()),
  chooseBackup: () => unwrap(commands.choose_backup()),
  restoreBackup: (words, overwrite, check) => unwrap(commands.restore_backup(words, overwrite, check)),

  phone: () => unwrap(commands.phone()),
  phoneAsk: (purpose) => unwrap(commands.phone_ask(purpose)),
  phoneSettings: async () => void (await unwrap(commands.phone_settings())),
  nearbyStart: () => unwrap(commands.nearby_start()),
  nearbyConnect: (address) => unwrap(commands.nearby_connect(address)),
  nearbyStop: () => unwrap(commands.nearby_stop()),

  scanner: /android|iphone|ipad/i.test(navigator.userAgent) ? scanner : null,
  openInvite: () => unwrap(commands.open_invite()),
  closeInvite: () => unwrap(commands.close_invite()),
  readQr: (width, height, luma) => unwrap(commands.read_qr(width, height, luma)),
  join: (text, address) => unwrap(commands.join(text, address)),
  decide: (link, accept) => unwrap(commands.decide(link, accept)),

  reviews: () => unwrap(commands.reviews()),
  review: (kind, id) => unwrap(commands.review(kind, id)),
  resolve: (kind, id, field, choice) => unwrap(commands.resolve(kind, id, field, choice)),
  decided: (limit) => unwrap(commands.decided(limit)),

  status: () => unwrap(commands.status()),

  history: (query) => select<HistoryLine>(HISTORY, query),
  sessions: async (query) => {
    const rows = await select<Omit<SessionLine, "proved"> & { proved: number | boolean }>(SESSIONS, query);
    return rows.map((row) => ({ ...row, proved: Boolean(row.proved) }));
  },

  on(event, handler) {
    const stop = listeners[event]((told) => handler(told.payload));
    return () => void stop.then((off) => off());
  },
};
