-- title: new column, NOT NULL and without default
-- really: fails with 23502, for there are rows
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers ADD COLUMN tier integer NOT NULL;
COMMIT;
