import type {
  AppError,
  BackupIn,
  BackupOut,
  BundleIn,
  BundleOut,
  Choice,
  Decided,
  Devices,
  Edit,
  Entity,
  Findings,
  Imported,
  Invite,
  Listing,
  Moved,
  Options,
  PairingEvent,
  Permission,
  Phone,
  Purpose,
  Queue,
  RecoveryKey,
  Resolved,
  Review,
  ReviewItem,
  Start,
  Status,
  ThisDevice,
  WifiDirect,
} from "$bindings";
import { said, t } from "../words/index.svelte";

/** What the backend tells on its own. */
export interface BackendEvents {
  status: Status;
  data: { head: number };
  devices: null;
  pairing: PairingEvent;
  phone: Phone;
  /** A pairing link was opened outside of the app. */
  link: { link: string };
  /** A person chose an item outside of the page: a reminder. */
  opened: { kind: string; id: string };
}

/** A page of the history: lines with a smaller number than `before`, newest first. */
export interface HistoryQuery {
  search: string;
  before: number | null;
  limit: number;
}

/** One thing that was changed, and the value it had before. */
export interface HistoryLine {
  number: number;
  at: number;
  kind: string;
  id: string;
  title: string | null;
  event: "replaced" | "deleted" | "put back";
  field: string | null;
  /** JSON text of the value that was replaced. */
  value: string | null;
  author: string | null;
  /** The device that brought the change here; null: it was made here. */
  through: string | null;
}

/** One sync with one device. */
export interface SessionLine {
  number: number;
  started: number;
  ended: number;
  device: string;
  sent: number;
  new: number;
  changed: number;
  deleted: number;
  unchanged: number;
  conflicts: number;
  quarantined: number;
  bytes_out: number;
  bytes_in: number;
  proved: boolean;
  reason: string | null;
}

/** Whether the camera may be used; `denied`: the system does not even ask any more. */
export type CameraPermission = "granted" | "ask" | "denied";

/** The phone's own reader of codes. Its picture lies behind the page, which has to be see-through meanwhile. */
export interface Scanner {
  permission(): Promise<CameraPermission>;
  ask(): Promise<CameraPermission>;
  /** What the first code says that is seen. Throws when it is aborted, or cannot work here. */
  scan(signal: AbortSignal): Promise<string>;
  openSettings(): Promise<void>;
}

/** Everything the screens can ask of the app behind them. Whatever fails throws a {@link BackendError}. */
export interface Backend {
  start(): Promise<Start>;
  setUp(name: string): Promise<ThisDevice>;
  renameThis(name: string): Promise<ThisDevice>;
  options(): Promise<Options>;
  setAutostart(on: boolean): Promise<Options>;
  setCloseToTray(on: boolean): Promise<Options>;
  setOnMetered(on: boolean): Promise<Options>;
  setReminders(on: boolean): Promise<Options>;
  /** A tag of BCP 47; null: the system's language. */
  setLanguage(language: string | null): Promise<Options>;

  list(kind: string): Promise<Listing>;
  changes(after: number): Promise<Listing>;
  save(edits: Edit[]): Promise<Entity[]>;
  saveHere(edit: Edit): Promise<Entity>;
  share(kind: string, id: string): Promise<Entity>;
  putBack(number: number): Promise<Entity>;
  importLines(): Promise<Imported | null>;
  importMarkdown(): Promise<Imported | null>;
  importWhph(): Promise<Imported | null>;
  importTodoTxt(): Promise<Imported | null>;
  exportLines(): Promise<number | null>;
  exportMarkdown(): Promise<number | null>;
  /** The best first; the last word of the query may be the beginning of one. */
  search(query: string, limit: number): Promise<Findings>;

  devices(): Promise<Devices>;
  syncNow(device: string | null): Promise<Moved[]>;
  labelPeer(device: string, name: string | null): Promise<Devices>;
  forget(device: string): Promise<Devices>;
  shareKind(kind: string, device: string | null, on: boolean): Promise<Devices>;
  setPaused(on: boolean): Promise<Status>;
  answerFirstMerge(link: number, agree: boolean): Promise<Devices>;
  pending(device: string): Promise<Queue>;
  undoSweep(number: number): Promise<number>;
  dismissSweep(number: number): Promise<null>;

  writeBundle(device: string, all: boolean): Promise<BundleOut | null>;
  readBundle(): Promise<BundleIn | null>;
  agreeToBundle(): Promise<BundleIn>;
  hasRecoveryKey(): Promise<boolean>;
  newRecoveryKey(): Promise<RecoveryKey>;
  useRecoveryKey(): Promise<null>;
  writeBackup(): Promise<BackupOut | null>;
  chooseBackup(): Promise<string | null>;
  restoreBackup(words: string, overwrite: boolean, check: boolean): Promise<BackupIn>;

  /** null: this is no phone. */
  phone(): Promise<Phone | null>;
  phoneAsk(purpose: Purpose): Promise<Permission>;
  phoneSettings(): Promise<void>;
  nearbyStart(): Promise<WifiDirect>;
  nearbyConnect(address: string): Promise<WifiDirect>;
  nearbyStop(): Promise<WifiDirect>;

  /** null where the page looks through the camera itself. */
  readonly scanner: Scanner | null;
  openInvite(): Promise<Invite>;
  closeInvite(): Promise<null>;
  readQr(width: number, height: number, luma: string): Promise<string | null>;
  join(text: string, address: string | null): Promise<number>;
  decide(link: number, accept: boolean): Promise<null>;

  reviews(): Promise<ReviewItem[]>;
  review(kind: string, id: string): Promise<Review>;
  resolve(kind: string, id: string, field: string | null, choice: Choice): Promise<Resolved>;
  decided(limit: number): Promise<Decided[]>;

  status(): Promise<Status>;

  history(query: HistoryQuery): Promise<HistoryLine[]>;
  sessions(query: HistoryQuery): Promise<SessionLine[]>;

  /** Calls `handler` on each event of that name, until the returned function is called. */
  on<E extends keyof BackendEvents>(event: E, handler: (payload: BackendEvents[E]) => void): () => void;
}

/** What a command refused, in words a person can read. */
export class BackendError extends Error {
  readonly code: string;

  constructor({ code, message }: AppError) {
    super(message);
    this.name = "BackendError";
    this.code = code;
  }
}

/** The words of whatever was thrown, in the language that is spoken. */
export function words(error: unknown): string {
  if (error instanceof Error && error.message) return said(error.message);
  return t().common.wrong;
}

/** The code of a refusal; empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof BackendError ? error.code : "";
}
