-- title: foreign key, valid at once
-- really: SHARE ROW EXCLUSIVE lock on both tables while all rows are looked up
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ADD CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);
COMMIT;
