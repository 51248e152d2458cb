-- title: SET NOT NULL
-- really: ACCESS EXCLUSIVE lock while all rows are read
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ALTER COLUMN comment SET NOT NULL;
COMMIT;
