-- title: new column and its backfill in one transaction
-- really: the lock of ADD COLUMN, ACCESS EXCLUSIVE, stays while 200,000 rows are written
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ADD COLUMN priority integer;
UPDATE orders SET priority = 1;
COMMIT;
