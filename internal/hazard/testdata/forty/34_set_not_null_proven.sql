-- title: SET NOT NULL where a valid check proves it
-- really: no row is read
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers ALTER COLUMN phone SET NOT NULL;
COMMIT;
