-- title: integer to bigint
-- really: ACCESS EXCLUSIVE lock while the table and its indexes are written anew
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
COMMIT;
