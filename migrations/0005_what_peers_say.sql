-- The kinds that a paired device does not share, as it said itself last: nothing of them is waited for until it says otherwise.
CREATE TABLE kind_off_there (
    peer INTEGER NOT NULL REFERENCES pairing (num) ON DELETE CASCADE,
    kind TEXT    NOT NULL,
    PRIMARY KEY (peer, kind)
) STRICT, WITHOUT ROWID;

-- As before, without those.
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

-- A proof came after it. By order and not by time, since a clock may have been ahead when the two were proved equal.
ALTER TABLE session ADD COLUMN over INTEGER NOT NULL DEFAULT 0;
UPDATE session SET over = 1
WHERE EXISTS (SELECT 1 FROM pairing p WHERE p.device = session.device AND session.ended <= p.last_sync);
CREATE INDEX session_since ON session (device, num) WHERE over = 0;

-- The device that told of a writer first, which has only so much room for it. Not known of those before.
ALTER TABLE writer ADD COLUMN teller BLOB CHECK (length(teller) = 16);

-- That a device refused this one, since the last proof.
ALTER TABLE pairing ADD COLUMN refused INTEGER;
ALTER TABLE pairing ADD COLUMN refusal TEXT;
DELETE FROM setting WHERE name LIKE 'refusal-%';
