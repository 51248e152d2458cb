-- title: unique constraint
-- really: ACCESS EXCLUSIVE lock while its index is built
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers ADD CONSTRAINT uq_customers_phone UNIQUE (phone);
COMMIT;
