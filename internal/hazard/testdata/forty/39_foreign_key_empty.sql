-- title: foreign key of an empty table
-- really: an instant on both tables
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE imports ADD CONSTRAINT fk_imports_customer FOREIGN KEY (customer_id) REFERENCES customers (id);
COMMIT;
