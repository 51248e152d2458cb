-- title: varchar widened
-- really: the catalog alone
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers ALTER COLUMN email TYPE varchar(200);
COMMIT;
