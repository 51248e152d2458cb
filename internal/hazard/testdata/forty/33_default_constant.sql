-- title: new column, NOT NULL with a constant default
-- really: the catalog alone, since PostgreSQL 11
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ADD COLUMN currency text DEFAULT 'EUR' NOT NULL;
COMMIT;
