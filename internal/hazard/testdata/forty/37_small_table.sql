-- title: SET NOT NULL, a check and an index on a table of 20 rows
-- really: an instant
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE settings ALTER COLUMN value SET NOT NULL;
ALTER TABLE settings ADD CONSTRAINT ck_settings_key CHECK (key <> '');
CREATE UNIQUE INDEX uq_settings_key ON settings (key);
COMMIT;
