-- title: index, concurrently, outside of a transaction
-- really: SHARE UPDATE EXCLUSIVE lock: reads and writes go on
-- risk: no
SET lock_timeout = '3s';
SET statement_timeout = '10min';
CREATE INDEX CONCURRENTLY ix_orders_placed_at ON orders (placed_at);
