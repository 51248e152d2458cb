-- title: new column with a volatile default
-- really: ACCESS EXCLUSIVE lock while the table is written anew
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL;
COMMIT;
