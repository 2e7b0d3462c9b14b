-- The database as the migrations leave it (application_id 0x57485048, user_version 5).
-- Written by `cargo xtask gen`; do not edit.

CREATE TABLE digest (
    kind  INTEGER NOT NULL REFERENCES kind (num),
    slice INTEGER NOT NULL CHECK (slice BETWEEN 0 AND 15),
    sums  BLOB    NOT NULL CHECK (length(sums) = 1024),
    PRIMARY KEY (kind, slice)
) STRICT;

CREATE TABLE entity (
    seq      INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL,
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    born     INTEGER NOT NULL, -- its first seq
    version  INTEGER NOT NULL, -- the newest moment in it: 48 bits of Unix milliseconds, 16 bits of counter
    checksum BLOB    NOT NULL,
    source   INTEGER NOT NULL, -- it is exactly what came from there; 0: written or merged here
    died     INTEGER,          -- when it became deleted here, in Unix milliseconds; NULL: it lives
    review   INTEGER NOT NULL, -- how many questions about it wait for a person
    fields   TEXT    NOT NULL, -- what is shown
    meta     TEXT    NOT NULL, here INTEGER NOT NULL DEFAULT 0, -- what merging needs beside it
    UNIQUE (kind, id)
) STRICT;

CREATE TABLE history (
    num       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL, -- by our clock
    kind      INTEGER NOT NULL REFERENCES kind (num),
    id        BLOB    NOT NULL CHECK (length(id) = 16),
    event     TEXT    NOT NULL CHECK (event IN ('replaced', 'deleted', 'put back')),
    field     TEXT,
    value     TEXT,
    hlc       INTEGER,
    writer    INTEGER,
    by_hlc    INTEGER NOT NULL,
    by_writer INTEGER NOT NULL,
    source    INTEGER NOT NULL  -- where the change came from; 0: written here
, settled INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE kind (
    num  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE kind_off (
    kind TEXT NOT NULL,
    peer INTEGER REFERENCES pairing (num) ON DELETE CASCADE
) STRICT;

CREATE TABLE kind_off_there (
    peer INTEGER NOT NULL REFERENCES pairing (num) ON DELETE CASCADE,
    kind TEXT    NOT NULL,
    PRIMARY KEY (peer, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_field (
    kind  INTEGER NOT NULL REFERENCES kind (num),
    id    BLOB    NOT NULL CHECK (length(id) = 16),
    field TEXT    NOT NULL,
    value TEXT    NOT NULL,
    PRIMARY KEY (kind, id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing (
    num            INTEGER PRIMARY KEY,
    device         BLOB    NOT NULL UNIQUE CHECK (length(device) = 16),
    name           TEXT    NOT NULL,
    channel_key    BLOB    NOT NULL CHECK (length(channel_key) = 32),
    bundle_key     BLOB    CHECK (length(bundle_key) = 32),
    added          INTEGER NOT NULL,
    last_seen      INTEGER,
    last_sync      INTEGER, -- when a session last ended with equal digests
    addresses      TEXT    NOT NULL DEFAULT '[]', -- where it was last, newest first
    replica        BLOB    CHECK (length(replica) = 8), -- its replica, to which `applied` and `acked` refer
    applied        INTEGER NOT NULL DEFAULT 0, -- we have applied its changes up to here
    acked          INTEGER NOT NULL DEFAULT 0, -- it has applied ours up to here
    proofs         INTEGER NOT NULL DEFAULT 0 -- how often both were proved equal
, label TEXT, failed INTEGER, failure TEXT, skew INTEGER, agreed INTEGER CHECK (agreed IN (0, 1)), refused INTEGER, refusal TEXT) STRICT;

CREATE TABLE peer_cursor (
    peer    INTEGER NOT NULL REFERENCES pairing (num) ON DELETE CASCADE,
    kind    TEXT    NOT NULL,
    applied INTEGER,
    acked   INTEGER,
    PRIMARY KEY (peer, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    num    INTEGER PRIMARY KEY,
    peer   INTEGER NOT NULL REFERENCES pairing (num) ON DELETE CASCADE,
    kind   TEXT,
    id     BLOB    CHECK (length(id) = 16),
    hash   BLOB    NOT NULL CHECK (length(hash) = 16), -- of `raw`, so that nothing is kept twice
    raw    TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    UNIQUE (peer, hash)
) STRICT;

CREATE TABLE replica (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    device     BLOB    NOT NULL CHECK (length(device) = 16),
    name       TEXT    NOT NULL,
    id         BLOB    NOT NULL CHECK (length(id) = 8),
    writer     INTEGER NOT NULL REFERENCES writer (num),
    clock      INTEGER NOT NULL,           -- the latest moment given out or observed
    handed_out INTEGER NOT NULL DEFAULT 0, -- other devices may hold everything up to this seq
    schema     INTEGER NOT NULL            -- version of the schema that `entity.review` was counted with
) STRICT;

CREATE TABLE session (
    num         INTEGER PRIMARY KEY,
    device      BLOB    NOT NULL CHECK (length(device) = 16),
    started     INTEGER NOT NULL,
    ended       INTEGER NOT NULL,
    sent        INTEGER NOT NULL,
    new         INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    deleted     INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    conflicts   INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    bytes_out   INTEGER NOT NULL,
    bytes_in    INTEGER NOT NULL,
    proved      INTEGER NOT NULL,
    reason      TEXT
, over INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    num     INTEGER PRIMARY KEY,
    device  BLOB NOT NULL CHECK (length(device) = 16),
    replica BLOB NOT NULL CHECK (length(replica) = 8),
    UNIQUE (device, replica)
) STRICT;

CREATE TABLE sweep (
    num     INTEGER PRIMARY KEY,
    device  BLOB    NOT NULL CHECK (length(device) = 16),
    began   INTEGER NOT NULL, -- by our clock
    latest  INTEGER NOT NULL, -- when the last of it came
    living  INTEGER NOT NULL, -- how many entities lived before
    deleted INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0 -- 1: a person has undone it, or let it be
) STRICT;

CREATE TABLE writer (
    num    INTEGER PRIMARY KEY,
    id     BLOB    NOT NULL UNIQUE CHECK (length(id) = 8),
    device BLOB    NOT NULL CHECK (length(device) = 16),
    latest INTEGER NOT NULL, -- the latest of its moments that we hold
    ahead  INTEGER NOT NULL, -- how far that was ahead of our clock when it came, in milliseconds
    noted  INTEGER NOT NULL  -- when it came, by our clock
, teller BLOB CHECK (length(teller) = 16)) STRICT;

CREATE INDEX entity_dead ON entity (kind, died) WHERE died IS NOT NULL;

CREATE INDEX entity_review ON entity (kind, id) WHERE review > 0;

CREATE INDEX history_at ON history (at);

CREATE INDEX history_entity ON history (kind, id);

CREATE INDEX history_settled ON history (num) WHERE settled = 1;

CREATE UNIQUE INDEX kind_off_each ON kind_off (kind, coalesce(peer, 0));

CREATE INDEX session_ended ON session (ended);

CREATE INDEX session_since ON session (device, num) WHERE over = 0;

CREATE INDEX sweep_open ON sweep (device) WHERE settled = 0;

CREATE INDEX writer_device ON writer (device);

CREATE VIEW history_line (number, at, entity_type, entity_id, title, event, field, value, author, through) AS
SELECT h.num,
       h.at,
       k.name,
       lower(substr(hex(h.id), 1, 8) || '-' || substr(hex(h.id), 9, 4) || '-' || substr(hex(h.id), 13, 4) || '-'
             || substr(hex(h.id), 17, 4) || '-' || substr(hex(h.id), 21)),
       coalesce(json_extract(e.fields, '$.title'), json_extract(e.fields, '$.name')),
       h.event,
       h.field,
       h.value,
       CASE WHEN w.device = r.device THEN r.name ELSE coalesce(a.label, a.name) END,
       CASE WHEN s.num IS NOT NULL THEN coalesce(t.label, t.name, 'a device that was removed') END
FROM history h
CROSS JOIN replica r
JOIN kind k ON k.num = h.kind
LEFT JOIN entity e ON e.kind = h.kind AND e.id = h.id
LEFT JOIN writer w ON w.num = h.by_writer
LEFT JOIN pairing a ON a.device = w.device
LEFT JOIN source s ON s.num = h.source
LEFT JOIN pairing t ON t.device = s.device;

CREATE VIEW session_line (number, started, ended, device, sent, new, changed, deleted, unchanged, conflicts, quarantined,
                          bytes_out, bytes_in, proved, reason) AS
SELECT s.num, s.started, s.ended, coalesce(p.label, p.name, 'a device that was removed'), s.sent, s.new, s.changed,
       s.deleted, s.unchanged, s.conflicts, s.quarantined, s.bytes_out, s.bytes_in, s.proved, s.reason
FROM session s
LEFT JOIN pairing p ON p.device = s.device;

CREATE VIEW sync_metadata (entity_type, entity_id, version, last_modified, checksum) AS
SELECT k.name,
       lower(substr(hex(e.id), 1, 8) || '-' || substr(hex(e.id), 9, 4) || '-' || substr(hex(e.id), 13, 4) || '-'
             || substr(hex(e.id), 17, 4) || '-' || substr(hex(e.id), 21)),
       e.version,
       e.version >> 16,
       lower(hex(e.checksum))
FROM entity e
JOIN kind k ON k.num = e.kind;

CREATE VIEW sync_queue (operation, entity_type, entity_id, entity, device_id, since, seq) AS
SELECT CASE WHEN e.died IS NOT NULL THEN 'D' WHEN e.born > coalesce(c.acked, p.acked) THEN 'C' ELSE 'U' END,
       k.name,
       lower(substr(hex(e.id), 1, 8) || '-' || substr(hex(e.id), 9, 4) || '-' || substr(hex(e.id), 13, 4) || '-'
             || substr(hex(e.id), 17, 4) || '-' || substr(hex(e.id), 21)),
       e.fields,
       lower(hex(p.device)),
       e.version >> 16,
       e.seq
FROM pairing p
LEFT JOIN source s ON s.device = p.device AND s.replica = p.replica
CROSS JOIN entity e ON e.seq > min(p.acked, coalesce(
    (SELECT min(b.acked)
     FROM peer_cursor b
     WHERE b.peer = p.num
       AND NOT EXISTS (SELECT 1 FROM kind_off_there t WHERE t.peer = p.num AND t.kind = b.kind)
       AND NOT EXISTS (SELECT 1 FROM kind_off o WHERE o.kind = b.kind AND (o.peer IS NULL OR o.peer = p.num))),
    p.acked))
CROSS JOIN kind k ON k.num = e.kind
LEFT JOIN peer_cursor c ON c.peer = p.num AND c.kind = k.name
WHERE e.seq > coalesce(c.acked, p.acked)
  AND NOT e.here
  AND e.source IS NOT s.num
  AND NOT (e.died IS NOT NULL AND e.born > coalesce(c.acked, p.acked))
  AND NOT EXISTS (SELECT 1 FROM kind_off_there t WHERE t.peer = p.num AND t.kind = k.name)
  AND NOT EXISTS (SELECT 1 FROM kind_off o WHERE o.kind = k.name AND (o.peer IS NULL OR o.peer = p.num));
