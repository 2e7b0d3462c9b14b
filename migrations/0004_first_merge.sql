-- Whether a person let what both hold be put together: 1 yes, 0 it is being asked, NULL nobody was asked yet. Devices that
-- were paired before this was asked have merged already.
ALTER TABLE pairing ADD COLUMN agreed INTEGER CHECK (agreed IN (0, 1));
UPDATE pairing SET agreed = 1;
