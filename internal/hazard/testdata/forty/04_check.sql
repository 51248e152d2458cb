-- title: check constraint, valid at once
-- really: ACCESS EXCLUSIVE lock while all rows are read
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0);
COMMIT;
