-- title: index, not concurrently
-- really: SHARE lock while 200,000 rows are read and sorted: no writes
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
CREATE INDEX ix_orders_placed_at ON orders (placed_at);
COMMIT;
