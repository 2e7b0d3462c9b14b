import { plurals } from "../plural";
import type { pairing as words } from "../en/pairing";

const n = plurals("de");

const tooMany =
  "Dieses Gerät ist schon mit so vielen Geräten gekoppelt, wie es geht. Vergiss eines unter Geräte und kopple dann noch einmal.";

export const pairing: typeof words = {
  ways: "Wie du koppeln willst",
  steps: "Schritte",
  step: ["Code", "Vergleichen", "Fertig"],
  showTab: "Code zeigen",
  enterTab: "Code eingeben",
  warning: "Verwende nur einen Code, den du selbst erzeugt hast, auf einem eigenen Gerät.",
  underWay: "Es wird gerade gekoppelt, darum blieb der Link ungenutzt. Öffne ihn danach noch einmal",
  notForPairing:
    "Der geöffnete Link ist keiner zum Koppeln, darum ist nichts passiert. Kopiere den ganzen Link und öffne ihn noch einmal.",
  calling: "Suche das andere Gerät…",

  askTitle: "Mit dem Gerät koppeln, das diesen Link gezeigt hat?",
  askHint:
    "Mach nur weiter, wenn du ihn selbst erzeugt hast, auf einem eigenen Gerät. Ein gekoppeltes Gerät sieht und ändert alles, was du teilst.",
  pair: "Koppeln",

  code: "QR-Code zum Koppeln",
  codeClosed: "Dieser Code gilt nicht mehr.",
  newCode: "Neuen Code zeigen",
  timeLeft: "Verbleibende Zeit",
  scanHint: "Scanne ihn mit dem anderen Gerät: „Gerät koppeln“, dann „Code eingeben“.",
  unreachable: "Dieses Gerät hat gerade kein Netzwerk, darum können andere es nicht erreichen.",
  refusedCaller: (why) =>
    `Jemand hat angerufen und konnte nicht hereingelassen werden: ${why} Dieser Code gilt weiter.`,
  wrongCode: (k) =>
    n(k, {
      one: "Jemand hat einen falschen Code eingegeben. Falls du das nicht warst, schließ dieses Fenster.",
      other: "Jemand hat einen falschen Code eingegeben (#-mal). Falls du das nicht warst, schließ dieses Fenster.",
    }),
  orType: "Oder eintippen",
  codeToType: "Code zum Eintippen",
  at: "unter",
  copyLink: "Link kopieren",
  linkCopied: "Link kopiert",

  useCamera: "Kamera verwenden",
  usePicture: "Bild verwenden",
  noCode: "In diesem Bild ist kein lesbarer Code.",
  noPicture: "Dieses Bild lässt sich hier nicht lesen.",
  notAPicture: "Diese Datei ist kein Bild, das sich hier lesen lässt.",
  entry: "Link oder Code vom anderen Gerät",
  entryHint: "Link einfügen oder Code eintippen",
  address: "Adresse des anderen Geräts, falls es nicht von selbst gefunden wird",
  cameraRefused: "Die Kamera wurde nicht erlaubt. Füge stattdessen den Link ein oder tippe den Code.",
  cameraMissing: "Hier gibt es keine nutzbare Kamera. Füge stattdessen den Link ein oder tippe den Code.",
  cameraView: "Was die Kamera sieht",
  cameraStop: "Kamera ausschalten",
  scan: "Code scannen",
  scanFrame: "Halte das Handy so, dass der Code auf dem anderen Gerät den Rahmen füllt.",
  troubles: {
    refused:
      "Die Kamera wurde nicht erlaubt, darum lässt sich kein Code scannen. Erlaube sie, wenn du gefragt wirst, oder füge stattdessen den Link ein.",
    denied:
      "Die Kamera ist für diese App nicht erlaubt, und Android fragt nicht noch einmal. Erlaube sie in den Einstellungen oder füge stattdessen den Link ein.",
    late: "Eine Minute lang war kein Code zu sehen. Halte das Handy bei genug Licht ruhig vor den ganzen Code, oder füge stattdessen den Link ein.",
    foreign:
      "Das ist ein Code, aber keiner zum Koppeln. Wähle auf dem anderen Gerät „Gerät koppeln“ und scanne den Code, den es zeigt.",
  },
  entries: {
    "not-an-invite":
      "Das ist kein Code zum Koppeln. Kopiere den ganzen Link, oder tippe den Code, wie ihn das andere Gerät zeigt.",
    "own-invite": "Das ist der Code von genau diesem Gerät. Nimm den, den das andere zeigt.",
    "too-many-devices": tooMany,
    "bad-address": "Das ist keine Adresse. Sie sieht aus wie 192.168.1.20:47810.",
  },

  sameDigits: "Zeigt es dieselben sechs Ziffern?",
  digits: (digits) => `Ziffern: ${digits}`,
  waitingFor: (device) => `Warte, bis ${device} bestätigt…`,
  differ: "Sie sind verschieden",
  match: "Sie sind gleich",
  confirmBoth: "Bestätige auf beiden Geräten. Bis dahin wird nichts geteilt.",

  paired: (device) => `Mit ${device} gekoppelt`,
  firstSync: "Erster Abgleich",
  gettingReady: "Wird vorbereitet…",
  background: "Im Hintergrund weitermachen",

  failures: {
    differ: {
      title: "Die Ziffern sind verschieden, darum wurde nichts geteilt",
      text: "Vielleicht ist jemand dazwischen, oder der Code war für ein anderes Gerät. Bring beide Geräte in ein Netzwerk, dem du vertraust, und beginne mit einem neuen Code.",
    },
    "no-answer": {
      title: "Das andere Gerät hat nicht geantwortet",
      text: "Sieh nach, ob sein Code noch zu sehen ist und beide Geräte im selben Netzwerk sind. Finden sie sich trotzdem nicht, gib die Adresse ein, die es zeigt.",
    },
    refused: {
      title: "Das andere Gerät hat diesen Code nicht angenommen",
      text: "Der Code ist falsch, schon verwendet oder gilt nicht mehr. Lass dort einen neuen anzeigen.",
    },
    interrupted: {
      title: "Die Verbindung ist abgebrochen",
      text: "Noch wurde nichts geteilt. Halte beide Geräte wach und im selben Netzwerk, und versuche es noch einmal.",
    },
    rejected: {
      title: "Das andere Gerät hat abgelehnt",
      text: "Jemand hat dort „Sie sind verschieden“ gewählt oder das Fenster geschlossen. Falls das ein Versehen war, beginne mit einem neuen Code.",
    },
    incompatible: {
      title: "Die beiden Apps verstehen sich nicht",
      text: "Eine von beiden ist zu alt. Aktualisiere WHPH Sync auf beiden Geräten; geändert wurde auf keinem etwas.",
    },
    storage: {
      title: "Die Kopplung ließ sich nicht speichern",
      text: "Dieses Gerät konnte nicht in seinen Planer schreiben. Sorge für freien Speicherplatz und versuche es noch einmal.",
    },
    "too-many-devices": { title: "Für ein weiteres Gerät ist kein Platz", text: tooMany },
    channel: {
      title: "Die Verbindung war nicht sicher",
      text: "Was ankam, war nicht das, was das andere Gerät hätte senden sollen, darum wurde die Verbindung beendet. Versuche es in einem Netzwerk, dem du vertraust.",
    },
  },
  failed: "Das Koppeln hat nicht geklappt",
  failedHint: "Bitte versuche es noch einmal.",
};
