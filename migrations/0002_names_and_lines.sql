-- What its person calls a paired device here; over the name that it gives itself.
ALTER TABLE pairing ADD COLUMN label TEXT;

-- 1 where the write settled what waited for a person about the field: `value` is then one of the versions put away.
ALTER TABLE history ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX history_settled ON history (num) WHERE settled = 1;

-- Who and when in words, for a screen that reads page by page: newest first by number. `through` is NULL for what was
-- made here, `author` for whoever is not known by a name.
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

-- One finished sync a line.
CREATE VIEW session_line (number, started, ended, device, sent, new, changed, deleted, unchanged, conflicts, quarantined,
                          bytes_out, bytes_in, proved, reason) AS
SELECT s.num, s.started, s.ended, coalesce(p.label, p.name, 'a device that was removed'), s.sent, s.new, s.changed,
       s.deleted, s.unchanged, s.conflicts, s.quarantined, s.bytes_out, s.bytes_in, s.proved, s.reason
FROM session s
LEFT JOIN pairing p ON p.device = s.device;
