-- title: VALIDATE in a transaction of its own
-- really: reads all rows under SHARE UPDATE EXCLUSIVE: reads and writes go on
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers VALIDATE CONSTRAINT customers_balance_sane;
COMMIT;
