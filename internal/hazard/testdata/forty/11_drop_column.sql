-- title: column dropped
-- really: the values of 200,000 rows are gone
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE orders DROP COLUMN comment;
COMMIT;
