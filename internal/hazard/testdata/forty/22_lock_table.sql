-- title: LOCK TABLE and a copy
-- really: the lock that was asked for stays while 200,000 rows are copied
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE orders_copy (id bigint PRIMARY KEY, total numeric NOT NULL);
INSERT INTO orders_copy SELECT id, total FROM orders;
COMMIT;
