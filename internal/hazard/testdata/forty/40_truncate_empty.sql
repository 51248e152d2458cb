-- title: empty table emptied, its column made NOT NULL
-- really: there is nothing to lose and nothing to read
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
TRUNCATE imports;
ALTER TABLE imports ALTER COLUMN file SET NOT NULL;
COMMIT;
