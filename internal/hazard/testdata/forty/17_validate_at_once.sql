-- title: NOT VALID and VALIDATE in one transaction
-- really: the lock of ADD CONSTRAINT, ACCESS EXCLUSIVE, stays while VALIDATE reads all rows
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total;
COMMIT;
