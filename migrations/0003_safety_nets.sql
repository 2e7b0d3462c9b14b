-- The last attempt that did not end in a proof, until one does; and its clock minus ours when it said hello last, in
-- milliseconds, where the two are too far apart.
ALTER TABLE pairing ADD COLUMN failed INTEGER;
ALTER TABLE pairing ADD COLUMN failure TEXT;
ALTER TABLE pairing ADD COLUMN skew INTEGER;

-- 1: it stays on this device. It is in no batch, no digest and no queue.
ALTER TABLE entity ADD COLUMN here INTEGER NOT NULL DEFAULT 0;

-- What one device deleted here in one go. The entities are in the history: the lines 'deleted' from `first` to `last`
-- that came from that device.
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
CREATE INDEX sweep_open ON sweep (device) WHERE settled = 0;

-- As before, without what stays on this device, and in an order. (`NOT e.here`: for `e.here = 0` SQLite would build an index of all
-- entities each time.)
DROP VIEW sync_queue;
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
       AND NOT EXISTS (SELECT 1 FROM kind_off o WHERE o.kind = b.kind AND (o.peer IS NULL OR o.peer = p.num))),
    p.acked))
CROSS JOIN kind k ON k.num = e.kind
LEFT JOIN peer_cursor c ON c.peer = p.num AND c.kind = k.name
WHERE e.seq > coalesce(c.acked, p.acked)
  AND NOT e.here
  AND e.source IS NOT s.num
  AND NOT (e.died IS NOT NULL AND e.born > coalesce(c.acked, p.acked))
  AND NOT EXISTS (SELECT 1 FROM kind_off o WHERE o.kind = k.name AND (o.peer IS NULL OR o.peer = p.num));
