-- title: unique constraint of an index that is there
-- really: the catalog alone
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers ADD CONSTRAINT uq_customers_email UNIQUE USING INDEX customers_email_key;
COMMIT;
