-- title: timestamp to timestamptz in UTC
-- really: the catalog alone, as the session is in UTC
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
SET LOCAL TIME ZONE 'UTC';
ALTER TABLE customers ALTER COLUMN created_at TYPE timestamptz;
COMMIT;
