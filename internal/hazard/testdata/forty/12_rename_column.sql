-- title: column renamed
-- really: an instant, but running code asks for the old name and fails
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE customers RENAME COLUMN name TO full_name;
COMMIT;
