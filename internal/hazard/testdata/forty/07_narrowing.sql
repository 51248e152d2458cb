-- title: varchar narrowed
-- really: ACCESS EXCLUSIVE lock while the table is written anew
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers ALTER COLUMN nickname TYPE varchar(40);
COMMIT;
